//! Example events: the fixtures of tests and what the documents show.
//!
//! The same field has the same value in every event, so the examples of all topics tell of one customer. A
//! value always conforms to its type; where a familiar one does too, it is used, since documents are read.

mod text;

use model::{Field, FieldType, Model, Topic};
use serde_json::{Map, Value, json};

use crate::browser;

/// When every example happens.
pub const INSTANT: &str = "2026-11-23T12:00:00.000Z";

/// The id of every example: a UUID of version 7, of [`INSTANT`].
pub const EVENT_ID: &str = "01a20846-fe00-7000-8000-000000000001";

/// An event with all its fields, the optional ones too.
pub fn event(model: &Model, topic: &Topic) -> Value {
    object(model, &topic.fields)
}

/// What a client sends for it: the event without the computed fields.
pub fn request(model: &Model, topic: &Topic) -> Value {
    object(model, topic.fields.iter().filter(|field| !field.computed))
}

/// What a browser is sent of it; `None` for a topic without a push.
pub fn push(model: &Model, topic: &Topic) -> Option<Value> {
    let push = topic.push.as_ref()?;
    Some(json!({
        "type": push.event_type,
        "id": EVENT_ID,
        "time": INSTANT,
        "topic": topic.name.name,
        "version": topic.version,
        "data": object(model, &browser::fields(model, topic)),
    }))
}

/// A UUID that is the same for the same name (version 8 of RFC 9562: its bits are ours).
pub fn uuid(name: &str) -> String {
    const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = name.bytes().fold(FNV_OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME));
    let bits = (hash & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// JSON as a file has it, ending in a newline.
pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn object<'a>(model: &Model, fields: impl IntoIterator<Item = &'a Field>) -> Value {
    let members: Map<String, Value> = fields
        .into_iter()
        .map(|field| (field.name.name.clone(), value(model, &[&field.name.snake], &field.ty)))
        .collect();
    members.into()
}

/// A value of this type. `names` are the field's name and those of the shared types that led here.
fn value(model: &Model, names: &[&str], ty: &FieldType) -> Value {
    match ty {
        FieldType::String { min_length, max_length, pattern } => {
            text::fitting(names, *min_length, *max_length, pattern.as_deref()).into()
        }
        FieldType::Email => "test@example.com".into(),
        FieldType::Uuid => uuid(names[0]).into(),
        FieldType::Date => text::familiar(names).find(|text| is_date(text)).unwrap_or("2026-11-23").into(),
        FieldType::Timestamp => INSTANT.into(),
        FieldType::Integer { min, max } => text::familiar(names)
            .filter_map(|text| text.parse().ok())
            .find(|number| (min..=max).contains(&number))
            .unwrap_or(1.clamp(*min, *max))
            .into(),
        FieldType::Decimal { min, max, scale } => decimal(names, min, max, *scale).into(),
        FieldType::Boolean => true.into(),
        FieldType::Enum { values } => values.first().map(|value| value.name.as_str()).into(),
        FieldType::List { items, min_items, max_items } => {
            let item = value(model, names, items);
            vec![item; 1.clamp(*min_items, *max_items) as usize].into()
        }
        FieldType::Object { fields } => object(model, fields),
        FieldType::Shared { name } => model.shared_type(name).map_or(Value::Null, |shared| {
            let names: Vec<&str> = names.iter().copied().chain([shared.name.snake.as_str()]).collect();
            value(model, &names, &shared.ty)
        }),
    }
}

fn decimal(names: &[&str], min: &str, max: &str, scale: u8) -> String {
    let round = match scale {
        0 => "100",
        1 => "100.0",
        _ => "100.00",
    };
    // Close to its bounds a float is not exact, but neither are the values tried here.
    let number = |text: &str| text.parse::<f64>().ok();
    let fits = |text: &str| {
        let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        fraction <= usize::from(scale) && number(min) <= number(text) && number(text) <= number(max)
    };
    let familiar = text::familiar(names).filter(|text| number(text).is_some());
    familiar.chain([round]).find(|text| fits(text)).unwrap_or(min).to_owned()
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().filter(|&byte| byte == b'-').count() == 2
}

#[cfg(test)]
mod tests;
