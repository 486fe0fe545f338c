//! What the tests of every topic need.
//!
//! Rendered by `make synth`; a change made here is lost.

#![allow(dead_code, reason = "no topic may have a list, for example")]

use contract::{Event, EventContext, Object, Record, Timestamp, Unknown, read, read_event};
use serde_json::Value;

/// The JSON of a fixture.
pub(crate) fn fixture(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

/// Text of this many characters.
pub(crate) fn text(length: usize) -> Value {
    "x".repeat(length).into()
}

/// The list at `pointer`, with this many of its first item.
pub(crate) fn repeat(json: &Value, pointer: &str, count: usize) -> Value {
    let item = json.pointer(pointer).and_then(|list| list.get(0)).expect("the list has an item");
    vec![item.clone(); count].into()
}

/// `json` with `value` at `pointer`.
pub(crate) fn with(json: &Value, pointer: &str, value: Value) -> Value {
    let mut json = json.clone();
    let (above, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
    match json.pointer_mut(above).expect("the fixture has every field") {
        Value::Array(items) => items[name.parse::<usize>().expect("a list has numbers")] = value,
        object => object[name] = value,
    }
    json
}

/// `json` without the fields at `pointers`.
pub(crate) fn without(json: &Value, pointers: &[&str]) -> Value {
    let mut json = json.clone();
    for pointer in pointers {
        let (above, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
        // What is above may be gone itself.
        if let Some(Value::Object(object)) = json.pointer_mut(above) {
            object.shift_remove(name);
        }
    }
    json
}

/// The event is read, and written as it was; from a record, too.
pub(crate) fn assert_stays<E: Event + PartialEq>(json: &Value) {
    let event: E = read(json, Unknown::Refuse).expect("the event is read");
    assert_eq!(Value::Object(event.to_json()), *json);
    event.validate().expect("what was read is valid");
    let record = Record::new(&event, &EventContext::new("/test", Timestamp::EPOCH));
    assert_eq!(read_event::<E>(&record.value).expect("the record is read"), event);
}

/// Each of these places is at fault, and nothing else is.
pub(crate) fn assert_faults<T: Object>(json: &Value, pointers: &[&str]) {
    let Err(faults) = read::<T>(json, Unknown::Refuse) else { panic!("{json} was read") };
    let found: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(found, pointers, "{faults} in {json}");
}

/// `T` can be read.
pub(crate) fn assert_read<T: Object>(json: &Value) -> T {
    read(json, Unknown::Refuse).unwrap_or_else(|faults| panic!("{faults} in {json}"))
}
