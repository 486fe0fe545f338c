//! CloudWatch Logs, as far as `aws logs` reads: groups, streams, and events by time and text.

use serde_json::{Value, json};

use super::{Aws, Request, reply::Fault};
use crate::{clock, deployment::arn, logs::LogEvent};

/// Most events in one answer (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>).
const MOST: usize = 10_000;

pub(super) fn call(aws: &Aws, operation: &str, request: &Request) -> Result<Value, Fault> {
    let asked = request.json()?;
    match operation {
        "DescribeLogGroups" => Ok(groups(aws, &asked)),
        "DescribeLogStreams" => streams(aws, &asked),
        "FilterLogEvents" => filter(aws, &asked),
        "GetLogEvents" => events(aws, &asked),
        _ => Err(Fault::missing(&format!("logs {operation}"))),
    }
}

fn groups(aws: &Aws, asked: &Value) -> Value {
    let prefix = asked["logGroupNamePrefix"].as_str().unwrap_or_default();
    let pattern = asked["logGroupNamePattern"].as_str().unwrap_or_default();
    let groups: Vec<Value> = aws
        .logs
        .groups()
        .into_iter()
        .filter(|(name, _)| name.starts_with(prefix) && name.contains(pattern))
        .map(|(name, created)| {
            json!({
                "logGroupName": name,
                "creationTime": created,
                "retentionInDays": aws.deployment.environment.log_retention_days,
                "metricFilterCount": 0,
                "arn": arn("logs", &format!("log-group:{name}:*")),
                "logGroupArn": arn("logs", &format!("log-group:{name}")),
                "storedBytes": 0,
            })
        })
        .collect();
    json!({ "logGroups": groups })
}

fn streams(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let group = group(asked)?;
    let prefix = asked["logStreamNamePrefix"].as_str().unwrap_or_default();
    let mut streams = aws.logs.streams(&group).ok_or_else(no_group)?;
    streams.retain(|(name, _)| name.starts_with(prefix));
    if asked["orderBy"] == "LastEventTime" {
        streams.sort_by_key(|(_, stream)| stream.last);
    }
    if asked["descending"] == true {
        streams.reverse();
    }
    let streams: Vec<Value> = streams
        .into_iter()
        .map(|(name, stream)| {
            json!({
                "logStreamName": name.as_ref(),
                "creationTime": stream.created,
                "firstEventTimestamp": stream.first,
                "lastEventTimestamp": stream.last,
                "lastIngestionTime": stream.last,
                "arn": arn("logs", &format!("log-group:{group}:log-stream:{name}")),
                "storedBytes": 0,
            })
        })
        .collect();
    Ok(json!({ "logStreams": streams }))
}

fn filter(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let group = group(asked)?;
    if aws.logs.streams(&group).is_none() {
        return Err(no_group());
    }
    let pattern = Pattern::parse(asked["filterPattern"].as_str().unwrap_or_default())?;
    let (from, to) = times(asked);
    let after = token(&asked["nextToken"]).unwrap_or(0);
    let names: Vec<&str> =
        asked["logStreamNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let prefix = asked["logStreamNamePrefix"].as_str().unwrap_or_default();
    let wanted = |event: &LogEvent| {
        event.id > after
            && (from..to).contains(&event.timestamp)
            && event.stream.starts_with(prefix)
            && (names.is_empty() || names.contains(&event.stream.as_ref()))
            && pattern.matches(&event.message)
    };
    let mut events = aws.logs.events(&group, wanted).ok_or_else(no_group)?;
    let limit = limit(asked);
    let more = events.len() > limit;
    events.truncate(limit);
    let next = more.then(|| events.last().map(|event| event.id.to_string())).flatten();
    let events: Vec<Value> = events.iter().map(whole).collect();
    let mut answer = json!({ "events": events, "searchedLogStreams": [] });
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

fn events(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let group = group(asked)?;
    let stream = asked["logStreamName"].as_str().ok_or_else(|| Fault::invalid("logStreamName is missing"))?;
    let (from, to) = times(asked);
    let text = asked["nextToken"].as_str().unwrap_or_default();
    let (forward, backward) = (text.strip_prefix("f/"), text.strip_prefix("b/"));
    let after = forward.and_then(|id| id.parse().ok()).unwrap_or(0);
    let before = backward.and_then(|id| id.parse().ok()).unwrap_or(u64::MAX);
    let wanted = |event: &LogEvent| {
        event.stream.as_ref() == stream
            && (from..to).contains(&event.timestamp)
            && event.id > after
            && event.id < before
    };
    if !aws.logs.streams(&group).ok_or_else(no_group)?.iter().any(|(name, _)| name.as_ref() == stream) {
        return Err(Fault::not_found("The specified log stream does not exist."));
    }
    let mut events = aws.logs.events(&group, wanted).ok_or_else(no_group)?;
    let limit = limit(asked);
    if asked["startFromHead"] == true || forward.is_some() {
        events.truncate(limit);
    } else {
        events.drain(..events.len().saturating_sub(limit));
    }
    let first = events.first().map_or(before, |event| event.id);
    let last = events.last().map_or(after, |event| event.id);
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({ "timestamp": event.timestamp, "message": event.message, "ingestionTime": event.timestamp })
        })
        .collect();
    Ok(
        json!({ "events": events, "nextForwardToken": format!("f/{last}"), "nextBackwardToken": format!("b/{first}") }),
    )
}

