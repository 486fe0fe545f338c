//! Answering CloudFormation.

use std::time::Duration;

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use serde::Serialize;

/// The longest body that CloudFormation reads, in bytes
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>).
const MOST_BYTES: usize = 4096;

/// Room for ids and names around the reason or the brokers.
const MOST_TEXT: usize = 2048;

/// What CloudFormation is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Reply {
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) physical_resource_id: String,
    pub(crate) stack_id: String,
    pub(crate) request_id: String,
    pub(crate) logical_resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Data>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Success,
    Failed,
}

/// The attributes that templates get, named as MSK's own answer names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Data {
    /// `host:9096,...`
    #[serde(rename = "BootstrapBrokerStringSaslScram")]
    pub(crate) sasl_scram: String,
}

impl Reply {
    /// As JSON, short enough. Clients need a few brokers to find the others, so a list too long loses its end.
    pub(crate) fn body(mut self) -> String {
        if let Some(Data { sasl_scram }) = &mut self.data {
            while sasl_scram.len() > MOST_TEXT {
                let end = sasl_scram.rfind(',').unwrap_or(0);
                sasl_scram.truncate(end);
            }
        }
        if let Some(reason) = &mut self.reason {
            reason.truncate(reason.floor_char_boundary(MOST_TEXT / 2));
        }
        let json = |reply: &Self| serde_json::to_string(reply).unwrap_or_default();
        let mut body = json(&self);
        if body.len() > MOST_BYTES {
            // A reason of characters that JSON escapes, or very long ids.
            self.reason = self.reason.map(|_| "see the function's log".to_owned());
            body = json(&self);
        }
        body
    }
}

/// The answer didn't arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("CloudFormation could not be answered: {0}")]
pub(crate) struct NotAnswered(String);

/// Puts the answer to the URL that CloudFormation signed for it.
pub(crate) async fn send(url: &str, body: &str) -> Result<(), NotAnswered> {
    let mut wait = Duration::from_millis(200);
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match put(url, body).await {
            Ok(status) if (200..300).contains(&status) => return Ok(()),
            Ok(status) => NotAnswered(format!("status {status}")),
            Err(error) => error,
        };
        if tries == 5 {
            return Err(error);
        }
        tracing::warn!(%error, tries, "trying again");
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}

async fn put(url: &str, body: &str) -> Result<u16, NotAnswered> {
    let failed = |error: &dyn std::fmt::Display| NotAnswered(error.to_string());
    let connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT").map_err(|error| failed(&error))?;
    request.set_uri(url).map_err(|error| failed(&error))?;
    // The URL is signed for a request without a content type.
    request.headers_mut().insert("content-type", "");
    request.headers_mut().insert("content-length", body.len().to_string());
    let answer = tokio::time::timeout(Duration::from_secs(5), connector.call(request));
    match answer.await {
        Ok(Ok(answer)) => Ok(answer.status().as_u16()),
        Ok(Err(error)) => Err(NotAnswered(format!("{error:?}"))),
        Err(elapsed) => Err(failed(&elapsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply() -> Reply {
        Reply {
            status: Status::Success,
            reason: None,
            physical_resource_id: "bootstrap-brokers".into(),
            stack_id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1".into(),
            request_id: "r".into(),
            logical_resource_id: "BootstrapBrokers".into(),
            data: None,
        }
    }

    #[test]
    fn a_list_too_long_loses_whole_brokers() {
        let brokers = vec!["b-1.some-cluster.abc123.c2.kafka.eu-west-1.amazonaws.com:9096"; 200].join(",");
        let body = Reply { data: Some(Data { sasl_scram: brokers }), ..reply() }.body();
        assert!(body.len() <= MOST_BYTES, "{}", body.len());
        assert!(body.contains(":9096\"}"), "the last broker is whole");
    }

    #[test]
    fn a_reason_too_long_is_cut() {
        for reason in ["é".repeat(5000), "\u{1}".repeat(5000)] {
            let body = Reply { status: Status::Failed, reason: Some(reason), ..reply() }.body();
            assert!(body.len() <= MOST_BYTES, "{}", body.len());
            assert!(body.contains("\"Reason\""));
        }
    }
}
