//! Dead letters that somebody has read out of the dead-letter topic: what Lambda writes of a record that it gave up
//! (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html>).

use std::path::Path;

use serde_json::Value;

use super::Record;
use crate::Problem;

/// Reads a file of letters, one a line.
///
/// # Errors
/// A file that can't be read; a line that is no letter, with its number.
pub(super) fn read(path: &Path) -> Result<Vec<Record>, Problem> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::bad_input(format!("can't read {}: {error}", path.display())))?;
    let mut records = vec![];
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let letter = parse(line).ok_or_else(|| {
            Problem::bad_input(format!("{}:{}: this is no dead letter", path.display(), number + 1))
                .note("a letter is a JSON object whose `payload.records` are the records that Lambda gave up")
                .help("print values alone: kafka-console-consumer.sh without --property print.key=true")
        })?;
        records.extend(letter);
    }
    Ok(records)
}

fn parse(line: &str) -> Option<Vec<Record>> {
    let letter: Value = serde_json::from_str(line).ok()?;
    let reason = letter["requestContext"]["condition"].as_str().unwrap_or_default();
    // The event as Lambda has it, or that as text.
    let payload = match &letter["payload"] {
        Value::String(text) => serde_json::from_str(text).ok()?,
        other => other.clone(),
    };
    let lists = payload["records"].as_object()?.values();
    lists
        .filter_map(Value::as_array)
        .flatten()
        .map(|record| {
            Some(Record {
                error_id: None,
                topic: record["topic"].as_str()?.to_owned(),
                partition: record["partition"].as_i64()?,
                offset: record["offset"].as_i64()?,
                reason: reason.to_owned(),
                sent: record.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_letter_is_its_records() {
        let record = json!({ "topic": "t", "partition": 1, "offset": 9, "value": "e30=" });
        let letter = json!({
            "requestContext": { "condition": "RetryAttemptsExhausted" },
            "payload": { "eventSource": "aws:kafka", "records": { "t-1": [record] } },
        });
        let records = parse(&letter.to_string()).expect("it is a letter");
        let as_text =
            json!({ "requestContext": letter["requestContext"], "payload": letter["payload"].to_string() });
        assert_eq!(parse(&as_text.to_string()).as_ref(), Some(&records));
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].place(), ("t", 1, 9));
        assert_eq!(records[0].reason, "RetryAttemptsExhausted");
        assert_eq!(records[0].sent, record);
        for other in ["", "key\t{}", "{}", r#"{"payload":{"records":{"t-0":[{"topic":"t"}]}}}"#] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
