//! Each check: what it takes, what it refuses, and in which words.

use contract::{Check, Decimal, Event, Malformed, RequestBody, Unknown, Word, check, read, read_by};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sample::{OrderRequest, Ordered, ordered};

/// What one check says of one value: nothing, or its fault.
fn fault<C: Check>(check: &C, value: impl Into<Value>) -> Option<String> {
    let faults = read_by(check, &value.into(), Unknown::Refuse).err()?;
    assert_eq!(faults.len(), 1, "{faults}");
    faults.iter().next().map(|fault| fault.detail.clone())
}

#[allow(clippy::unnecessary_wraps, reason = "it is held against what `fault` gives")]
fn is(detail: &str) -> Option<String> {
    Some(detail.into())
}

#[test]
fn text_is_counted_in_characters() {
    let check = check::text(2, 3);
    assert_eq!(fault(&check, "äöü"), None);
    assert_eq!(fault(&check, "a"), is("is shorter than 2 characters"));
    assert_eq!(fault(&check, "äöüä"), is("is longer than 3 characters"));
    assert_eq!(fault(&check::text(1, 3), ""), is("must not be empty"));
    assert_eq!(fault(&check::text(0, 1), "ab"), is("is longer than 1 character"));
    for value in [json!(7), json!(null), json!(["ab"])] {
        assert_eq!(fault(&check, value), is("must be a string"));
    }
}

#[test]
fn some_part_of_the_text_matches_the_pattern() {
    static ANCHORED: check::Pattern = check::Pattern::new("^[A-Z]{2}$");
    static LOOSE: check::Pattern = check::Pattern::new(r"\p{Lu}");
    assert_eq!(fault(&check::text(0, 9).pattern(&ANCHORED), "DE"), None);
    assert_eq!(
        fault(&check::text(0, 9).pattern(&ANCHORED), "DEU"),
        is("does not match the pattern ^[A-Z]{2}$")
    );
    assert_eq!(fault(&check::text(0, 9).pattern(&LOOSE), "straße Ä"), None);
}

#[test]
fn mail_addresses() {
    for good in ["a@b", "jo.doe+x@example.co.uk", "!#$%&'*+/=?^_`{|}~-@x-1.example"] {
        assert_eq!(fault(&check::email(), good), None, "{good}");
    }
    let long_name = format!("{}@example.com", "a".repeat(65));
    let long = format!("{}@{}", "a".repeat(64), vec!["b".repeat(63); 4].join("."));
    for bad in
        ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@-b", "a@b-", "a@b..c", "ä@b", "a@ä", &long_name, &long]
    {
        assert_eq!(fault(&check::email(), bad), is("is not a mail address"), "{bad}");
    }
}

#[test]
fn uuids_have_one_spelling() {
    let upper = "0193A000-0000-7000-8000-000000000001";
    let read = read_by(&check::uuid(), &upper.into(), Unknown::Refuse).expect("it is one");
    assert_eq!(read.to_string(), upper.to_lowercase());
    for bad in
        ["", "0193a000000070008000000000000001", "{0193a000-0000-7000-8000-000000000001}", &"g".repeat(36)]
    {
        assert_eq!(fault(&check::uuid(), bad), is("is not a UUID"), "{bad}");
    }
}

#[test]
fn dates_are_real_days() {
    assert_eq!(fault(&check::date(), "2024-02-29"), None);
    for bad in ["2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "+002026-01-01"] {
        assert_eq!(fault(&check::date(), bad), is("is not a date such as 2026-11-23"), "{bad}");
    }
}

#[test]
fn instants_are_in_utc_and_kept_to_the_millisecond() {
    for (good, text) in [
        ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00.000Z"),
        ("2026-11-23T12:00:00.123456789Z", "2026-11-23T12:00:00.123Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ] {
        let read = read_by(&check::timestamp(), &good.into(), Unknown::Refuse).expect("it is one");
        assert_eq!(read.to_string(), text);
    }
    for bad in [
        "2026-11-23",
        "2026-11-23T12:00:00",
        "2026-11-23T12:00:00+01:00",
        "2026-11-23 12:00:00Z",
        "2026-11-23T12:00:00.Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T12:00:00.1234567891Z",
        "é26-11-23T12:00:00Z",
    ] {
        assert!(fault(&check::timestamp(), bad).is_some(), "{bad}");
    }
}

#[test]
fn whole_numbers_in_every_spelling_of_json() {
    let check = check::integer(-5, 5);
    for good in [json!(-5), json!(5), json!(5.0), json!(-0.0)] {
        assert_eq!(fault(&check, good.clone()), None, "{good}");
    }
    assert_eq!(fault(&check, -6), is("is less than -5"));
    assert_eq!(fault(&check, 6), is("is greater than 5"));
    assert_eq!(fault(&check, u64::MAX), is("is greater than 5"));
    for bad in [json!(1.5), json!("1"), json!(true)] {
        assert_eq!(fault(&check, bad.clone()), is("must be a whole number"), "{bad}");
    }
}

#[test]
fn decimals_are_text_and_stay_as_they_were_written() {
    let check = check::decimal("-10", "1000", 2);
    for good in ["0", "12.5", "12.50", "-10", "1000.00"] {
        let read = read_by(&check, &good.into(), Unknown::Refuse).expect("it is one");
        assert_eq!(read.to_string(), good);
    }
    for (bad, detail) in [
        ("12.505", "has more than 2 digits after the point"),
        ("-10.01", "is less than -10"),
        ("1000.01", "is greater than 1000"),
        ("007", "is not a decimal number"),
        ("1e3", "is not a decimal number"),
        (".5", "is not a decimal number"),
        ("5.", "is not a decimal number"),
        ("", "is not a decimal number"),
        ("+1", "is not a decimal number"),
        ("NaN", "is not a decimal number"),
        ("1111111111111111111111111111111", "has too many digits"),
    ] {
        assert_eq!(fault(&check, bad), is(detail), "{bad}");
    }
    assert!(fault(&check, 12.5).expect("a number isn't text").contains("in quotes"));
    assert_eq!(fault(&check::decimal("0", "9", 0), "1.0"), is("must be a whole number"));
}

#[derive(Debug, PartialEq)]
enum Colour {
    Red,
}

impl Word for Colour {
    const WORDS: &'static [&'static str] = &["RED", "GREEN"];
    fn from_word(word: &str) -> Option<Self> {
        (word == "RED").then_some(Self::Red)
    }
    fn word(&self) -> &'static str {
        "RED"
    }
}

