//! Batches of records, as Lambda's mapping makes them.

use std::{collections::BTreeSet, ops::Range, time::Duration};

use aws_sdk_lambda::config::Builder;
use aws_smithy_types::{Blob, timeout::TimeoutConfig};
use model::Role;
use serde_json::{Value, json};

use super::{Outcome, Record, quarantined};
use crate::{
    Problem,
    aws::{Aws, Told as _},
    target::Target,
};

/// Bytes of records in one call, below Lambda's 6 MB for a call that is waited for
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const MOST_BYTES: usize = 5 * 1024 * 1024;

/// What a call takes besides the function itself: starting it, for instance.
const MARGIN: Duration = Duration::from_secs(30);

/// Records of one partition, as many as the topic's mapping takes together. They are in order.
pub(super) fn cut(records: &[Record], target: &Target) -> Vec<Range<usize>> {
    let size = |topic: &str| {
        let consumer = target.model.topic(topic).and_then(|topic| topic.consumer.as_ref());
        consumer.map_or(1, |consumer| usize::try_from(consumer.batch.size).unwrap_or(usize::MAX).max(1))
    };
    cut_by(records, size, MOST_BYTES)
}

fn cut_by(records: &[Record], size: impl Fn(&str) -> usize, most: usize) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = vec![];
    let mut bytes = 0;
    for (index, record) in records.iter().enumerate() {
        let length = record.sent.to_string().len();
        let fits = |batch: &Range<usize>| {
            let first = &records[batch.start];
            (first.topic == record.topic && first.partition == record.partition)
                && batch.len() < size(&record.topic)
                && bytes + length <= most
        };
        match batches.last_mut() {
            Some(batch) if fits(batch) => {
                batch.end = index + 1;
                bytes += length;
            }
            _ => {
                batches.push(index..index + 1);
                bytes = length;
            }
        }
    }
    batches
}

/// Calls the topic's consumer with these records of one partition.
///
/// # Errors
/// AWS couldn't be asked. That the function fails is an outcome of its records.
pub(super) async fn put_back(
    records: &[Record],
    target: &Target,
    aws: &Aws,
) -> Result<Vec<Outcome>, Problem> {
    let Some(first) = records.first() else { return Ok(vec![]) };
    let all = |outcome: Outcome| Ok(vec![outcome; records.len()]);
    let topic = target.model.topic(&first.topic).filter(|topic| topic.consumer.is_some());
    let Some(topic) = topic else {
        return all(Outcome::Failed("the manifest has no such topic with a consumer".into()));
    };
    let function = target.model.function(&Role::Consumer(topic.name.name.clone()));
    let name = target.function_name(function);
    for id in records.iter().filter_map(|record| record.error_id.as_deref()) {
        quarantined::begin(target, aws, id).await?;
    }
    let partition = format!("{}-{}", first.topic, first.partition);
    let list: Vec<&Value> = records.iter().map(|record| &record.sent).collect();
    let event = json!({ "eventSource": "aws:kafka", "records": { partition.as_str(): list } });
    // Longer than the function may take; a second call beside the first would be harmless, but of no use.
    let patience = Duration::from_secs(function.timeout_seconds.into()) + MARGIN;
    let timeouts = TimeoutConfig::builder().read_timeout(patience).build();
    let call = aws
        .lambda()
        .invoke()
        .function_name(&name)
        .payload(Blob::new(event.to_string()))
        .customize()
        .config_override(Builder::new().timeout_config(timeouts));
    let answer = match call.send().await.fault() {
        Ok(answer) => answer,
        // One record that is too large must not keep the others from their turn.
        Err(fault) if fault.is("RequestTooLargeException") => return all(Outcome::Failed(fault.message)),
        Err(fault) => return Err(fault.problem(&format!("call the function {name}"))),
    };
    let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
    let answered: Value = serde_json::from_slice(payload).unwrap_or_default();
    if answer.function_error().is_some() {
        let text = |name: &str| answered[name].as_str().unwrap_or_default();
        return all(Outcome::Failed(format!("{}: {}", text("errorType"), text("errorMessage"))));
    }
    let left = failures(&answered, &partition);
    let mut outcomes = vec![];
    let mut failed = false;
    for record in records {
        outcomes.push(if left.contains(&record.offset) {
            let why = if failed {
                "waits for the one before it".to_owned()
            } else {
                {
                    let logs = format!("logs FUNCTION={}", function.name.name);
                    format!("for its log: {}", target.make(&logs, &["--errors"]))
                }
            };
            failed = true;
            Outcome::Failed(why)
        } else if let Some(id) = &record.error_id {
            quarantined::end(target, aws, id).await?
        } else {
            letter(record, target, aws).await?
        });
    }
    Ok(outcomes)
}

/// A dead letter that the function took was applied, unless it is quarantined now.
async fn letter(record: &Record, target: &Target, aws: &Aws) -> Result<Outcome, Problem> {
    let open = quarantined::open(target, aws, &BTreeSet::new()).await?;
    Ok(match open.into_iter().find(|other| other.place() == record.place()) {
        Some(other) => Outcome::Again(other.reason),
        None => Outcome::Applied,
    })
}

/// The offsets of the partition's records that weren't finished.
fn failures(answer: &Value, partition: &str) -> BTreeSet<i64> {
    let all = answer["batchItemFailures"].as_array().into_iter().flatten();
    let ours = all.map(|failure| &failure["itemIdentifier"]).filter(|item| item["partition"] == partition);
    ours.filter_map(|item| item["offset"].as_i64()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(topic: &str, partition: i64, offset: i64, bytes: usize) -> Record {
        Record {
            error_id: None,
            topic: topic.into(),
            partition,
            offset,
            reason: String::new(),
            sent: "x".repeat(bytes - 2).into(),
        }
    }

    #[test]
    fn a_batch_has_one_partition_and_fits_into_a_call() {
        let records = [
            record("a", 0, 1, 10),
            record("a", 0, 2, 10),
            record("a", 0, 3, 10),
            record("a", 1, 1, 10),
            record("b", 1, 1, 90),
            record("b", 1, 2, 20),
            record("b", 1, 3, 500),
        ];
        assert_eq!(cut_by(&records, |_| 2, 100), [0..2, 2..3, 3..4, 4..5, 5..6, 6..7]);
        assert_eq!(cut_by(&records, |_| 100, 120), [0..3, 3..4, 4..6, 6..7]);
        assert_eq!(cut_by(&[], |_| 2, 100), [] as [Range<usize>; 0]);
    }

    #[test]
    fn failures_are_those_of_the_partition() {
        let answer = json!({ "batchItemFailures": [
            { "itemIdentifier": { "partition": "a-0", "offset": 7 } },
            { "itemIdentifier": { "partition": "a-1", "offset": 8 } },
        ] });
        assert_eq!(failures(&answer, "a-0"), BTreeSet::from([7]));
        assert_eq!(failures(&Value::Null, "a-0"), BTreeSet::new());
    }
}
