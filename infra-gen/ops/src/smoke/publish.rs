//! Calls the producer, and reads its answer.

use aws_smithy_types::Blob;
use serde_json::Value;

use crate::{
    Exit, Problem,
    aws::{Aws, Told as _},
    target::Target,
};

/// What the producer said of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) event: String,
    pub(super) customer: String,
}

/// Calls the function as an operator may: without a token.
pub(super) async fn publish(
    target: &Target,
    aws: &Aws,
    function: &str,
    payload: &Value,
) -> Result<Published, Problem> {
    let payload = Blob::new(payload.to_string());
    let told = aws.lambda().invoke().function_name(function).payload(payload).send().await;
    let told = told.told(&format!("call the function {function}"))?;
    let answer = told.payload().map(Blob::as_ref).unwrap_or_default();
    judge(target, function, told.function_error(), answer)
}

fn judge(target: &Target, function: &str, error: Option<&str>, answer: &[u8]) -> Result<Published, Problem> {
    let unwell = |what: String| Problem::new(Exit::Unwell, what);
    let value: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some(error) = error {
        let said = value["errorMessage"].as_str().map_or_else(|| shortened(answer), str::to_owned);
        let problem = unwell(format!("the function {function} failed: {said}")).note(match error {
            "Unhandled" => "it ended, ran out of time or never started".to_owned(),
            other => format!("Lambda calls the error {other}"),
        });
        return Err(
            problem.help(format!("look at its log: aws logs tail /aws/lambda/{function} --since 10m"))
        );
    }
    let body = value["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    match (value["statusCode"].as_u64(), text("eventId"), text("customerId")) {
        (Some(202), Some(event), Some(customer)) => Ok(Published { event, customer }),
        (Some(status), ..) => {
            let detail = text("detail").unwrap_or_else(|| "without saying why".into());
            let problem = unwell(format!("the function {function} answered {status}: {detail}"));
            Err(match text("code").as_deref() {
                Some("BROKER_UNREACHABLE") => problem
                    .note("it doesn't reach the brokers: the security group, the cluster or its SCRAM user")
                    .help(format!("{} looks at all three", target.make("doctor", &[]))),
                Some("BROKER_REFUSED") => problem
                    .note(
                        "the brokers refused the event: there is no such topic, or its user may not write it",
                    )
                    .help(format!("look at its log: aws logs tail /aws/lambda/{function} --since 10m")),
                Some("INVALID_REQUEST" | "REFUSED" | "MALFORMED_BODY") => problem
                    .note("the deployed function has another schema than the manifest: one of them is older")
                    .note(body["errors"].to_string())
                    .help(target.make("deploy", &[])),
                _ => {
                    problem.help(format!("look at its log: aws logs tail /aws/lambda/{function} --since 10m"))
                }
            })
        }
        (None, ..) => {
            Err(unwell(format!("the function {function} gave an answer that is none: {}", shortened(answer)))
                .help(format!("is its code deployed? {}", target.make("deploy", &[]))))
        }
    }
}

/// Enough of an answer to know it by.
fn shortened(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FUNCTION: &str = "onboard-ai-submit-user-info-dev";

    fn target() -> Target {
        Target::example("prod", false)
    }

    fn answer(status: u16, body: &Value) -> Vec<u8> {
        json!({ "statusCode": status, "headers": {}, "body": body.to_string() }).to_string().into_bytes()
    }

    #[test]
    fn an_accepted_event_has_its_ids() {
        let told = answer(202, &json!({ "eventId": "0199", "customerId": "smoke-1", "token": "secret" }));
        let published = judge(&target(), FUNCTION, None, &told).expect("it was accepted");
        assert_eq!(published, Published { event: "0199".into(), customer: "smoke-1".into() });
    }

    #[test]
    fn brokers_that_cannot_be_reached_lead_to_the_doctor() {
        let told =
            answer(503, &json!({ "code": "BROKER_UNREACHABLE", "detail": "the brokers can't be reached" }));
        let problem = judge(&target(), FUNCTION, None, &told).expect_err("it is not well");
        assert_eq!(problem.exit, Exit::Unwell);
        assert!(problem.what.contains("503: the brokers can't be reached"), "{problem:?}");
        assert!(problem.help[0].contains("make doctor ENV=prod"), "{problem:?}");
    }

    #[test]
    fn a_function_that_crashes_is_told_with_its_words_and_its_log() {
        let told = br#"{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}"#;
        let problem = judge(&target(), FUNCTION, Some("Unhandled"), told).expect_err("it is not well");
        assert!(problem.what.ends_with("failed: exit status 1"), "{problem:?}");
        assert!(problem.help[0].contains("/aws/lambda/onboard-ai-submit-user-info-dev"), "{problem:?}");
    }

    #[test]
    fn an_older_function_refuses_a_newer_example() {
        let told = answer(
            400,
            &json!({ "code": "INVALID_REQUEST", "detail": "one fault", "errors": [{ "pointer": "#/tier" }] }),
        );
        let problem = judge(&target(), FUNCTION, None, &told).expect_err("it is not well");
        assert!(problem.notes[1].contains("#/tier"), "{problem:?}");
    }

    #[test]
    fn an_answer_that_is_no_json_is_no_success() {
        let problem = judge(&target(), FUNCTION, None, b"null").expect_err("it is not well");
        assert_eq!(problem.exit, Exit::Unwell);
    }
}
