//! `documents-processed`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::documents_processed::{DocumentsProcessed, DocumentsProcessedRequest};
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/documents-processed.json"))
}

fn request() -> Value {
    fixture(include_str!("../../../fixtures/documents-processed.request.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<DocumentsProcessed>(&event());
}

#[test]
fn optional_fields_may_be_absent() {
    assert_stays::<DocumentsProcessed>(&without(
        &event(),
        &["/documents/0/kind", "/documents/0/holderName", "/documents/0/issuedOn", "/documents/0/expiresOn"],
    ));
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/documents", repeat(&event, "/documents", 20)),
        ("/documents", repeat(&event, "/documents", 1)),
        ("/documents/0/documentId", text(0)),
        ("/documents/0/documentId", text(64)),
        ("/documents/0/fileName", text(0)),
        ("/documents/0/fileName", text(200)),
        ("/documents/0/kind", json!("PASSPORT")),
        ("/documents/0/kind", json!("ID_CARD")),
        ("/documents/0/kind", json!("DRIVING_LICENCE")),
        ("/documents/0/kind", json!("PROOF_OF_ADDRESS")),
        ("/documents/0/kind", json!("PROOF_OF_INCOME")),
        ("/documents/0/kind", json!("OTHER")),
        ("/documents/0/holderName", text(1)),
        ("/documents/0/holderName", text(100)),
        ("/documentCount", json!(1_i64)),
        ("/documentCount", json!(20_i64)),
        ("/status", json!("DOCUMENTS_COMPLETE")),
        ("/status", json!("DOCUMENTS_INCOMPLETE")),
        ("/missing", repeat(&event, "/missing", 6)),
        ("/missing/0", json!("PASSPORT")),
        ("/missing/0", json!("ID_CARD")),
        ("/missing/0", json!("DRIVING_LICENCE")),
        ("/missing/0", json!("PROOF_OF_ADDRESS")),
        ("/missing/0", json!("PROOF_OF_INCOME")),
        ("/missing/0", json!("OTHER")),
    ];
    for (pointer, value) in cases {
        assert_stays::<DocumentsProcessed>(&with(&event, pointer, value));
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
        ("/documents", json!({})),
        ("/documents", repeat(&event, "/documents", 21)),
        ("/documents", repeat(&event, "/documents", 0)),
        ("/documents/0", json!([])),
        ("/documents/0/documentId", json!([])),
        ("/documents/0/documentId", text(65)),
        ("/documents/0/fileName", json!([])),
        ("/documents/0/fileName", text(201)),
        ("/documents/0/kind", json!([])),
        ("/documents/0/kind", json!("no such word")),
        ("/documents/0/holderName", json!([])),
        ("/documents/0/holderName", text(101)),
        ("/documents/0/holderName", text(0)),
        ("/documents/0/issuedOn", json!([])),
        ("/documents/0/issuedOn", json!("2026-02-29")),
        ("/documents/0/expiresOn", json!([])),
        ("/documents/0/expiresOn", json!("2026-02-29")),
        ("/documentCount", json!([])),
        ("/documentCount", json!(0_i64)),
        ("/documentCount", json!(21_i64)),
        ("/status", json!([])),
        ("/status", json!("no such word")),
        ("/missing", json!({})),
        ("/missing", repeat(&event, "/missing", 7)),
        ("/missing/0", json!([])),
        ("/missing/0", json!("no such word")),
        ("/processedAt", json!([])),
        ("/processedAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<DocumentsProcessed>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers = [
        "/customerId",
        "/applicationId",
        "/documents",
        "/documents/0/documentId",
        "/documents/0/fileName",
        "/documentCount",
        "/status",
        "/missing",
        "/processedAt",
    ];
    for pointer in pointers {
        assert_faults::<DocumentsProcessed>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<DocumentsProcessed>(
        &json!({}),
        &[
            "/customerId",
            "/applicationId",
            "/documents",
            "/documentCount",
            "/status",
            "/missing",
            "/processedAt",
        ],
    );
}

#[test]
fn a_request_is_read() {
    assert_read::<DocumentsProcessedRequest>(&request());
    assert_faults::<DocumentsProcessedRequest>(&json!({}), &["/customerId", "/applicationId", "/documents"]);
}

#[test]
fn a_request_has_no_other_fields() {
    let request = request();
    let cases = [
        ("/no such field", json!(1)),
        ("/documentCount", json!(1_i64)),
        ("/status", json!("DOCUMENTS_COMPLETE")),
        ("/missing", json!(["PASSPORT"])),
        ("/processedAt", json!("2026-11-23T12:00:00.000Z")),
    ];
    for (pointer, value) in cases {
        assert_faults::<DocumentsProcessedRequest>(&with(&request, pointer, value), &[pointer]);
    }
}
