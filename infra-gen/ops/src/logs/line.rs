//! A line of a log: of our runtime, of Lambda, or of anything else.

use serde_json::{Map, Value};

use crate::{
    console::{BAD, HINT, WARN, styled},
    text::{harmless, time},
};

/// Fields of the runtime's lines that stand elsewhere, or say nothing that the rest doesn't.
const KNOWN: [&str; 6] = ["timestamp", "level", "message", "function", "target", "traceparent"];

/// A line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// `ERROR`; `LAMBDA` for what Lambda itself says, `METRIC` for numbers; empty for other text.
    level: String,
    message: String,
    /// Names and values, in the line's order.
    fields: Vec<(String, String)>,
}

impl Line {
    pub(super) fn parse(text: &str) -> Self {
        let Ok(Value::Object(line)) = serde_json::from_str(text) else { return Self::of_text(text) };
        let word = |name: &str| line.get(name).and_then(Value::as_str);
        if line.contains_key("_aws") {
            return Self::of_metrics(&line);
        }
        if let Some((_, kind)) = word("type").and_then(|kind| kind.split_once("platform.")) {
            let record = line.get("record").and_then(Value::as_object).cloned().unwrap_or_default();
            return Self { level: "LAMBDA".into(), message: kind.to_owned(), fields: fields(&record, &[]) };
        }
        let (Some(level), Some(message)) = (word("level"), word("message")) else {
            return Self::of_text(text);
        };
        let mut all = fields(&line, &KNOWN);
        if let Some(trace) = word("traceparent").and_then(|trace| trace.split('-').nth(1))
            && !trace.is_empty()
        {
            all.push(("trace".into(), trace.to_owned()));
        }
        Self { level: level.to_owned(), message: message.to_owned(), fields: all }
    }

    fn of_text(text: &str) -> Self {
        let is_lambdas = ["START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START "]
            .iter()
            .any(|start| text.starts_with(start));
        let level = if is_lambdas { "LAMBDA" } else { "" };
        Self { level: level.into(), message: text.to_owned(), fields: vec![] }
    }

    /// CloudWatch's embedded metric format.
    fn of_metrics(line: &Map<String, Value>) -> Self {
        let topic = line.get("Topic").and_then(Value::as_str).unwrap_or_default().to_owned();
        let fields = fields(line, &["_aws", "Environment", "Topic"]);
        Self { level: "METRIC".into(), message: topic, fields }
    }

    /// An error of a function, or of Lambda with a function.
    pub(super) fn is_error(&self) -> bool {
        match self.level.as_str() {
            "ERROR" | "FATAL" => true,
            "LAMBDA" => self.fields.iter().any(|(name, value)| {
                name == "status" && matches!(value.as_str(), "error" | "failure" | "timeout")
            }),
            "" => ["Task timed out", "Runtime exited", "errorType"]
                .iter()
                .any(|word| self.message.contains(word)),
            _ => false,
        }
    }

    /// For people; `at` in milliseconds since 1970.
    pub(super) fn show(&self, at: i64, function: &str) -> String {
        let level = format!("{:6}", self.level);
        let level = match self.level.as_str() {
            _ if self.is_error() => styled(BAD, &level),
            "WARN" => styled(WARN, &level),
            _ => level,
        };
        let mut text = format!("{}  {function}  {level}  {}", time(at), harmless(&self.message));
        for (name, value) in &self.fields {
            let value = harmless(value);
            let quote = value.is_empty() || value.contains([' ', '=']);
            let value = if quote { format!("{value:?}") } else { value };
            text = format!("{text}  {}{value}", styled(HINT, &format!("{}=", harmless(name))));
        }
        text
    }
}

fn fields(map: &Map<String, Value>, without: &[&str]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let wanted = |(name, _): &(&String, &Value)| !without.contains(&name.as_str());
    map.iter().filter(wanted).map(|(name, value)| (name.clone(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        anstream::adapter::strip_str(&Line::parse(text).show(0, "f")).to_string()
    }

    #[test]
    fn lines_of_every_kind_are_readable() {
        let ours = r#"{"timestamp":"2026-11-23T13:45:00.123Z","level":"ERROR","message":"it failed","function":"f","requestId":"r-1","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","code":"X","detail":"two words","target":"runtime"}"#;
        let metrics = r#"{"Applied":[1,1],"Environment":"dev","Topic":"kyc-verified","_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}"#;
        let platform = r#"{"time":"2026-11-23T13:45:00.123Z","type":"platform.report","record":{"requestId":"r-1","status":"timeout","metrics":{"durationMs":3000.0}}}"#;
        let lines = [
            show(ours),
            show(metrics),
            show(platform),
            show("REPORT RequestId: r-1\tDuration: 2.00 ms\n"),
            show("plain \u{1b}[31mtext"),
            show(r#"{"some":"JSON"}"#),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r#"
        1970-01-01 00:00:00.000  f  ERROR   it failed  requestId=r-1  code=X  detail="two words"  trace=0af7651916cd43dd8448eb211c80319c
        1970-01-01 00:00:00.000  f  METRIC  kyc-verified  Applied=[1,1]
        1970-01-01 00:00:00.000  f  LAMBDA  report  requestId=r-1  status=timeout  metrics={"durationMs":3000.0}
        1970-01-01 00:00:00.000  f  LAMBDA  REPORT RequestId: r-1 Duration: 2.00 ms
        1970-01-01 00:00:00.000  f          plain \u{1b}[31mtext
        1970-01-01 00:00:00.000  f          {"some":"JSON"}
        "#);
    }

    #[test]
    fn an_error_is_told_from_a_line_that_speaks_of_one() {
        for (text, is) in [
            (r#"{"level":"ERROR","message":"x"}"#, true),
            (r#"{"level":"INFO","message":"no error"}"#, false),
            (r#"{"type":"platform.report","record":{"status":"timeout"}}"#, true),
            (r#"{"type":"platform.report","record":{"status":"success"}}"#, false),
            ("2026-11-23T13:45:00.123Z r-1 Task timed out after 3.00 seconds", true),
            ("START RequestId: r-1 Version: $LATEST", false),
        ] {
            assert_eq!(Line::parse(text).is_error(), is, "{text}");
        }
    }
}
