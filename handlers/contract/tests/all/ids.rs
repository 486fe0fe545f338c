//! Ids and instants.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use contract::{EventContext, EventId, Timestamp, Uuid, derived_uuid};
use proptest::prelude::*;

#[test]
fn new_ids_are_version_7_and_only_grow() {
    let now = Timestamp::now();
    // More than fit into one millisecond's counter, and a clock that stands still.
    let ids: Vec<EventId> = (0..5000).map(|_| EventId::new(now)).collect();
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    let uuid: Uuid = ids[0].as_str().parse().expect("it is a UUID");
    assert_eq!(uuid.get_version_num(), 7);
}

#[test]
fn the_same_request_is_the_same_event() {
    let key = "0193a000-0000-7000-8000-000000000001";
    let of = |key: &str, topic: &str| EventId::of_request(key, [topic.as_bytes(), b"{}"]);
    let id = of(key, "opened").expect("it is a key");
    assert_eq!(of(&key.to_uppercase(), "opened"), Some(id.clone()));
    // One key for two topics is two events, both at the key's time.
    let other = of(key, "closed").expect("it is a key");
    assert_ne!(other, id);
    for id in [id, other] {
        assert!(id.as_str().starts_with("0193a000-0000-7"), "{id}");
    }
    for bad in ["", "1", "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(of(bad, "opened"), None, "{bad}");
    }
}

#[test]
fn other_systems_ids() {
    assert!(EventId::parse(&"x".repeat(256)).is_ok());
    for bad in ["", &"x".repeat(257), "a\nb"] {
        assert!(EventId::parse(bad).is_err());
    }
}

#[test]
fn ids_of_a_step_follow_from_its_event() {
    let context = EventContext::new("/s", Timestamp::now());
    assert_eq!(context.uuid("applicationId"), context.uuid("applicationId"));
    assert_ne!(context.uuid("applicationId"), context.uuid("verificationId"));
    assert_ne!(derived_uuid(["ab", "c"]), derived_uuid(["a", "bc"]));
    assert_eq!(derived_uuid(["a"]).get_version_num(), 8);
}

#[test]
fn times_before_1970_and_out_of_range() {
    let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1);
    assert_eq!(Timestamp::from(before).to_string(), "1969-12-31T23:59:59.999Z");
    assert_eq!(Timestamp::from_millis(i64::MAX), None);
    assert_eq!(Timestamp::from_millis(i64::MIN), None);
    assert_eq!(Timestamp::from_millis(0).map(Timestamp::date), Some("1970-01-01".parse().expect("a date")));
}

proptest! {
    /// Versions are compared as text in tables.
    #[test]
    fn text_sorts_as_time_does(a in 0..253_402_207_200_000_i64, b in 0..253_402_207_200_000_i64) {
        let (a, b) = (Timestamp::from_millis(a).expect("in range"), Timestamp::from_millis(b).expect("in range"));
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        prop_assert_eq!(a.to_string().len(), 24);
        prop_assert_eq!(a.to_string().parse(), Ok(a));
    }
}
