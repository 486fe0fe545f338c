//! The first step: who the customer is. Tidies what they typed, and opens their application.

use contract::{EventContext, Refusal, Tables, Violations};
use events::user_info_submitted::{UserInfoSubmitted, UserInfoSubmittedRequest};

use crate::{age, name};

/// Policies are for grown-ups.
const MINIMUM_AGE: i16 = 18;
const MAXIMUM_AGE: i16 = 120;

/// The rule of `user-info-submitted`.
pub struct Rule;

impl contract::Rule for Rule {
    type Event = UserInfoSubmitted;

    async fn decide<T: Tables>(
        &self,
        request: UserInfoSubmittedRequest,
        context: &EventContext,
        _tables: &T,
    ) -> Result<UserInfoSubmitted, Refusal> {
        let mut faults = Violations::default();
        let first_name = tidy(&request.first_name, "/firstName", &mut faults);
        let last_name = request.last_name.map(|last| tidy(&last, "/lastName", &mut faults));
        if let Some(born) = request.date_of_birth {
            match age::years(born, context.time.date()) {
                ..0 => faults.push("/dateOfBirth", "is in the future"),
                0..MINIMUM_AGE => {
                    faults.push("/dateOfBirth", format!("is less than {MINIMUM_AGE} years ago"));
                }
                MAXIMUM_AGE.. => faults.push("/dateOfBirth", format!("is more than {MAXIMUM_AGE} years ago")),
                _ => {}
            }
        }
        faults.into_result()?;
        Ok(UserInfoSubmitted {
            customer_id: request.customer_id,
            application_id: context.uuid("application"),
            email: normal_email(&request.email),
            first_name,
            last_name,
            date_of_birth: request.date_of_birth,
            phone: request.phone.as_deref().map(normal_phone),
            nationality: request.nationality,
            address: request.address,
            insurance: request.insurance,
            submitted_at: context.time,
        })
    }
}

fn tidy(text: &str, pointer: &str, faults: &mut Violations) -> String {
    let tidied = name::tidy(text);
    if !tidied.chars().any(char::is_alphabetic) {
        faults.push(pointer, "has no letter in it");
    }
    tidied
}

/// The domain in lower case; the part before the `@` may mean different people in different cases
/// (RFC 5321, 2.4), so it stays.
fn normal_email(email: &str) -> String {
    match email.trim().rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => email.trim().to_owned(),
    }
}

/// Digits alone, with a leading `+` where there was one.
fn normal_phone(phone: &str) -> String {
    let plus = if phone.trim_start().starts_with('+') { "+" } else { "" };
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    format!("{plus}{digits}")
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use serde_json::json;

    use super::*;
    use crate::testing::{context, request};

    async fn decide(body: serde_json::Value) -> Result<UserInfoSubmitted, Refusal> {
        Rule.decide(request::<UserInfoSubmitted>(body), &context(), &MemoryTables::default()).await
    }

    #[tokio::test]
    async fn what_was_typed_is_tidied() {
        let event = decide(json!({
            "customerId": "c-1", "email": "Ada@EXAMPLE.com", "firstName": " Ada  Maria ", "phone": "+44 (20) 7946-0958",
        }))
        .await
        .expect("an event");
        assert_eq!(event.email, "Ada@example.com");
        assert_eq!(event.first_name, "Ada Maria");
        assert_eq!(event.phone.as_deref(), Some("+442079460958"));
        assert_eq!(event.submitted_at, context().time);
    }

    #[tokio::test]
    async fn the_same_request_opens_the_same_application() {
        let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
        assert_eq!(decide(body.clone()).await.expect("an event"), decide(body).await.expect("an event"));
    }

    #[tokio::test]
    async fn every_fault_is_named_at_once() {
        let refusal = decide(json!({
            "customerId": "c-1", "email": "a@example.com", "firstName": "--", "dateOfBirth": "2020-01-01",
        }))
        .await
        .expect_err("a refusal");
        assert_eq!(
            refusal.to_string(),
            "/firstName has no letter in it; /dateOfBirth is less than 18 years ago"
        );
    }

    #[tokio::test]
    async fn nobody_is_born_tomorrow() {
        let tomorrow = context().time.date().tomorrow().expect("a date");
        let refusal = decide(json!({
            "customerId": "c-1", "email": "a@example.com", "firstName": "Ada", "dateOfBirth": tomorrow.to_string(),
        }))
        .await
        .expect_err("a refusal");
        assert_eq!(refusal.to_string(), "/dateOfBirth is in the future");
    }
}
