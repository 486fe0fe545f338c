//! Events as Kafka records: CloudEvents 1.0 in Kafka's binary mode.
//!
//! The value is the event's JSON; headers tell the rest
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md>).

use serde_json::Value;

use crate::{Event, EventContext, EventId, Timestamp, Unknown, Violations, is_traceparent, read};

/// A record that is ready to be published.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The Kafka topic.
    pub topic: &'static str,
    /// The event's id, for logs.
    pub id: EventId,
    /// The record's key.
    pub key: String,
    /// The event's JSON.
    pub value: Vec<u8>,
    /// CloudEvents attributes and the trace.
    pub headers: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither key nor value: they may be personal data.
        f.debug_struct("Record").field("topic", &self.topic).field("id", &self.id).finish_non_exhaustive()
    }
}

/// The bytes of an event that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A header is missing that CloudEvents demands.
    #[error("the record has no header {0}")]
    MissingHeader(&'static str),
    /// A header's value can't be right.
    #[error("the header {name} {detail}")]
    BadHeader {
        /// The header.
        name: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The record has no value.
    #[error("the record has no value")]
    NoValue,
    /// The value isn't JSON.
    #[error("the value is not JSON: {0}")]
    Json(String),
    /// The value isn't an event of this topic.
    #[error("{0}")]
    Invalid(Violations),
}

impl Unreadable {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader(_) | Self::BadHeader { .. } => "NOT_A_CLOUD_EVENT",
            Self::NoValue => "NO_VALUE",
            Self::Json(_) => "NOT_JSON",
            Self::Invalid(_) => "INVALID_EVENT",
        }
    }
}

impl Record {
    /// The record of this event.
    pub fn new<E: Event>(event: &E, context: &EventContext) -> Self {
        let mut headers = vec![
            ("ce_specversion", "1.0".to_owned()),
            ("ce_id", context.id.to_string()),
            ("ce_type", E::TYPE.into()),
            ("ce_source", context.source.clone()),
            ("ce_time", context.time.to_string()),
            ("ce_subject", event.customer_id().into_owned()),
            ("ce_dataschema", E::data_schema()),
            ("ce_schemaversion", E::VERSION.to_string()),
            ("content-type", "application/json".into()),
        ];
        headers.extend(context.traceparent.clone().map(|trace| ("traceparent", trace)));
        Self {
            topic: E::TOPIC,
            id: context.id.clone(),
            key: event.key().into_owned(),
            value: Value::Object(event.to_json()).to_string().into_bytes(),
            headers,
        }
    }
}

/// Reads the context of an event of type `E` from a record's headers.
pub fn read_context<'a, E: Event>(
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<EventContext, Unreadable> {
    let mut found = Headers::default();
    for (name, value) in headers {
        found.take(name, value)?;
    }
    let need = |value: Option<String>, name| value.ok_or(Unreadable::MissingHeader(name));
    let bad = |name, detail: &str| Unreadable::BadHeader { name, detail: detail.into() };
    if need(found.specversion, "ce_specversion")? != "1.0" {
        return Err(bad("ce_specversion", "is not 1.0"));
    }
    if need(found.ty, "ce_type")? != E::TYPE {
        return Err(bad("ce_type", &format!("is not {}", E::TYPE)));
    }
    let time = need(found.time, "ce_time")?;
    Ok(EventContext {
        id: EventId::parse(&need(found.id, "ce_id")?).map_err(|error| bad("ce_id", &error.to_string()))?,
        time: parse_time(&time).ok_or_else(|| bad("ce_time", "is not an instant"))?,
        source: need(found.source, "ce_source")?,
        traceparent: found.traceparent,
    })
}

/// Other systems may write an offset instead of `Z`.
fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Reads an event of type `E` from a record's value. Fields that this build doesn't know are left alone.
pub fn read_event<E: Event>(value: &[u8]) -> Result<E, Unreadable> {
    // serde_json's own text tells line and column, and never quotes the input's strings.
    let value: Value = serde_json::from_slice(value).map_err(|error| Unreadable::Json(error.to_string()))?;
    read(&value, Unknown::Ignore).map_err(Unreadable::Invalid)
}

#[derive(Default)]
struct Headers {
    specversion: Option<String>,
    id: Option<String>,
    ty: Option<String>,
    source: Option<String>,
    time: Option<String>,
    traceparent: Option<String>,
}

impl Headers {
    fn take(&mut self, name: &str, value: &[u8]) -> Result<(), Unreadable> {
        let (name, slot) = match name {
            "ce_specversion" => ("ce_specversion", &mut self.specversion),
            "ce_id" => ("ce_id", &mut self.id),
            "ce_type" => ("ce_type", &mut self.ty),
            "ce_source" => ("ce_source", &mut self.source),
            "ce_time" => ("ce_time", &mut self.time),
            // A trace that can't be read is no reason to lose an event. What is none must not get into the log.
            "traceparent" => {
                let text = std::str::from_utf8(value).ok().filter(|text| is_traceparent(text));
                self.traceparent = text.map(str::to_owned);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let text = std::str::from_utf8(value)
            .map_err(|_| Unreadable::BadHeader { name, detail: "is not UTF-8".into() })?;
        *slot = Some(text.to_owned());
        Ok(())
    }
}
