//! `workflow-completed`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::workflow_completed::{WorkflowCompleted, WorkflowCompletedRequest};
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/workflow-completed.json"))
}

fn request() -> Value {
    fixture(include_str!("../../../fixtures/workflow-completed.request.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<WorkflowCompleted>(&event());
}

#[test]
fn optional_fields_may_be_absent() {
    assert_stays::<WorkflowCompleted>(&without(&event(), &["/paymentFrequency"]));
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/policyId", text(0)),
        ("/policyId", text(40)),
        ("/paymentFrequency", json!("MONTHLY")),
        ("/paymentFrequency", json!("QUARTERLY")),
        ("/paymentFrequency", json!("YEARLY")),
        ("/monthlyPremium", json!("0")),
        ("/monthlyPremium", json!("10000000")),
        ("/status", json!("COMPLETED")),
    ];
    for (pointer, value) in cases {
        assert_stays::<WorkflowCompleted>(&with(&event, pointer, value));
    }
}

#[test]
fn values_beyond_their_bounds_are_refused() {
    let event = event();
    let cases = [
        ("/customerId", json!([])),
        ("/customerId", text(65)),
        ("/customerId", text(0)),
        ("/customerId", json!("!")),
        ("/applicationId", json!([])),
        ("/applicationId", json!("00000000000000000000000000000000")),
        ("/policyId", json!([])),
        ("/policyId", text(41)),
        ("/paymentFrequency", json!([])),
        ("/paymentFrequency", json!("no such word")),
        ("/monthlyPremium", json!([])),
        ("/monthlyPremium", json!(1)),
        ("/monthlyPremium", json!("-1")),
        ("/monthlyPremium", json!("100000000")),
        ("/monthlyPremium", json!("0.111")),
        ("/status", json!([])),
        ("/status", json!("no such word")),
        ("/completedAt", json!([])),
        ("/completedAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<WorkflowCompleted>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers =
        ["/customerId", "/applicationId", "/policyId", "/monthlyPremium", "/status", "/completedAt"];
    for pointer in pointers {
        assert_faults::<WorkflowCompleted>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<WorkflowCompleted>(
        &json!({}),
        &["/customerId", "/applicationId", "/policyId", "/monthlyPremium", "/status", "/completedAt"],
    );
}

#[test]
fn a_request_is_read() {
    assert_read::<WorkflowCompletedRequest>(&request());
    assert_faults::<WorkflowCompletedRequest>(&json!({}), &["/customerId", "/applicationId", "/policyId"]);
}

#[test]
fn a_request_has_no_other_fields() {
    let request = request();
    let cases = [
        ("/no such field", json!(1)),
        ("/monthlyPremium", json!("42.50")),
        ("/status", json!("COMPLETED")),
        ("/completedAt", json!("2026-11-23T12:00:00.000Z")),
    ];
    for (pointer, value) in cases {
        assert_faults::<WorkflowCompletedRequest>(&with(&request, pointer, value), &[pointer]);
    }
}
