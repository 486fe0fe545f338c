//! Events of a topic that collects errors: each field from what is known of a failure.

use model::{Field, FieldType, Model, Topic};
use serde::Serialize;

use super::{
    types::{Declaration, ObjectField, resolve},
    value::{Maker, Place},
};

/// One field of the event.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Filled {
    name: String,
    value: String,
}

/// What each field is filled with. A field that tells nothing of failures gets a value that passes its checks.
pub(super) fn fields(
    model: &Model,
    topic: &Topic,
    declared: &[Declaration],
    written: &[ObjectField],
) -> Vec<Filled> {
    let maker = Maker::new(model, topic, declared, Place::Failure);
    topic
        .fields
        .iter()
        .zip(written)
        .map(|(field, written)| {
            let known = known(topic, field).and_then(|known| convert(resolve(model, &field.ty), known));
            let value = match known {
                Some(value) if field.required => value,
                Some(value) => format!("Some({value})"),
                None => maker.field(field, &written.ty),
            };
            Filled { name: written.name.clone(), value }
        })
        .collect()
}

/// What a `contract::Failure` knows.
#[derive(Debug, Clone, Copy)]
enum Known {
    Text(&'static str),
    Id,
    Flag,
    Time,
}

fn known(topic: &Topic, field: &Field) -> Option<Known> {
    match field.name.name.as_str() {
        name if name == topic.key.name => Some(Known::Text("customer_id")),
        "customerId" => Some(Known::Text("customer_id")),
        "errorId" => Some(Known::Id),
        "function" => Some(Known::Text("function")),
        "topic" => Some(Known::Text("topic")),
        "code" => Some(Known::Text("code")),
        "message" => Some(Known::Text("message")),
        "retryable" => Some(Known::Flag),
        "occurredAt" => Some(Known::Time),
        _ => None,
    }
}

fn convert(ty: &FieldType, known: Known) -> Option<String> {
    Some(match (ty, known) {
        // Cut, it would be another customer's; the runtime doesn't publish what doesn't fit.
        (FieldType::String { .. }, Known::Text("customer_id")) => "failure.customer_id.clone()".into(),
        (FieldType::String { max_length, .. }, Known::Text(name)) => {
            format!("contract::cut(&failure.{name}, {max_length})")
        }
        (FieldType::Uuid, Known::Id) => "failure.error_id".into(),
        (FieldType::String { .. }, Known::Id) => "failure.error_id.to_string()".into(),
        (FieldType::Boolean, Known::Flag) => "failure.retryable".into(),
        (FieldType::Timestamp, Known::Time) => "failure.occurred_at".into(),
        (FieldType::Date, Known::Time) => "failure.occurred_at.date()".into(),
        (FieldType::String { .. }, Known::Time) => "failure.occurred_at.to_string()".into(),
        _ => return None,
    })
}
