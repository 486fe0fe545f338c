//! `workflow-errors`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::workflow_errors::WorkflowErrors;
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/workflow-errors.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<WorkflowErrors>(&event());
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/function", text(0)),
        ("/function", text(80)),
        ("/topic", text(0)),
        ("/topic", text(249)),
        ("/code", text(0)),
        ("/code", text(80)),
        ("/message", text(0)),
        ("/message", text(1000)),
        ("/retryable", json!(true)),
        ("/retryable", json!(false)),
    ];
    for (pointer, value) in cases {
        assert_stays::<WorkflowErrors>(&with(&event, pointer, value));
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
        ("/errorId", json!([])),
        ("/errorId", json!("00000000000000000000000000000000")),
        ("/function", json!([])),
        ("/function", text(81)),
        ("/topic", json!([])),
        ("/topic", text(250)),
        ("/code", json!([])),
        ("/code", text(81)),
        ("/message", json!([])),
        ("/message", text(1001)),
        ("/retryable", json!([])),
        ("/occurredAt", json!([])),
        ("/occurredAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<WorkflowErrors>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers =
        ["/customerId", "/errorId", "/function", "/topic", "/code", "/message", "/retryable", "/occurredAt"];
    for pointer in pointers {
        assert_faults::<WorkflowErrors>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<WorkflowErrors>(
        &json!({}),
        &["/customerId", "/errorId", "/function", "/topic", "/code", "/message", "/retryable", "/occurredAt"],
    );
}
