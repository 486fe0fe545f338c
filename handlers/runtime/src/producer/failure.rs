//! Failures as events: what went wrong in a step also goes to the error topic.

use std::time::Duration;

use contract::{Event, EventContext, EventId, Failure, FailureEvent, Record, Timestamp, cut, derived_uuid};
use tokio::time::{Instant, timeout_at};

use super::{Problem, Progress, PublishError, Publisher};
use crate::{Invocation, Settings, SettingsError};

/// The topic that failures are published to.
#[derive(Debug, Clone, Copy)]
pub struct ErrorTopic {
    topic: Option<(&'static str, MakeRecord)>,
}

/// Makes a topic's record of a failure; `None` where the failure doesn't fit the topic's schema.
type MakeRecord = fn(&Failure, &EventContext) -> Option<Record>;

impl ErrorTopic {
    /// The topic of these events.
    pub fn of<F: FailureEvent>() -> Self {
        Self { topic: Some((F::TOPIC, record::<F>)) }
    }

    /// Failures are only logged.
    pub fn none() -> Self {
        Self { topic: None }
    }

    /// Refuses a function that was built for another error topic than the one it is told of.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), SettingsError> {
        match self.topic {
            Some((topic, _)) => settings.check_topic("KAFKA_ERROR_TOPIC", topic),
            None => Ok(()),
        }
    }

    /// Publishes a failure of a customer's step. What isn't a customer's can't be: the error topic's key is the customer
    /// id. And whoever becomes a customer by this very event isn't one as long as a rule refuses it: else anyone could
    /// fill the error topic, and the mailbox behind it, without being known.
    pub(super) async fn tell<E: Event>(
        &self,
        problem: &Problem,
        progress: &Progress,
        publisher: &impl Publisher,
        invocation: &Invocation,
    ) {
        let (Some((topic, record)), Some(caller)) = (self.topic, &progress.caller) else {
            return;
        };
        if !problem.is_failure() || (caller.is_new && problem.status() < 500) {
            return;
        }
        if matches!(problem, Problem::Broker(PublishError::Unreachable(_))) {
            // This event wouldn't reach them either; the log has it all.
            return;
        }
        let now = Timestamp::now();
        let id = progress.event_id.clone().unwrap_or_else(|| EventId::new(now));
        let failure = Failure {
            customer_id: caller.customer_id.clone(),
            error_id: derived_uuid(["failure", id.as_str(), problem.code()]),
            function: invocation.function.clone(),
            topic: E::TOPIC.into(),
            code: problem.code().into(),
            message: cut(&problem.line(), 1000),
            retryable: problem.is_retryable(),
            occurred_at: now,
        };
        let mut context = EventContext::new(format!("/{}", invocation.function), now);
        context.traceparent.clone_from(&invocation.traceparent);
        let Some(record) = record(&failure, &context) else {
            tracing::info!(
                topic,
                "the failure does not fit its topic: it is not of a customer that there can be"
            );
            return;
        };
        let until = invocation.work_until().min(Instant::now() + Duration::from_secs(2));
        match timeout_at(until, publisher.publish(&record, until)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(topic, %error, "the failure could not be published"),
            Err(_) => tracing::error!(topic, "the failure could not be published in time"),
        }
    }
}

/// A record that its consumer can read. Whose failure it is was told by the caller, and what isn't a customer id
/// would only be quarantined.
fn record<F: FailureEvent>(failure: &Failure, context: &EventContext) -> Option<Record> {
    let event = F::from_failure(failure);
    event.validate().ok()?;
    Some(Record::new(&event, context))
}
