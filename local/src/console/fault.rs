//! Faults to cause: a record that can't be used, and a broker that can't be reached.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rdkafka::producer::FutureRecord;
use serde::Deserialize;
use serde_json::json;

use super::Console;

/// A fault.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Fault {
    /// Puts a record that can't be used into a topic.
    Poison {
        topic: String,
        #[serde(default)]
        key: Option<String>,
        #[serde(default)]
        value: Option<String>,
    },
    /// Stops the broker, or lets it go on.
    Broker { down: bool },
}

/// `POST /_local/fault`
pub(super) async fn cause(
    State(console): State<Arc<Console>>,
    fault: Result<Json<Fault>, JsonRejection>,
) -> Response {
    let refuse =
        |status: StatusCode, message: String| (status, Json(json!({ "message": message }))).into_response();
    let fault = match fault {
        Ok(Json(fault)) => fault,
        Err(rejection) => return refuse(rejection.status(), rejection.body_text()),
    };
    match fault {
        Fault::Poison { topic, key, value } => {
            if console.aws.deployment.model.topic(&topic).is_none() {
                return refuse(StatusCode::NOT_FOUND, format!("there is no topic {topic}"));
            }
            let key = key.unwrap_or_else(|| "poison".into());
            let value = value.unwrap_or_else(|| "{ this is no event".into());
            if console.broker.is_down() {
                return refuse(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the broker is down; bring it back first".into(),
                );
            }
            let record = FutureRecord::to(&topic).key(&key).payload(&value);
            match console.producer.send(record, Duration::from_secs(5)).await {
                Ok(delivery) => Json(json!({
                    "topic": topic, "partition": delivery.partition, "offset": delivery.offset,
                }))
                .into_response(),
                Err((error, _)) => refuse(StatusCode::BAD_GATEWAY, error.to_string()),
            }
        }
        Fault::Broker { down } => match console.broker.outage(down).await {
            Ok(()) => {
                console.aws.bus.notice(if down { "the broker is down" } else { "the broker is back" });
                Json(json!({ "down": down })).into_response()
            }
            Err(error) => refuse(StatusCode::CONFLICT, error.to_string()),
        },
    }
}
