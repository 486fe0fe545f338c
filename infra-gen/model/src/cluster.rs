//! The Kafka cluster, as far as it is the same in every environment.

use serde::Serialize;

/// The MSK cluster's settings that no environment changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// As MSK writes it: `3.9.x.kraft`.
    pub kafka_version: String,
    /// The topic that event source mappings put records into which failed for good.
    pub dead_letter_topic: String,
    /// Partitions of the dead-letter topic.
    pub dead_letter_partitions: u32,
    /// Milliseconds that dead letters are kept.
    pub dead_letter_retention_ms: u64,
}
