//! Channels: the Kafka topics.

use model::{Environment, Model, Topic};
use serde_json::{Map, Value, json};

use super::{browser, key, reference, servers};

pub(super) fn all(model: &Model) -> Map<String, Value> {
    let mut channels: Map<String, Value> =
        model.topics.iter().map(|topic| (key(topic).to_owned(), kafka(model, topic))).collect();
    browser::add_channel(model, &mut channels);
    channels
}

fn kafka(model: &Model, topic: &Topic) -> Value {
    json!({
        "address": topic.name.name,
        "title": topic.name.name,
        "description": topic.description,
        "servers": servers::references(model, servers::kafka_key),
        "messages": { key(topic): reference(&format!("components/messages/{}", key(topic))) },
        "bindings": {
            "kafka": {
                "topic": topic.name.name,
                "partitions": topic.partitions,
                "replicas": reference_environment(model).brokers.replication,
                "topicConfiguration": { "cleanup.policy": ["delete"], "retention.ms": topic.retention_ms },
                "bindingVersion": "0.5.0",
            },
        },
        "x-replicas": replicas(model),
    })
}

/// The environment whose numbers stand where a document has place for one.
fn reference_environment(model: &Model) -> &Environment {
    let production = model.environments.iter().find(|environment| environment.production);
    production.or(model.environments.last()).expect("a model has an environment")
}

fn replicas(model: &Model) -> Map<String, Value> {
    let copies =
        |environment: &Environment| (environment.name.clone(), environment.brokers.replication.into());
    model.environments.iter().map(copies).collect()
}
