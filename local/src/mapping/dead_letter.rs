//! What failed for good: into the dead-letter topic, with its key, and with what is known of the failure
//! (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html>).

use std::time::Duration;

use axum::body::Bytes;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::{Value, json};

use super::{
    event,
    queue::{Batch, Dead, Record},
};
use crate::clock;

/// What stands in every letter of a mapping.
pub(super) struct Sender<'a> {
    pub(super) topic: &'a str,
    pub(super) cluster: &'a str,
    pub(super) servers: &'a str,
    pub(super) function_arn: &'a str,
}

impl Sender<'_> {
    /// Writes the records; returns when the broker has them all.
    pub(super) async fn send(&self, producer: &FutureProducer, to: &str, dead: &Dead) -> Result<(), String> {
        for record in &dead.records {
            let letter = self.letter(dead, record).to_string();
            let mut message = FutureRecord::<[u8], str>::to(to).payload(&letter);
            if let Some(key) = &record.key {
                message = message.key(key.as_ref());
            }
            producer.send(message, Duration::from_secs(10)).await.map_err(|(error, _)| error.to_string())?;
        }
        Ok(())
    }

    fn letter(&self, dead: &Dead, record: &std::sync::Arc<Record>) -> Value {
        let batch = Batch([(record.partition, vec![std::sync::Arc::clone(record)])].into());
        let payload: Bytes = event::event(self.topic, self.cluster, self.servers, &batch);
        let time = clock::iso(record.timestamp);
        json!({
            "requestContext": {
                "requestId": uuid::Uuid::new_v4().to_string(),
                "functionArn": self.function_arn,
                "condition": dead.condition.as_str(),
                "approximateInvokeCount": dead.tries,
            },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "version": "1.0",
            "timestamp": clock::iso(clock::millis()),
            "KafkaBatchInfo": {
                "batchSize": 1,
                "eventSourceArn": self.cluster,
                "bootstrapServers": self.servers,
                "payloadSize": payload.len(),
                "recordInfo": {
                    "offset": record.offset.to_string(),
                    "timestamp": time,
                    "topicPartition": format!("{}-{}", self.topic, record.partition),
                },
            },
            "payload": serde_json::from_slice::<Value>(&payload).unwrap_or_default(),
        })
    }
}
