//! The third step: is the customer who they say they are, and may we deal with them?
//!
//! Findings add up to a risk score of 0 to 100. Some of them decide alone: an expired document, a minor, another
//! person's document, a barred country or a name on the sanctions list end in `REJECTED`. A score of 40 or more is a
//! person's to decide: `REVIEW`.

use contract::{Date, EventContext, Refusal, Tables};
use events::kyc_verified::{KycVerified, KycVerifiedRequest, KycVerifiedStatus};
use events::shared::DocumentKind;

use crate::country::{self, Risk};
use crate::sanctions::{OwnList, SanctionsList};
use crate::{age, application, name};

const MINIMUM_AGE: i16 = 18;
/// From here on a person decides.
const REVIEW_SCORE: i64 = 40;
/// A name this much like the document's is the same.
const SAME_NAME: f64 = 0.92;
/// A name less like the document's than this is another.
const OTHER_NAME: f64 = 0.75;
/// Days of validity left below which a document is about to expire.
const ABOUT_TO_EXPIRE_DAYS: i32 = 30;

/// The rule of `kyc-verified`.
pub struct Rule;

impl contract::Rule for Rule {
    type Event = KycVerified;

    async fn decide<T: Tables>(
        &self,
        request: KycVerifiedRequest,
        context: &EventContext,
        tables: &T,
    ) -> Result<KycVerified, Refusal> {
        let user = application::of_customer(tables, &request.customer_id, request.application_id).await?;
        let stated_birth = application::text(&user, "dateOfBirth");
        Ok(verify(request, stated_birth, context, &OwnList))
    }
}

/// What speaks against a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Finding {
    reason: &'static str,
    score: i64,
    /// It decides alone.
    fatal: bool,
}

const fn finding(reason: &'static str, score: i64) -> Finding {
    Finding { reason, score, fatal: false }
}

const fn fatal(reason: &'static str) -> Finding {
    Finding { reason, score: 100, fatal: true }
}

/// Decides; `stated_birth` is the date of birth that the customer gave in the first step, if they gave one.
fn verify(
    request: KycVerifiedRequest,
    stated_birth: Option<&str>,
    context: &EventContext,
    sanctions: &impl SanctionsList,
) -> KycVerified {
    let findings = findings(&request, stated_birth, context.time.date(), sanctions);
    let risk_score = findings.iter().map(|finding| finding.score).sum::<i64>().min(100);
    let status = if findings.iter().any(|finding| finding.fatal) {
        KycVerifiedStatus::Rejected
    } else if risk_score >= REVIEW_SCORE {
        KycVerifiedStatus::Review
    } else {
        KycVerifiedStatus::Verified
    };
    KycVerified {
        customer_id: request.customer_id,
        application_id: request.application_id,
        verification_id: context.uuid("verification"),
        full_name: name::tidy(&request.full_name),
        date_of_birth: request.date_of_birth,
        nationality: request.nationality,
        document_kind: request.document_kind,
        document_number: request.document_number,
        document_name: name::tidy(&request.document_name),
        document_expires_on: request.document_expires_on,
        status,
        risk_score,
        reasons: findings.into_iter().map(|finding| finding.reason.to_owned()).collect(),
        verified_at: context.time,
    }
}

