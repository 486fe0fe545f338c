//! Servers: the brokers and the WebSocket API of each environment.

use model::{Auth, Environment, Model};
use serde_json::{Map, Value, json};

use super::reference;

/// MSK's port for SASL/SCRAM within the VPC
/// (<https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html>).
const SCRAM_PORT: u16 = 9096;

pub(super) fn all(model: &Model) -> Map<String, Value> {
    let mut servers = Map::new();
    for environment in &model.environments {
        servers.insert(kafka_key(environment), kafka(model, environment));
        servers.insert(websocket_key(environment), websocket(model, environment));
    }
    servers
}

/// The servers of this protocol in every environment, as references.
pub(super) fn references(model: &Model, key: fn(&Environment) -> String) -> Vec<Value> {
    model.environments.iter().map(|environment| reference(&format!("servers/{}", key(environment)))).collect()
}

pub(super) fn kafka_key(environment: &Environment) -> String {
    format!("{}-kafka", environment.name)
}

pub(super) fn websocket_key(environment: &Environment) -> String {
    format!("{}-websocket", environment.name)
}

fn kafka(model: &Model, environment: &Environment) -> Value {
    json!({
        "host": format!("{{broker}}:{SCRAM_PORT}"),
        "protocol": "kafka-secure",
        "title": format!("Brokers of {}", environment.name),
        "description": format!(
            "Amazon MSK, Kafka {}, {} brokers in {} zones; reachable from the VPC alone.",
            model.cluster.kafka_version, environment.brokers.count, environment.zones
        ),
        "variables": {
            "broker": {
                "description": format!(
                    "A host of the output KafkaBootstrapServers of stack {}.",
                    model.stack_name(environment)
                ),
                "examples": [format!("b-1.{}.abc123.c2.kafka.us-east-1.amazonaws.com", model.stack_name(environment))],
            },
        },
        "security": [reference("components/securitySchemes/scram")],
        "tags": [{ "name": environment.name }],
    })
}

fn websocket(model: &Model, environment: &Environment) -> Value {
    let mut server = json!({
        "host": "{api}.execute-api.{region}.amazonaws.com",
        "protocol": "wss",
        "title": format!("WebSocket API of {}", environment.name),
        "description": format!(
            "The output WebSocketApiEndpoint of stack {}, stage included.",
            model.stack_name(environment)
        ),
        "variables": {
            "api": { "description": "The API's id.", "examples": ["a1b2c3d4e5"] },
            "region": { "description": "The AWS region.", "default": "us-east-1" },
        },
    });
    if environment.auth == Auth::Token {
        server["security"] = json!([reference("components/securitySchemes/connectToken")]);
    }
    server["tags"] = json!([{ "name": environment.name }]);
    server
}

pub(super) fn security_schemes(model: &Model) -> Value {
    let mut schemes = json!({
        "scram": {
            "type": "scramSha512",
            "description": "SASL/SCRAM-SHA-512 over TLS. User and password are in Secrets Manager.",
        },
    });
    if model.environments.iter().any(|environment| environment.auth == Auth::Token) {
        schemes["connectToken"] = json!({
            "type": "httpApiKey",
            "in": "query",
            "name": "token",
            "description": "The token that the answer to the first request carries; it is the customer's alone.",
        });
    }
    schemes
}
