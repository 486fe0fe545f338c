//! What is known of an event besides its fields.

use uuid::Uuid;

use crate::{EventId, Timestamp, derived_uuid};

/// What is known of an event besides its fields: the CloudEvents context attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventContext {
    /// What duplicates are recognised by.
    pub id: EventId,
    /// When it happened: for a rule, the moment of the request.
    pub time: Timestamp,
    /// Who published it: `/onboard-ai/dev/submit-user-info`.
    pub source: String,
    /// W3C trace context, so that one trace spans the request and everything that follows.
    pub traceparent: Option<String>,
}

impl EventContext {
    /// A context for a new event.
    pub fn new(source: impl Into<String>, time: Timestamp) -> Self {
        Self { id: EventId::new(time), time, source: source.into(), traceparent: None }
    }

    /// A UUID that belongs to this event: the same for the same `name`, so that a retried request makes the
    /// same event. For computed fields such as `applicationId`.
    pub fn uuid(&self, name: &str) -> Uuid {
        derived_uuid([self.id.as_str(), name])
    }

    /// What decides between two events that set the same attribute: time, then id. Sorts as text.
    pub fn version(&self) -> String {
        format!("{}/{}", self.time, self.id)
    }
}

/// Whether the text is a trace context in the only version that there is
/// (<https://www.w3.org/TR/trace-context/#traceparent-header>).
pub fn is_traceparent(text: &str) -> bool {
    let is_hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_id = |part: &str, length| is_hex(part, length) && part.bytes().any(|byte| byte != b'0');
    match text.split('-').collect::<Vec<_>>()[..] {
        ["00", trace, parent, flags] => is_id(trace, 32) && is_id(parent, 16) && is_hex(flags, 2),
        _ => false,
    }
}
