//! Tells channels.

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use contract::cut;
use futures_util::{FutureExt, future::BoxFuture};

use super::EffectError;
use crate::aws::describe;

/// Publishes to SNS.
#[derive(Debug, Clone)]
pub struct Channels {
    client: Client,
}

/// A message to a channel.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The channel's ARN.
    pub channel: &'a str,
    /// The same for every repetition: receivers drop what they have seen.
    pub id: &'a str,
    /// What it is about, a word for programs: the event's type.
    pub kind: &'a str,
    /// The mail's subject.
    pub subject: &'a str,
    /// The text. No personal data.
    pub text: &'a str,
}

impl Channels {
    /// Publishes through this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Publishes.
    pub fn tell<'a>(&'a self, notice: Notice<'a>) -> BoxFuture<'a, Result<(), EffectError>> {
        async move {
            let attribute = |value: &str| {
                let built = MessageAttributeValue::builder().data_type("String").string_value(value).build();
                built.map_err(|error| EffectError::Never(error.to_string()))
            };
            let request = self
                .client
                .publish()
                .topic_arn(notice.channel)
                .subject(subject(notice.subject))
                .message(notice.text)
                .message_attributes("dedupeId", attribute(notice.id)?)
                .message_attributes("kind", attribute(notice.kind)?);
            request.send().await.map(|_| ()).map_err(|error| EffectError::Again(describe(&error)))
        }
        .boxed()
    }
}

/// A subject is at most 100 printable ASCII characters
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
fn subject(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    cut(plain.trim_start(), 100)
}
