//! Settings that `defaults` and topics share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, Identifier};

/// What topics have that don't say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Defaults {
    /// Partitions of a topic; as many consumers as partitions can work at a time. Without it: 6.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) partitions: Option<i64>,
    /// How long a topic keeps records. Without it: `7d`.
    pub(crate) retention: Option<Duration>,
    /// The topic that failures of the other topics' functions are published to.
    pub(crate) error_topic: Option<Identifier>,
    /// How fast each stage must be.
    pub(crate) targets: Targets,
    /// What consumers are given at a time.
    pub(crate) batch: Batch,
    /// What happens when a batch fails.
    pub(crate) retries: Retries,
    /// How many pollers Lambda keeps for each consumer.
    pub(crate) pollers: Pollers,
}

/// How fast each stage must be; alarms go off where they aren't.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Targets {
    /// From the request to the broker's acknowledgement. Without it: `100ms`.
    pub(crate) publish: Option<Duration>,
    /// From the acknowledgement to the applied event. Without it: `500ms`.
    pub(crate) consume: Option<Duration>,
    /// From the applied event to the browser. Without it: `100ms`.
    pub(crate) push: Option<Duration>,
    /// From the request to the browser. Without it: `1s`.
    pub(crate) end_to_end: Option<Duration>,
}

/// What a consumer is given at a time.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Batch {
    /// Most records in one call; Lambda hands over up to 10000. Without it: 100.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) size: Option<i64>,
    /// How long Lambda waits for a batch to fill, in whole seconds up to `300s`. Without it `0ms`: a batch goes out
    /// as soon as there is a record. (Lambda's own default for Kafka is 500 ms.)
    #[schemars(extend("examples" = ["0ms", "1s", "5s"]))]
    pub(crate) window: Option<Duration>,
}

/// What happens when a batch fails.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retries {
    /// Times that a batch is tried again before its records go to the dead letters; Lambda tries up to 10000 times.
    /// Without it: 5.
    #[schemars(range(min = 0, max = 10_000))]
    pub(crate) attempts: Option<i64>,
    /// The age after which a record isn't tried again, `60s` to `7d`. Without it: any age.
    pub(crate) max_age: Option<Duration>,
    /// A failing batch is halved, so that one bad record is found. Without it: true.
    pub(crate) bisect: Option<bool>,
}

/// How many pollers Lambda keeps for a consumer; each takes 5 MB/s or 5 concurrent calls.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Pollers {
    /// Kept always; Lambda keeps up to 200. Without it: 1.
    #[schemars(range(min = 1, max = 200))]
    pub(crate) min: Option<i64>,
    /// Kept at most; no more than the topic has partitions. Without it: 2, or 1 for a single partition.
    #[schemars(range(min = 1, max = 2_000))]
    pub(crate) max: Option<i64>,
}
