//! Messages: the events on Kafka.

use model::{Model, Role, Topic};
use serde_json::{Map, Value, json};

use super::{browser, key, reference};
use crate::{
    example,
    json_schema::{self, Refs},
};

pub(super) fn all(model: &Model) -> Map<String, Value> {
    let mut messages: Map<String, Value> =
        model.topics.iter().map(|topic| (key(topic).to_owned(), event(model, topic))).collect();
    browser::add_messages(model, &mut messages);
    messages
}

/// The headers that every event has: CloudEvents 1.0 in Kafka's binary mode
/// (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md>).
pub(super) fn cloud_event(model: &Model) -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {
                "ce_specversion": { "type": "string", "const": "1.0" },
                "ce_id": text("Unique; a redelivery has the same. Ours are UUIDs of version 7."),
                "ce_type": text("What happened."),
                "ce_source": text("The function that published it."),
                "ce_time": { "type": "string", "format": "date-time", "description": "When it was published, in UTC." },
                "ce_subject": text("Whom it is about: the record's key."),
                "ce_dataschema": text("The schema of the value, its version included."),
                "ce_schemaversion": text("The schema's version alone."),
                "traceparent": text("W3C trace context of the request that led to it."),
                "content-type": { "type": "string", "const": "application/json" },
            },
            "required": [
                "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "ce_dataschema",
                "ce_schemaversion", "content-type",
            ],
        },
        "description": format!("An event of {}.", model.app.name),
    })
}

/// `onboard-ai.user-info-submitted`.
fn event_type(model: &Model, topic: &Topic) -> String {
    format!("{}.{}", model.app.name, topic.name.name)
}

fn event(model: &Model, topic: &Topic) -> Value {
    let payload = example::event(model, topic);
    let fields = topic.fields.iter().find(|field| field.name == topic.key);
    json!({
        "name": topic.name.name,
        "title": topic.name.pascal,
        "summary": topic.description,
        "traits": [reference("components/messageTraits/cloudEvent")],
        "headers": {
            "type": "object",
            "properties": {
                "ce_type": { "const": event_type(model, topic) },
                "ce_dataschema": { "const": json_schema::event_id(model, topic) },
                "ce_schemaversion": { "const": topic.version.to_string() },
            },
        },
        "payload": Refs::Components.object(&topic.fields),
        "bindings": {
            "kafka": {
                "key": fields.map_or(json!({"type": "string"}), |field| Refs::Components.described("", &field.ty)),
                "bindingVersion": "0.5.0",
            },
        },
        "examples": [{ "headers": headers(model, topic, &payload), "payload": payload }],
    })
}

fn headers(model: &Model, topic: &Topic, payload: &Value) -> Value {
    let failing = || model.topics.iter().find(|other| other.error_topic.as_ref() == Some(&topic.name.name));
    let producer = topic.producer.as_ref().map(|_| topic).or_else(failing);
    let source = producer.filter(|topic| topic.producer.is_some()).map_or_else(
        || model.app.name.clone(),
        |topic| {
            let function = model.function(&Role::Producer(topic.name.name.clone()));
            model.function_name(function, &model.environments[0])
        },
    );
    json!({
        "ce_specversion": "1.0",
        "ce_id": example::EVENT_ID,
        "ce_type": event_type(model, topic),
        "ce_source": format!("/{source}"),
        "ce_time": example::INSTANT,
        "ce_subject": payload[&topic.key.name],
        "ce_dataschema": json_schema::event_id(model, topic),
        "ce_schemaversion": topic.version.to_string(),
        "content-type": "application/json",
    })
}
