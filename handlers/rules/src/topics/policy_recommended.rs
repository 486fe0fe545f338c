//! The fourth step: which policies suit the customer, and what they cost.

use contract::{Date, Decimal, EventContext, Item, Refusal, Tables};
use events::policy_recommended::{PolicyRecommended, PolicyRecommendedRequest};
use events::shared::{InsuranceKind, Recommendation};

use crate::catalogue::{OwnTariff, PRODUCTS, Product, Rating, Risk};
use crate::{age, application};

/// As many as the event holds.
const MOST: usize = 5;

/// The rule of `policy-recommended`.
pub struct Rule;

impl contract::Rule for Rule {
    type Event = PolicyRecommended;

    async fn decide<T: Tables>(
        &self,
        request: PolicyRecommendedRequest,
        context: &EventContext,
        tables: &T,
    ) -> Result<PolicyRecommended, Refusal> {
        application::of_customer(tables, &request.customer_id, request.application_id).await?;
        let identity =
            application::require_verified(tables, &request.customer_id, request.application_id).await?;
        require_age(request.age, &identity, context.time.date())?;
        recommend(request, context, &OwnTariff).await
    }
}

/// Premiums go by the age, so it has to be the one by the date of birth that was verified.
fn require_age(age: i64, identity: &Item, today: Date) -> Result<(), Refusal> {
    let born = application::text(identity, "dateOfBirth").and_then(|born| born.parse().ok());
    match born {
        Some(born) if i64::from(age::years(born, today)) != age => {
            Err(Refusal::field("/age", "is not the age by the date of birth that was verified"))
        }
        _ => Ok(()),
    }
}

async fn recommend(
    request: PolicyRecommendedRequest,
    context: &EventContext,
    rating: &impl Rating,
) -> Result<PolicyRecommended, Refusal> {
    let risk = Risk {
        age: request.age,
        smoker: request.smoker.unwrap_or(false),
        dependants: request.dependants.unwrap_or(0),
    };
    let of_kind = || PRODUCTS.iter().filter(|product| product.insurance == request.insurance);
    let fits = |product: &&Product| {
        (product.ages.0..=product.ages.1).contains(&risk.age)
            && (Decimal::from(product.cover.0)..=Decimal::from(product.cover.1)).contains(&request.cover)
    };
    let mut recommendations = vec![];
    for product in of_kind().filter(fits) {
        recommendations.push(Recommendation {
            policy_id: product.id.into(),
            name: product.name.into(),
            cover: request.cover,
            monthly_premium: rating.monthly_premium(product, request.cover, risk).await?,
            score: score(product, risk),
        });
    }
    if recommendations.is_empty() {
        let (least, most) = of_kind()
            .filter(|product| (product.ages.0..=product.ages.1).contains(&risk.age))
            .fold((u32::MAX, 0), |(least, most), product| {
                (least.min(product.cover.0), most.max(product.cover.1))
            });
        return Err(if most == 0 {
            Refusal::field("/age", "is one at which no policy of this kind is sold")
        } else {
            Refusal::field("/cover", format!("is not between {least} and {most}, which is what we insure"))
        });
    }
    // The best first; of equals the cheaper.
    recommendations.sort_by(|one, other| {
        other.score.cmp(&one.score).then_with(|| one.monthly_premium.cmp(&other.monthly_premium))
    });
    recommendations.truncate(MOST);
    Ok(PolicyRecommended {
        customer_id: request.customer_id,
        application_id: request.application_id,
        insurance: request.insurance,
        age: request.age,
        smoker: request.smoker,
        dependants: request.dependants,
        cover: request.cover,
        recommendations,
        recommended_at: context.time,
    })
}

