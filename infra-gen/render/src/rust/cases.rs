//! What the generated tests try: a value at each bound, and one beyond it.

use model::{Field, FieldType, Model, Topic};
use serde::Serialize;
use serde_json::Value;

use super::types::resolve;
use crate::example;

/// Values that one place of an event takes or refuses.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Case {
    /// Where it stands, as a JSON pointer.
    pointer: String,
    /// A `serde_json::Value` in Rust.
    value: String,
}

/// Everything that is tried with one event.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Cases {
    takes: Vec<Case>,
    refuses: Vec<Case>,
    /// Pointers of required fields.
    required: Vec<String>,
    /// Pointers of optional fields.
    optional: Vec<String>,
}

/// The cases of a topic's event.
pub(super) fn of(model: &Model, topic: &Topic) -> Cases {
    let mut cases = Cases::default();
    cases.fields(model, &topic.fields, "");
    cases
}

impl Cases {
    fn fields(&mut self, model: &Model, fields: &[Field], above: &str) {
        for field in fields {
            let pointer = format!("{above}/{}", field.name.name);
            let list = if field.required { &mut self.required } else { &mut self.optional };
            list.push(pointer.clone());
            self.value(model, &field.ty, &pointer);
        }
    }

    fn value(&mut self, model: &Model, ty: &FieldType, pointer: &str) {
        let ty = resolve(model, ty);
        // Of the wrong JSON type, whatever the right one is.
        self.refuse(pointer, if matches!(ty, FieldType::List { .. }) { json("{}") } else { json("[]") });
        match ty {
            FieldType::String { min_length, max_length, pattern } => {
                self.text(pointer, *min_length, *max_length, pattern.as_deref());
            }
            FieldType::Email => self.refuse(pointer, json("\"no mail address\"")),
            FieldType::Uuid => self.refuse(pointer, json("\"00000000000000000000000000000000\"")),
            FieldType::Date => self.refuse(pointer, json("\"2026-02-29\"")),
            FieldType::Timestamp => self.refuse(pointer, json("\"2026-11-23T12:00:00+01:00\"")),
            FieldType::Integer { min, max } => {
                for number in [min, max] {
                    self.take(pointer, json(&whole(*number)));
                }
                for number in [min.checked_sub(1), max.checked_add(1)].into_iter().flatten() {
                    self.refuse(pointer, json(&whole(number)));
                }
            }
            FieldType::Decimal { min, max, scale } => {
                for number in [min, max] {
                    self.take(pointer, json(&format!("{number:?}")));
                }
                let finer = format!("0.{}", "1".repeat(usize::from(*scale) + 1));
                // A JSON number has been through a float.
                self.refuse(pointer, json("1"));
                for number in [below(min), above(max), finer] {
                    self.refuse(pointer, json(&format!("{number:?}")));
                }
            }
            FieldType::Boolean => {
                self.take(pointer, json("true"));
                self.take(pointer, json("false"));
            }
            FieldType::Enum { values } => {
                for word in values {
                    self.take(pointer, json(&format!("{:?}", word.name)));
                }
                self.refuse(pointer, json("\"no such word\""));
            }
            FieldType::List { items, min_items, max_items } => {
                let count = |count: u32| format!("repeat(&event, {pointer:?}, {count})");
                self.take(pointer, count(*max_items));
                self.refuse(pointer, count(max_items + 1));
                if *min_items > 0 {
                    self.take(pointer, count(*min_items));
                    self.refuse(pointer, count(min_items - 1));
                }
                self.value(model, items, &format!("{pointer}/0"));
            }
            FieldType::Object { fields } => self.fields(model, fields, pointer),
            FieldType::Shared { .. } => unreachable!("it was resolved"),
        }
    }

    fn text(&mut self, pointer: &str, min: u32, max: u32, pattern: Option<&str>) {
        let text = |length: u32| format!("text({length})");
        self.refuse(pointer, text(max + 1));
        if min > 0 {
            self.refuse(pointer, text(min - 1));
        }
        let Some(pattern) = pattern else {
            self.take(pointer, text(min));
            self.take(pointer, text(max));
            return;
        };
        if let Some(text) = mismatch(pattern, min, max) {
            self.refuse(pointer, json(&format!("{text:?}")));
        }
    }

    fn take(&mut self, pointer: &str, value: String) {
        self.takes.push(Case { pointer: pointer.into(), value });
    }

    fn refuse(&mut self, pointer: &str, value: String) {
        self.refuses.push(Case { pointer: pointer.into(), value });
    }
}

fn json(value: &str) -> String {
    format!("json!({value})")
}

/// A whole number with its type: `json!` takes it in any, and rustc would choose `i32`, which most don't fit.
fn whole(number: i64) -> String {
    format!("{number}_i64")
}

/// A JSON value as `json!` takes it.
fn in_macro(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => whole(number.as_i64().expect("an example's numbers are whole")),
        Value::Array(items) => format!("[{}]", items.iter().map(in_macro).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name:?}: {}", in_macro(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text of a good length that the pattern doesn't match; `None` when none was found.
fn mismatch(pattern: &str, min: u32, max: u32) -> Option<String> {
    let regex = regex::Regex::new(pattern).expect("the manifest parsed the pattern");
    let length = min.max(1).min(max) as usize;
    let texts = ["!", " ", "-", "x", "X", "0", "é", "\u{7}"].map(|text| text.repeat(length));
    let empty = (min == 0).then(String::new);
    texts.into_iter().chain(empty).find(|text| !regex.is_match(text))
}

/// A decimal that is less than this one, with no more digits after the point.
fn below(bound: &str) -> String {
    match bound.strip_prefix('-') {
        Some(digits) => format!("-{}", above(digits)),
        None => "-1".into(),
    }
}

/// A decimal that is greater than this one.
fn above(bound: &str) -> String {
    match bound.strip_prefix('-') {
        Some(_) => "1".into(),
        None => format!("1{}", bound.split('.').next().unwrap_or_default().replace(|_: char| true, "0")),
    }
}

/// What the computed fields of the example event hold, to be tried in a request.
pub(super) fn computed(model: &Model, topic: &Topic) -> Vec<Case> {
    let event = example::event(model, topic);
    let fields = topic.fields.iter().filter(|field| field.computed);
    fields
        .map(|field| {
            let name = &field.name.name;
            let value = event.get(name).expect("an example has every field");
            Case { pointer: format!("/{name}"), value: json(&in_macro(value)) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_beyond_their_bounds() {
        assert_eq!([below("0"), below("-10.5"), below("2")], ["-1", "-100", "-1"]);
        assert_eq!([above("0"), above("-10.5"), above("99.5")], ["10", "1", "100"]);
    }

    #[test]
    fn json_is_written_with_rust_strings() {
        let value = serde_json::json!({"a": ["\u{0}\"", -9_007_199_254_740_991_i64, null]});
        assert_eq!(in_macro(&value), r#"{ "a": ["\0\"", -9007199254740991_i64, null] }"#);
    }

    #[test]
    fn a_text_that_does_not_match() {
        assert_eq!(mismatch("^[a-z]+$", 0, 9).as_deref(), Some("!"));
        assert_eq!(mismatch("^.*$", 0, 9), None);
    }
}
