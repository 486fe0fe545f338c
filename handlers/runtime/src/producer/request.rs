//! What calls a producer: the HTTP API, or someone with the right to invoke the function itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{authorizer::bearer, base64};

/// An HTTP API request (payload format 2.0), or the bare `{"body": "..."}` of `aws lambda invoke`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRequest {
    #[serde(default)]
    pub(crate) body: Option<Value>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    /// API Gateway always sends it, and a caller over HTTP can't leave it out.
    #[serde(default)]
    request_context: Option<Value>,
}

/// A body that isn't what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotBase64;

impl HttpRequest {
    /// The body's bytes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, NotBase64> {
        match &self.body {
            Some(Value::String(text)) if self.is_base64_encoded => base64::decode(text).ok_or(NotBase64),
            Some(Value::String(text)) => Ok(text.clone().into_bytes()),
            // Whoever invokes the function by hand may leave out the quoting.
            Some(object @ Value::Object(_)) => Ok(object.to_string().into_bytes()),
            Some(other) => Ok(other.to_string().into_bytes()),
            None => Ok(vec![]),
        }
    }

    /// Whether it came over HTTP. Else IAM has let the caller invoke the function, as an operator may.
    pub(crate) fn is_http(&self) -> bool {
        self.request_context.is_some()
    }

    /// The customer that the authorizer vouches for.
    pub(crate) fn authorized_customer(&self) -> Option<&str> {
        self.request_context.as_ref()?.pointer("/authorizer/lambda/customerId")?.as_str()
    }

    /// The token of the `Authorization` header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        bearer(self.headers.as_ref())
    }

    /// The header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.as_ref()?.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}
