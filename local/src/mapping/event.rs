//! What Lambda sends to a consumer, and what it takes for an answer
//! (<https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html>).

use std::collections::BTreeMap;

use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::queue::{Batch, Record, Verdict};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KafkaEvent<'a> {
    event_source: &'static str,
    event_source_arn: &'a str,
    bootstrap_servers: &'a str,
    records: BTreeMap<String, Vec<KafkaRecord<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KafkaRecord<'a> {
    topic: &'a str,
    partition: i32,
    offset: i64,
    timestamp: i64,
    timestamp_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    headers: Vec<BTreeMap<&'a str, Vec<i8>>>,
}

/// The event of a batch.
pub(super) fn event(topic: &str, cluster: &str, servers: &str, batch: &Batch) -> Bytes {
    let records = batch
        .0
        .iter()
        .map(|(partition, records)| {
            let records = records.iter().map(|record| written(topic, record)).collect();
            (format!("{topic}-{partition}"), records)
        })
        .collect();
    let event = KafkaEvent {
        event_source: "aws:kafka",
        event_source_arn: cluster,
        bootstrap_servers: servers,
        records,
    };
    // Maps of text, numbers and lists: this can't fail.
    serde_json::to_vec(&event).unwrap_or_default().into()
}

fn written<'a>(topic: &'a str, record: &'a Record) -> KafkaRecord<'a> {
    let base64 = |bytes: &Option<Bytes>| bytes.as_ref().map(|bytes| STANDARD.encode(bytes));
    let header = |(name, value): &'a (String, Option<Bytes>)| {
        let bytes = value.as_deref().unwrap_or_default().iter().map(|byte| byte.cast_signed()).collect();
        BTreeMap::from([(name.as_str(), bytes)])
    };
    KafkaRecord {
        topic,
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
        timestamp_type: record.timestamp_type,
        key: base64(&record.key),
        value: base64(&record.value),
        headers: record.headers.iter().map(header).collect(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    #[serde(default)]
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: Identifier,
}

#[derive(Deserialize)]
struct Identifier {
    partition: String,
    offset: i64,
}

/// What the answer says of the batch. Nothing at all is success; what isn't understood, or names a record that
/// wasn't in the batch, makes the whole batch fail
/// (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html>).
pub(super) fn verdict(topic: &str, batch: &Batch, answer: &[u8]) -> Verdict {
    if answer.is_empty() || answer == b"null" || answer == b"\"\"" {
        return Verdict::From(BTreeMap::new());
    }
    let Ok(reply) = serde_json::from_slice::<Reply>(answer) else { return Verdict::Failed };
    let mut from: BTreeMap<i32, i64> = BTreeMap::new();
    for Failure { item_identifier: Identifier { partition, offset } } in
        reply.batch_item_failures.unwrap_or_default()
    {
        let number =
            partition.strip_prefix(topic).and_then(|rest| rest.strip_prefix('-')?.parse::<i32>().ok());
        let records = number.and_then(|number| Some((number, batch.0.get(&number)?)));
        let Some((number, records)) = records else { return Verdict::Failed };
        if !records.iter().any(|record| record.offset == offset) {
            return Verdict::Failed;
        }
        let first = from.entry(number).or_insert(offset);
        *first = (*first).min(offset);
    }
    Verdict::From(from)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Instant};

    use serde_json::json;

    use super::*;

    fn batch() -> Batch {
        let record = |offset| {
            Arc::new(Record {
                partition: 3,
                offset,
                timestamp: 17,
                timestamp_type: "CREATE_TIME",
                key: Some(Bytes::from_static(b"c-1")),
                value: None,
                headers: vec![("h".into(), Some(Bytes::from_static(&[1, 255])))],
                arrived: Instant::now(),
            })
        };
        Batch(BTreeMap::from([(3, vec![record(7), record(8)])]))
    }

    #[test]
    fn the_event_is_lambdas() {
        let event: serde_json::Value =
            serde_json::from_slice(&event("a-b", "arn", "h:1", &batch())).expect("it is JSON");
        assert_eq!(event["eventSource"], "aws:kafka");
        assert_eq!(
            event["records"]["a-b-3"][0],
            json!({
                "topic": "a-b", "partition": 3, "offset": 7, "timestamp": 17, "timestampType": "CREATE_TIME",
                "key": "Yy0x", "headers": [{ "h": [1, -1] }],
            })
        );
    }

    #[test]
    fn failures_count_from_the_first_of_a_partition() {
        let reply = |list: serde_json::Value| json!({ "batchItemFailures": list }).to_string();
        let item = |partition: &str, offset: i64| json!({ "itemIdentifier": { "partition": partition, "offset": offset } });
        let of = |text: String| verdict("a-b", &batch(), text.as_bytes());
        assert_eq!(of(String::new()), Verdict::From(BTreeMap::new()));
        assert_eq!(of("{}".into()), Verdict::From(BTreeMap::new()));
        assert_eq!(of(reply(json!([]))), Verdict::From(BTreeMap::new()));
        let both = reply(json!([item("a-b-3", 8), item("a-b-3", 7)]));
        assert_eq!(of(both), Verdict::From(BTreeMap::from([(3, 7)])));
        assert_eq!(of(reply(json!([item("a-b-3", 9)]))), Verdict::Failed);
        assert_eq!(of(reply(json!([item("a-b-4", 7)]))), Verdict::Failed);
        assert_eq!(of(reply(json!([{ "itemIdentifier": "a-b-3" }]))), Verdict::Failed);
    }
}
