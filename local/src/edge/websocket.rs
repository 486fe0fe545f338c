//! The WebSocket API: `$connect` through the authorizer, `$default` for every message, `$disconnect` at the end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{
        ConnectInfo, DefaultBodyLimit, FromRequestParts, Path, Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use model::Role;
use serde_json::{Map, Value, json};
use tokio::{sync::mpsc, time::Instant};
use tokio_tungstenite::tungstenite;

use super::{
    Edge,
    authorizer::{self, Decision},
    connections::{self, Connection, Outgoing},
    headers, query, set_unless_empty, short_id,
};
use crate::{
    bus::{Happening, Stage},
    clock,
    deployment::{WEBSOCKET_API, arn},
};

/// How long a client may take to answer a close.
const CLOSING: Duration = Duration::from_secs(2);

/// The API's routes.
pub(crate) fn router(edge: Arc<Edge>) -> Router {
    let management = get(connections::get).post(connections::post).delete(connections::delete);
    Router::new()
        .route("/{stage}", get(connect))
        .route("/{stage}/@connections/{id}", management)
        .fallback(|| async { (StatusCode::FORBIDDEN, Json(json!({ "message": "Forbidden" }))) })
        // Longer messages are read and then refused with the API's own error.
        .layer(DefaultBodyLimit::max(1024 * 1024))
        .with_state(edge)
}

async fn connect(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(stage): Path<String>,
    request: Request,
) -> Response {
    if stage != edge.deployment.environment.name {
        return refuse(StatusCode::FORBIDDEN, "Forbidden");
    }
    let (mut parts, _) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &edge).await else {
        return refuse(StatusCode::UPGRADE_REQUIRED, "This is a WebSocket API; connect with ws://");
    };
    let id = short_id();
    let agent = parts.headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (connection, outgoing) = Connection::new(id, peer.ip().to_string(), agent.to_owned());
    let session = Session { edge: Arc::clone(&edge), connection, authorizer: Map::new(), is_open: false };
    let protocols = parts.headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
    let protocols: Option<Vec<String>> =
        protocols.map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
    // A task of its own: what `$connect` has begun is brought to its end though the client goes meanwhile.
    let session = match tokio::spawn(session.open(parts)).await {
        Ok(Ok(session)) => session,
        Ok(Err(refusal)) => return refusal,
        Err(_) => return refuse(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    };
    let upgrade = match protocols {
        Some(list) => upgrade.protocols(list),
        None => upgrade,
    };
    upgrade
        .max_message_size(edge.limits.websocket_message)
        .max_frame_size(edge.limits.websocket_frame)
        .on_upgrade(move |socket| session.run(socket, outgoing))
}

/// One client, from `$connect` to `$disconnect`.
struct Session {
    edge: Arc<Edge>,
    connection: Arc<Connection>,
    /// What the authorizer said; every later event carries it.
    authorizer: Map<String, Value>,
    /// `$connect` let it in, and `$disconnect` doesn't know of its end yet.
    is_open: bool,
}

/// Why a connection ended.
struct Ending {
    code: u16,
    reason: String,
}

