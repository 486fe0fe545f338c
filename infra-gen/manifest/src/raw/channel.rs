//! Notification channels.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;

/// An SNS topic and who listens to it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(crate) struct Channel {
    /// One sentence for people.
    pub(crate) description: String,
    /// CloudWatch alarms and quarantined records go here too. Exactly one channel has it.
    pub(crate) alarms: bool,
    /// Who is told.
    pub(crate) subscribers: Vec<Subscriber>,
}

/// One SNS subscription.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subscriber {
    /// How it is delivered.
    pub(crate) protocol: Protocol,
    /// For `email` an address, for `https` a URL, for `sqs` a queue's ARN, for `sms` a number such as
    /// "+491700000000".
    pub(crate) endpoint: String,
    /// The environments that have it. Without it: all.
    pub(crate) environments: Option<Vec<Name>>,
}

/// How SNS delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Protocol {
    Email,
    Https,
    Sqs,
    Sms,
}
