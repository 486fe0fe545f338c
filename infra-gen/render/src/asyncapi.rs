//! `asyncapi.yaml`: the system's events as an AsyncAPI 3.0 document, and each event's schema as a file.

mod browser;
mod channels;
mod messages;
mod operations;
mod servers;

use model::{Model, Topic};
use serde_json::{Map, Value, json};

use crate::{
    File, example,
    json_schema::{self, Refs},
};

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let mut files = vec![File::new("asyncapi.yaml", yaml(&document(model)))];
    for topic in &model.topics {
        let file = |folder: &str, schema: &Value| {
            let path = format!("schema/{folder}/{}.v{}.schema.json", topic.name.name, topic.version);
            File::new(path, example::pretty(schema))
        };
        files.push(file("events", &json_schema::event(model, topic)));
        if topic.producer.is_some() {
            files.push(file("requests", &json_schema::request(model, topic)));
        }
    }
    files
}

fn yaml(document: &Value) -> String {
    let body = serde_saphyr::to_string(document).expect("JSON is YAML");
    format!("# Rendered from topics.yaml by `make synth`; a change made here is lost.\n{body}")
}

fn document(model: &Model) -> Value {
    let name = &model.app.name;
    let version = model.topics.iter().map(|topic| topic.version).max().unwrap_or(1);
    json!({
        "asyncapi": "3.0.0",
        "id": format!("urn:{name}"),
        "info": {
            "title": format!("Events of {name}"),
            "version": format!("{version}.0.0"),
            "description": info(model),
            "tags": tags(model),
        },
        "defaultContentType": "application/json",
        "servers": servers::all(model),
        "channels": channels::all(model),
        "operations": operations::all(model),
        "components": {
            "schemas": schemas(model),
            "messages": messages::all(model),
            "messageTraits": { "cloudEvent": messages::cloud_event(model) },
            "securitySchemes": servers::security_schemes(model),
        },
    })
}

fn info(model: &Model) -> String {
    format!(
        "{}\n\n\
         Each event is a CloudEvent in Kafka's binary mode: its attributes are record headers, its data is the \
         record's value. Events of one {} keep their order. A field marked `x-pii` is personal data; one marked \
         `readOnly` is set by the business rule and no request may carry it.\n",
        model.description,
        model.topics.first().map_or("key", |topic| &topic.key.name),
    )
}

/// One tag for each environment, for the servers.
fn tags(model: &Model) -> Vec<Value> {
    let sentence = |environment: &model::Environment| {
        let kind =
            if environment.production { "Real customers use it." } else { "For development and tests." };
        json!({"name": environment.name, "description": kind})
    };
    model.environments.iter().map(sentence).collect()
}

/// The shared types that events use.
fn schemas(model: &Model) -> Map<String, Value> {
    let fields = model.topics.iter().flat_map(|topic| &topic.fields);
    json_schema::shared(model, fields)
        .into_iter()
        .filter_map(|name| model.shared_type(name))
        .map(|shared| (shared.name.name.clone(), Refs::Components.described(&shared.description, &shared.ty)))
        .collect()
}

/// `{"$ref": "#/channels/userInfoSubmitted"}`.
fn reference(path: &str) -> Value {
    json!({ "$ref": format!("#/{path}") })
}

/// The key of a topic's channel and message. Keys of what isn't a topic's have a hyphen, which this can't have.
fn key(topic: &Topic) -> &str {
    &topic.name.camel
}

/// The key of the message that a browser is sent of a topic.
fn push_key(topic: &Topic) -> String {
    format!("{}-push", topic.name.camel)
}

/// The key of the WebSocket channel.
const WEBSOCKET: &str = "web-socket";

#[cfg(test)]
mod tests;
