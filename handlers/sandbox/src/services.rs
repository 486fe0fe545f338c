//! SNS, Secrets Manager and `@connections`, as much of them as functions use.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Error;

/// A message to a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The connection's id.
    pub connection: String,
    /// What it was sent.
    pub message: Value,
    /// When.
    pub at: Instant,
}

/// A request to SNS, as it was sent: a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told(pub String);

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) pushed: Vec<Pushed>,
    pub(crate) told: Vec<Told>,
}

/// Shared with the server.
pub(crate) type Inside = Arc<Mutex<Sent>>;

/// Serves all three; their base URL.
pub(crate) async fn start(inside: Inside) -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::io("listen"))?;
    let address = listener.local_addr().map_err(Error::io("listen"))?;
    let routes = Router::new().fallback(serve).with_state(inside);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(address.to_string())
}

async fn serve(State(inside): State<Inside>, uri: Uri, body: Bytes) -> Response {
    let mut sent = inside.lock().unwrap_or_else(PoisonError::into_inner);
    match uri.path() {
        path if path.starts_with("/sns") => {
            sent.told.push(Told(String::from_utf8_lossy(&body).into_owned()));
            "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1\
             </MessageId></PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
             </PublishResponse>"
                .into_response()
        }
        path if path.starts_with("/secrets") => {
            let secret = json!({ "ARN": "arn", "Name": "n", "VersionId": "v1", "SecretString": "a key of the sandbox" });
            axum::Json(secret).into_response()
        }
        path => {
            let id =
                path.strip_prefix("/dev/@connections/").or_else(|| path.strip_prefix("/dev/%40connections/"));
            let Some(connection) = id else {
                return (StatusCode::NOT_FOUND, path.to_owned()).into_response();
            };
            let message = serde_json::from_slice(&body).unwrap_or(Value::Null);
            sent.pushed.push(Pushed { connection: connection.to_owned(), message, at: Instant::now() });
            StatusCode::OK.into_response()
        }
    }
}
