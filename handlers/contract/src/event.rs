//! What generated event types implement.

use std::{borrow::Cow, fmt};

use serde::Serialize;
use serde_json::Value;

use crate::{Item, Object, Sink, Timestamp, Unknown, Violations, read, view};

/// An event of one topic. Generated code implements it; see the crate's documentation for an example.
///
/// `Debug` must not print personal data: it reaches logs. Generated types print [`crate::Personal`] instead.
/// `Serialize` gives the JSON that stands in Kafka and in the tables; fields that are absent are left out.
pub trait Event: Object + Serialize + Clone + fmt::Debug + Send + Sync + 'static {
    /// The Kafka topic: `user-info-submitted`.
    const TOPIC: &'static str;

    /// The schema's version, from 1.
    const VERSION: u32;

    /// The CloudEvents type: `onboard-ai.user-info-submitted`.
    const TYPE: &'static str;

    /// The name of the field that is the record's key: `customerId`.
    const KEY: &'static str;

    /// Where the consumer writes it; `None` for a topic without a table.
    const SINK: Option<Sink> = None;

    /// What the browser calls it: `USER_INFO_SUBMITTED`; `None` when it isn't pushed.
    const PUSH: Option<&'static str> = None;

    /// The fields that the browser sees, as JSON pointers; see [`view`].
    const BROWSER: &'static [&'static str] = &[];

    /// What a caller sends: the fields that aren't computed. [`Nothing`] for a topic without a producer.
    type Request: Object + fmt::Debug + Send;

    /// The value of the field [`Self::KEY`]. Events of one key keep their order.
    fn key(&self) -> Cow<'_, str>;

    /// Whose event it is: the owner of the connections that it is pushed to.
    fn customer_id(&self) -> Cow<'_, str> {
        self.key()
    }

    /// What the channel is told; `None` when the alert's condition doesn't hold, or there is no alert.
    fn alert(&self) -> Option<String> {
        None
    }

    /// The event as JSON.
    ///
    /// # Panics
    /// When the type doesn't serialise to an object; generated types do.
    fn to_json(&self) -> Item {
        match serde_json::to_value(self) {
            Ok(Value::Object(object)) => object,
            other => panic!("an event serialises to an object, not to {:?}", other.map(|_| "something else")),
        }
    }

    /// What the browser is sent of it.
    fn browser(&self) -> Value {
        view(&Value::Object(self.to_json()), Self::BROWSER)
    }

    /// Every fault of an event that a rule made, by the same checks that requests and records go through.
    fn validate(&self) -> Result<(), Violations> {
        read::<Self>(&Value::Object(self.to_json()), Unknown::Refuse).map(|_| ())
    }

    /// The schema's name: what CloudEvents calls `dataschema`.
    fn data_schema() -> String {
        format!("urn:schema:{}:{}", Self::TYPE, Self::VERSION)
    }
}

/// The request type of topics that nobody publishes over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing;

impl Object for Nothing {
    fn read(_: &mut crate::Fields<'_>) -> Option<Self> {
        Some(Self)
    }
}

/// A step that failed, told to the error topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whose step it was.
    pub customer_id: String,
    /// The same for a retry of the same step.
    pub error_id: uuid::Uuid,
    /// The function that failed: `onboard-ai-submit-user-info-dev`.
    pub function: String,
    /// The topic that it works for.
    pub topic: String,
    /// A word for programs: `INVALID_REQUEST`.
    pub code: String,
    /// A sentence for people, without personal data.
    pub message: String,
    /// Trying again may help.
    pub retryable: bool,
    /// When.
    pub occurred_at: Timestamp,
}

/// An event of a topic that collects errors.
pub trait FailureEvent: Event {
    /// The event that tells of `failure`. Text that is longer than the schema allows is cut, see [`crate::cut`]; the
    /// customer id is not, so that the event may be against the schema.
    fn from_failure(failure: &Failure) -> Self;
}

/// At most `max` characters of `text`.
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