fn findings(
    request: &KycVerifiedRequest,
    stated_birth: Option<&str>,
    today: Date,
    sanctions: &impl SanctionsList,
) -> Vec<Finding> {
    let expires = request.document_expires_on;
    let days_left = expires.since(today).map_or(i32::MAX, |span| span.get_days());
    let document = match request.document_kind {
        DocumentKind::Passport | DocumentKind::IdCard => None,
        DocumentKind::DrivingLicence => Some(finding("DRIVING_LICENCE_ONLY", 15)),
        DocumentKind::ProofOfAddress | DocumentKind::ProofOfIncome | DocumentKind::Other => {
            Some(fatal("NOT_AN_IDENTITY_DOCUMENT"))
        }
    };
    let expiry = if expires < today {
        Some(fatal("DOCUMENT_EXPIRED"))
    } else if days_left < ABOUT_TO_EXPIRE_DAYS {
        Some(finding("DOCUMENT_ABOUT_TO_EXPIRE", 20))
    } else {
        None
    };
    let age = match age::years(request.date_of_birth, today) {
        ..0 => Some(fatal("BORN_IN_THE_FUTURE")),
        0..MINIMUM_AGE => Some(fatal("UNDER_AGE")),
        100.. => Some(finding("UNUSUAL_AGE", 40)),
        _ => None,
    };
    let birth = stated_birth
        .filter(|stated| *stated != request.date_of_birth.to_string())
        .map(|_| finding("DATE_OF_BIRTH_DIFFERS", 50));
    let likeness = name::likeness(&request.full_name, &request.document_name);
    let names = if likeness < OTHER_NAME {
        Some(fatal("NAME_DIFFERS"))
    } else if likeness < SAME_NAME {
        Some(finding("NAME_SIMILAR", 40))
    } else {
        None
    };
    let country = match country::risk(&request.nationality) {
        Risk::Ordinary => None,
        Risk::Watched => Some(finding("COUNTRY_WATCHED", 40)),
        Risk::Barred => Some(fatal("COUNTRY_BARRED")),
    };
    let listed = sanctions.lists(&request.full_name).then_some(fatal("SANCTIONS_LIST"));
    [document, expiry, age, birth, names, country, listed].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use events::tables;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APPLICATION, context, item, request};

    /// The verdict on a blameless customer with these fields changed.
    fn verdict(changes: Value) -> (KycVerifiedStatus, Vec<String>) {
        let event = verify(request::<KycVerified>(body(changes)), Some("1990-05-17"), &context(), &OwnList);
        assert!((0..=100).contains(&event.risk_score));
        (event.status, event.reasons)
    }

    fn body(changes: Value) -> Value {
        let mut body = json!({
            "customerId": "c-1", "applicationId": APPLICATION, "fullName": "Ada Byron", "dateOfBirth": "1990-05-17",
            "nationality": "GB", "documentKind": "PASSPORT", "documentNumber": "X1234567",
            "documentName": "BYRON, ADA", "documentExpiresOn": "2031-01-01",
        });
        let (Value::Object(body_members), Value::Object(changes)) = (&mut body, changes) else {
            panic!("objects")
        };
        body_members.extend(changes);
        body
    }

    #[test]
    fn a_blameless_customer_is_verified() {
        assert_eq!(verdict(json!({})), (KycVerifiedStatus::Verified, vec![]));
    }

    #[test]
    fn some_findings_decide_alone() {
        for (changes, reason) in [
            (json!({ "documentExpiresOn": "2026-11-22" }), "DOCUMENT_EXPIRED"),
            (json!({ "documentName": "Someone Else" }), "NAME_DIFFERS"),
            (json!({ "nationality": "KP" }), "COUNTRY_BARRED"),
            (json!({ "documentKind": "PROOF_OF_INCOME" }), "NOT_AN_IDENTITY_DOCUMENT"),
            (
                json!({ "fullName": "Victor Sanctioned", "documentName": "Victor Sanctioned" }),
                "SANCTIONS_LIST",
            ),
        ] {
            let (status, reasons) = verdict(changes);
            assert_eq!((status, reasons), (KycVerifiedStatus::Rejected, vec![reason.to_owned()]));
        }
    }

    #[test]
    fn a_minor_is_rejected() {
        let (status, reasons) = verdict(json!({ "dateOfBirth": "2008-11-24" }));
        assert_eq!(status, KycVerifiedStatus::Rejected);
        assert!(reasons.contains(&"UNDER_AGE".to_owned()));
    }

    #[test]
    fn doubts_are_a_persons_to_decide() {
        for (changes, reason) in [
            (json!({ "nationality": "YE" }), "COUNTRY_WATCHED"),
            (json!({ "dateOfBirth": "1991-05-17" }), "DATE_OF_BIRTH_DIFFERS"),
            (json!({ "documentName": "Ada Brone" }), "NAME_SIMILAR"),
        ] {
            assert_eq!(verdict(changes), (KycVerifiedStatus::Review, vec![reason.to_owned()]));
        }
    }

    #[test]
    fn a_small_doubt_is_noted_and_two_add_up() {
        let licence = json!({ "documentKind": "DRIVING_LICENCE" });
        assert_eq!(verdict(licence), (KycVerifiedStatus::Verified, vec!["DRIVING_LICENCE_ONLY".into()]));
        let both = json!({ "documentKind": "DRIVING_LICENCE", "documentExpiresOn": "2026-12-01" });
        assert_eq!(
            verdict(both),
            (
                KycVerifiedStatus::Verified,
                vec!["DRIVING_LICENCE_ONLY".into(), "DOCUMENT_ABOUT_TO_EXPIRE".into()]
            )
        );
    }

    #[tokio::test]
    async fn the_first_steps_date_of_birth_is_held_against_the_documents() {
        let tables = MemoryTables::default().with(
            &tables::USERS,
            item(json!({ "customerId": "c-1", "applicationId": APPLICATION, "dateOfBirth": "1980-01-01" })),
        );
        let event = Rule
            .decide(request::<KycVerified>(body(json!({}))), &context(), &tables)
            .await
            .expect("an event");
        assert_eq!(event.status, KycVerifiedStatus::Review);
        assert_eq!(event.reasons, ["DATE_OF_BIRTH_DIFFERS"]);
    }

    #[tokio::test]
    async fn somebody_elses_application_is_refused() {
        let tables = MemoryTables::default().with(
            &tables::USERS,
            item(json!({ "customerId": "c-1", "applicationId": "0190a0c4-ffff-7c3e-9d3e-1f2a3b4c5d6e" })),
        );
        let refusal = Rule
            .decide(request::<KycVerified>(body(json!({}))), &context(), &tables)
            .await
            .expect_err("a refusal");
        assert_eq!(refusal.to_string(), "/applicationId is not the customer's current application");
    }
}
