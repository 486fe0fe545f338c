//! The third step: is the customer who they say they are, and may we deal with them?
//!
//! Findings add up to a risk score of 0 to 100. Some of them decide alone: an expired document, a minor, another
//! person's document, a barred country or a name on the sanctions list end in `REJECTED`. A score of 40 or more is a
//! person's to decide: `REVIEW`.

use contract::{Date, EventContext, Item, Refusal, Tables};
use events::kyc_verified::{KycVerified, KycVerifiedRequest, KycVerifiedStatus};
use events::shared::DocumentKind;

use crate::country::{self, Risk};
use crate::sanctions::{OwnList, SanctionsList};
use crate::{age, application, name};

const MINIMUM_AGE: i16 = 18;
/// From here on a person decides.
const REVIEW_SCORE: i64 = 40;
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
        verify(request, &Stated::of(&user), context, &OwnList).await
    }
}

/// What the customer said of themselves in the first step.
#[derive(Debug, Default)]
struct Stated {
    birth: Option<String>,
    name: Option<String>,
}

impl Stated {
    fn of(user: &Item) -> Self {
        let text = |name| application::text(user, name);
        let name = [text("firstName"), text("lastName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            birth: text("dateOfBirth").map(str::to_owned),
            name: Some(name).filter(|name| !name.is_empty()),
        }
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

/// Decides, unless the sanctions list doesn't answer.
async fn verify(
    request: KycVerifiedRequest,
    stated: &Stated,
    context: &EventContext,
    sanctions: &impl SanctionsList,
) -> Result<KycVerified, Refusal> {
    let mut findings = findings(&request, stated, context.time.date());
    // Whatever they call themselves: the name that isn't looked up is the one that is listed.
    let names = [Some(&request.full_name), Some(&request.document_name), stated.name.as_ref()];
    for name in names.into_iter().flatten() {
        if sanctions.lists(name).await? {
            findings.push(fatal("SANCTIONS_LIST"));
            break;
        }
    }
    let risk_score = findings.iter().map(|finding| finding.score).sum::<i64>().min(100);
    let status = if findings.iter().any(|finding| finding.fatal) {
        KycVerifiedStatus::Rejected
    } else if risk_score >= REVIEW_SCORE {
        KycVerifiedStatus::Review
    } else {
        KycVerifiedStatus::Verified
    };
    Ok(KycVerified {
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
    })
}

fn findings(request: &KycVerifiedRequest, stated: &Stated, today: Date) -> Vec<Finding> {
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
        Some(finding("DOCUMENT_ABOUT_TO_EXPIRE", 25))
    } else {
        None
    };
    let age = match age::years(request.date_of_birth, today) {
        ..0 => Some(fatal("BORN_IN_THE_FUTURE")),
        0..MINIMUM_AGE => Some(fatal("UNDER_AGE")),
        100.. => Some(finding("UNUSUAL_AGE", 40)),
        _ => None,
    };
    let birth = stated
        .birth
        .as_ref()
        .filter(|stated| **stated != request.date_of_birth.to_string())
        .map(|_| finding("DATE_OF_BIRTH_DIFFERS", 50));
    let likeness = name::likeness(&request.full_name, &request.document_name);
    let names = if likeness < name::OTHER {
        Some(fatal("NAME_DIFFERS"))
    } else if likeness < name::SAME {
        Some(finding("NAME_SIMILAR", 40))
    } else {
        None
    };
    // Somebody else may fill in the first step: that is for a person to find out.
    let applicant = stated
        .name
        .as_ref()
        .filter(|stated| name::likeness(stated, &request.full_name) < name::SAME)
        .map(|_| finding("APPLICANT_NAME_DIFFERS", 40));
    let country = match country::risk(&request.nationality) {
        Risk::Ordinary => None,
        Risk::Watched => Some(finding("COUNTRY_WATCHED", 40)),
        Risk::Barred => Some(fatal("COUNTRY_BARRED")),
    };
    [document, expiry, age, birth, names, applicant, country].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use events::tables;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APPLICATION, context, item, request};

    /// The verdict on a blameless customer with these fields changed.
    async fn verdict(changes: Value) -> (KycVerifiedStatus, Vec<String>) {
        let stated = Stated { birth: Some("1990-05-17".into()), name: None };
        let verified = verify(request::<KycVerified>(body(changes)), &stated, &context(), &OwnList).await;
        let event = verified.expect("the list answers");
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

    #[tokio::test]
    async fn a_blameless_customer_is_verified() {
        assert_eq!(verdict(json!({})).await, (KycVerifiedStatus::Verified, vec![]));
    }

    #[tokio::test]
    async fn some_findings_decide_alone() {
        for (changes, reason) in [
            (json!({ "documentExpiresOn": "2026-11-22" }), "DOCUMENT_EXPIRED"),
            (json!({ "documentName": "Someone Else" }), "NAME_DIFFERS"),
            (json!({ "nationality": "KP" }), "COUNTRY_BARRED"),
            (json!({ "documentKind": "PROOF_OF_INCOME" }), "NOT_AN_IDENTITY_DOCUMENT"),
            (
                json!({ "fullName": "Victor Sanctioned", "documentName": "Victor Sanctioned" }),
                "SANCTIONS_LIST",
            ),
            // Whichever of the names it is.
            (
                json!({ "fullName": "Ictor Sanctioned", "documentName": "Victor Sanctioned" }),
                "SANCTIONS_LIST",
            ),
        ] {
            let (status, reasons) = verdict(changes).await;
            assert_eq!((status, reasons), (KycVerifiedStatus::Rejected, vec![reason.to_owned()]));
        }
    }

    #[tokio::test]
    async fn a_minor_is_rejected() {
        let (status, reasons) = verdict(json!({ "dateOfBirth": "2008-11-24" })).await;
        assert_eq!(status, KycVerifiedStatus::Rejected);
        assert!(reasons.contains(&"UNDER_AGE".to_owned()));
    }

    #[tokio::test]
    async fn doubts_are_a_persons_to_decide() {
        for (changes, reason) in [
            (json!({ "nationality": "YE" }), "COUNTRY_WATCHED"),
            (json!({ "dateOfBirth": "1991-05-17" }), "DATE_OF_BIRTH_DIFFERS"),
            (json!({ "documentName": "Ada Brone" }), "NAME_SIMILAR"),
        ] {
            assert_eq!(verdict(changes).await, (KycVerifiedStatus::Review, vec![reason.to_owned()]));
        }
    }

    #[tokio::test]
    async fn small_doubts_are_noted_and_add_up() {
        let licence = json!({ "documentKind": "DRIVING_LICENCE" });
        assert_eq!(
            verdict(licence).await,
            (KycVerifiedStatus::Verified, vec!["DRIVING_LICENCE_ONLY".into()])
        );
        let expiring = json!({ "documentExpiresOn": "2026-12-01" });
        assert_eq!(
            verdict(expiring).await,
            (KycVerifiedStatus::Verified, vec!["DOCUMENT_ABOUT_TO_EXPIRE".into()])
        );
        let both = json!({ "documentKind": "DRIVING_LICENCE", "documentExpiresOn": "2026-12-01" });
        assert_eq!(
            verdict(both).await,
            (
                KycVerifiedStatus::Review,
                vec!["DRIVING_LICENCE_ONLY".into(), "DOCUMENT_ABOUT_TO_EXPIRE".into()]
            )
        );
    }

    #[tokio::test]
    async fn a_list_that_does_not_answer_verifies_nobody() {
        struct Silent;
        impl SanctionsList for Silent {
            async fn lists(&self, _: &str) -> Result<bool, Refusal> {
                Err(Refusal::NoAnswer("the sanctions list"))
            }
        }
        let request = request::<KycVerified>(body(json!({})));
        let refusal =
            verify(request, &Stated::default(), &context(), &Silent).await.expect_err("nobody was asked");
        assert_eq!(refusal.to_string(), "the sanctions list does not answer");
    }

    #[tokio::test]
    async fn the_first_steps_name_is_held_against_the_documents_and_looked_up() {
        for (first, last, want) in [
            ("Ada", json!("Byron"), &[][..]),
            ("Ada", json!(null), &[]),
            ("Charles", json!("Babbage"), &["APPLICANT_NAME_DIFFERS"]),
            ("Victor", json!("Sanctioned"), &["APPLICANT_NAME_DIFFERS", "SANCTIONS_LIST"]),
        ] {
            let user = json!({ "customerId": "c-1", "applicationId": APPLICATION, "firstName": first, "lastName": last });
            let tables = MemoryTables::default().with(&tables::USERS, item(user));
            let event = Rule
                .decide(request::<KycVerified>(body(json!({}))), &context(), &tables)
                .await
                .expect("an event");
            assert_eq!(event.reasons, want, "{first} {last}");
        }
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
