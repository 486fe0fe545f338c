//! `$default`: answers pings, and sends a client what it missed.
//!
//! | client sends | client gets |
//! | --- | --- |
//! | `{"action":"ping"}` | `{"type":"PONG"}` |
//! | `{"action":"resume","after":"<event id>"}` | every event applied since, oldest first, then `{"type":"RESUMED","count":n,"more":false}` |
//! | `{"action":"resume"}` | the same, from the beginning |
//!
//! An event may come twice, by a push and by a resume: the client drops ids that it has seen.

use std::collections::HashMap;

use aws_sdk_apigatewaymanagement::Client as Management;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{WebSocketEvent, status};
use crate::{
    Answer, Aws, Error, Fault, Function, Invocation, Settings,
    aws::describe,
    consumer::{Post, post},
    log, serve,
};

/// Most events that one resume sends.
const MOST: usize = 100;

/// Most pages of a customer's history that one resume reads.
const MOST_PAGES: usize = 5;

/// Consumers' clocks differ; what was applied this shortly before the client's last event is sent again.
const SLACK_MILLIS: u64 = 5_000;

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
    dynamodb: Client,
    events: String,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
enum Message {
    Ping,
    Resume {
        #[serde(default)]
        after: Option<String>,
    },
}

impl Default {
    /// With the table that `settings` name.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let aws = Aws::new(settings)?;
        Ok(Self {
            dynamodb: aws.dynamodb(),
            events: settings.need("KAFKA_EVENTS_TABLE")?.to_owned(),
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
            (None, _) => to.fault("send {\"action\":\"ping\"} or {\"action\":\"resume\"}").await?,
        }
        Ok(status(200))
    }

    fn management(&self, event: &WebSocketEvent) -> Management {
        let told = self.settings.get("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI").map(str::to_owned);
        let endpoint = told.unwrap_or_else(|| event.request_context.management_endpoint(&self.region));
        self.aws.connections(&endpoint)
    }

    /// What was applied for the customer since `after` was. By the order of application, not of ids: an event
    /// may be older than one that the client has seen, and yet have been applied later.
    async fn resume(&self, to: &Connection<'_>, customer_id: &str, after: Option<&str>) -> Result<(), Fault> {
        let since = match after {
            Some(id) => self.applied_at(customer_id, id).await?,
            None => None,
        };
        let since = since.map(|at| {
            let earlier = at.as_millis().saturating_sub_unsigned(SLACK_MILLIS);
            contract::Timestamp::from_millis(earlier).unwrap_or(at).to_string()
        });
        let (mut events, more) = self.newest(customer_id, since.as_deref()).await?;
        events.retain(|event| Some(event.id.as_str()) != after);
        events.sort_unstable_by(|a, b| (&a.applied_at, &a.id).cmp(&(&b.applied_at, &b.id)));
        for event in &events {
            to.send(&event.push).await?;
        }
        to.send(&json!({ "type": "RESUMED", "count": events.len(), "more": more }).to_string()).await
    }

    async fn applied_at(&self, customer_id: &str, id: &str) -> Result<Option<contract::Timestamp>, Fault> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let get = self.dynamodb.get_item().table_name(&self.events).consistent_read(true);
        let get = get.key("customerId", text(customer_id)).key("eventId", text(id));
        let found = get.send().await.map_err(|error| Fault::Failed(describe(&error)))?;
        let at = found.item.as_ref().and_then(|item| item.get("appliedAt")).and_then(|at| at.as_s().ok());
        Ok(at.and_then(|at| at.parse().ok()))
    }

    /// The customer's newest events, and whether there are more of them.
    async fn newest(&self, customer_id: &str, since: Option<&str>) -> Result<(Vec<Missed>, bool), Fault> {
        let mut found = Vec::new();
        let mut from = None;
        for _ in 0..MOST_PAGES {
            let request = self
                .dynamodb
                .query()
                .table_name(&self.events)
                .key_condition_expression("customerId = :customer")
                .filter_expression("attribute_exists(push) AND appliedAt >= :since")
                .expression_attribute_values(":customer", AttributeValue::S(customer_id.to_owned()))
                .expression_attribute_values(":since", AttributeValue::S(since.unwrap_or("0").to_owned()))
                // Ids sort by time: newest first.
                .scan_index_forward(false)
                .consistent_read(true)
                .set_exclusive_start_key(from);
            let answer = request.send().await.map_err(|error| Fault::Failed(describe(&error)))?;
            found.extend(answer.items().iter().filter_map(Missed::read));
            from = answer.last_evaluated_key;
            if found.len() > MOST || from.is_none() {
                break;
            }
        }
        let more = found.len() > MOST || from.is_some();
        found.truncate(MOST);
        Ok((found, more))
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

/// An event that a client may have missed.
struct Missed {
    id: String,
    applied_at: String,
    push: String,
}

impl Missed {
    fn read(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { id: text("eventId")?, applied_at: text("appliedAt")?, push: text("push")? })
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
            Err(error) => Err(Fault::Failed(error.to_string())),
        }
    }

    async fn fault(&self, detail: &str) -> Result<(), Fault> {
        self.send(&json!({ "type": "ERROR", "detail": detail }).to_string()).await
    }
}
