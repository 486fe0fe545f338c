//! The last step: the customer chooses one of the policies that were recommended to them.

use contract::{Decimal, EventContext, Item, Key, Refusal, Tables, Timestamp};
use events::tables;
use events::workflow_completed::{
    WorkflowCompleted, WorkflowCompletedPaymentFrequency as Frequency, WorkflowCompletedRequest,
    WorkflowCompletedStatus,
};

use crate::application;

/// The rule of `workflow-completed`.
pub struct Rule;

impl contract::Rule for Rule {
    type Event = WorkflowCompleted;

    async fn decide<T: Tables>(
        &self,
        request: WorkflowCompletedRequest,
        context: &EventContext,
        tables: &T,
    ) -> Result<WorkflowCompleted, Refusal> {
        application::of_customer(tables, &request.customer_id, request.application_id).await?;
        application::require_verified(tables, &request.customer_id, request.application_id).await?;
        let key = Key::new(request.customer_id.as_str()).sort(request.application_id.to_string());
        let Some(item) = tables.get(&tables::RECOMMENDATIONS, key).await? else {
            return Err(Refusal::not_yet("NOTHING_RECOMMENDED", "No policy has been recommended yet."));
        };
        if is_outdated(&item, context.time) {
            return Err(Refusal::conflict(
                "RECOMMENDATION_EXPIRED",
                "The recommendation has expired; ask for a new one.",
            ));
        }
        let Some(premium) = recommended_premium(&item, &request.policy_id) else {
            return Err(Refusal::field("/policyId", "is none of the policies that were recommended"));
        };
        Ok(WorkflowCompleted {
            customer_id: request.customer_id,
            application_id: request.application_id,
            policy_id: request.policy_id,
            payment_frequency: request.payment_frequency,
            monthly_premium: discounted(premium, request.payment_frequency),
            status: WorkflowCompletedStatus::Completed,
            completed_at: context.time,
        })
    }
}

/// Whether the recommendation is older than its table keeps it.
fn is_outdated(item: &Item, now: Timestamp) -> bool {
    let at = application::text(item, "recommendedAt").and_then(|at| at.parse::<Timestamp>().ok());
    let kept = tables::RECOMMENDATIONS.ttl;
    at.zip(kept)
        .is_some_and(|(at, kept)| now.as_seconds() >= at.as_seconds().saturating_add_unsigned(kept.seconds))
}

/// The premium that this policy was recommended at.
fn recommended_premium(item: &Item, policy_id: &str) -> Option<Decimal> {
    let policies = item.get("recommendations")?.as_array()?;
    let policy = policies.iter().find(|policy| policy["policyId"] == policy_id)?;
    // Exact text, or a number where the table keeps it as one.
    let premium = &policy["monthlyPremium"];
    premium.as_str().map_or_else(|| premium.to_string().parse(), str::parse).ok()
}

/// Whoever pays ahead pays less.
fn discounted(premium: Decimal, frequency: Option<Frequency>) -> Decimal {
    let percent = match frequency {
        None | Some(Frequency::Monthly) => 100,
        Some(Frequency::Quarterly) => 99,
        Some(Frequency::Yearly) => 97,
    };
    (premium * Decimal::new(percent, 2)).round_dp(2)
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APPLICATION, context, item, request};

    fn tables() -> MemoryTables {
        tables_of("2026-11-23T11:30:00.000Z")
    }

    /// With a recommendation of that moment.
    fn tables_of(recommended_at: &str) -> MemoryTables {
        unchecked()
            .with(
                &tables::KYC_RESULTS,
                item(json!({
                    "customerId": "c-1", "verificationId": "v-1", "applicationId": APPLICATION, "status": "VERIFIED",
                    "verifiedAt": "2026-11-23T11:00:00.000Z",
                })),
            )
            .with(
                &tables::RECOMMENDATIONS,
                item(json!({
                    "customerId": "c-1", "applicationId": APPLICATION,
                    "recommendations": [
                        { "policyId": "AUTO-PARTIAL", "monthlyPremium": "36.67" },
                        { "policyId": "AUTO-LIABILITY", "monthlyPremium": 21.67 },
                    ],
                    "recommendedAt": recommended_at,
                })),
            )
    }

    /// With the first step alone.
    fn unchecked() -> MemoryTables {
        let user = json!({ "customerId": "c-1", "applicationId": APPLICATION });
        MemoryTables::default().with(&tables::USERS, item(user))
    }

    async fn choose(
        tables: &MemoryTables,
        policy: &str,
        frequency: Value,
    ) -> Result<WorkflowCompleted, Refusal> {
        let mut body = json!({ "customerId": "c-1", "applicationId": APPLICATION, "policyId": policy });
        if !frequency.is_null() {
            body["paymentFrequency"] = frequency;
        }
        Rule.decide(request::<WorkflowCompleted>(body), &context(), tables).await
    }

    #[tokio::test]
    async fn a_recommended_policy_can_be_chosen_at_its_premium() {
        let event = choose(&tables(), "AUTO-PARTIAL", Value::Null).await.expect("an event");
        assert_eq!(event.monthly_premium, Decimal::new(3667, 2));
        assert_eq!(event.status, WorkflowCompletedStatus::Completed);
    }

    #[tokio::test]
    async fn paying_ahead_costs_less() {
        let premium = |frequency: &'static str| async move {
            choose(&tables(), "AUTO-LIABILITY", json!(frequency)).await.expect("an event").monthly_premium
        };
        assert_eq!(premium("MONTHLY").await, Decimal::new(2167, 2));
        assert_eq!(premium("QUARTERLY").await, Decimal::new(2145, 2));
        assert_eq!(premium("YEARLY").await, Decimal::new(2102, 2));
    }

    #[tokio::test]
    async fn a_policy_that_was_not_recommended_is_refused() {
        let refusal = choose(&tables(), "LIFE-WHOLE", Value::Null).await.expect_err("a refusal");
        assert_eq!(refusal.to_string(), "/policyId is none of the policies that were recommended");
    }

    #[tokio::test]
    async fn a_choice_waits_for_the_identity_check() {
        let refusal = choose(&unchecked(), "AUTO-PARTIAL", Value::Null).await.expect_err("a refusal");
        assert!(matches!(refusal, Refusal::Conflict { code: "KYC_MISSING", retryable: true, .. }));
    }

    #[tokio::test]
    async fn a_recommendation_lasts_for_thirty_days() {
        choose(&tables_of("2026-10-24T12:00:01.000Z"), "AUTO-PARTIAL", Value::Null).await.expect("an event");
        let outdated = tables_of("2026-10-24T12:00:00.000Z");
        let refusal = choose(&outdated, "AUTO-PARTIAL", Value::Null).await.expect_err("a refusal");
        assert!(matches!(
            refusal,
            Refusal::Conflict { code: "RECOMMENDATION_EXPIRED", retryable: false, .. }
        ));
    }

    #[tokio::test]
    async fn a_choice_for_an_earlier_application_is_refused() {
        let another = json!({ "customerId": "c-1", "applicationId": "0190a0c4-ffff-7c3e-9d3e-1f2a3b4c5d6e" });
        let tables = tables().with(&tables::USERS, item(another));
        let refusal = choose(&tables, "AUTO-PARTIAL", Value::Null).await.expect_err("a refusal");
        assert_eq!(refusal.to_string(), "/applicationId is not the customer's current application");
    }
}
