//! `workflow-completed`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::{Show as _, check};

use crate::{shared, tables};

/// The customer chose a policy; onboarding is done.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WorkflowCompleted {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "applicationId")]
    pub application_id: contract::Uuid,
    #[serde(rename = "policyId")]
    pub policy_id: String,
    #[serde(rename = "paymentFrequency", skip_serializing_if = "Option::is_none")]
    pub payment_frequency: Option<WorkflowCompletedPaymentFrequency>,
    #[serde(rename = "monthlyPremium")]
    pub monthly_premium: shared::Money,
    pub status: WorkflowCompletedStatus,
    #[serde(rename = "completedAt")]
    pub completed_at: contract::Timestamp,
}

impl contract::Object for WorkflowCompleted {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let policy_id = fields.required("policyId", &check::text(0, 40));
        let payment_frequency =
            fields.optional("paymentFrequency", &check::words::<WorkflowCompletedPaymentFrequency>());
        let monthly_premium = fields.required("monthlyPremium", &shared::money());
        let status = fields.required("status", &check::words::<WorkflowCompletedStatus>());
        let completed_at = fields.required("completedAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            policy_id: policy_id?,
            payment_frequency: payment_frequency?,
            monthly_premium: monthly_premium?,
            status: status?,
            completed_at: completed_at?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum WorkflowCompletedPaymentFrequency {
    #[serde(rename = "MONTHLY")]
    Monthly,
    #[serde(rename = "QUARTERLY")]
    Quarterly,
    #[serde(rename = "YEARLY")]
    Yearly,
}

impl contract::Word for WorkflowCompletedPaymentFrequency {
    const WORDS: &'static [&'static str] = &["MONTHLY", "QUARTERLY", "YEARLY"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "MONTHLY" => Some(Self::Monthly),
            "QUARTERLY" => Some(Self::Quarterly),
            "YEARLY" => Some(Self::Yearly),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Monthly => "MONTHLY",
            Self::Quarterly => "QUARTERLY",
            Self::Yearly => "YEARLY",
        }
    }
}

impl contract::Show for WorkflowCompletedPaymentFrequency {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum WorkflowCompletedStatus {
    #[serde(rename = "COMPLETED")]
    Completed,
}

impl contract::Word for WorkflowCompletedStatus {
    const WORDS: &'static [&'static str] = &["COMPLETED"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "COMPLETED" => Some(Self::Completed),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Completed => "COMPLETED",
        }
    }
}

impl contract::Show for WorkflowCompletedStatus {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

/// What a caller sends: the event of `workflow-completed` without its computed fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowCompletedRequest {
    pub customer_id: shared::CustomerId,
    pub application_id: contract::Uuid,
    pub policy_id: String,
    pub payment_frequency: Option<WorkflowCompletedPaymentFrequency>,
}

impl contract::Object for WorkflowCompletedRequest {
    const COMPUTED: &'static [&'static str] = &["monthlyPremium", "status", "completedAt"];

    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let policy_id = fields.required("policyId", &check::text(0, 40));
        let payment_frequency =
            fields.optional("paymentFrequency", &check::words::<WorkflowCompletedPaymentFrequency>());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            policy_id: policy_id?,
            payment_frequency: payment_frequency?,
        })
    }
}

impl contract::Event for WorkflowCompleted {
    const TOPIC: &'static str = "workflow-completed";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.workflow-completed";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> =
        Some(contract::Sink { table: tables::APPLICATIONS, write: contract::Write::Merge, marks: &[] });
    const PUSH: Option<&'static str> = Some("WORKFLOW_COMPLETED");
    const BROWSER: &'static [&'static str] = &[
        "/customerId",
        "/applicationId",
        "/policyId",
        "/paymentFrequency",
        "/monthlyPremium",
        "/status",
        "/completedAt",
    ];

    type Request = WorkflowCompletedRequest;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }

    fn alert(&self) -> Option<String> {
        Some(format!(
            "Customer {} completed onboarding with policy {}.",
            self.customer_id.show(),
            self.policy_id.show(),
        ))
    }
}
