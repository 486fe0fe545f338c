//! Topics: the events, who sends them, who receives them, and what follows.

use serde::Serialize;

use crate::{Field, Ident};

/// One Kafka topic and everything that hangs on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topic {
    /// `user-info-submitted`, as Kafka knows it.
    pub name: Ident,
    /// One sentence for people.
    pub description: String,
    /// How many partitions.
    pub partitions: u32,
    /// Milliseconds that records are kept.
    pub retention_ms: u64,
    /// The field whose value is the record key; a required field of the event.
    pub key: Ident,
    /// The schema's version, from 1.
    pub version: u32,
    /// The event's fields, in the manifest's order.
    pub fields: Vec<Field>,
    /// The function that publishes it over HTTP; `None` for a topic that functions or other systems fill.
    pub producer: Option<Producer>,
    /// The function that Lambda's event source mapping feeds.
    pub consumer: Option<Consumer>,
    /// Who is told, and when.
    pub alert: Option<Alert>,
    /// What the browser is sent.
    pub push: Option<Push>,
    /// How fast each stage must be.
    pub targets: Targets,
    /// The topic that failures of this topic's functions are published to.
    pub error_topic: Option<String>,
    /// Some topic's failures are published here.
    pub collects_errors: bool,
}

/// A function behind the HTTP API that publishes the event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Producer {
    /// `submit-user-info`; the real name is `<app>-<function>-<env>`.
    pub function: Ident,
    /// What people call it: `submitUserInfoWithKafka`.
    pub handler: Ident,
    /// The HTTP method.
    pub method: Method,
    /// The path, with a leading slash.
    pub path: String,
    /// Anyone may call it; else the caller's token must be the customer's.
    pub open: bool,
    /// Tables that the business rule reads.
    pub reads: Vec<String>,
    /// Seconds before Lambda stops it.
    pub timeout_seconds: u32,
    /// Memory in MiB; CPU follows it.
    pub memory_mib: u32,
}

/// HTTP methods that carry an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
}

impl Method {
    /// `POST`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }
}

/// The function that applies the event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Consumer {
    /// `consumer-user-info-submitted`; the real name is `<app>-<function>-<env>`.
    pub function: Ident,
    /// What people call it: `handleUserInfoSubmitted`.
    pub handler: Ident,
    /// The whole consumer group id: `onboard-ai-consumer-user-info`.
    pub group: String,
    /// The table it writes.
    pub table: String,
    /// How the event becomes an item.
    pub write: Write,
    /// What it is given at a time.
    pub batch: Batch,
    /// What happens when it fails.
    pub retry: Retry,
    /// How many pollers Lambda keeps for it.
    pub pollers: Pollers,
    /// Seconds before Lambda stops it.
    pub timeout_seconds: u32,
    /// Memory in MiB; CPU follows it.
    pub memory_mib: u32,
}

/// How an event becomes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Write {
    /// The event replaces the item.
    Put,
    /// The event's fields are set on the item; others stay.
    Merge,
}

/// What a consumer is given at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Most records in one call, 1 to 10,000.
    pub size: u32,
    /// Milliseconds that Lambda waits for a batch to fill: 0, or whole seconds up to 300.
    pub window_ms: u64,
}

/// What happens when a batch fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Retry {
    /// Times that a batch is tried again before its records go to the dead-letter topic, 0 to 10,000.
    pub attempts: u32,
    /// Seconds after which a record is not tried again, 60 to 604,800; `None` is without end.
    pub max_age_seconds: Option<u32>,
    /// A failing batch is halved, so that one bad record is found.
    pub bisect: bool,
}

/// Lambda's provisioned pollers of one mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pollers {
    /// Kept always, 1 to 200.
    pub min: u32,
    /// Kept at most, 1 to 2,000.
    pub max: u32,
    /// Mappings of one group share poller units; at most 100 mappings in a group.
    pub group: String,
}

/// A message to a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    /// The channel's name.
    pub channel: String,
    /// Only when this holds; always when `None`.
    pub when: Option<Condition>,
    /// Text with `{field}` places; no field of it is personal data.
    pub message: String,
}

/// A comparison of one field with values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// The field's name.
    pub field: Ident,
    /// How it is compared.
    pub operator: Operator,
    /// One value, or several for `is one of`.
    pub values: Vec<Literal>,
}

/// The comparisons that `when` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `is`, `is one of`
    Is,
    /// `is not`, `is not one of`
    IsNot,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// For boolean fields.
    Boolean(bool),
    /// For integer fields.
    Integer(i64),
    /// For decimal fields, as decimal text; for strings and enums, as it is.
    Text(String),
}

/// What the browser is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Push {
    /// The event type: `USER_INFO_SUBMITTED`.
    pub event_type: String,
}

/// Latency targets in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Targets {
    /// From the request to the broker's acknowledgement.
    pub publish_ms: u64,
    /// From the acknowledgement to the applied event.
    pub consume_ms: u64,
    /// From the applied event to the browser.
    pub push_ms: u64,
    /// From the request to the browser.
    pub end_to_end_ms: u64,
}
