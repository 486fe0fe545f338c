//! What Lambda's event source mapping sends, and what it wants back.
//!
//! The reply has Kafka's own shape, which isn't the one of queues: `itemIdentifier` is an object
//! (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html>).

use std::collections::BTreeMap;

use contract::Timestamp;
use serde::{Deserialize, Serialize};

/// A batch: records by partition (`"user-info-submitted-0"`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KafkaEvent {
    /// `aws:kafka`.
    #[serde(default)]
    pub event_source: String,
    /// Sorted by name, so that nothing depends on a hash map's order.
    pub records: BTreeMap<String, Vec<KafkaRecord>>,
}

/// One record as the mapping sends it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KafkaRecord {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i64,
    /// The record's offset in it.
    pub offset: i64,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub timestamp: i64,
    /// `CREATE_TIME` or `LOG_APPEND_TIME`.
    #[serde(default)]
    pub timestamp_type: String,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Each a map of one name to its bytes, which Lambda writes as signed numbers.
    #[serde(default)]
    pub headers: Vec<BTreeMap<String, Vec<i16>>>,
}

impl std::fmt::Debug for KafkaEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.records.iter().map(|(partition, records)| (partition, records.len())))
            .finish()
    }
}

impl std::fmt::Debug for KafkaRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither key nor value: they may be personal data.
        write!(f, "{}-{}@{}", self.topic, self.partition, self.offset)
    }
}

impl KafkaRecord {
    /// A record as the mapping would send it; for the local run and tests.
    pub fn new(topic: &str, partition: i32, offset: i64, timestamp: i64) -> Self {
        Self {
            topic: topic.into(),
            partition: partition.into(),
            offset,
            timestamp,
            timestamp_type: "CREATE_TIME".into(),
            ..Self::default()
        }
    }

    /// With these bytes.
    #[must_use]
    pub fn with(mut self, key: Option<&[u8]>, value: Option<&[u8]>) -> Self {
        self.key = key.map(crate::base64::encode);
        self.value = value.map(crate::base64::encode);
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &[u8]) -> Self {
        let value = value.iter().map(|&byte| i16::from(byte.cast_signed())).collect();
        self.headers.push(BTreeMap::from([(name.to_owned(), value)]));
        self
    }

    /// The headers' names and bytes, in order.
    pub fn header_bytes(&self) -> Vec<(&str, Vec<u8>)> {
        // Some senders of test events write bytes unsigned; the low eight bits are right either way.
        let bytes = |value: &[i16]| value.iter().map(|number| number.to_le_bytes()[0]).collect();
        let pairs = self.headers.iter().flatten();
        pairs.map(|(name, value)| (name.as_str(), bytes(value))).collect()
    }

    /// When Kafka says it was made.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.timestamp).unwrap_or(Timestamp::EPOCH)
    }
}

/// Which records are to come again. Empty: none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReply {
    /// Every record that wasn't finished.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record that is to come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Which.
    pub item_identifier: ItemIdentifier,
}

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemIdentifier {
    /// `"user-info-submitted-0"`: topic and partition.
    pub partition: String,
    /// The offset in it.
    pub offset: i64,
}