/// How well a policy fits, 0 to 100. Whoever others depend on is better off with a wide one; whoever is on their own
/// with one that isn't more than they need.
fn score(product: &Product, risk: Risk) -> i64 {
    let wanted = match product.insurance {
        InsuranceKind::Life => 45 + risk.dependants.min(4) * 12,
        InsuranceKind::Health => 50 + risk.dependants.min(4) * 8 + (risk.age - 40).clamp(0, 30) / 2,
        InsuranceKind::Home => 65 + risk.dependants.min(4) * 5,
        // The young have the most accidents.
        InsuranceKind::Auto => {
            if risk.age < 25 {
                90
            } else {
                65
            }
        }
    };
    100 - (product.breadth - wanted.min(100)).abs()
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use events::tables;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APPLICATION, context, item, request};

    fn body(insurance: &str, age: i64, cover: &str, dependants: i64) -> Value {
        json!({
            "customerId": "c-1", "applicationId": APPLICATION, "insurance": insurance, "age": age, "cover": cover,
            "dependants": dependants,
        })
    }

    async fn recommended(body: Value) -> Result<Vec<String>, String> {
        recommend(request::<PolicyRecommended>(body), &context(), &OwnTariff)
            .await
            .map(|event| event.recommendations.into_iter().map(|one| one.policy_id).collect())
            .map_err(|refusal| refusal.to_string())
    }

    #[tokio::test]
    async fn a_family_is_offered_the_whole_life_first() {
        let policies = recommended(body("LIFE", 40, "200000", 4)).await.expect("policies");
        assert_eq!(policies, ["LIFE-WHOLE", "LIFE-TERM-20", "LIFE-TERM-10"]);
    }

    #[tokio::test]
    async fn a_single_is_offered_the_short_term_first() {
        assert_eq!(recommended(body("LIFE", 30, "50000", 0)).await.expect("policies")[0], "LIFE-TERM-10");
    }

    #[tokio::test]
    async fn what_is_not_sold_at_this_age_or_cover_is_left_out() {
        assert_eq!(recommended(body("LIFE", 65, "1500000", 0)).await.expect("policies"), ["LIFE-TERM-10"]);
    }

    #[tokio::test]
    async fn a_cover_beyond_all_policies_is_refused_with_what_there_is() {
        assert_eq!(
            recommended(body("AUTO", 40, "1000000", 0)).await,
            Err("/cover is not between 5000 and 250000, which is what we insure".into())
        );
        assert_eq!(
            recommended(body("LIFE", 90, "100000", 0)).await,
            Err("/age is one at which no policy of this kind is sold".into())
        );
    }

    #[test]
    fn scores_stay_between_nought_and_a_hundred() {
        for product in &PRODUCTS {
            for age in 18..=120 {
                for dependants in 0..=20 {
                    let score = score(product, Risk { age, smoker: false, dependants });
                    assert!((0..=100).contains(&score), "{} {age} {dependants}: {score}", product.id);
                }
            }
        }
    }

    fn tables(status: Option<&str>) -> MemoryTables {
        let user = json!({ "customerId": "c-1", "applicationId": APPLICATION });
        let tables = MemoryTables::default().with(&tables::USERS, item(user));
        match status {
            None => tables,
            Some(status) => tables.with(
                &tables::KYC_RESULTS,
                item(json!({
                    "customerId": "c-1", "verificationId": "v-1", "applicationId": APPLICATION, "status": status,
                    "dateOfBirth": "1986-11-23", "verifiedAt": "2026-11-23T11:00:00.000Z",
                })),
            ),
        }
    }

    async fn refusal(status: Option<&str>) -> (&'static str, bool) {
        let request = request::<PolicyRecommended>(body("AUTO", 40, "20000", 0));
        match Rule.decide(request, &context(), &tables(status)).await {
            Err(Refusal::Conflict { code, retryable, .. }) => (code, retryable),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn only_the_verified_are_recommended_anything() {
        assert_eq!(refusal(None).await, ("KYC_MISSING", true));
        assert_eq!(refusal(Some("REVIEW")).await, ("KYC_IN_REVIEW", false));
        assert_eq!(refusal(Some("REJECTED")).await, ("KYC_REJECTED", false));
        let request = request::<PolicyRecommended>(body("AUTO", 40, "20000", 0));
        let event = Rule.decide(request, &context(), &tables(Some("VERIFIED"))).await.expect("an event");
        assert_eq!(event.recommendations.len(), 3);
    }

    #[tokio::test]
    async fn the_age_is_the_one_that_was_verified() {
        let tables = tables(Some("VERIFIED"));
        for age in [39, 41] {
            let request = request::<PolicyRecommended>(body("AUTO", age, "20000", 0));
            let refusal = Rule.decide(request, &context(), &tables).await.expect_err("a refusal");
            assert_eq!(refusal.to_string(), "/age is not the age by the date of birth that was verified");
        }
        // Their birthday is today.
        let request = request::<PolicyRecommended>(body("AUTO", 40, "20000", 0));
        Rule.decide(request, &context(), &tables).await.expect("an event");
    }
}
