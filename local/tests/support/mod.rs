//! Starts the local run as a user would, and speaks to it as users and clients do.
#![allow(dead_code, unreachable_pub, reason = "each test program is a crate that uses its own part")]

pub mod failure;
pub mod journey;
pub mod mail;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    thread::JoinHandle,
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request},
};
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// Guards against hanging; no test depends on how fast anything is.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A run, killed when it is dropped.
pub struct Local {
    child: Mutex<Child>,
    /// Gives all that it said, once it has ended.
    said: Option<JoinHandle<Vec<String>>>,
    pub ready: Value,
    pub client: Client<HttpConnector, Body>,
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace").to_owned()
}

/// The command with free ports; a DynamoDB of its own takes its usual one, or a free one.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command
        .args([
            "dev",
            "--json",
            "--no-throttle",
            "--http-port",
            "0",
            "--websocket-port",
            "0",
            "--aws-port",
            "0",
        ])
        .arg("--manifest")
        .arg(root().join("topics.yaml"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .env_remove("KAFKA_BROKERS")
        .env_remove("KAFKA_USERNAME")
        .env_remove("KAFKA_PASSWORD")
        .env_remove("KAFKA_CA_FILE")
        .env_remove("BROKER")
        .env_remove("ENV")
        .env_remove("AWS_ENDPOINT_URL_DYNAMODB");
    command
}

impl Local {
    pub fn start(arguments: &[&str]) -> Self {
        Self::run(command().args(["--dynamodb-port", "0"]).args(arguments))
    }

    pub fn run(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("it writes text");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line:?}"));
        // What it says later must not fill the pipe.
        let said = std::thread::spawn(move || lines.lines().map_while(Result::ok).collect());
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { child: Mutex::new(child), said: Some(said), ready: ready["ready"].clone(), client }
    }

    pub fn address(&self, name: &str) -> String {
        self.ready[name].as_str().expect("the address is told").to_owned()
    }

    pub fn pid(&self) -> u32 {
        self.child.lock().expect("no test has panicked with it").id()
    }

    /// Ends it as Ctrl-C does, and waits for its end.
    pub fn stop(self) -> ExitStatus {
        self.interrupt()
    }

    /// The same; gives everything that happened as well.
    pub fn stop_and_tell(mut self) -> (ExitStatus, Vec<Value>) {
        (self.interrupt(), self.happened())
    }

    /// Ends it as a crash does; gives everything that happened until then.
    pub fn kill(mut self) -> Vec<Value> {
        self.child.get_mut().expect("no test has panicked with it").kill().expect("it was started here");
        self.happened()
    }

    fn interrupt(&self) -> ExitStatus {
        let pid = self.pid().to_string();
        signal("-INT", &pid);
        self.child.lock().expect("no test has panicked with it").wait().expect("it was started here")
    }

    fn happened(&mut self) -> Vec<Value> {
        let said = self.said.take().expect("it is asked once").join().expect("it only reads");
        // The last line of a crash may be cut off.
        said.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// User and password of a SCRAM secret.
    pub async fn credentials(&self, secret: &str) -> (String, String) {
        let (status, answer) =
            self.aws("secretsmanager.GetSecretValue", &json!({ "SecretId": secret })).await;
        assert_eq!(status, 200, "{answer}");
        let text = answer["SecretString"].as_str().expect("the secret is text");
        let value: Value = serde_json::from_str(text).expect("the text is JSON");
        let field = |name: &str| value[name].as_str().expect("it has user and password").to_owned();
        (field("username"), field("password"))
    }

    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("the request is valid");
        let response = tokio::time::timeout(PATIENCE, self.client.request(request));
        let response = response.await.expect("it answers").expect("it is there");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body comes").to_bytes();
        (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Posts a step.
    pub async fn step(&self, path: &str, body: &Value) -> (u16, Value) {
        self.step_with(path, body, &[]).await
    }

    pub async fn step_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}{path}", self.address("http"));
        let headers = [&[("content-type", "application/json")], headers].concat();
        let (status, _, text) = self.send(Method::POST, &url, &headers, body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path} answered {text:?}")))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, _, text) =
            self.send(Method::GET, &format!("{}{path}", self.address("http")), &[], "").await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).expect("it is JSON")
    }

    /// Calls a JSON API of AWS.
    pub async fn aws(&self, target: &str, body: &Value) -> (u16, Value) {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
            ("x-amz-date", "20260101T000000Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/any/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
            ),
        ];
        let headers = if target.starts_with("DynamoDB") {
            let mut headers = headers;
            headers[0].1 = "application/x-amz-json-1.0";
            headers
        } else {
            headers
        };
        let (status, _, text) =
            self.send(Method::POST, &self.address("aws"), &headers, body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{target} answered {text:?}")))
    }

    /// Every row of a table.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        let (mut rows, mut from) = (vec![], Value::Null);
        loop {
            let mut asked = json!({ "TableName": table });
            if !from.is_null() {
                asked["ExclusiveStartKey"] = from;
            }
            let (status, answer) = self.aws("DynamoDB_20120810.Scan", &asked).await;
            assert_eq!(status, 200, "{answer}");
            rows.extend(answer["Items"].as_array().expect("a scan has items").iter().cloned());
            from = answer["LastEvaluatedKey"].clone();
            if from.is_null() {
                return rows;
            }
        }
    }

    /// A customer's history.
    pub async fn history(&self, customer: &str) -> Vec<Value> {
        let asked = json!({
            "TableName": "kafka-events-dev",
            "KeyConditionExpression": "customerId = :cid",
            "ExpressionAttributeValues": { ":cid": { "S": customer } },
        });
        let (status, answer) = self.aws("DynamoDB_20120810.Query", &asked).await;
        assert_eq!(status, 200, "{answer}");
        answer["Items"].as_array().expect("a query has items").clone()
    }

    pub async fn connect(&self, customer: &str) -> Socket {
        Socket::open(&format!("{}?customerId={customer}", self.address("websocket")))
            .await
            .expect("it connects")
    }

    /// Waits until this holds.
    pub async fn until<T>(&self, what: &str, check: impl AsyncFn(&Self) -> Option<T>) -> T {
        let wait = async {
            loop {
                if let Some(found) = check(self).await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {what}"))
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends a process a signal: `-KILL`.
pub fn signal(what: &str, pid: &str) {
    assert!(Command::new("kill").args([what, pid]).status().expect("kill runs").success());
}

/// A client's WebSocket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, or tells the status of the refusal.
    pub async fn open(url: &str) -> Result<Self, u16> {
        match tokio_tungstenite::connect_async(url).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{url}: {error}"),
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("the socket is open");
    }

    /// The next message.
    pub async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes");
        next.expect("the socket is open").expect("the message is whole")
    }

    /// The next text, as JSON.
    pub async fn json(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.next().await {
                return serde_json::from_str(&text).expect("it is JSON");
            }
        }
    }

    /// The next event of this type; others are skipped.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event = self.json().await;
            if event["type"] == kind {
                return event;
            }
        }
    }
}
