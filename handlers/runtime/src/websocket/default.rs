//! `$default`: answers pings, sends a client what it missed, and renews its token.
//!
//! | client sends | client gets |
//! | --- | --- |
//! | `{"action":"ping"}` | `{"type":"PONG"}` |
//! | `{"action":"resume","after":"<event id>"}` | the events applied since, oldest first, then `{"type":"RESUMED","count":n,"last":"...","more":false}` |
//! | `{"action":"resume"}` | the same, from the beginning |
//! | `{"action":"renew"}` | `{"type":"TOKEN","token":"...","tokenExpiresAt":"...","expiresIn":3600}` |
//!
//! With `more`, there are more events: the client asks again, `after` being what `last` was. An event may come twice,
//! by a push and by a resume: the client drops ids that it has seen.
//!
//! Only a connection that a token opened gets another, and only until its session is over ([`Tokens::renew`]); one
//! that needed none is told so by a `TOKEN` without a token.

mod history;

use aws_sdk_apigatewaymanagement::Client as Management;
use contract::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use self::history::{Cursor, History};
use super::{Connections, WebSocketEvent, status};
use crate::{
    Answer, Aws, Error, Fault, Function, Invocation, Settings,
    consumer::{Post, post},
    log,
    secrets::Secrets,
    serve,
    token::{Session, TokenError, Tokens},
};

/// Runs `$default` in Lambda.
pub async fn run() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    serve(Default::new(&settings)?).await
}

/// `$default`.
#[derive(Debug, Clone)]
pub struct Default {
    aws: Aws,
    settings: Settings,
    region: String,
    connections: Connections,
    history: History,
    tokens: Tokens,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
enum Message {
    Ping,
    Resume {
        #[serde(default)]
        after: Option<String>,
    },
    Renew,
}

impl Default {
    /// With the tables and the key that `settings` name.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let aws = Aws::new(settings)?;
        Ok(Self {
            connections: Connections::new(aws.dynamodb(), settings)?,
            history: History::new(aws.dynamodb(), settings.need("KAFKA_EVENTS_TABLE")?),
            tokens: Tokens::new(Secrets::new(aws.secrets()), settings)?,
            region: settings.need("AWS_REGION")?.to_owned(),
            settings: settings.clone(),
            aws,
        })
    }

    async fn handle(&self, event: WebSocketEvent) -> Result<Value, Fault> {
        let to = Connection { client: self.management(&event), id: &event.request_context.connection_id };
        let message = event.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        match (message, event.customer_id()) {
            (Some(Message::Ping), _) => to.send(&json!({ "type": "PONG" }).to_string()).await?,
            (Some(Message::Resume { after }), Some(customer_id)) => {
                self.resume(&to, customer_id, after.as_deref()).await?;
            }
            (Some(Message::Resume { .. }), None) => to.fault("this connection belongs to nobody").await?,
            (Some(Message::Renew), _) => self.renew(&to, event.session()).await?,
            (None, _) => to.fault("send an action: ping, resume or renew").await?,
        }
        Ok(status(200))
    }

    fn management(&self, event: &WebSocketEvent) -> Management {
        let told = self.settings.get("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI").map(str::to_owned);
        let endpoint = told.unwrap_or_else(|| event.request_context.management_endpoint(&self.region));
        self.aws.connections(&endpoint)
    }

    async fn resume(&self, to: &Connection<'_>, customer_id: &str, after: Option<&str>) -> Result<(), Fault> {
        // Until `$connect` has returned, API Gateway calls the connection gone, and a push at that moment forgets it.
        // Known before the history is read, so that what is applied after that is pushed.
        self.connections.add(customer_id, to.id, Timestamp::now()).await.map_err(Fault::Failed)?;
        let page = self.history.page(customer_id, after).await?;
        for event in &page.events {
            to.send(&event.push).await?;
        }
        let last = page.events.last().map(|event| Cursor::of(event).to_string());
        let (count, more) = (page.events.len(), page.more);
        to.send(&json!({ "type": "RESUMED", "count": count, "last": last, "more": more }).to_string()).await
    }

    async fn renew(&self, to: &Connection<'_>, session: Option<Session>) -> Result<(), Fault> {
        let Some(session) = session else {
            return to.send(&json!({ "type": "TOKEN" }).to_string()).await;
        };
        let now = Timestamp::now();
        match self.tokens.renew(&session, now).await {
            Ok(token) => {
                let answer = json!({
                    "type": "TOKEN",
                    "token": token.text,
                    "tokenExpiresAt": token.expires_at,
                    // Clients' clocks are wrong more often than not.
                    "expiresIn": token.expires_at.as_seconds() - now.as_seconds(),
                });
                to.send(&answer.to_string()).await
            }
            Err(TokenError::NoKey(error)) => Err(Fault::Failed(error.to_string())),
            Err(reason) => to.fault(&reason.to_string()).await,
        }
    }
}

impl Function for Default {
    fn call(&self, event: Value, _: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let event =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("a WebSocket message"))?;
            self.handle(event).await
        })
    }
}

/// The connection that asked.
struct Connection<'a> {
    client: Management,
    id: &'a str,
}

impl Connection<'_> {
    async fn send(&self, text: &str) -> Result<(), Fault> {
        match post(&self.client, self.id, text).await {
            // Whoever asked and left doesn't need the answer.
            Ok(Post::Delivered | Post::Gone | Post::Refused) => Ok(()),
            // API Gateway then tells the client, which asks again.
            Ok(Post::Busy) => Err(Fault::Failed("the connection takes no more messages for now".into())),
            Err(error) => Err(Fault::Failed(error.to_string())),
        }
    }

    async fn fault(&self, detail: &str) -> Result<(), Fault> {
        self.send(&json!({ "type": "ERROR", "detail": detail }).to_string()).await
    }
}
