//! `workflow-errors`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::{Show as _, check};

use crate::{shared, tables};

/// A step failed; published by any function that caught an error.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WorkflowErrors {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "errorId")]
    pub error_id: contract::Uuid,
    pub function: String,
    pub topic: String,
    pub code: String,
    pub message: String,
    pub retryable: bool,
    #[serde(rename = "occurredAt")]
    pub occurred_at: contract::Timestamp,
}

impl contract::Object for WorkflowErrors {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let error_id = fields.required("errorId", &check::uuid());
        let function = fields.required("function", &check::text(0, 80));
        let topic = fields.required("topic", &check::text(0, 249));
        let code = fields.required("code", &check::text(0, 80));
        let message = fields.required("message", &check::text(0, 1000));
        let retryable = fields.required("retryable", &check::boolean());
        let occurred_at = fields.required("occurredAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            error_id: error_id?,
            function: function?,
            topic: topic?,
            code: code?,
            message: message?,
            retryable: retryable?,
            occurred_at: occurred_at?,
        })
    }
}

impl contract::Event for WorkflowErrors {
    const TOPIC: &'static str = "workflow-errors";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.workflow-errors";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> = Some(contract::Sink {
        table: tables::ERROR_LOGS,
        write: contract::Write::Put,
        marks: &[("kind", "WORKFLOW_ERROR")],
    });
    const PUSH: Option<&'static str> = Some("WORKFLOW_ERROR");
    const BROWSER: &'static [&'static str] =
        &["/customerId", "/errorId", "/function", "/topic", "/code", "/retryable", "/occurredAt"];

    type Request = contract::Nothing;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }

    fn alert(&self) -> Option<String> {
        Some(format!(
            "{} failed with {} for customer {} on {}.",
            self.function.show(),
            self.code.show(),
            self.customer_id.show(),
            self.topic.show(),
        ))
    }
}

impl contract::FailureEvent for WorkflowErrors {
    fn from_failure(failure: &contract::Failure) -> Self {
        Self {
            customer_id: failure.customer_id.clone(),
            error_id: failure.error_id,
            function: contract::cut(&failure.function, 80),
            topic: contract::cut(&failure.topic, 249),
            code: contract::cut(&failure.code, 80),
            message: contract::cut(&failure.message, 1000),
            retryable: failure.retryable,
            occurred_at: failure.occurred_at,
        }
    }
}
