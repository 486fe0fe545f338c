//! DynamoDB: handed on to the embedded one, or to another that speaks its API.
//!
//! On the way, a committed transaction of a consumer is told to whoever watches the pipeline.

use axum::{
    body::{Body, Bytes},
    http::{Request as HttpRequest, StatusCode, Uri},
    response::Response,
};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use model::TableRole;
use serde_json::Value;

use super::{
    Aws, Request,
    reply::{self, Fault},
};
use crate::bus::{Happening, Stage};

/// The DynamoDB that has the tables; cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    client: Client<HttpConnector, Body>,
    uri: Uri,
}

impl Upstream {
    /// The DynamoDB at this URL. `http` alone: requests are handed on as they were signed, for this machine and with no
    /// real key, so that AWS itself could not take them.
    pub fn new(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{url} is not a URL: {error}"))?;
        if uri.scheme_str() != Some("http") {
            return Err(format!(
                "the DynamoDB at {url} can't be used: requests go there unencrypted and with signatures of no real key; \
                 give the http:// URL of one that doesn't check them, such as DynamoDB Local, or of another local run"
            ));
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), uri })
    }

    /// Calls an operation for the runner itself.
    pub async fn call(&self, operation: &str, body: &Value) -> Result<Value, String> {
        let request = HttpRequest::post(self.uri.clone())
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("authorization", AUTHORIZATION)
            .header("x-amz-date", crate::clock::written(crate::clock::millis(), "%Y%m%dT%H%M%SZ"))
            .body(Body::from(body.to_string()))
            .map_err(|error| error.to_string())?;
        let (status, _, bytes) = self.send(request).await?;
        if status.is_success() {
            serde_json::from_slice(&bytes).map_err(|error| error.to_string())
        } else {
            Err(format!("{operation}: {}", String::from_utf8_lossy(&bytes)))
        }
    }

    /// Scans or queries to the end; one answer a page.
    pub(crate) async fn pages(&self, operation: &str, mut request: Value) -> Result<Vec<Value>, String> {
        let mut pages = vec![];
        loop {
            let page = self.call(operation, &request).await?;
            let next = page["LastEvaluatedKey"].clone();
            pages.push(page);
            if next.is_null() {
                return Ok(pages);
            }
            request["ExclusiveStartKey"] = next;
        }
    }

    pub(super) async fn forward(&self, aws: &Aws, operation: &str, request: Request) -> Response {
        let mut forwarded = HttpRequest::builder().method(request.method).uri(self.uri.clone());
        for (name, value) in &request.headers {
            if !matches!(
                name.as_str(),
                "host" | "content-length" | "connection" | "transfer-encoding" | "expect"
            ) {
                forwarded = forwarded.header(name, value);
            }
        }
        let Ok(forwarded) = forwarded.body(Body::from(request.body.clone())) else {
            return reply::json_1_1(Err(Fault::new(
                400,
                "SerializationException",
                "the request has a bad header",
            )));
        };
        match self.send(forwarded).await {
            Ok((status, headers, bytes)) => {
                if status.is_success() && operation == "TransactWriteItems" {
                    tell_applied(aws, &request.body);
                }
                let mut response = Response::builder().status(status);
                for (name, value) in &headers {
                    if !matches!(name.as_str(), "content-length" | "connection" | "transfer-encoding") {
                        response = response.header(name, value);
                    }
                }
                response.body(Body::from(bytes)).unwrap_or_default()
            }
            Err(error) => {
                let message = format!("DynamoDB at {} can't be reached: {error}", self.uri);
                reply::json_1_1(Err(Fault::new(503, "ServiceUnavailable", message)))
            }
        }
    }

    async fn send(
        &self,
        request: HttpRequest<Body>,
    ) -> Result<(StatusCode, axum::http::HeaderMap, Bytes), String> {
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok((parts.status, parts.headers, bytes))
    }
}

/// Any signature does, but there must be one.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=0";

/// A consumer's transaction begins with the event's marker in `kafka-events`.
fn tell_applied(aws: &Aws, body: &Bytes) {
    let Ok(asked) = serde_json::from_slice::<Value>(body) else { return };
    let table = aws.deployment.table_name(aws.deployment.model.system_table(TableRole::Events));
    let puts = asked["TransactItems"].as_array().into_iter().flatten().map(|item| &item["Put"]);
    for put in puts.filter(|put| put["TableName"] == table) {
        let text = |name: &str| put["Item"][name]["S"].as_str().map(str::to_owned);
        let number =
            |name: &str| put["Item"][name]["N"].as_str().and_then(|number| number.parse::<i64>().ok());
        aws.bus.tell(Happening {
            event_id: text("eventId"),
            customer_id: text("customerId"),
            topic: text("topic"),
            partition: number("partition").and_then(|number| i32::try_from(number).ok()),
            offset: number("offset"),
            ..Happening::now(Stage::Applied)
        });
    }
}
