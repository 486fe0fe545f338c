//! Notification channels: SNS topics and who listens to them.

use serde::Serialize;

use crate::Ident;

/// An SNS topic that alerts or alarms go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// `email`, `support`.
    pub name: Ident,
    /// One sentence for people.
    pub description: String,
    /// CloudWatch alarms and quarantined records go here too. One channel of the app has it.
    pub alarms: bool,
    /// Who is told.
    pub subscribers: Vec<Subscriber>,
}

/// One SNS subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscriber {
    /// How it is delivered.
    pub protocol: Protocol,
    /// A mail address, an https URL, an ARN or a phone number.
    pub endpoint: String,
    /// The environments that have it, in the manifest's order.
    pub environments: Vec<String>,
}

/// SNS protocols (<https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Mail; the receiver must confirm.
    Email,
    /// A POST to an https endpoint that confirms itself.
    Https,
    /// An SQS queue, by ARN.
    Sqs,
    /// A text message, by E.164 number.
    Sms,
}