impl Session {
    /// Asks the authorizer, then `$connect`.
    async fn open(mut self, parts: Parts) -> Result<Self, Response> {
        let deployment = &self.edge.deployment;
        let parameters = query(parts.uri.query().unwrap_or_default());
        let source = if deployment.needs_token() { "token" } else { "customerId" };
        if parameters.get(source).is_none_or(String::is_empty) {
            // The identity source is missing: nobody is asked.
            return Err(refuse(StatusCode::UNAUTHORIZED, "Unauthorized"));
        }
        let mut event = self.event("$connect", "CONNECT");
        let joined = headers(&parts.headers);
        set_unless_empty(&mut event, "headers", &joined);
        event["multiValueHeaders"] =
            joined.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
        set_unless_empty(&mut event, "queryStringParameters", &parameters);
        event["multiValueQueryStringParameters"] =
            parameters.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
        let mut asked = event.clone();
        asked["type"] = "REQUEST".into();
        asked["methodArn"] =
            arn("execute-api", &format!("{WEBSOCKET_API}/{}/$connect", deployment.environment.name)).into();
        match authorizer::policy(&self.edge, &asked).await {
            Decision::Allow(context) => self.authorizer = context,
            Decision::Deny => return Err(refuse(StatusCode::FORBIDDEN, "Forbidden")),
            Decision::Unauthorized => return Err(refuse(StatusCode::UNAUTHORIZED, "Unauthorized")),
            Decision::Failed => {
                return Err(refuse(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"));
            }
        }
        event["requestContext"]["authorizer"] = Value::Object(self.authorizer.clone());
        let status = match self.call(&Role::Connect, &event).await {
            Some(answer) => answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()),
            None => None,
        };
        match status.map(StatusCode::from_u16) {
            Some(Ok(status)) if status.is_success() => {}
            Some(Ok(status)) => {
                return Err(refuse(status, status.canonical_reason().unwrap_or("refused")));
            }
            _ => return Err(refuse(StatusCode::BAD_GATEWAY, "Internal server error")),
        }
        // Not before: until `$connect` has returned, `@connections` answers 410 in the cloud, too.
        self.edge.connections.add(&self.connection);
        self.is_open = true;
        self.tell(Stage::Connected, None);
        Ok(self)
    }

    /// Serves the client until one of both ends it.
    async fn run(mut self, socket: WebSocket, outgoing: mpsc::Receiver<Outgoing>) {
        let (sink, mut stream) = socket.split();
        let writer = tokio::spawn(write(sink, outgoing));
        let end_of_life = Instant::now() + self.edge.limits.websocket_life;
        let mut closing: Option<(Instant, Ending)> = None;
        let ending = loop {
            let idle = Instant::from_std(self.connection.last_active().0) + self.edge.limits.websocket_idle;
            let until = closing.as_ref().map_or(end_of_life.min(idle), |(until, _)| *until);
            let next = tokio::time::timeout_at(until, stream.next()).await;
            let problem = match next {
                Err(_) => {
                    if let Some((_, ending)) = closing {
                        break ending;
                    }
                    if Instant::now() < end_of_life
                        && self.connection.last_active().0.elapsed() < self.edge.limits.websocket_idle
                    {
                        // Something was sent meanwhile.
                        continue;
                    }
                    Some((1001, "Going away"))
                }
                Ok(None) => {
                    break closing
                        .map_or(Ending { code: 1006, reason: "Connection lost".into() }, |(_, ending)| {
                            ending
                        });
                }
                Ok(Some(Ok(Message::Close(frame)))) => {
                    break closing.map_or_else(|| Ending::of(frame.as_ref()), |(_, ending)| ending);
                }
                Ok(Some(Ok(Message::Text(text)))) if closing.is_none() => {
                    self.connection.touch();
                    self.message(text.as_str()).await;
                    None
                }
                Ok(Some(Ok(Message::Binary(_)))) => Some((1003, "Binary messages are not supported")),
                Ok(Some(Ok(_))) => None,
                Ok(Some(Err(error))) => match (closing.take(), fault(&error)) {
                    (None, Some(fault)) => Some(fault),
                    (Some((_, ending)), _) => break ending,
                    (None, None) => break Ending { code: 1006, reason: error.to_string() },
                },
            };
            if let Some((code, reason)) = problem.filter(|_| closing.is_none()) {
                let _ = self.connection.send(Outgoing::Close(code, reason));
                closing = Some((Instant::now() + CLOSING, Ending { code, reason: reason.into() }));
                if [1002, 1007, 1009].contains(&code) {
                    // What follows on the wire can't be told apart any more.
                    break Ending { code, reason: reason.into() };
                }
            }
        };
        self.is_open = false;
        self.end(&ending).await;
        // The writer ends once the last handle of the connection is gone, and what is queued is sent.
        drop(self);
        let _ = tokio::time::timeout(CLOSING, writer).await;
    }

    async fn end(&self, ending: &Ending) {
        self.edge.connections.remove(&self.connection.id);
        let mut event = self.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = ending.code.into();
        event["requestContext"]["disconnectReason"] = ending.reason.as_str().into();
        self.call(&Role::Disconnect, &event).await;
        self.tell(Stage::Disconnected, Some(format!("{} {}", ending.code, ending.reason)));
    }

    async fn message(&self, text: &str) {
        let mut event = self.event("$default", "MESSAGE");
        let id = short_id();
        event["requestContext"]["messageId"] = id.as_str().into();
        event["body"] = text.into();
        if self.call(&Role::Default, &event).await.is_none() {
            let request = event["requestContext"]["requestId"].clone();
            let answer = json!({ "message": "Internal server error", "connectionId": self.connection.id, "requestId": request });
            let _ = self.connection.send(Outgoing::Data(Message::Text(answer.to_string().into())));
        }
    }

    /// The function's answer; `None` when it failed.
    async fn call(&self, role: &Role, event: &Value) -> Option<Value> {
        let function = self.edge.deployment.model.function(role);
        let name = self.edge.deployment.function_name(function);
        let outcome = self.edge.functions.invoke(&name, event.to_string().into()).await.ok()?;
        outcome.is_ok().then(|| serde_json::from_slice(&outcome.payload).unwrap_or_default())
    }

    fn event(&self, route: &str, kind: &str) -> Value {
        let now = clock::millis();
        let mut context = json!({
            "routeKey": route,
            "eventType": kind,
            "extendedRequestId": short_id(),
            "requestTime": clock::written(now, "%d/%b/%Y:%H:%M:%S +0000"),
            "messageDirection": "IN",
            "stage": self.edge.deployment.environment.name,
            "connectedAt": self.connection.connected_at,
            "requestTimeEpoch": now,
            "identity": { "sourceIp": self.connection.source_ip, "userAgent": self.connection.user_agent },
            "requestId": short_id(),
            "domainName": self.edge.deployment.endpoints.websocket.to_string(),
            "connectionId": self.connection.id,
            "apiId": WEBSOCKET_API,
        });
        if !self.authorizer.is_empty() {
            context["authorizer"] = Value::Object(self.authorizer.clone());
        }
        json!({ "requestContext": context, "isBase64Encoded": false })
    }

    fn tell(&self, stage: Stage, detail: Option<String>) {
        self.edge.bus.tell(Happening {
            customer_id: self.authorizer.get("customerId").and_then(Value::as_str).map(str::to_owned),
            connection_id: Some(self.connection.id.clone()),
            detail,
            ..Happening::now(stage)
        });
    }
}

/// A client that was let in, and had gone before its socket was there, ends as well.
impl Drop for Session {
    fn drop(&mut self) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let session = Self {
            edge: Arc::clone(&self.edge),
            connection: Arc::clone(&self.connection),
            authorizer: std::mem::take(&mut self.authorizer),
            is_open: false,
        };
        runtime.spawn(async move {
            session.end(&Ending { code: 1006, reason: "Connection lost".into() }).await;
        });
    }
}

impl Ending {
    fn of(frame: Option<&CloseFrame>) -> Self {
        match frame {
            Some(frame) => Self { code: frame.code, reason: frame.reason.to_string() },
            None => Self { code: 1005, reason: "Client-side close frame status not set".into() },
        }
    }
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut outgoing: mpsc::Receiver<Outgoing>) {
    while let Some(next) = outgoing.recv().await {
        let sent = match next {
            Outgoing::Data(message) => sink.send(message).await,
            Outgoing::Close(code, reason) => {
                let _ = sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// The close code for what a client did wrong (RFC 6455, 7.4.1); `None` where the connection is simply gone.
fn fault(error: &axum::Error) -> Option<(u16, &'static str)> {
    use tungstenite::{Error, error::ProtocolError};
    let source = std::error::Error::source(error)?;
    match source.downcast_ref::<Error>()? {
        Error::Capacity(_) => Some((1009, "Message too big")),
        Error::Utf8(_) => Some((1007, "A text is not UTF-8")),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some((1002, "Protocol error")),
        _ => None,
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}
