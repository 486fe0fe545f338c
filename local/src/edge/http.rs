//! The HTTP API: routes to functions, payload format 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::BodyExt;
use model::{Producer, Topic};
use serde_json::{Map, Value, json};

use super::{
    Edge,
    authorizer::{self, Decision},
    headers, query, set_unless_empty, short_id,
};
use crate::{
    bus::{Happening, Stage},
    clock,
    deployment::{ACCOUNT, HTTP_API, arn},
};

/// As the template's CORS configuration says.
const CORS: [(&str, &str); 4] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "POST,PUT,PATCH,OPTIONS"),
    ("access-control-allow-headers", "authorization,content-type,idempotency-key,traceparent"),
    ("access-control-max-age", "3600"),
];
/// What a page may read besides the usual headers of an answer.
const EXPOSED: (&str, &str) = ("access-control-expose-headers", "retry-after");

/// Handles one request.
pub(crate) async fn handle(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let cors = parts.headers.contains_key("origin");
    if cors && parts.method == "OPTIONS" && parts.headers.contains_key("access-control-request-method") {
        return preflight();
    }
    let mut response = answer(&edge, peer, &parts, body).await;
    if cors {
        for (name, value) in [CORS[0], EXPOSED] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn preflight() -> Response {
    let mut response = Response::builder().status(StatusCode::NO_CONTENT);
    for (name, value) in CORS {
        response = response.header(name, value);
    }
    response.body(Body::empty()).unwrap_or_default()
}

async fn answer(edge: &Arc<Edge>, peer: SocketAddr, parts: &Parts, body: Body) -> Response {
    let path = super::super::aws::decode(parts.uri.path());
    let Some((topic, producer)) = route(edge, parts.method.as_str(), &path) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    if edge.throttle.as_ref().is_some_and(|throttle| !throttle.take(Instant::now())) {
        return message(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
    }
    let body = match read(body, edge.limits.http_body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let start = Instant::now();
    let mut event = event(edge, peer, parts, &path, producer, &body);
    edge.bus.tell(Happening { topic: Some(topic.name.name.clone()), ..Happening::now(Stage::Requested) });
    if !producer.open {
        match authorize(edge, &event, producer).await {
            Ok(context) => event["requestContext"]["authorizer"] = json!({ "lambda": context }),
            Err(refusal) => return told(edge, topic, refusal, None, start),
        }
    }
    let function = edge.deployment.model.function(&model::Role::Producer(topic.name.name.clone()));
    let function = edge.deployment.function_name(function);
    let trace = event["headers"]["x-amzn-trace-id"].as_str().map(str::to_owned);
    let call = edge.functions.invoke_traced(&function, event.to_string().into(), trace);
    let outcome = match tokio::time::timeout(edge.limits.http_timeout, call).await {
        Err(_) | Ok(Err(_)) => {
            let refusal = message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
            return told(edge, topic, refusal, None, start);
        }
        Ok(Ok(outcome)) => outcome,
    };
    if !outcome.is_ok() {
        let refusal = message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
        return told(edge, topic, refusal, None, start);
    }
    let (response, body) = respond(&outcome.payload);
    told(edge, topic, response, body.as_ref(), start)
}

/// The body, or API Gateway's word for one that is too long.
async fn read(mut body: Body, most: usize) -> Result<Bytes, Response> {
    /// So much of what is too long is taken in all the same: a client that still sends can't read the answer.
    const PATIENCE: usize = 64 * 1024 * 1024;
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(message(StatusCode::BAD_REQUEST, "Bad Request")) };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= most {
            kept.extend_from_slice(&data);
        } else if length > PATIENCE {
            break;
        }
    }
    if length > most {
        return Err(message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"));
    }
    Ok(kept.into())
}

fn route<'a>(edge: &'a Edge, method: &str, path: &str) -> Option<(&'a Topic, &'a Producer)> {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let topics = edge.deployment.model.topics.iter();
    topics
        .filter_map(|topic| Some((topic, topic.producer.as_ref()?)))
        .find(|(_, producer)| producer.path == path && producer.method.as_str() == method)
}

fn event(
    edge: &Edge,
    peer: SocketAddr,
    parts: &Parts,
    path: &str,
    producer: &Producer,
    body: &Bytes,
) -> Value {
    let route_key = format!("{} {}", producer.method.as_str(), producer.path);
    let raw_query = parts.uri.query().unwrap_or_default();
    let mut headers = headers(&parts.headers);
    let cookies: Vec<String> = headers
        .remove("cookie")
        .map(|text| text.split("; ").map(str::to_owned).collect())
        .unwrap_or_default();
    let id = uuid::Uuid::new_v4().simple().to_string();
    let now = clock::millis();
    headers
        .entry("x-amzn-trace-id".into())
        .or_insert_with(|| format!("Root=1-{:08x}-{}", now / 1000, &id[..24]));
    headers.entry("x-forwarded-for".into()).or_insert_with(|| peer.ip().to_string());
    headers.entry("x-forwarded-proto".into()).or_insert_with(|| "http".into());
    let port = edge.deployment.endpoints.http.port();
    headers.entry("x-forwarded-port".into()).or_insert_with(|| port.to_string());
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": raw_query,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": HTTP_API,
            "domainName": edge.deployment.endpoints.http.to_string(),
            "domainPrefix": HTTP_API,
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.ip().to_string(),
                "userAgent": headers.get("user-agent").cloned().unwrap_or_default(),
            },
            "requestId": short_id(),
            "routeKey": route_key,
            "stage": "$default",
            "time": clock::written(now, "%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": now,
        },
        "isBase64Encoded": false,
    });
    event["headers"] =
        headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    set_unless_empty(&mut event, "queryStringParameters", &query(raw_query));
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !body.is_empty() {
        let kind = headers.get("content-type").map(String::as_str).unwrap_or_default();
        let is_text = kind.starts_with("text/")
            || kind.contains("json")
            || kind.contains("xml")
            || kind.contains("javascript");
        match std::str::from_utf8(body) {
            Ok(text) if is_text => event["body"] = text.into(),
            _ => {
                event["body"] = STANDARD.encode(body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
    event
}

async fn authorize(edge: &Edge, event: &Value, producer: &Producer) -> Result<Map<String, Value>, Response> {
    let mut asked = event.clone();
    let authorization = event["headers"]["authorization"].as_str().unwrap_or_default();
    if edge.deployment.needs_token() && authorization.is_empty() {
        // The identity source is missing: nobody is asked.
        return Err(message(StatusCode::UNAUTHORIZED, "Unauthorized"));
    }
    asked["type"] = "REQUEST".into();
    asked["routeArn"] =
        arn("execute-api", &format!("{HTTP_API}/$default/{}{}", producer.method.as_str(), producer.path))
            .into();
    if edge.deployment.needs_token() {
        asked["identitySource"] = json!([authorization]);
    }
    if let Some(fields) = asked.as_object_mut() {
        fields.remove("body");
        fields.remove("isBase64Encoded");
    }
    match authorizer::simple(edge, &asked).await {
        Decision::Allow(context) => Ok(context),
        Decision::Deny => Err(message(StatusCode::FORBIDDEN, "Forbidden")),
        Decision::Unauthorized => Err(message(StatusCode::UNAUTHORIZED, "Unauthorized")),
        Decision::Failed => Err(message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")),
    }
}

/// The function's answer as HTTP, and its body where that is JSON.
fn respond(payload: &Bytes) -> (Response, Option<Value>) {
    let broken = || (message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"), None);
    let Ok(answer) = serde_json::from_slice::<Value>(payload) else { return broken() };
    let Some(status) = answer.get("statusCode") else {
        // Format 2.0 takes an answer without a status for the body itself.
        let mut response = Response::new(Body::from(payload.clone()));
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        return (response, Some(answer));
    };
    let number = status.as_u64().or_else(|| status.as_str()?.parse().ok());
    let Some(status) = number.and_then(|number| StatusCode::from_u16(u16::try_from(number).ok()?).ok())
    else {
        return broken();
    };
    let text = match &answer["body"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let json = serde_json::from_str(&text).ok();
    let body = if answer["isBase64Encoded"] == true {
        match STANDARD.decode(&text) {
            Ok(bytes) => Bytes::from(bytes),
            Err(_) => return broken(),
        }
    } else {
        text.into()
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    set_headers(headers, &answer["headers"]);
    for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.append("set-cookie", value);
        }
    }
    if !headers.contains_key("content-type") {
        headers.insert("content-type", HeaderValue::from_static("text/plain;charset=UTF-8"));
    }
    (response, json)
}

fn set_headers(headers: &mut HeaderMap, from: &Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
            headers.insert(name, value);
        }
    }
}

fn told(edge: &Edge, topic: &Topic, response: Response, body: Option<&Value>, start: Instant) -> Response {
    let text = |name: &str| body.and_then(|body| body[name].as_str()).map(str::to_owned);
    edge.bus.tell(Happening {
        event_id: text("eventId"),
        customer_id: text("customerId"),
        topic: Some(topic.name.name.clone()),
        status: Some(response.status().as_u16()),
        took: Some(start.elapsed().as_secs_f64() * 1000.0),
        detail: text("detail"),
        ..Happening::now(Stage::Answered)
    });
    response
}

/// API Gateway's own answers.
fn message(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(json!({ "message": text }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn browsers_are_told_what_the_template_tells_them() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/cloudformation/dev/edge.template.json");
        let text = std::fs::read_to_string(path).expect("make synth has written it");
        let template: Value = serde_json::from_str(&text).expect("it is JSON");
        let rendered = &template["Resources"]["HttpApi"]["Properties"]["CorsConfiguration"];
        let list = |name: &str| {
            let all = rendered[name].as_array().expect("it is a list").iter().filter_map(Value::as_str);
            all.collect::<Vec<_>>().join(",")
        };
        let own: Vec<String> = CORS.iter().chain([&EXPOSED]).map(|(_, value)| (*value).to_owned()).collect();
        let wanted = ["AllowOrigins", "AllowMethods", "AllowHeaders"].map(list);
        assert_eq!(own[..3], wanted);
        assert_eq!(own[3], rendered["MaxAge"].to_string());
        assert_eq!(own[4], list("ExposeHeaders"));
        assert_eq!(rendered.as_object().map(serde_json::Map::len), Some(own.len()), "{rendered}");
    }
}
