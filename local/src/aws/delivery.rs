//! Where notifications go besides the page: to a web server, or to a mail server such as one that catches mails.

use std::{str::FromStr, time::Duration};

use axum::{
    body::Body,
    http::{Request, Uri},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

/// The sender that SNS itself writes.
const FROM: &str = "AWS Notifications <no-reply@sns.amazonaws.com>";

/// SMTP's own port.
const SMTP_PORT: u16 = 25;

/// How long a mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where notifications are delivered as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Every channel's are posted to this `http://` URL, as SNS posts to an HTTP subscriber.
    Http(String),
    /// Each email subscriber's are mailed to it through this server, unencrypted.
    Smtp {
        /// Name or address of the server.
        host: String,
        /// Its port.
        port: u16,
    },
}

impl FromStr for Delivery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|error| format!("{text} is not a URL: {error}"))?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(_)) => Ok(Self::Http(text.to_owned())),
            (Some("smtp"), Some(host)) => Ok(Self::Smtp {
                // An IPv6 address stands in brackets in a URL alone.
                host: host.trim_matches(['[', ']']).to_owned(),
                port: uri.port_u16().unwrap_or(SMTP_PORT),
            }),
            _ => Err(format!("{text} is neither http://host:port/path nor smtp://host:port")),
        }
    }
}

/// Posts and mails.
#[derive(Debug)]
pub(super) struct Courier {
    http: Client<HttpConnector, Body>,
    smtp: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Courier {
    pub(super) fn new(delivery: Option<&Delivery>) -> Self {
        let smtp = match delivery {
            Some(Delivery::Smtp { host, port }) => Some(
                AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
                    .port(*port)
                    .timeout(Some(PATIENCE))
                    .build(),
            ),
            _ => None,
        };
        Self { http: Client::builder(TokioExecutor::new()).build(HttpConnector::new()), smtp }
    }

    /// There is a mail server.
    pub(super) fn mails(&self) -> bool {
        self.smtp.is_some()
    }

    /// Posts; the error says what the server said.
    pub(super) async fn post(&self, request: Request<Body>) -> Result<(), String> {
        let response = self.http.request(request).await.map_err(|error| error.to_string())?;
        if response.status().is_success() { Ok(()) } else { Err(response.status().to_string()) }
    }

    /// Mails; the error says what the server said.
    pub(super) async fn mail(&self, to: &str, subject: &str, text: String) -> Result<(), String> {
        let Some(smtp) = &self.smtp else { return Err("there is no mail server".into()) };
        let address = |text: &str| {
            text.parse::<Mailbox>().map_err(|error| format!("{text} is no mail address: {error}"))
        };
        let message = Message::builder()
            .from(address(FROM)?)
            .to(address(to)?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|error| error.to_string())?;
        smtp.send(message).await.map(|_| ()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let smtp = |host: &str, port| Ok(Delivery::Smtp { host: host.into(), port });
        assert_eq!("smtp://127.0.0.1:1025".parse(), smtp("127.0.0.1", 1025));
        assert_eq!("smtp://[::1]:1025".parse(), smtp("::1", 1025));
        assert_eq!("smtp://mail".parse(), smtp("mail", 25));
        assert_eq!("http://127.0.0.1/in".parse(), Ok(Delivery::Http("http://127.0.0.1/in".into())));
        for bad in ["https://127.0.0.1", "127.0.0.1:1025", "smtp:", "me@example.com", ""] {
            assert!(bad.parse::<Delivery>().is_err(), "{bad}");
        }
    }
}
