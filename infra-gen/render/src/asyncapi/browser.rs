//! The WebSocket: what browsers are sent, what they may ask, and what they are answered.

use model::{Model, Push, Topic};
use serde_json::{Map, Value, json};

use super::{WEBSOCKET, push_key, reference, servers};
use crate::{browser, example, json_schema::Refs};

/// Whether there is anything to listen to.
fn is_used(model: &Model) -> bool {
    pushed(model).next().is_some()
}

fn pushed(model: &Model) -> impl Iterator<Item = (&Topic, &Push)> {
    model.topics.iter().filter_map(|topic| Some((topic, topic.push.as_ref()?)))
}

/// Keys of the messages that no topic makes, each with its shape.
const FIXED: [&str; 7] = [
    "browser-ping",
    "browser-pong",
    "browser-resume",
    "browser-resumed",
    "browser-renew",
    "browser-token",
    "browser-error",
];

/// Adds the channel.
pub(super) fn add_channel(model: &Model, channels: &mut Map<String, Value>) {
    if !is_used(model) {
        return;
    }
    let stages: Vec<&str> = model.environments.iter().map(|environment| environment.name.as_str()).collect();
    let keys = pushed(model).map(|(topic, _)| push_key(topic)).chain(FIXED.map(str::to_owned));
    let messages: Map<String, Value> =
        keys.map(|key| (key.clone(), reference(&format!("components/messages/{key}")))).collect();
    channels.insert(
        WEBSOCKET.into(),
        json!({
            "address": "/{stage}",
            "title": "WebSocket",
            "description": "What happens to one customer, as it happens. A customer may have several connections.",
            "servers": servers::references(model, servers::websocket_key),
            "parameters": { "stage": { "description": "The environment's name.", "enum": stages } },
            "messages": messages,
            "bindings": { "ws": { "method": "GET", "query": query(model), "bindingVersion": "0.1.0" } },
        }),
    );
}

/// What `$connect` is asked with: the token, or the customer where no token is needed.
fn query(model: &Model) -> Value {
    let key = pushed(model).find_map(|(topic, _)| topic.fields.iter().find(|field| field.name == topic.key));
    let customer = key.map_or(json!({"type": "string"}), |field| Refs::Components.described("", &field.ty));
    json!({
        "type": "object",
        "properties": { "token": { "type": "string" }, "customerId": customer },
    })
}

/// Adds the messages.
pub(super) fn add_messages(model: &Model, messages: &mut Map<String, Value>) {
    if !is_used(model) {
        return;
    }
    messages.extend(pushed(model).map(|(topic, sent)| (push_key(topic), push(model, topic, sent))));
    let fixed = [
        message("Asks whether the connection is alive.", "action", "ping", &[]),
        message("Answers a ping.", "type", "PONG", &[]),
        message(
            "Asks for what was missed, oldest first: the events applied after this one, or all.",
            "action",
            "resume",
            &[(
                "after",
                json!({
                    "type": "string",
                    "description": "The id of the last event that was seen, or the last answer's `last`.",
                }),
                json!(example::EVENT_ID),
                false,
            )],
        ),
        message(
            "Ends what was missed, or a page of it. With `more`, ask again after `last`.",
            "type",
            "RESUMED",
            &[
                ("count", json!({"type": "integer", "minimum": 0}), json!(1), true),
                (
                    "last",
                    json!({
                        "type": ["string", "null"],
                        "description": "The place that the page ends at; null for an empty page.",
                    }),
                    json!(format!("{}/{}", example::INSTANT, example::EVENT_ID)),
                    true,
                ),
                ("more", json!({"type": "boolean"}), json!(false), true),
            ],
        ),
        message("Asks for a fresh token, within the session of the one that it has.", "action", "renew", &[]),
        message(
            "A fresh token; without one, the connection needs none.",
            "type",
            "TOKEN",
            &[
                ("token", json!({"type": "string"}), json!("v1..."), false),
                (
                    "tokenExpiresAt",
                    json!({"type": "string", "format": "date-time"}),
                    json!(example::INSTANT),
                    false,
                ),
                (
                    "expiresIn",
                    json!({"type": "integer", "description": "Seconds that the token is good."}),
                    json!(3600),
                    false,
                ),
            ],
        ),
        message(
            "The message was not understood, or the session is over.",
            "type",
            "ERROR",
            &[("detail", json!({"type": "string"}), json!("send an action: ping, resume or renew"), true)],
        ),
    ];
    messages.extend(FIXED.map(str::to_owned).into_iter().zip(fixed));
}

/// A small message: a word that tells what it is, and a few more members (name, schema, example, required).
fn message(summary: &str, tag: &str, word: &str, members: &[(&str, Value, Value, bool)]) -> Value {
    let mut properties = Map::from_iter([(tag.to_owned(), json!({ "const": word }))]);
    let mut example = Map::from_iter([(tag.to_owned(), word.into())]);
    let mut required = vec![tag];
    for (name, schema, value, needed) in members {
        properties.insert((*name).to_owned(), schema.clone());
        example.insert((*name).to_owned(), value.clone());
        required.extend(needed.then_some(*name));
    }
    json!({
        "name": word,
        "title": word,
        "summary": summary,
        "contentType": "application/json",
        "payload": { "type": "object", "properties": properties, "required": required },
        "examples": [{ "payload": example }],
    })
}

fn push(model: &Model, topic: &Topic, push: &Push) -> Value {
    json!({
        "name": push.event_type,
        "title": push.event_type,
        "summary": topic.description,
        "contentType": "application/json",
        "payload": {
            "type": "object",
            "properties": {
                "type": { "const": push.event_type },
                "id": { "type": "string", "description": "The event's id. The same id may come twice." },
                "time": { "type": "string", "format": "date-time", "description": "When it was published." },
                "topic": { "const": topic.name.name },
                "version": { "const": topic.version, "description": "The version of the topic's schema." },
                "data": Refs::Components.object(&browser::fields(model, topic)),
            },
            "required": ["type", "id", "time", "topic", "version", "data"],
        },
        "examples": [{ "payload": example::push(model, topic) }],
    })
}

/// Adds the operations.
pub(super) fn add_operations(model: &Model, operations: &mut Map<String, Value>) {
    if !is_used(model) {
        return;
    }
    let here = || reference(&format!("channels/{WEBSOCKET}"));
    let message = |key: &str| reference(&format!("channels/{WEBSOCKET}/messages/{key}"));
    let pushes: Vec<Value> = pushed(model).map(|(topic, _)| message(&push_key(topic))).collect();
    operations.insert(
        "push-to-browser".into(),
        json!({
            "action": "send",
            "channel": here(),
            "title": "Push",
            "summary": "Consumers send it once the event is applied, to every connection of its customer.",
            "messages": pushes,
        }),
    );
    let mut ask = |operation: &str, title: &str, asked: &str, answers: Vec<Value>| {
        let reply = json!({ "channel": here(), "messages": answers });
        let operation_value = json!({
            "action": "receive",
            "channel": here(),
            "title": title,
            "messages": [message(asked)],
            "reply": reply,
        });
        operations.insert(operation.into(), operation_value);
    };
    ask(
        "answer-ping",
        "Answer a ping",
        "browser-ping",
        vec![message("browser-pong"), message("browser-error")],
    );
    let missed = pushes.into_iter().chain(["browser-resumed", "browser-error"].map(message)).collect();
    ask("answer-resume", "Send what was missed", "browser-resume", missed);
    ask(
        "answer-renew",
        "Renew a token",
        "browser-renew",
        vec![message("browser-token"), message("browser-error")],
    );
}
