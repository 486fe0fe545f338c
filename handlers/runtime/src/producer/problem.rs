//! Answers to callers: what was accepted, or what is wrong (RFC 9457).

use contract::{Malformed, Refusal, Violations};
use serde_json::{Map, Value, json};

use super::{PublishError, percent_encode};

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("the body is not base64 although it is marked so")]
    NotBase64,
    #[error("the {0} is longer than {1} bytes")]
    TooLong(&'static str, usize),
    #[error("the header Idempotency-Key must be a UUID of version 7 (RFC 9562)")]
    IdempotencyKey,
    #[error("this step needs the customer's token")]
    NoToken,
    #[error("the token is not valid, or has expired")]
    BadToken,
    #[error("the token belongs to another customer")]
    OtherCustomer,
    #[error("the request has {} that must be mended", faults(.0))]
    Invalid(Violations),
    #[error("{0}")]
    Refused(Refusal),
    #[error("{0}")]
    Broker(#[from] PublishError),
    #[error("something went wrong inside")]
    Inside(String),
    #[error("the step could not be finished in time")]
    TooSlow,
}

fn faults(violations: &Violations) -> String {
    if violations.len() == 1 { "one fault".into() } else { format!("{} faults", violations.len()) }
}

impl Problem {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::NotBase64 | Self::IdempotencyKey | Self::Invalid(_) => 400,
            Self::NoToken | Self::BadToken => 401,
            Self::OtherCustomer => 403,
            Self::Refused(Refusal::Conflict { .. }) => 409,
            Self::TooLong(..) => 413,
            // The request is well-formed, but contradicts itself or what is known.
            Self::Refused(Refusal::Invalid(_)) => 422,
            Self::Broker(PublishError::Unreachable(_))
            | Self::Refused(Refusal::Unavailable(_) | Refusal::NoAnswer(_))
            | Self::TooSlow => 503,
            Self::Broker(PublishError::Refused(_)) | Self::Inside(_) => 500,
        }
    }

    /// A word for programs.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Malformed(_) | Self::NotBase64 => "MALFORMED_BODY",
            Self::TooLong(..) => "BODY_TOO_LONG",
            Self::IdempotencyKey => "BAD_IDEMPOTENCY_KEY",
            Self::NoToken => "TOKEN_MISSING",
            Self::BadToken => "TOKEN_INVALID",
            Self::OtherCustomer => "OTHER_CUSTOMER",
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::Refused(Refusal::Invalid(_)) => "REFUSED",
            Self::Refused(Refusal::Conflict { code, .. }) => code,
            Self::Refused(Refusal::Unavailable(_)) => "TABLE_UNAVAILABLE",
            Self::Refused(Refusal::NoAnswer(_)) => "PROVIDER_UNAVAILABLE",
            Self::Broker(PublishError::Unreachable(_)) => "BROKER_UNREACHABLE",
            Self::Broker(PublishError::Refused(_)) => "BROKER_REFUSED",
            Self::TooSlow => "OUT_OF_TIME",
            Self::Inside(_) => "INTERNAL",
        }
    }

    /// Whether the same request may work later.
    pub(crate) fn is_retryable(&self) -> bool {
        self.status() == 503 || matches!(self, Self::Refused(Refusal::Conflict { retryable: true, .. }))
    }

    /// Whether the step failed, and not only its request: a rule refused it, or something of ours went wrong. What is
    /// wrong with a request is for its caller to mend, and leaves no trace but a line in the log.
    pub(crate) fn is_failure(&self) -> bool {
        self.status() >= 500 || matches!(self, Self::Refused(_))
    }

    /// The list of faults, where that is what is wrong.
    pub(crate) fn violations(&self) -> Option<&Violations> {
        match self {
            Self::Invalid(violations) | Self::Refused(Refusal::Invalid(violations)) => Some(violations),
            _ => None,
        }
    }

    /// What is wrong in one line, for logs and the error topic: with every fault, without any value. What
    /// happened inside is told here and not to the caller.
    pub(crate) fn line(&self) -> String {
        match (self, self.violations()) {
            (_, Some(violations)) => violations.to_string(),
            (Self::Inside(reason), _) => reason.clone(),
            _ => self.to_string(),
        }
    }

    /// The caller's answer. The key goes along, so that a retry can be the same event even where the caller
    /// chose none.
    pub(crate) fn answer(&self, idempotency_key: Option<&str>) -> Value {
        let status = self.status();
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
        set("type", "about:blank".into());
        set("title", title(status).into());
        set("status", status.into());
        // What the brokers and tables said is for logs.
        let detail = match self {
            Self::Broker(PublishError::Unreachable(_)) => {
                "the brokers can't be reached; try again with the same \
                 Idempotency-Key"
                    .to_owned()
            }
            Self::Broker(PublishError::Refused(_)) => "the event could not be published".to_owned(),
            Self::Refused(Refusal::Unavailable(_)) => "a table can't be read; try again".to_owned(),
            Self::Refused(Refusal::NoAnswer(_)) => "a provider does not answer; try again".to_owned(),
            Self::Refused(Refusal::Invalid(violations)) => Self::Invalid(violations.clone()).to_string(),
            other => other.to_string(),
        };
        set("detail", detail.into());
        set("code", self.code().into());
        if let Some(violations) = self.violations() {
            let errors = violations
                .iter()
                .map(|fault| json!({ "pointer": format!("#{}", percent_encode(&fault.pointer, b"/")), "detail": fault.detail }));
            set("errors", errors.collect());
        }
        if let (true, Some(key)) = (self.is_retryable(), idempotency_key) {
            set("idempotencyKey", key.into());
        }
        let mut headers = json!({ "content-type": "application/problem+json", "cache-control": "no-store" });
        if self.is_retryable() {
            headers["retry-after"] = "1".into();
        }
        if status == 401 {
            headers["www-authenticate"] = "Bearer".into();
        }
        reply(status, &headers, &Value::Object(body))
    }
}

/// An answer in API Gateway's payload format 2.0.
pub(crate) fn reply(status: u16, headers: &Value, body: &Value) -> Value {
    json!({ "statusCode": status, "headers": headers, "body": body.to_string(), "isBase64Encoded": false })
}

/// RFC 9110's words.
fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
