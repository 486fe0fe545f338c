//! Lets callers in: the REQUEST authorizer of `$connect` and of the HTTP routes that need a token.
//!
//! A browser can't set headers on a WebSocket, so there the token is in the query string
//! (`wss://...?customerId=...&token=...`); over HTTP it is `Authorization: Bearer ...`.

use std::collections::BTreeMap;

use contract::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Answer, AuthMode, Aws, Error, Fault, Function, Invocation, Settings, log,
    secrets::Secrets,
    serve,
    token::{Session, TokenError, Tokens},
};

/// Runs the authorizer in Lambda.
pub async fn run() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    serve(Authorizer::new(&settings)?).await
}

/// The authorizer; `None` where the environment trusts everyone.
#[derive(Debug, Clone)]
pub struct Authorizer {
    tokens: Option<Tokens>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    /// Of a WebSocket route.
    method_arn: Option<String>,
    /// Of an HTTP route (payload format 2.0).
    route_arn: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    query_string_parameters: Option<BTreeMap<String, String>>,
}

impl Request {
    fn query(&self, name: &str) -> Option<&str> {
        let value = self.query_string_parameters.as_ref()?.get(name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

/// The token of an `Authorization: Bearer ...` header; names and scheme in any case (RFC 9110, 5.1 and 11.1).
pub(crate) fn bearer(headers: Option<&BTreeMap<String, String>>) -> Option<&str> {
    let (_, value) = headers?.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

impl Authorizer {
    /// As `settings` say.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let tokens = match settings.auth_mode()? {
            AuthMode::None => None,
            AuthMode::Token => Some(Tokens::new(Secrets::new(Aws::new(settings)?.secrets()), settings)?),
        };
        Ok(Self { tokens })
    }

    /// With these tokens; `None` trusts everyone.
    pub fn with(tokens: Option<Tokens>) -> Self {
        Self { tokens }
    }

    async fn handle(&self, request: &Request) -> Result<Value, Fault> {
        match (&request.method_arn, &request.route_arn) {
            (Some(arn), _) => Ok(policy(arn, self.websocket(request).await?.as_ref())),
            (None, Some(_)) => Ok(match self.http(request).await? {
                Allowed::Customer(id) => json!({ "isAuthorized": true, "context": { "customerId": id } }),
                Allowed::Anyone => json!({ "isAuthorized": true }),
                Allowed::Nobody => json!({ "isAuthorized": false }),
            }),
            (None, None) => Err(Fault::NotMyEvent("an authorization request")),
        }
    }

    /// Whom the connection is bound to.
    async fn websocket(&self, request: &Request) -> Result<Option<Bound>, Fault> {
        let named = request.query("customerId");
        let Some(tokens) = &self.tokens else {
            let customer = named.filter(|id| is_plausible(id));
            return Ok(customer.map(|id| Bound { customer_id: id.to_owned(), began: None }));
        };
        let Some(session) = session_of(tokens, request.query("token")).await? else {
            return Ok(None);
        };
        // The name may be left out, but it may not be another's.
        let own = named.is_none_or(|named| named == session.customer_id);
        Ok(own.then_some(Bound { customer_id: session.customer_id, began: Some(session.began) }))
    }

    async fn http(&self, request: &Request) -> Result<Allowed, Fault> {
        let Some(tokens) = &self.tokens else { return Ok(Allowed::Anyone) };
        let session = session_of(tokens, bearer(request.headers.as_ref())).await?;
        Ok(session.map_or(Allowed::Nobody, |session| Allowed::Customer(session.customer_id)))
    }
}

/// What a connection is bound to.
struct Bound {
    customer_id: String,
    /// When the session began; nobody's where no token is needed.
    began: Option<Timestamp>,
}

enum Allowed {
    Customer(String),
    Anyone,
    Nobody,
}

async fn session_of(tokens: &Tokens, token: Option<&str>) -> Result<Option<Session>, Fault> {
    let Some(token) = token else { return Ok(None) };
    match tokens.session(token, Timestamp::now()).await {
        Ok(session) => Ok(Some(session)),
        Err(reason @ (TokenError::Invalid | TokenError::Expired | TokenError::SessionOver)) => {
            tracing::info!(%reason, "a caller was refused");
            Ok(None)
        }
        // Not the caller's fault: an error, so that it is counted and looked into.
        Err(TokenError::NoKey(error)) => Err(Fault::Failed(error.to_string())),
    }
}

/// A customer id on trust becomes a key of a table and part of a policy; it must at least be a word.
fn is_plausible(id: &str) -> bool {
    id.len() <= 256 && id.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

/// An IAM policy for this connection.
fn policy(arn: &str, bound: Option<&Bound>) -> Value {
    let effect = if bound.is_some() { "Allow" } else { "Deny" };
    let statement = json!({ "Action": "execute-api:Invoke", "Effect": effect, "Resource": arn });
    let mut policy = json!({
        "principalId": bound.map_or("nobody", |bound| bound.customer_id.as_str()),
        "policyDocument": { "Version": "2012-10-17", "Statement": [statement] },
    });
    if let Some(bound) = bound {
        policy["context"] = json!({ "customerId": bound.customer_id });
        if let Some(began) = bound.began {
            // Text, since API Gateway hands on every value as text.
            policy["context"]["sessionBegan"] = began.to_string().into();
        }
    }
    policy
}

impl Function for Authorizer {
    fn call(&self, event: Value, _: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let request: Request =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("an authorization request"))?;
            self.handle(&request).await
        })
    }
}
