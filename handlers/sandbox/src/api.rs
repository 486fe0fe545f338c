//! The Lambda Runtime API, as far as one sandbox needs it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{Response, StatusCode},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot, watch},
};

use crate::Error;

/// A call on its way to the function.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) request_id: String,
    pub(crate) event: String,
    pub(crate) time: Duration,
    pub(crate) reply: oneshot::Sender<Result<Bytes, Bytes>>,
}

/// What the handlers share.
#[derive(Debug)]
struct Inside {
    name: String,
    calls: Mutex<mpsc::Receiver<Call>>,
    current: Mutex<Option<Call>>,
    /// The function has asked for work.
    ready: watch::Sender<bool>,
}

/// One sandbox's Runtime API.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) calls: mpsc::Sender<Call>,
    pub(crate) ready: watch::Receiver<bool>,
    server: tokio::task::AbortHandle,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Api {
    /// Listens for the function of this name.
    pub(crate) async fn start(name: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::io("listen"))?;
        let address = listener.local_addr().map_err(Error::io("listen"))?;
        let (calls, waiting) = mpsc::channel(1);
        let (ready, is_ready) = watch::channel(false);
        let inside =
            Inside { name: name.to_owned(), calls: waiting.into(), current: Mutex::default(), ready };
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(Arc::new(inside));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, calls, ready: is_ready, server: server.abort_handle() })
    }
}

async fn next(State(inside): State<Arc<Inside>>) -> Response<Body> {
    inside.ready.send_replace(true);
    let Some(call) = inside.calls.lock().await.recv().await else {
        return status(StatusCode::GONE);
    };
    let deadline = SystemTime::now() + call.time;
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let answer = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &call.request_id)
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:us-east-1:000000000000:function:{}", inside.name),
        )
        .header(
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        )
        .body(call.event.clone().into());
    *inside.current.lock().await = Some(call);
    answer.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

async fn response(State(inside): State<Arc<Inside>>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    finish(&inside, &id, Ok(body)).await
}

async fn error(State(inside): State<Arc<Inside>>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    finish(&inside, &id, Err(body)).await
}

async fn finish(inside: &Inside, id: &str, outcome: Result<Bytes, Bytes>) -> Response<Body> {
    let Some(call) = inside.current.lock().await.take_if(|call| call.request_id == id) else {
        return status(StatusCode::BAD_REQUEST);
    };
    // Whoever waited may have given up.
    let _ = call.reply.send(outcome);
    status(StatusCode::ACCEPTED)
}

fn status(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}
