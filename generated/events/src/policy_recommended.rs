//! `policy-recommended`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::check;

use crate::{shared, tables};

/// Policies that suit the customer were found and priced.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct PolicyRecommended {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "applicationId")]
    pub application_id: contract::Uuid,
    pub insurance: shared::InsuranceKind,
    pub age: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smoker: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependants: Option<i64>,
    pub cover: shared::Money,
    pub recommendations: Vec<shared::Recommendation>,
    #[serde(rename = "recommendedAt")]
    pub recommended_at: contract::Timestamp,
}

// Personal data must not reach a log.
impl std::fmt::Debug for PolicyRecommended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyRecommended")
            .field("customer_id", &self.customer_id)
            .field("application_id", &self.application_id)
            .field("insurance", &self.insurance)
            .field("age", &contract::Personal)
            .field("smoker", &contract::Personal)
            .field("dependants", &self.dependants)
            .field("cover", &self.cover)
            .field("recommendations", &self.recommendations)
            .field("recommended_at", &self.recommended_at)
            .finish()
    }
}

impl contract::Object for PolicyRecommended {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let insurance = fields.required("insurance", &check::words::<shared::InsuranceKind>());
        let age = fields.required("age", &check::integer(18, 120));
        let smoker = fields.optional("smoker", &check::boolean());
        let dependants = fields.optional("dependants", &check::integer(0, 20));
        let cover = fields.required("cover", &shared::money());
        let recommendations =
            fields.required("recommendations", &check::list(check::object::<shared::Recommendation>(), 0, 5));
        let recommended_at = fields.required("recommendedAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            insurance: insurance?,
            age: age?,
            smoker: smoker?,
            dependants: dependants?,
            cover: cover?,
            recommendations: recommendations?,
            recommended_at: recommended_at?,
        })
    }
}

/// What a caller sends: the event of `policy-recommended` without its computed fields.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyRecommendedRequest {
    pub customer_id: shared::CustomerId,
    pub application_id: contract::Uuid,
    pub insurance: shared::InsuranceKind,
    pub age: i64,
    pub smoker: Option<bool>,
    pub dependants: Option<i64>,
    pub cover: shared::Money,
}

// Personal data must not reach a log.
impl std::fmt::Debug for PolicyRecommendedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyRecommendedRequest")
            .field("customer_id", &self.customer_id)
            .field("application_id", &self.application_id)
            .field("insurance", &self.insurance)
            .field("age", &contract::Personal)
            .field("smoker", &contract::Personal)
            .field("dependants", &self.dependants)
            .field("cover", &self.cover)
            .finish()
    }
}

impl contract::Object for PolicyRecommendedRequest {
    const COMPUTED: &'static [&'static str] = &["recommendations", "recommendedAt"];

    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let insurance = fields.required("insurance", &check::words::<shared::InsuranceKind>());
        let age = fields.required("age", &check::integer(18, 120));
        let smoker = fields.optional("smoker", &check::boolean());
        let dependants = fields.optional("dependants", &check::integer(0, 20));
        let cover = fields.required("cover", &shared::money());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            insurance: insurance?,
            age: age?,
            smoker: smoker?,
            dependants: dependants?,
            cover: cover?,
        })
    }
}

impl contract::Event for PolicyRecommended {
    const TOPIC: &'static str = "policy-recommended";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.policy-recommended";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> =
        Some(contract::Sink { table: tables::RECOMMENDATIONS, write: contract::Write::Put, marks: &[] });
    const PUSH: Option<&'static str> = Some("POLICY_RECOMMENDED");
    const BROWSER: &'static [&'static str] = &[
        "/customerId",
        "/applicationId",
        "/insurance",
        "/dependants",
        "/cover",
        "/recommendations",
        "/recommendedAt",
    ];

    type Request = PolicyRecommendedRequest;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }
}
