//! SNS: what a channel is told is kept and shown, posted to HTTP subscribers, and mailed where there is a mail server.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::Body,
    http::{Request, Uri},
};
use model::{Model, Protocol};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Aws,
    delivery::{Courier, Delivery},
    reply::{Fault, tag},
};
use crate::{
    bus::{Bus, Happening, Stage},
    clock,
    deployment::{ACCOUNT, arn},
};

pub(super) const XMLNS: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// Messages that are kept.
const KEPT: usize = 1_000;

/// Longest message (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const MOST: usize = 256 * 1024;

/// Every channel; cheap to clone.
#[derive(Debug, Clone)]
pub struct Channels(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    names: Vec<String>,
    courier: Courier,
    state: Mutex<State>,
    bus: Bus,
}

#[derive(Debug, Default)]
struct State {
    subscriptions: Vec<Subscription>,
    alerts: VecDeque<Alert>,
}

#[derive(Debug, Clone)]
struct Subscription {
    arn: String,
    channel: String,
    protocol: String,
    endpoint: String,
}

/// A message that a channel was told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// SNS's id of it.
    pub message_id: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `onboard-ai-support-dev`
    pub channel: String,
    /// The mail's subject.
    pub subject: Option<String>,
    /// The text.
    pub message: String,
    /// The message's attributes that are text.
    pub attributes: BTreeMap<String, String>,
    /// Who would be told in the cloud, and who was told here.
    pub to: Vec<String>,
}

impl Channels {
    pub(crate) fn new(
        model: &Model,
        environment: &model::Environment,
        deliver: Option<&Delivery>,
        bus: &Bus,
    ) -> Self {
        let mut state = State::default();
        for channel in &model.channels {
            let name = model.channel_name(channel, environment);
            let here = channel.subscribers.iter().filter(|to| to.environments.contains(&environment.name));
            let there: Vec<(String, String)> = here
                .map(|subscriber| {
                    let protocol = match subscriber.protocol {
                        Protocol::Email => "email",
                        Protocol::Https => "https",
                        Protocol::Sqs => "sqs",
                        Protocol::Sms => "sms",
                    };
                    (protocol.to_owned(), subscriber.endpoint.clone())
                })
                .collect();
            let is_mailed = there.iter().any(|(protocol, _)| protocol == "email");
            let own = deliver.and_then(|delivery| match delivery {
                Delivery::Http(url) => Some(("http".to_owned(), url.clone())),
                // Whoever gave a mail server wants to see every channel's mail.
                Delivery::Smtp { .. } if is_mailed => None,
                Delivery::Smtp { .. } => Some(("email".to_owned(), format!("{name}@localhost"))),
            });
            for (protocol, endpoint) in there.into_iter().chain(own) {
                state.subscriptions.push(Subscription {
                    arn: new_arn(&name),
                    channel: name.clone(),
                    protocol,
                    endpoint,
                });
            }
        }
        let names = model.channels.iter().map(|channel| model.channel_name(channel, environment)).collect();
        let courier = Courier::new(deliver);
        Self(Arc::new(Inner { names, courier, state: Mutex::new(state), bus: bus.clone() }))
    }

    /// What was told, oldest first.
    pub fn alerts(&self) -> Vec<Alert> {
        self.lock().alerts.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, form: &BTreeMap<String, String>) -> Result<String, Fault> {
        let target = form.get("TopicArn").or_else(|| form.get("TargetArn"));
        let channel = self.channel(target)?;
        let message = form.get("Message").filter(|message| !message.is_empty());
        let message = message.ok_or_else(|| invalid("Invalid parameter: Empty message"))?;
        if message.len() > MOST {
            return Err(invalid("Invalid parameter: Message too long"));
        }
        let subject = form.get("Subject").cloned();
        if subject.as_ref().is_some_and(|text| text.is_empty() || text.len() > 100 || !text.is_ascii()) {
            return Err(invalid("Invalid parameter: Subject"));
        }
        let attributes: BTreeMap<String, String> = (1..)
            .map(|number| format!("MessageAttributes.entry.{number}"))
            .map_while(|entry| {
                let name = form.get(&format!("{entry}.Name"))?.clone();
                let value = form.get(&format!("{entry}.Value.StringValue")).cloned().unwrap_or_default();
                Some((name, value))
            })
            .collect();
        let subscriptions: Vec<Subscription> =
            self.lock().subscriptions.iter().filter(|to| to.channel == channel).cloned().collect();
        let alert = Alert {
            message_id: uuid::Uuid::new_v4().to_string(),
            at: clock::millis(),
            channel: channel.clone(),
            subject,
            message: message.clone(),
            attributes,
            to: subscriptions.iter().map(|to| format!("{}:{}", to.protocol, to.endpoint)).collect(),
        };
        self.0.bus.tell(Happening {
            event_id: alert.attributes.get("dedupeId").cloned(),
            detail: Some(format!("{channel}: {}", alert.message)),
            ..Happening::now(Stage::Alerted)
        });
        for to in &subscriptions {
            match to.protocol.as_str() {
                "http" => self.post(to, &alert),
                "email" | "email-json" if self.0.courier.mails() => self.mail(to, &alert),
                _ => {}
            }
        }
        let id = alert.message_id.clone();
        let mut state = self.lock();
        if state.alerts.len() == KEPT {
            state.alerts.pop_front();
        }
        state.alerts.push_back(alert);
        Ok(tag("MessageId", &id))
    }

