//! `submit-policy-selection`: submitPolicySelectionWithKafka: publishes workflow-completed.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::producer::{Access, ErrorTopic, Producer, Publisher};
use runtime::{Error, Function, Metrics, Running, Settings};

const ACCESS: Access = Access::Customer;

/// The topic's business rule.
fn rule() -> impl contract::Rule<Event = events::workflow_completed::WorkflowCompleted> {
    rules::topics::workflow_completed::Rule
}

/// Where failures go.
fn errors() -> ErrorTopic {
    ErrorTopic::of::<events::workflow_errors::WorkflowErrors>()
}

/// Runs it in Lambda.
pub fn run() -> Running {
    Box::pin(runtime::producer::run(rule(), ACCESS, errors(), publish::Kafka))
}

/// The same function, to be called in process.
pub fn function<P: Publisher>(
    publisher: P,
    settings: &Settings,
    metrics: Metrics,
) -> Result<Box<dyn Function>, Error> {
    Ok(Box::new(Producer::new(rule(), ACCESS, errors(), publisher, settings, metrics)?))
}
