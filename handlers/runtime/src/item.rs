//! JSON as DynamoDB items, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Item, Key, Table, Timestamp};
use serde_json::{Map, Number, Value};

/// An item as the SDK has it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Attributes of the runtime's own start with this; rules don't see them.
pub(crate) const OWN: char = '_';

pub(crate) fn to_attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(*truth),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(items) => AttributeValue::L(items.iter().map(to_attribute).collect()),
        Value::Object(object) => AttributeValue::M(
            object.iter().map(|(name, value)| (name.clone(), to_attribute(value))).collect(),
        ),
    }
}

pub(crate) fn to_attributes(item: &Item) -> Attributes {
    item.iter().map(|(name, value)| (name.clone(), to_attribute(value))).collect()
}

/// Sets become sorted lists; bytes, which no event has, become base64.
pub(crate) fn from_attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(text) => number(text),
        AttributeValue::Bool(truth) => (*truth).into(),
        AttributeValue::L(items) => items.iter().map(from_attribute).collect(),
        AttributeValue::M(object) => {
            let mut names: Vec<&String> = object.keys().collect();
            names.sort_unstable();
            Value::Object(
                names.into_iter().map(|name| (name.clone(), from_attribute(&object[name]))).collect(),
            )
        }
        AttributeValue::Ss(texts) => {
            let mut texts = texts.clone();
            texts.sort_unstable();
            texts.into()
        }
        AttributeValue::Ns(numbers) => numbers.iter().map(|text| number(text)).collect(),
        AttributeValue::B(bytes) => crate::base64::encode(bytes.as_ref()).into(),
        _ => Value::Null,
    }
}

pub(crate) fn from_attributes(attributes: &Attributes) -> Item {
    let mut names: Vec<&String> = attributes.keys().collect();
    names.sort_unstable();
    let pairs = names.into_iter().map(|name| (name.clone(), from_attribute(&attributes[name])));
    pairs.collect::<Map<String, Value>>()
}

/// DynamoDB writes 5 for 5.0 and has more digits than a double; what doesn't fit stays text.
fn number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    let float = text.parse().ok().and_then(Number::from_f64);
    float.map_or_else(|| text.into(), Value::Number)
}

/// The primary key as the SDK has it.
pub(crate) fn key_attributes(table: &Table, key: &Key) -> Attributes {
    let mut attributes = Attributes::from([(table.key.to_owned(), to_attribute(&key.key))]);
    if let (Some(name), Some(value)) = (table.sort, &key.sort) {
        attributes.insert(name.to_owned(), to_attribute(value));
    }
    attributes
}

/// Whether the second of expiry in this attribute is past. DynamoDB takes expired items away within days, not at once.
pub(crate) fn is_expired(attributes: &Attributes, attribute: &str, now: Timestamp) -> bool {
    let expiry = attributes.get(attribute).and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
    expiry.is_some_and(|expiry| expiry <= now.as_seconds())
}
