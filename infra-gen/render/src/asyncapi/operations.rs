//! Operations: who sends and who receives, seen from this system.

use model::{Consumer, Function, Model, Producer, Role, Topic};
use serde_json::{Map, Value, json};

use super::{browser, key, reference};
use crate::json_schema;

pub(super) fn all(model: &Model) -> Map<String, Value> {
    let mut operations = Map::new();
    for topic in &model.topics {
        if let Some(producer) = &topic.producer {
            operations.insert(producer.function.camel.clone(), send(model, topic, producer));
        }
        if topic.collects_errors {
            operations.insert(format!("publish-{}", key(topic)), send_errors(model, topic));
        }
        if let Some(consumer) = &topic.consumer {
            operations.insert(consumer.function.camel.clone(), receive(model, topic, consumer));
        }
    }
    browser::add_operations(model, &mut operations);
    operations
}

fn send(model: &Model, topic: &Topic, producer: &Producer) -> Value {
    let caller =
        if producer.open { "Anyone may call it." } else { "The caller's token must be the customer's." };
    let route = format!("{} {}", producer.method.as_str(), producer.path);
    json!({
        "action": "send",
        "channel": reference(&format!("channels/{}", key(topic))),
        "title": producer.handler.name,
        "summary": topic.description,
        "description": format!(
            "`{route}` makes it. The body is the event without its `readOnly` fields. {caller} The answer is sent \
             when the brokers have the event; a 400 lists every bad field, a 503 says when to try again. With an \
             `Idempotency-Key`, a UUID of version 7, retries are one event.",
        ),
        "messages": [message(topic)],
        "x-function": names(model, model.function(&Role::Producer(topic.name.name.clone()))),
        "x-http": {
            "method": producer.method,
            "path": producer.path,
            "open": producer.open,
            "request": json_schema::request_id(model, topic),
        },
    })
}

fn send_errors(model: &Model, topic: &Topic) -> Value {
    let failing = |other: &&Topic| other.error_topic.as_deref() == Some(&topic.name.name);
    let functions = model.topics.iter().filter(failing).filter(|other| other.producer.is_some());
    let functions: Vec<Value> = functions
        .map(|other| names(model, model.function(&Role::Producer(other.name.name.clone()))).into())
        .collect();
    json!({
        "action": "send",
        "channel": reference(&format!("channels/{}", key(topic))),
        "title": format!("Publish {}", topic.name.name),
        "summary": topic.description,
        "messages": [message(topic)],
        "x-functions": functions,
    })
}

fn receive(model: &Model, topic: &Topic, consumer: &Consumer) -> Value {
    json!({
        "action": "receive",
        "channel": reference(&format!("channels/{}", key(topic))),
        "title": consumer.handler.name,
        "summary": format!("Writes table {}.", consumer.table),
        "bindings": {
            "kafka": {
                "groupId": { "type": "string", "enum": [consumer.group] },
                "bindingVersion": "0.5.0",
            },
        },
        "messages": [message(topic)],
        "x-function": names(model, model.function(&Role::Consumer(topic.name.name.clone()))),
    })
}

fn message(topic: &Topic) -> Value {
    reference(&format!("channels/{key}/messages/{key}", key = key(topic)))
}

/// The function's name in each environment.
fn names(model: &Model, function: &Function) -> Map<String, Value> {
    let name = |environment| model.function_name(function, environment).into();
    model.environments.iter().map(|environment| (environment.name.clone(), name(environment))).collect()
}
