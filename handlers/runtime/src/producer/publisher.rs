//! Publishing, as the producer sees it. The `publish` crate does it with librdkafka.

use std::future::Future;

use contract::Record;
use tokio::time::Instant;

use crate::{Error, Settings};

/// A record wasn't acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The brokers weren't reached, or didn't answer in time. The record may be in the topic all the same, so a
    /// retry must have the same event id.
    #[error("the brokers did not acknowledge the record in time: {0}")]
    Unreachable(String),
    /// The brokers don't take it, and won't.
    #[error("the brokers refused the record: {0}")]
    Refused(String),
}

/// Publishes records.
pub trait Publisher: Send + Sync + 'static {
    /// Returns when every in-sync replica has the record; gives up at `until`.
    fn publish(
        &self,
        record: &Record,
        until: Instant,
    ) -> impl Future<Output = Result<(), PublishError>> + Send;
}

impl<P: Publisher> Publisher for std::sync::Arc<P> {
    fn publish(
        &self,
        record: &Record,
        until: Instant,
    ) -> impl Future<Output = Result<(), PublishError>> + Send {
        (**self).publish(record, until)
    }
}

/// Makes the publisher when the function starts: once per sandbox, before the first request.
pub trait Connect: Send {
    /// What it makes.
    type Publisher: Publisher;

    /// Connects as `settings` say.
    fn connect(self, settings: &Settings) -> impl Future<Output = Result<Self::Publisher, Error>> + Send;
}
