//! What one event changes, worked out before anything is written.

use contract::{Event, EventContext, Item, Key, Sink};
use serde_json::{Value, json};

use super::KafkaRecord;

/// What follows a committed change: the outbox of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Tell the channel.
    Alert,
    /// Tell the browser.
    Push,
}

impl Step {
    /// As it stands in `kafka-events`' `pending`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "ALERT",
            Self::Push => "PUSH",
        }
    }
}

/// Everything that one event does.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// Whose event it is.
    pub customer_id: String,
    /// The event's context.
    pub context: EventContext,
    /// Its topic.
    pub topic: &'static str,
    /// Its CloudEvents type.
    pub event_type: &'static str,
    /// Where it came from.
    pub partition: i64,
    /// Where it came from.
    pub offset: i64,
    /// What becomes of the table.
    pub write: Option<TableWrite>,
    /// What the channel is told.
    pub alert: Option<String>,
    /// What the browser is sent: JSON text.
    pub push: Option<String>,
}

/// What becomes of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableWrite {
    /// Where and how.
    pub sink: Sink,
    /// Which item.
    pub key: Key,
    /// The event's fields, marks and expiry, with the keys.
    pub item: Item,
    /// What decides between two events.
    pub version: String,
}

/// An event that its table can't take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event has no usable value for the key {attribute} of table {table}")]
pub struct NoKey {
    table: &'static str,
    attribute: &'static str,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("topic", &self.topic)
            .field("id", &self.context.id)
            .finish_non_exhaustive()
    }
}

impl Change {
    /// What `event` does.
    pub fn new<E: Event>(event: &E, context: EventContext, record: &KafkaRecord) -> Result<Self, NoKey> {
        let write = E::SINK.map(|sink| TableWrite::new(event, &context, sink)).transpose()?;
        let push = E::PUSH.map(|name| message::<E>(name, &context, &event.browser()));
        Ok(Self {
            customer_id: event.customer_id().into_owned(),
            topic: E::TOPIC,
            event_type: E::TYPE,
            partition: record.partition,
            offset: record.offset,
            write,
            alert: event.alert(),
            push,
            context,
        })
    }

    /// What follows the change.
    pub fn steps(&self) -> Vec<Step> {
        let alert = self.alert.is_some().then_some(Step::Alert);
        let push = self.push.is_some().then_some(Step::Push);
        alert.into_iter().chain(push).collect()
    }
}

impl TableWrite {
    fn new<E: Event>(event: &E, context: &EventContext, sink: Sink) -> Result<Self, NoKey> {
        let mut item = event.to_json();
        let take = |attribute: &'static str| match item.get(attribute) {
            // DynamoDB takes no empty text as a key.
            Some(Value::String(text)) if !text.is_empty() => Ok(Value::from(text.as_str())),
            Some(Value::Number(number)) => Ok(Value::Number(number.clone())),
            _ => Err(NoKey { table: sink.table.name, attribute }),
        };
        let key = Key { key: take(sink.table.key)?, sort: sink.table.sort.map(take).transpose()? };
        item.extend(sink.marks.iter().map(|&(name, value)| (name.to_owned(), Value::from(value))));
        if let Some(ttl) = sink.table.ttl {
            // From the event's own time: a repetition writes the same item.
            let expiry = context.time.as_seconds().saturating_add_unsigned(ttl.seconds);
            item.insert(ttl.attribute.to_owned(), expiry.into());
        }
        Ok(Self { sink, key, item, version: context.version() })
    }
}

/// What the browser is sent. Its `id` is the event's, so that a client knows what it has seen.
fn message<E: Event>(name: &str, context: &EventContext, data: &Value) -> String {
    let (topic, version) = (E::TOPIC, E::VERSION);
    json!({
        "type": name, "id": context.id, "time": context.time, "topic": topic, "version": version, "data": data,
    })
    .to_string()
}
