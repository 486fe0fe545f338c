//! Who is connected, and `@connections`, which sends to them and closes them
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, ws::Message},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Edge;
use crate::{
    bus::{Happening, Stage},
    clock,
};

/// Messages that wait for a slow client before it is refused more.
const QUEUE: usize = 512;

/// Every open connection.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<BTreeMap<String, Arc<Connection>>>);

/// One open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) connected_at: i64,
    pub(crate) source_ip: String,
    pub(crate) user_agent: String,
    sender: mpsc::Sender<Outgoing>,
    active: Mutex<(Instant, i64)>,
}

/// What a connection is to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Send this.
    Data(Message),
    /// Close, with this code and reason.
    Close(u16, &'static str),
}

impl Connection {
    pub(crate) fn new(
        id: String,
        source_ip: String,
        user_agent: String,
    ) -> (Arc<Self>, mpsc::Receiver<Outgoing>) {
        let (sender, outgoing) = mpsc::channel(QUEUE);
        let now = clock::millis();
        let active = Mutex::new((Instant::now(), now));
        (Arc::new(Self { id, connected_at: now, source_ip, user_agent, sender, active }), outgoing)
    }

    /// Something was sent or received.
    pub(crate) fn touch(&self) {
        *self.active.lock().unwrap_or_else(PoisonError::into_inner) = (Instant::now(), clock::millis());
    }

    pub(crate) fn last_active(&self) -> (Instant, i64) {
        *self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn send(&self, outgoing: Outgoing) -> Result<(), mpsc::error::TrySendError<Outgoing>> {
        self.sender.try_send(outgoing)
    }
}

impl Connections {
    pub(crate) fn add(&self, connection: &Arc<Connection>) {
        self.lock().insert(connection.id.clone(), Arc::clone(connection));
    }

    pub(crate) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Connection>> {
        self.lock().get(id).cloned()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Closes every one.
    pub(crate) fn close_all(&self) {
        for connection in self.lock().values() {
            // A full queue is cut off when its task ends.
            let _ = connection.send(Outgoing::Close(1001, "Going away"));
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /@connections/{id}`
pub(crate) async fn post(
    State(edge): State<Arc<Edge>>,
    Path((stage, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let connection = match find(&edge, &stage, &id) {
        Ok(connection) => connection,
        Err(refusal) => return *refusal,
    };
    if body.len() > edge.limits.websocket_message {
        return fault(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException", "Message too long");
    }
    let told = happening(&connection, &body);
    let message = match String::from_utf8(body.to_vec()) {
        Ok(text) => Message::Text(text.into()),
        Err(_) => Message::Binary(body),
    };
    match connection.send(Outgoing::Data(message)) {
        Ok(()) => {
            connection.touch();
            if let Some(told) = told {
                edge.bus.tell(told);
            }
            StatusCode::OK.into_response()
        }
        Err(mpsc::error::TrySendError::Full(_)) => fault(
            StatusCode::TOO_MANY_REQUESTS,
            "LimitExceededException",
            "The client does not read, and its buffer is full",
        ),
        Err(mpsc::error::TrySendError::Closed(_)) => gone(),
    }
}

/// `GET /@connections/{id}`
pub(crate) async fn get(
    State(edge): State<Arc<Edge>>,
    Path((stage, id)): Path<(String, String)>,
) -> Response {
    match find(&edge, &stage, &id) {
        Ok(connection) => Json(json!({
            "connectedAt": clock::iso(connection.connected_at),
            "lastActiveAt": clock::iso(connection.last_active().1),
            "identity": { "sourceIp": connection.source_ip, "userAgent": connection.user_agent },
        }))
        .into_response(),
        Err(refusal) => *refusal,
    }
}

/// `DELETE /@connections/{id}`
pub(crate) async fn delete(
    State(edge): State<Arc<Edge>>,
    Path((stage, id)): Path<(String, String)>,
) -> Response {
    match find(&edge, &stage, &id) {
        Ok(connection) => {
            // No longer known from now on, as in the cloud.
            edge.connections.remove(&connection.id);
            let _ = connection.send(Outgoing::Close(1000, "Connection closed by the server"));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(refusal) => *refusal,
    }
}

fn find(edge: &Edge, stage: &str, id: &str) -> Result<Arc<Connection>, Box<Response>> {
    if stage != edge.deployment.environment.name {
        return Err(Box::new(fault(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden")));
    }
    // Ids are sixteen characters of base64; whatever else was never one.
    if id.len() != 16 || !id.chars().all(|c| c.is_ascii_alphanumeric() || "-_=".contains(c)) {
        let text = format!("Invalid connectionId: {id}");
        return Err(Box::new(fault(StatusCode::BAD_REQUEST, "BadRequestException", &text)));
    }
    edge.connections.get(id).ok_or_else(|| Box::new(gone()))
}

fn gone() -> Response {
    fault(StatusCode::GONE, "GoneException", "The connection with the provided id no longer exists.")
}

fn fault(status: StatusCode, code: &'static str, message: &str) -> Response {
    let mut response = (status, Json(json!({ "message": message }))).into_response();
    response.headers_mut().insert("x-amzn-errortype", axum::http::HeaderValue::from_static(code));
    response
}

/// What a push of an event tells the pipeline's watchers; other messages tell nothing.
fn happening(connection: &Connection, body: &Bytes) -> Option<Happening> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Some(Happening {
        event_id: Some(text("id")?),
        topic: text("topic"),
        connection_id: Some(connection.id.clone()),
        detail: text("type"),
        ..Happening::now(Stage::Pushed)
    })
}
