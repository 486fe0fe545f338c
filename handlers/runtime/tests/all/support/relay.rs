//! A relay in front of DynamoDB that counts what it is asked, and can lose answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::cloud::Cloud;

/// Counts the requests of a cloud's functions.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    behind: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Requests by operation.
    pub(crate) asked: BTreeMap<String, usize>,
    /// The answers to the next so many transactions are lost, though they are carried out.
    pub(crate) lose: usize,
    /// Nothing of the next so many batches of reads is read: the table is short of capacity.
    pub(crate) throttle: usize,
}

impl Relay {
    /// Puts a relay between `cloud`'s functions and its DynamoDB; the tests' own client goes past it.
    pub(crate) async fn before(cloud: &mut Cloud) -> Self {
        let endpoint = cloud.settings.need("AWS_ENDPOINT_URL_DYNAMODB").expect("it is set");
        let behind = endpoint.trim_start_matches("http://").to_owned();
        let relay = Self { behind, seen: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let router = Router::new().fallback(pass).with_state(relay.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        cloud.settings = cloud.setting("AWS_ENDPOINT_URL_DYNAMODB", &format!("http://{address}"));
        relay
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests since the last time, by operation.
    pub(crate) fn asked(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.seen().asked).into_iter().collect()
    }

    async fn forward(&self, headers: &HeaderMap, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut request = b"POST / HTTP/1.1\r\nconnection: close\r\n".to_vec();
        for (name, value) in headers.iter().filter(|(name, _)| *name != header::CONNECTION) {
            request.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        request.extend([b"\r\n", body].concat());
        let mut behind = TcpStream::connect(&self.behind).await?;
        behind.write_all(&request).await?;
        let mut answer = Vec::new();
        behind.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

async fn pass(State(relay): State<Relay>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().expect("it is text");
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let is_transaction = operation == "TransactWriteItems";
    let is_batch = operation == "BatchGetItem";
    *relay.seen().asked.entry(operation).or_default() += 1;
    if is_batch && relay.seen().throttle > 0 {
        relay.seen().throttle -= 1;
        let asked: Value = serde_json::from_slice(&body).expect("it is JSON");
        let answer = json!({ "Responses": {}, "UnprocessedKeys": asked["RequestItems"] });
        return ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer.to_string()).into_response();
    }
    let answer = relay.forward(&headers, &body).await.expect("DynamoDB answers");
    {
        let mut seen = relay.seen();
        if is_transaction && seen.lose > 0 {
            seen.lose -= 1;
            return (StatusCode::INTERNAL_SERVER_ERROR, "lost").into_response();
        }
    }
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("headers end");
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    assert!(!head.contains("transfer-encoding"), "only whole answers are passed on: {head}");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer[end + 4..].to_vec())
        .into_response()
}