fn whole(event: &LogEvent) -> Value {
    json!({
        "logStreamName": event.stream.as_ref(),
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.timestamp,
        "eventId": event.id.to_string(),
    })
}

fn group(asked: &Value) -> Result<String, Fault> {
    let name = asked["logGroupName"].as_str().or_else(|| asked["logGroupIdentifier"].as_str());
    let name = name.ok_or_else(|| Fault::invalid("logGroupName is missing"))?;
    Ok(name.rsplit_once(":log-group:").map_or(name, |(_, name)| name).to_owned())
}

fn no_group() -> Fault {
    Fault::not_found("The specified log group does not exist.")
}

fn times(asked: &Value) -> (i64, i64) {
    let from = asked["startTime"].as_i64().unwrap_or(0);
    // Through the end, which AWS counts in.
    let to = asked["endTime"].as_i64().unwrap_or_else(clock::millis).saturating_add(1);
    (from, to)
}

fn limit(asked: &Value) -> usize {
    asked["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST).clamp(1, MOST)
}

fn token(value: &Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

/// The terms of a filter pattern: every plain term must be there, one of those with `?`, none of those with `-`
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>).
#[derive(Debug, Default, PartialEq, Eq)]
struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    /// Of JSON and of columns it knows nothing: nobody shall take "no events" for an answer.
    fn parse(text: &str) -> Result<Self, Fault> {
        let mut pattern = Self::default();
        let mut rest = text.trim();
        if rest.starts_with(['{', '[', '%']) {
            let message =
                "the local run's filter patterns have plain terms only, such as ERROR or \"time out\"";
            return Err(Fault::invalid(message));
        }
        while !rest.is_empty() {
            let (kind, after) = match rest.as_bytes()[0] {
                mark @ (b'?' | b'-') => (mark, &rest[1..]),
                _ => (b' ', rest),
            };
            let (term, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            };
            match kind {
                b'?' => pattern.any.push(term.to_owned()),
                b'-' => pattern.none.push(term.to_owned()),
                _ => pattern.all.push(term.to_owned()),
            }
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    fn matches(&self, message: &str) -> bool {
        self.all.iter().all(|term| message.contains(term))
            && (self.any.is_empty() || self.any.iter().any(|term| message.contains(term)))
            && !self.none.iter().any(|term| message.contains(term))
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn terms_are_all_any_or_none() {
        let pattern = Pattern::parse(r#"ERROR ?"time out" ?late -test"#).expect("it has terms");
        assert!(pattern.matches("ERROR it was late"));
        assert!(pattern.matches("ERROR a time out"));
        assert!(!pattern.matches("ERROR"));
        assert!(!pattern.matches("ERROR late test"));
        assert!(Pattern::parse("").expect("it has none").matches("anything"));
        for unknown in ["{ $.level = ERROR }", " [level]", "%a+%"] {
            assert!(Pattern::parse(unknown).is_err(), "{unknown}");
        }
    }
}
