//! `user-info-submitted`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::user_info_submitted::{UserInfoSubmitted, UserInfoSubmittedRequest};
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/user-info-submitted.json"))
}

fn request() -> Value {
    fixture(include_str!("../../../fixtures/user-info-submitted.request.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<UserInfoSubmitted>(&event());
}

#[test]
fn optional_fields_may_be_absent() {
    assert_stays::<UserInfoSubmitted>(&without(
        &event(),
        &["/lastName", "/dateOfBirth", "/phone", "/nationality", "/address", "/address/line2", "/insurance"],
    ));
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/firstName", text(1)),
        ("/firstName", text(100)),
        ("/lastName", text(1)),
        ("/lastName", text(100)),
        ("/address/line1", text(0)),
        ("/address/line1", text(120)),
        ("/address/line2", text(0)),
        ("/address/line2", text(120)),
        ("/address/city", text(0)),
        ("/address/city", text(80)),
        ("/address/postcode", text(0)),
        ("/address/postcode", text(12)),
        ("/insurance", json!("LIFE")),
        ("/insurance", json!("HEALTH")),
        ("/insurance", json!("HOME")),
        ("/insurance", json!("AUTO")),
    ];
    for (pointer, value) in cases {
        assert_stays::<UserInfoSubmitted>(&with(&event, pointer, value));
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
        ("/email", json!([])),
        ("/email", json!("no mail address")),
        ("/firstName", json!([])),
        ("/firstName", text(101)),
        ("/firstName", text(0)),
        ("/lastName", json!([])),
        ("/lastName", text(101)),
        ("/lastName", text(0)),
        ("/dateOfBirth", json!([])),
        ("/dateOfBirth", json!("2026-02-29")),
        ("/phone", json!([])),
        ("/phone", text(21)),
        ("/phone", json!("!")),
        ("/nationality", json!([])),
        ("/nationality", text(3)),
        ("/nationality", json!("!")),
        ("/address", json!([])),
        ("/address/line1", json!([])),
        ("/address/line1", text(121)),
        ("/address/line2", json!([])),
        ("/address/line2", text(121)),
        ("/address/city", json!([])),
        ("/address/city", text(81)),
        ("/address/postcode", json!([])),
        ("/address/postcode", text(13)),
        ("/address/country", json!([])),
        ("/address/country", text(3)),
        ("/address/country", json!("!")),
        ("/insurance", json!([])),
        ("/insurance", json!("no such word")),
        ("/submittedAt", json!([])),
        ("/submittedAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<UserInfoSubmitted>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers = [
        "/customerId",
        "/applicationId",
        "/email",
        "/firstName",
        "/address/line1",
        "/address/city",
        "/address/postcode",
        "/address/country",
        "/submittedAt",
    ];
    for pointer in pointers {
        assert_faults::<UserInfoSubmitted>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<UserInfoSubmitted>(
        &json!({}),
        &["/customerId", "/applicationId", "/email", "/firstName", "/submittedAt"],
    );
}

#[test]
fn personal_data_is_not_printed() {
    let text = format!("{:?}", assert_read::<UserInfoSubmitted>(&event()));
    let personal = ["email", "first_name", "last_name", "date_of_birth", "phone", "nationality", "address"];
    for field in personal {
        assert!(text.contains(&format!("{field}: <personal>")), "{text}");
    }
}

#[test]
fn a_request_is_read() {
    assert_read::<UserInfoSubmittedRequest>(&request());
    assert_faults::<UserInfoSubmittedRequest>(&json!({}), &["/customerId", "/email", "/firstName"]);
}

#[test]
fn a_request_has_no_other_fields() {
    let request = request();
    let cases = [
        ("/no such field", json!(1)),
        ("/applicationId", json!("d95d6a55-22d5-826c-8cf1-e62b3eb8b7d3")),
        ("/submittedAt", json!("2026-11-23T12:00:00.000Z")),
    ];
    for (pointer, value) in cases {
        assert_faults::<UserInfoSubmittedRequest>(&with(&request, pointer, value), &[pointer]);
    }
}