#[test]
fn words_are_told() {
    assert_eq!(fault(&check::words::<Colour>(), "RED"), None);
    assert_eq!(fault(&check::words::<Colour>(), "red"), is("is not one of RED, GREEN"));
}

#[test]
fn every_item_of_a_list_is_looked_at() {
    let check = check::list(check::integer(0, 9), 1, 3);
    let faults = read_by(&check, &json!([1, "x", 10]), Unknown::Refuse).expect_err("two are bad");
    assert_eq!(faults.to_string(), "/1 must be a whole number; /2 is greater than 9");
    assert_eq!(fault(&check, json!([])), is("has fewer than 1 item"));
    // A list far too long isn't looked into, or its report would be as long.
    assert_eq!(fault(&check, json!(["x", "x", "x", "x"])), is("has more than 3 items"));
}

#[test]
fn unknown_fields_are_faults_in_requests_and_none_in_events() {
    let mut value = serde_json::to_value(ordered()).expect("it is JSON");
    value["added/in~4"] = 1.into();
    assert_eq!(read::<Ordered>(&value, Unknown::Ignore), Ok(ordered()));
    let faults = read::<Ordered>(&value, Unknown::Refuse).expect_err("it is unknown");
    let [fault] = &faults.iter().collect::<Vec<_>>()[..] else { panic!("one fault: {faults:?}") };
    assert_eq!(
        (fault.pointer.as_str(), fault.detail.as_str()),
        ("/added~1in~04", "is not a field of this request")
    );
}

#[test]
fn what_is_logged_of_unknown_fields_has_none_of_their_names() {
    let check = check::object::<OrderRequest>();
    let value = json!([{ "customerId": "c", "ada@example.com": 1 }]);
    let list = check::list(check, 1, 1);
    let faults = read_by(&list, &value, Unknown::Refuse).expect_err("it is unknown").to_string();
    assert!(faults.contains("/0 has an unknown field") && !faults.contains("ada@"), "{faults}");
    let faults = read::<OrderRequest>(&value[0], Unknown::Refuse).expect_err("it is unknown").to_string();
    assert!(faults.contains("the document has an unknown field") && !faults.contains("ada@"), "{faults}");
}

#[test]
fn null_is_not_absence() {
    let value = json!({ "customerId": "c", "email": null });
    let faults = read::<OrderRequest>(&value, Unknown::Refuse).expect_err("it is null");
    assert_eq!(faults.to_string(), "/email must be left out instead of being null");
}

#[test]
fn bodies_that_are_no_objects() {
    assert_eq!(RequestBody::parse(&[0xff]), Err(Malformed::NotUtf8));
    assert_eq!(RequestBody::parse(b"[]"), Err(Malformed::NotAnObject));
    let Err(Malformed::NotJson(text)) = RequestBody::parse(b"{\"a\":\n tru}") else {
        panic!("it isn't JSON")
    };
    assert!(text.contains("line 2"), "{text}");
}

#[test]
fn the_key_is_filled_in() {
    let mut body = RequestBody::parse(b"{}").expect("an object");
    assert_eq!(body.key::<Ordered>(), None);
    body.set_key::<Ordered>("c-9");
    let request = body.decode::<Ordered>().expect("it is complete");
    assert_eq!(request, OrderRequest { customer_id: "c-9".into(), email: None });
}

#[test]
fn an_event_is_checked_as_strictly_as_a_request() {
    assert_eq!(ordered().validate(), Ok(()));
    let bad = Ordered { price: Decimal::from(1001), customer_id: String::new(), ..ordered() };
    assert_eq!(
        bad.validate().expect_err("two are bad").to_string(),
        "/customerId must not be empty; /price is greater than 1000"
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[-+]?[0-9.eE]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("customerId|orderId|price|due|orderedAt|email|x", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever comes, it is read or refused; and what is read is written and read again as the same.
    #[test]
    fn any_json_is_read_or_refused(value in any_json()) {
        if let Ok(event) = read::<Ordered>(&value, Unknown::Ignore) {
            prop_assert_eq!(event.validate(), Ok(()));
        }
        let _ = read_by(&check::list(check::timestamp(), 0, 9), &value, Unknown::Refuse);
    }

    #[test]
    fn decimals_are_exact(units in -1_000_000_000_i64..1_000_000_000, scale in 0..6_u32) {
        let number = Decimal::new(units, scale);
        let read = read_by(&check::decimal("-1000000000", "1000000000", 6), &number.to_string().into(), Unknown::Refuse);
        prop_assert_eq!(read, Ok(number));
    }

    #[test]
    fn any_bytes_are_a_body_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = RequestBody::parse(&bytes).map(RequestBody::decode::<Ordered>);
    }
}
