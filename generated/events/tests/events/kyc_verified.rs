//! `kyc-verified`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::kyc_verified::{KycVerified, KycVerifiedRequest};
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/kyc-verified.json"))
}

fn request() -> Value {
    fixture(include_str!("../../../fixtures/kyc-verified.request.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<KycVerified>(&event());
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/fullName", text(1)),
        ("/fullName", text(100)),
        ("/documentKind", json!("PASSPORT")),
        ("/documentKind", json!("ID_CARD")),
        ("/documentKind", json!("DRIVING_LICENCE")),
        ("/documentKind", json!("PROOF_OF_ADDRESS")),
        ("/documentKind", json!("PROOF_OF_INCOME")),
        ("/documentKind", json!("OTHER")),
        ("/documentNumber", text(4)),
        ("/documentNumber", text(40)),
        ("/documentName", text(1)),
        ("/documentName", text(100)),
        ("/status", json!("VERIFIED")),
        ("/status", json!("REVIEW")),
        ("/status", json!("REJECTED")),
        ("/riskScore", json!(0_i64)),
        ("/riskScore", json!(100_i64)),
        ("/reasons", repeat(&event, "/reasons", 10)),
        ("/reasons/0", text(0)),
        ("/reasons/0", text(80)),
    ];
    for (pointer, value) in cases {
        assert_stays::<KycVerified>(&with(&event, pointer, value));
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
        ("/verificationId", json!([])),
        ("/verificationId", json!("00000000000000000000000000000000")),
        ("/fullName", json!([])),
        ("/fullName", text(101)),
        ("/fullName", text(0)),
        ("/dateOfBirth", json!([])),
        ("/dateOfBirth", json!("2026-02-29")),
        ("/nationality", json!([])),
        ("/nationality", text(3)),
        ("/nationality", json!("!")),
        ("/documentKind", json!([])),
        ("/documentKind", json!("no such word")),
        ("/documentNumber", json!([])),
        ("/documentNumber", text(41)),
        ("/documentNumber", text(3)),
        ("/documentName", json!([])),
        ("/documentName", text(101)),
        ("/documentName", text(0)),
        ("/documentExpiresOn", json!([])),
        ("/documentExpiresOn", json!("2026-02-29")),
        ("/status", json!([])),
        ("/status", json!("no such word")),
        ("/riskScore", json!([])),
        ("/riskScore", json!(-1_i64)),
        ("/riskScore", json!(101_i64)),
        ("/reasons", json!({})),
        ("/reasons", repeat(&event, "/reasons", 11)),
        ("/reasons/0", json!([])),
        ("/reasons/0", text(81)),
        ("/verifiedAt", json!([])),
        ("/verifiedAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<KycVerified>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers = [
        "/customerId",
        "/applicationId",
        "/verificationId",
        "/fullName",
        "/dateOfBirth",
        "/nationality",
        "/documentKind",
        "/documentNumber",
        "/documentName",
        "/documentExpiresOn",
        "/status",
        "/riskScore",
        "/reasons",
        "/verifiedAt",
    ];
    for pointer in pointers {
        assert_faults::<KycVerified>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<KycVerified>(
        &json!({}),
        &[
            "/customerId",
            "/applicationId",
            "/verificationId",
            "/fullName",
            "/dateOfBirth",
            "/nationality",
            "/documentKind",
            "/documentNumber",
            "/documentName",
            "/documentExpiresOn",
            "/status",
            "/riskScore",
            "/reasons",
            "/verifiedAt",
        ],
    );
}

#[test]
fn personal_data_is_not_printed() {
    let text = format!("{:?}", assert_read::<KycVerified>(&event()));
    let personal = ["full_name", "date_of_birth", "nationality", "document_number", "document_name"];
    for field in personal {
        assert!(text.contains(&format!("{field}: <personal>")), "{text}");
    }
}

#[test]
fn a_request_is_read() {
    assert_read::<KycVerifiedRequest>(&request());
    assert_faults::<KycVerifiedRequest>(
        &json!({}),
        &[
            "/customerId",
            "/applicationId",
            "/fullName",
            "/dateOfBirth",
            "/nationality",
            "/documentKind",
            "/documentNumber",
            "/documentName",
            "/documentExpiresOn",
        ],
    );
}

#[test]
fn a_request_has_no_other_fields() {
    let request = request();
    let cases = [
        ("/no such field", json!(1)),
        ("/verificationId", json!("b8e4f607-75a1-8576-b4ec-aedc6dc749e6")),
        ("/status", json!("VERIFIED")),
        ("/riskScore", json!(1_i64)),
        ("/reasons", json!(["Reasons"])),
        ("/verifiedAt", json!("2026-11-23T12:00:00.000Z")),
    ];
    for (pointer, value) in cases {
        assert_faults::<KycVerifiedRequest>(&with(&request, pointer, value), &[pointer]);
    }
}
