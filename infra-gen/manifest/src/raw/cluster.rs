//! What the cluster is in every environment.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, KafkaVersion, TopicName};

/// The Kafka cluster.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cluster {
    /// The Kafka version as MSK writes it; `.kraft` has no `ZooKeeper`, and can't be changed later.
    pub(crate) kafka: KafkaVersion,
    /// The topic for records that failed for good.
    #[serde(default)]
    pub(crate) dead_letters: DeadLetters,
}

/// The versions that MSK makes new clusters of.
pub(crate) const KAFKA_VERSIONS: &[&str] =
    &["3.8.x", "3.8.x.kraft", "3.9.x", "3.9.x.kraft", "4.0.x.kraft", "4.1.x.kraft", "4.2.x.kraft"];

/// The topic that event source mappings put records into which failed for good.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeadLetters {
    /// Its name. Without it: `<app>-dead-letters`.
    pub(crate) topic: Option<TopicName>,
    /// Its partitions.
    #[schemars(range(min = 1, max = 1_000))]
    pub(crate) partitions: i64,
    /// How long it keeps records.
    pub(crate) retention: Duration,
}

impl Default for DeadLetters {
    fn default() -> Self {
        Self { topic: None, partitions: 3, retention: "14d".into() }
    }
}