    fn post(&self, to: &Subscription, alert: &Alert) {
        let body = notification(alert, &to.arn).to_string();
        let request = Request::post(&to.endpoint)
            .header("content-type", "text/plain; charset=UTF-8")
            .header("x-amz-sns-message-type", "Notification")
            .header("x-amz-sns-message-id", &alert.message_id)
            .header("x-amz-sns-topic-arn", arn("sns", &alert.channel))
            .header("x-amz-sns-subscription-arn", &to.arn)
            .body(Body::from(body));
        let Ok(request) = request else { return };
        let (me, endpoint) = (self.clone(), to.endpoint.clone());
        tokio::spawn(async move {
            if let Err(problem) = me.0.courier.post(request).await {
                me.0.bus.notice(format!("a notification could not be posted to {endpoint}: {problem}"));
            }
        });
    }

    fn mail(&self, to: &Subscription, alert: &Alert) {
        let subject = alert.subject.clone().unwrap_or_else(|| "AWS Notification Message".into());
        let text = match to.protocol.as_str() {
            "email-json" => notification(alert, &to.arn).to_string(),
            _ => alert.message.clone(),
        };
        let (me, endpoint) = (self.clone(), to.endpoint.clone());
        tokio::spawn(async move {
            if let Err(problem) = me.0.courier.mail(&endpoint, &subject, text).await {
                me.0.bus.notice(format!("a notification could not be mailed to {endpoint}: {problem}"));
            }
        });
    }

    fn channel(&self, arn: Option<&String>) -> Result<String, Fault> {
        let arn = arn.ok_or_else(|| invalid("Invalid parameter: TopicArn"))?;
        let name = arn.rsplit(':').next().unwrap_or_default();
        let known = self.0.names.iter().find(|known| *known == name).cloned();
        known.ok_or_else(|| Fault::new(404, "NotFound", "Topic does not exist"))
    }

    fn subscribe(&self, form: &BTreeMap<String, String>) -> Result<String, Fault> {
        let channel = self.channel(form.get("TopicArn"))?;
        let text = |name: &str| form.get(name).cloned().unwrap_or_default();
        let (protocol, endpoint) = (text("Protocol"), text("Endpoint"));
        if protocol == "http" && endpoint.parse::<Uri>().is_err() {
            return Err(invalid("Invalid parameter: Endpoint"));
        }
        if !["http", "email", "email-json", "sms"].contains(&protocol.as_str()) {
            return Err(invalid(
                "Invalid parameter: the local run delivers to http, and shows email and sms",
            ));
        }
        let subscription = Subscription { arn: new_arn(&channel), channel, protocol, endpoint };
        let answer = tag("SubscriptionArn", &subscription.arn);
        self.lock().subscriptions.push(subscription);
        Ok(answer)
    }

    fn list(&self, only: Option<&str>) -> String {
        let state = self.lock();
        let wanted = state.subscriptions.iter().filter(|to| only.is_none_or(|only| to.channel == only));
        let members: String = wanted
            .map(|to| {
                let parts = [
                    tag("SubscriptionArn", &to.arn),
                    tag("Owner", ACCOUNT),
                    tag("Protocol", &to.protocol),
                    tag("Endpoint", &to.endpoint),
                    tag("TopicArn", &arn("sns", &to.channel)),
                ];
                format!("<member>{}</member>", parts.concat())
            })
            .collect();
        format!("<Subscriptions>{members}</Subscriptions>")
    }
}

pub(super) fn call(aws: &Aws, action: &str, form: &BTreeMap<String, String>) -> Result<String, Fault> {
    let channels = &aws.channels;
    match action {
        "Publish" => channels.publish(form),
        "Subscribe" => channels.subscribe(form),
        "Unsubscribe" => {
            let arn = form.get("SubscriptionArn").cloned().unwrap_or_default();
            channels.lock().subscriptions.retain(|to| to.arn != arn);
            Ok(String::new())
        }
        "ListTopics" => {
            let topic = |name: &String| format!("<member>{}</member>", tag("TopicArn", &arn("sns", name)));
            Ok(format!("<Topics>{}</Topics>", channels.0.names.iter().map(topic).collect::<String>()))
        }
        "GetTopicAttributes" => {
            let name = channels.channel(form.get("TopicArn"))?;
            let entry =
                |key: &str, value: &str| format!("<entry>{}{}</entry>", tag("key", key), tag("value", value));
            let entries = [entry("TopicArn", &arn("sns", &name)), entry("Owner", ACCOUNT)].concat();
            Ok(format!("<Attributes>{entries}</Attributes>"))
        }
        "ListSubscriptions" => Ok(channels.list(None)),
        "ListSubscriptionsByTopic" => Ok(channels.list(Some(&channels.channel(form.get("TopicArn"))?))),
        _ => Err(Fault::missing(&format!("sns {action}"))),
    }
}

fn invalid(message: &str) -> Fault {
    Fault::new(400, "InvalidParameter", message)
}

fn new_arn(channel: &str) -> String {
    format!("{}:{}", arn("sns", channel), uuid::Uuid::new_v4())
}

/// What SNS posts to an HTTP subscriber
/// (<https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html>), without a signature.
fn notification(alert: &Alert, subscription: &str) -> Value {
    let attributes: serde_json::Map<String, Value> = alert
        .attributes
        .iter()
        .map(|(name, value)| (name.clone(), json!({ "Type": "String", "Value": value })))
        .collect();
    let mut notification = json!({
        "Type": "Notification",
        "MessageId": alert.message_id,
        "TopicArn": arn("sns", &alert.channel),
        "Message": alert.message,
        "Timestamp": clock::iso(alert.at),
        "SubscriptionArn": subscription,
        "MessageAttributes": attributes,
    });
    if let Some(subject) = &alert.subject {
        notification["Subject"] = subject.as_str().into();
    }
    notification
}
