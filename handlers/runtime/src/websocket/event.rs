//! What API Gateway sends to the functions behind a WebSocket API.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::token::Session;

/// `$connect`, `$disconnect` and `$default`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebSocketEvent {
    pub(crate) request_context: RequestContext,
    #[serde(default)]
    pub(crate) body: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestContext {
    pub(crate) connection_id: String,
    #[serde(default)]
    pub(crate) domain_name: String,
    #[serde(default)]
    pub(crate) stage: String,
    #[serde(default)]
    pub(crate) api_id: String,
    /// What the authorizer of `$connect` said; API Gateway sends it with every later message of the connection,
    /// too (dherault/serverless-offline 1379).
    #[serde(default)]
    pub(crate) authorizer: Option<BTreeMap<String, Value>>,
}

impl WebSocketEvent {
    /// The customer that the authorizer bound the connection to.
    pub(crate) fn customer_id(&self) -> Option<&str> {
        self.authorized("customerId")
    }

    /// The session of the token that the connection was opened with; none where no token is needed.
    pub(crate) fn session(&self) -> Option<Session> {
        let began = self.authorized("sessionBegan")?.parse().ok()?;
        Some(Session { customer_id: self.customer_id()?.to_owned(), began })
    }

    fn authorized(&self, name: &str) -> Option<&str> {
        self.request_context.authorizer.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

/// The answer to API Gateway.
pub(crate) fn status(code: u16) -> Value {
    json!({ "statusCode": code })
}

/// Where `@connections` is, by where clients connect: `wss://host/stage` is `https://host/stage`.
pub fn management_endpoint(endpoint: &str) -> String {
    let https = endpoint.strip_prefix("wss://").map(|rest| format!("https://{rest}"));
    https
        .or_else(|| endpoint.strip_prefix("ws://").map(|rest| format!("http://{rest}")))
        .unwrap_or_else(|| endpoint.to_owned())
}

impl RequestContext {
    /// Where `@connections` of this API is. A custom domain doesn't serve it, so the API's own name is used.
    pub(crate) fn management_endpoint(&self, region: &str) -> String {
        let host = if self.domain_name.contains(".execute-api.") {
            self.domain_name.clone()
        } else {
            format!("{}.execute-api.{region}.amazonaws.com", self.api_id)
        };
        format!("https://{host}/{}", self.stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_go_where_clients_connect() {
        assert_eq!(management_endpoint("wss://a.example/dev"), "https://a.example/dev");
        assert_eq!(management_endpoint("ws://127.0.0.1:1/dev"), "http://127.0.0.1:1/dev");
        assert_eq!(management_endpoint("https://a.example/dev"), "https://a.example/dev");
    }

    #[test]
    fn a_custom_domain_does_not_serve_connections() {
        let context = |domain: &str| RequestContext {
            connection_id: "c".into(),
            domain_name: domain.into(),
            stage: "dev".into(),
            api_id: "abc".into(),
            authorizer: None,
        };
        let own = "abc.execute-api.eu-west-1.amazonaws.com";
        for domain in [own, "ws.onboard-ai.example"] {
            assert_eq!(context(domain).management_endpoint("eu-west-1"), format!("https://{own}/dev"));
        }
    }
}
