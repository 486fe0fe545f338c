//! The AWS APIs on one loopback port, in their own protocols: an unmodified CLI or SDK needs only
//! `AWS_ENDPOINT_URL`.
//!
//! What an operation belongs to is told as AWS itself tells it: by `X-Amz-Target` for the JSON protocols, by
//! `Action` for the query protocol, and by the path for REST. What isn't there answers with an error that says so.

mod api_gateway;
mod cloudformation;
mod cloudwatch;
mod cloudwatch_logs;
mod delivery;
mod dynamodb;
mod kafka;
mod lambda;
mod reply;
mod secrets_manager;
mod sns;
mod sts;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, Uri},
    response::Response,
};

pub use delivery::Delivery;
pub use dynamodb::Upstream;
pub use sns::{Alert, Channels};

use crate::{Deployment, bus::Bus, functions::Functions, logs::Logs, mapping::Progress, tap::Topics};
use reply::Fault;

/// Largest request: DynamoDB's 16 MB.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// What the AWS APIs work on.
#[derive(Debug)]
pub struct Aws {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) logs: Logs,
    pub(crate) channels: Channels,
    pub(crate) tables: Upstream,
    pub(crate) bus: Bus,
    /// What the topics hold, and how far their mappings are; from the moment when they are up.
    pub(crate) flow: OnceLock<Flow>,
    /// When it began: milliseconds since 1970.
    pub(crate) started: i64,
}

/// What the topics hold, and how far their mappings are.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) topics: Topics,
    pub(crate) progress: BTreeMap<String, Progress>,
}

impl Flow {
    /// Records of a topic that its mapping has yet to finish, by partition.
    pub(crate) fn lag(&self, topic: &str) -> BTreeMap<i32, i64> {
        let Some(progress) = self.progress.get(topic) else { return BTreeMap::new() };
        let ends = self.topics.end(topic);
        let behind = |(partition, done): (i32, i64)| {
            (partition, (ends.get(&partition).copied().unwrap_or(done) - done).max(0))
        };
        progress.numbers().committed.into_iter().map(behind).collect()
    }
}

/// One request.
struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The path's parts, percent-decoded.
    fn path(&self) -> Vec<String> {
        self.uri.path().split('/').filter(|part| !part.is_empty()).map(decode).collect()
    }

    fn query(&self) -> BTreeMap<String, String> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The body of the JSON protocols; no body is an empty object.
    fn json(&self) -> Result<serde_json::Value, Fault> {
        if self.body.is_empty() {
            return Ok(serde_json::json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            Fault::new(400, "SerializationException", format!("the body is not JSON: {error}"))
        })
    }

    /// The service that the request is signed for: `lambda`.
    fn signed_for(&self) -> Option<&str> {
        let authorization = self.header("authorization")?;
        let scope = authorization.split("Credential=").nth(1)?.split(',').next()?;
        scope.split('/').nth(3)
    }
}

/// The routes.
pub fn router(aws: Arc<Aws>) -> Router {
    Router::new().fallback(handle).layer(DefaultBodyLimit::max(MOST_BODY)).with_state(aws)
}

async fn handle(
    State(aws): State<Arc<Aws>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request { method, uri, headers, body };
    let target = request.header("x-amz-target").map(str::to_owned);
    if let Some((service, operation)) = target.as_deref().and_then(|target| target.split_once('.')) {
        return match service {
            "DynamoDB_20120810" | "DynamoDBStreams_20120810" => {
                aws.tables.forward(&aws, operation, request).await
            }
            "secretsmanager" => reply::json_1_1(secrets_manager::call(&aws, operation, &request)),
            "Logs_20140328" => reply::json_1_1(cloudwatch_logs::call(&aws, operation, &request)),
            _ => reply::json_1_1(Err(Fault::missing(&format!("{service}.{operation}")))),
        };
    }
    let path = request.path();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [date, "functions", ..] if date.starts_with("20") => {
            return lambda::call(&aws, &parts[2..], date, &request).await;
        }
        [_, "event-source-mappings"] if request.method == Method::GET => {
            return reply::rest(lambda::mappings(&aws, &request));
        }
        [_, "event-source-mappings", id] if request.method == Method::GET => {
            return reply::rest(lambda::mapping(&aws, id));
        }
        ["v1", "clusters", ..] | ["api", "v2", "clusters", ..] => {
            return reply::rest(kafka::call(&aws, &parts, &request));
        }
        ["service", cloudwatch::SERVICE, "operation", operation] => {
            return cloudwatch::call(&aws, operation, &request);
        }
        ["v2", "apis", ..] => return reply::rest(api_gateway::call(&aws, &parts[2..], &request)),
        _ => {}
    }
    if !request.body.is_empty() || request.uri.query().is_some() {
        let mut form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        form.extend(request.query());
        if let Some(action) = form.get("Action").cloned() {
            let signed = request.signed_for().unwrap_or_default();
            return match (signed, form.get("Version").map(String::as_str)) {
                ("sns", _) | (_, Some("2010-03-31")) => {
                    reply::query(&action, sns::XMLNS, sns::call(&aws, &action, &form))
                }
                ("sts", _) | (_, Some("2011-06-15")) => reply::query(&action, sts::XMLNS, sts::call(&action)),
                ("cloudformation", _) | (_, Some("2010-05-15")) => {
                    reply::query(&action, cloudformation::XMLNS, cloudformation::call(&aws, &action, &form))
                }
                (service, _) => {
                    reply::query(&action, "", Err(Fault::missing(&format!("{service} {action}"))))
                }
            };
        }
    }
    let what = format!("{} {}", request.method, request.uri.path());
    let service = request.signed_for().map_or(what.clone(), |service| format!("{service}: {what}"));
    reply::rest(Err(Fault::missing(&service)))
}

/// Percent-decodes one part of a path; what isn't UTF-8 then stays as it is.
pub(crate) fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if *first == b'%'
            && let [high, low, tail @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = tail;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_is_escaped_and_nothing_else() {
        assert_eq!(decode("L0SM9cOFvHcCIhw%3D"), "L0SM9cOFvHcCIhw=");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%ff"), "%ff");
    }
}
