//! What the rules' tests share.

use contract::{Event, EventContext, Item, RequestBody, Timestamp};
use serde_json::Value;

/// The application of every test's customer.
pub(crate) const APPLICATION: &str = "0190a0c4-7a51-7c3e-9d3e-1f2a3b4c5d6e";

/// At noon of 23 November 2026.
pub(crate) fn context() -> EventContext {
    let time = Timestamp::from_millis(1_795_435_200_000).expect("an instant");
    let mut context = EventContext::new("/onboard-ai/test/rule", time);
    context.id = contract::EventId::parse("0190a0c4-0000-7000-8000-000000000001").expect("an event id");
    context
}

/// The request that this body is.
#[allow(clippy::needless_pass_by_value, reason = "the tests hand over `json!`")]
pub(crate) fn request<E: Event>(body: Value) -> E::Request {
    let bytes = serde_json::to_vec(&body).expect("JSON");
    RequestBody::parse(&bytes).expect("a body").decode::<E>().unwrap_or_else(|faults| panic!("{faults}"))
}

/// A table's item.
pub(crate) fn item(value: Value) -> Item {
    match value {
        Value::Object(item) => item,
        other => panic!("{other} is no item"),
    }
}
