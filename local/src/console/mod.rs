//! What the page needs of the runner, under `/_local/`: the model, the pipeline as it happens, the state of
//! everything, and faults to cause. The page itself is the folder `page/`.
//!
//! | route | answer |
//! | --- | --- |
//! | `GET model` | `run` (another one after each start), `environment`, `model`, `names` (`functions`, `tables`, `channels`: name to real name), `endpoints`, `embeddedBroker` |
//! | `GET events?after=<seq>` | server-sent events, each a [`Happening`]: `seq`, `at` (ms since 1970), `stage` ([`Stage`](crate::bus::Stage)); where the stage has them `eventId`, `customerId`, `topic`, `partition`, `offset`, `function`, `connectionId`, `status`, `took` (ms), `detail` |
//! | `GET state` | `run`, `topics` (`end`, `lag` by partition, `totalLag`, `quarantined`, `mapping`), `deadLetters`, `functions`, `tables` (counts), `alerts`, `connections`, `brokerDown` |
//! | `GET alerts` | `alerts`: what channels were told, oldest first |
//! | `GET tables/{real name}` | `items`: the newest rows in DynamoDB's JSON, oldest first |
//! | `GET topics/{topic}` | `records`: the last ones, key, value and headers as text |
//! | `GET logs/{real name}` | `lines`: `at`, `message` |
//! | `POST fault` | takes `{"kind":"poison","topic":...,"key":...,"value":...}` or `{"kind":"broker","down":true}` |

mod fault;
mod page;
mod state;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt, stream};
use rdkafka::producer::FutureProducer;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast::error::RecvError, watch};

use crate::{
    aws::{Aws, Flow},
    broker::Broker,
    bus::Happening,
    edge::Edge,
};

/// What the console shows and does.
pub(crate) struct Console {
    /// Tells this run from those before and after it.
    pub(crate) run: String,
    pub(crate) aws: Arc<Aws>,
    pub(crate) edge: Arc<Edge>,
    pub(crate) broker: Arc<Broker>,
    pub(crate) flow: Flow,
    pub(crate) producer: FutureProducer,
    pub(crate) stopping: watch::Receiver<bool>,
}

/// The console's routes.
pub(crate) fn router(console: Arc<Console>) -> Router {
    Router::new()
        .route("/_local/model", get(model))
        .route("/_local/state", get(state::state))
        .route("/_local/events", get(events))
        .route("/_local/alerts", get(alerts))
        .route("/_local/tables/{table}", get(state::table))
        .route("/_local/topics/{topic}", get(records))
        .route("/_local/logs/{function}", get(logs))
        .route("/_local/fault", post(fault::cause))
        .route("/_local/", get(page::index))
        .route("/_local/page/{*path}", get(page::file))
        .route("/", get(|| async { Redirect::temporary("/_local/") }))
        .layer(middleware::from_fn(only_from_here))
        .with_state(console)
}

/// A page of some other site must not read or change anything here: its requests carry its own origin, or, where it
/// has made its name point to this machine, its own host.
async fn only_from_here(headers: HeaderMap, request: Request, next: Next) -> Response {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let origin = text(header::ORIGIN);
    let foreign =
        origin.is_some_and(|origin| origin.split_once("://").is_none_or(|(_, host)| !is_loopback(host)));
    if foreign || !is_loopback(host) {
        let message = "the console answers only to pages and programs of this machine";
        return (StatusCode::FORBIDDEN, Json(json!({ "message": message }))).into_response();
    }
    next.run(request).await
}

fn is_loopback(host: &str) -> bool {
    let name = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

async fn model(State(console): State<Arc<Console>>) -> Json<Value> {
    let deployment = &console.aws.deployment;
    let names = |pairs: Vec<(String, String)>| -> Value {
        pairs.into_iter().map(|(name, real)| (name, Value::from(real))).collect()
    };
    let functions = deployment.model.functions.iter();
    let functions =
        functions.map(|function| (function.name.name.clone(), deployment.function_name(function)));
    let tables = deployment.model.tables.iter();
    let tables = tables.map(|table| (table.name.name.clone(), deployment.table_name(table)));
    let channels = deployment.model.channels.iter();
    let channels = channels.map(|channel| (channel.name.name.clone(), deployment.channel_name(channel)));
    Json(json!({
        "run": console.run,
        "environment": deployment.environment,
        "model": deployment.model,
        "names": {
            "functions": names(functions.collect()),
            "tables": names(tables.collect()),
            "channels": names(channels.collect()),
        },
        "endpoints": {
            "http": format!("http://{}", deployment.endpoints.http),
            "websocket": deployment.websocket_endpoint(),
            "aws": deployment.aws_endpoint(),
            "dynamodb": deployment.endpoints.dynamodb,
            "brokers": deployment.endpoints.brokers,
        },
        "embeddedBroker": console.broker.is_embedded(),
    }))
}

async fn alerts(State(console): State<Arc<Console>>) -> impl IntoResponse {
    Json(json!({ "alerts": console.aws.channels.alerts() }))
}

async fn records(State(console): State<Arc<Console>>, Path(topic): Path<String>) -> impl IntoResponse {
    Json(json!({ "records": console.flow.topics.last(&topic) }))
}

async fn logs(State(console): State<Arc<Console>>, Path(function): Path<String>) -> Response {
    match console.aws.logs.events(&format!("/aws/lambda/{function}"), |_| true) {
        Some(events) => {
            let last = events.len().saturating_sub(500);
            let lines: Vec<Value> = events[last..]
                .iter()
                .map(|event| json!({ "at": event.timestamp, "message": event.message }))
                .collect();
            Json(json!({ "lines": lines })).into_response()
        }
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": "no such function" }))).into_response(),
    }
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: Option<u64>,
}

/// Every stage of every event, as server-sent events. `?after=<seq>` or `Last-Event-ID` begins behind that one.
async fn events(
    State(console): State<Arc<Console>>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let after = last.or(query.after).unwrap_or(0);
    let (past, present) = console.aws.bus.watch(after);
    let past = stream::iter(past).map(|happening| Ok(event(&happening)));
    let present =
        stream::unfold((present, console.stopping.clone()), |(mut present, mut stopping)| async move {
            loop {
                let next = tokio::select! {
                    _ = stopping.wait_for(|stop| *stop) => return None,
                    next = present.recv() => next,
                };
                match next {
                    Ok(happening) => return Some((Ok(event(&happening)), (present, stopping))),
                    // A watcher that was too slow sees a gap in the numbers.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        });
    Sse::new(past.chain(present)).keep_alive(KeepAlive::default())
}

fn event(happening: &Happening) -> Event {
    let text = serde_json::to_string(happening).unwrap_or_default();
    Event::default().id(happening.seq.to_string()).data(text)
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["127.0.0.1:4080", "localhost", "[::1]:80"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "example.com", "127.0.0.1.example.com", "localhost.example.com:80"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
