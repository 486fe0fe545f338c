//! Answers in AWS's protocols.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

/// An error as AWS states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// An operation that the local run doesn't have.
    pub(super) fn missing(what: &str) -> Self {
        Self::new(501, "NotImplemented", format!("the local run does not have `{}`", what.trim()))
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "ResourceNotFoundException", message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterException", message)
    }
}

/// A result in the JSON 1.1 protocol. Its errors are all client errors.
pub(super) fn json_1_1(result: Result<Value, Fault>) -> Response {
    match result {
        Ok(body) => build(200, "application/x-amz-json-1.1", body.to_string(), None),
        Err(fault) => {
            let status = if fault.status == 404 { 400 } else { fault.status };
            let body = json!({ "__type": fault.code, "message": fault.message });
            build(status, "application/x-amz-json-1.1", body.to_string(), Some(fault.code))
        }
    }
}

/// A result in the REST JSON protocol.
pub(super) fn rest(result: Result<Value, Fault>) -> Response {
    match result {
        Ok(Value::Null) => build(204, "application/json", String::new(), None),
        Ok(body) => build(200, "application/json", body.to_string(), None),
        Err(fault) => {
            let body = json!({ "message": fault.message, "Message": fault.message, "Type": "User" });
            build(fault.status, "application/json", body.to_string(), Some(fault.code))
        }
    }
}

/// A result in the RPC v2 CBOR protocol, already written.
pub(super) fn cbor(result: Result<Vec<u8>, &Fault>) -> Response {
    let (status, body, error) = match result {
        Ok(body) => (200, body, None),
        Err(fault) => {
            let body = json!({ "__type": fault.code, "message": fault.message });
            (fault.status, super::cloudwatch::write(&body), Some(fault.code))
        }
    };
    let mut response = build(status, "application/cbor", body, error);
    response.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    response
}

/// A result in the query protocol: the inside of `<ActionResult>`, as XML.
pub(super) fn query(action: &str, namespace: &str, result: Result<String, Fault>) -> Response {
    let id = uuid::Uuid::new_v4();
    match result {
        Ok(inside) => {
            let text = format!(
                "<{action}Response xmlns=\"{namespace}\"><{action}Result>{inside}</{action}Result>\
                 <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
            );
            build(200, "text/xml", text, None)
        }
        Err(fault) => {
            let (code, message) = (fault.code, escape(&fault.message));
            let text = format!(
                "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
            );
            build(fault.status, "text/xml", text, None)
        }
    }
}

fn build(status: u16, content_type: &str, body: impl Into<Body>, error: Option<&str>) -> Response {
    let mut response = Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("content-type", content_type)
        .header("x-amzn-requestid", uuid::Uuid::new_v4().to_string());
    if let Some(error) = error {
        response = response.header("x-amzn-errortype", error);
    }
    // Status and headers are all valid.
    response.body(body.into()).unwrap_or_default()
}

/// Text inside XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `<name>text</name>`
pub(super) fn tag(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}
