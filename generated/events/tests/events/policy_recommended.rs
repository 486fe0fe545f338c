//! `policy-recommended`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use events::policy_recommended::{PolicyRecommended, PolicyRecommendedRequest};
use serde_json::{Value, json};

use crate::support::*;

fn event() -> Value {
    fixture(include_str!("../../../fixtures/policy-recommended.json"))
}

fn request() -> Value {
    fixture(include_str!("../../../fixtures/policy-recommended.request.json"))
}

#[test]
fn an_event_stays_what_it_is() {
    assert_stays::<PolicyRecommended>(&event());
}

#[test]
fn optional_fields_may_be_absent() {
    assert_stays::<PolicyRecommended>(&without(&event(), &["/smoker", "/dependants"]));
}

#[test]
fn values_at_their_bounds_are_taken() {
    let event = event();
    let cases = [
        ("/insurance", json!("LIFE")),
        ("/insurance", json!("HEALTH")),
        ("/insurance", json!("HOME")),
        ("/insurance", json!("AUTO")),
        ("/age", json!(18_i64)),
        ("/age", json!(120_i64)),
        ("/smoker", json!(true)),
        ("/smoker", json!(false)),
        ("/dependants", json!(0_i64)),
        ("/dependants", json!(20_i64)),
        ("/cover", json!("0")),
        ("/cover", json!("10000000")),
        ("/recommendations", repeat(&event, "/recommendations", 5)),
        ("/recommendations/0/policyId", text(0)),
        ("/recommendations/0/policyId", text(40)),
        ("/recommendations/0/name", text(0)),
        ("/recommendations/0/name", text(80)),
        ("/recommendations/0/cover", json!("0")),
        ("/recommendations/0/cover", json!("10000000")),
        ("/recommendations/0/monthlyPremium", json!("0")),
        ("/recommendations/0/monthlyPremium", json!("10000000")),
        ("/recommendations/0/score", json!(0_i64)),
        ("/recommendations/0/score", json!(100_i64)),
    ];
    for (pointer, value) in cases {
        assert_stays::<PolicyRecommended>(&with(&event, pointer, value));
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
        ("/insurance", json!([])),
        ("/insurance", json!("no such word")),
        ("/age", json!([])),
        ("/age", json!(17_i64)),
        ("/age", json!(121_i64)),
        ("/smoker", json!([])),
        ("/dependants", json!([])),
        ("/dependants", json!(-1_i64)),
        ("/dependants", json!(21_i64)),
        ("/cover", json!([])),
        ("/cover", json!(1)),
        ("/cover", json!("-1")),
        ("/cover", json!("100000000")),
        ("/cover", json!("0.111")),
        ("/recommendations", json!({})),
        ("/recommendations", repeat(&event, "/recommendations", 6)),
        ("/recommendations/0", json!([])),
        ("/recommendations/0/policyId", json!([])),
        ("/recommendations/0/policyId", text(41)),
        ("/recommendations/0/name", json!([])),
        ("/recommendations/0/name", text(81)),
        ("/recommendations/0/cover", json!([])),
        ("/recommendations/0/cover", json!(1)),
        ("/recommendations/0/cover", json!("-1")),
        ("/recommendations/0/cover", json!("100000000")),
        ("/recommendations/0/cover", json!("0.111")),
        ("/recommendations/0/monthlyPremium", json!([])),
        ("/recommendations/0/monthlyPremium", json!(1)),
        ("/recommendations/0/monthlyPremium", json!("-1")),
        ("/recommendations/0/monthlyPremium", json!("100000000")),
        ("/recommendations/0/monthlyPremium", json!("0.111")),
        ("/recommendations/0/score", json!([])),
        ("/recommendations/0/score", json!(-1_i64)),
        ("/recommendations/0/score", json!(101_i64)),
        ("/recommendedAt", json!([])),
        ("/recommendedAt", json!("2026-11-23T12:00:00+01:00")),
    ];
    for (pointer, value) in cases {
        assert_faults::<PolicyRecommended>(&with(&event, pointer, value), &[pointer]);
    }
}

#[test]
fn fields_that_are_missing_are_found() {
    let event = event();
    let pointers = [
        "/customerId",
        "/applicationId",
        "/insurance",
        "/age",
        "/cover",
        "/recommendations",
        "/recommendations/0/policyId",
        "/recommendations/0/name",
        "/recommendations/0/cover",
        "/recommendations/0/monthlyPremium",
        "/recommendations/0/score",
        "/recommendedAt",
    ];
    for pointer in pointers {
        assert_faults::<PolicyRecommended>(&without(&event, &[pointer]), &[pointer]);
    }
    // All at once, too.
    assert_faults::<PolicyRecommended>(
        &json!({}),
        &[
            "/customerId",
            "/applicationId",
            "/insurance",
            "/age",
            "/cover",
            "/recommendations",
            "/recommendedAt",
        ],
    );
}

#[test]
fn personal_data_is_not_printed() {
    let text = format!("{:?}", assert_read::<PolicyRecommended>(&event()));
    let personal = ["age", "smoker"];
    for field in personal {
        assert!(text.contains(&format!("{field}: <personal>")), "{text}");
    }
}

#[test]
fn a_request_is_read() {
    assert_read::<PolicyRecommendedRequest>(&request());
    assert_faults::<PolicyRecommendedRequest>(
        &json!({}),
        &["/customerId", "/applicationId", "/insurance", "/age", "/cover"],
    );
}

#[test]
fn a_request_has_no_other_fields() {
    let request = request();
    let cases = [
        ("/no such field", json!(1)),
        (
            "/recommendations",
            json!([{
                "policyId": "policy-1",
                "name": "Standard",
                "cover": "250000.00",
                "monthlyPremium": "42.50",
                "score": 90_i64,
            }]),
        ),
        ("/recommendedAt", json!("2026-11-23T12:00:00.000Z")),
    ];
    for (pointer, value) in cases {
        assert_faults::<PolicyRecommendedRequest>(&with(&request, pointer, value), &[pointer]);
    }
}
