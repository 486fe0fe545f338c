//! How large an event can get, from its fields' bounds.
//!
//! The sizes are of JSON at its worst, so that what the manifest lets through can't be refused by Kafka,
//! DynamoDB or API Gateway when it runs.

use crate::{Field, FieldType, Ident, Model, Topic};

/// The most bytes that JSON makes of one character: a control character becomes `\u0000` (RFC 8259, 7).
const CHARACTER: u64 = 6;

/// The greatest sizes of one topic's event, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSize {
    /// The record's value in Kafka.
    pub record: u64,
    /// The message to the browser, its envelope included.
    pub push: u64,
}

impl Topic {
    /// The greatest sizes of this topic's event. `model` resolves shared types.
    pub fn event_size(&self, model: &Model) -> EventSize {
        // {"type":"...","id":"<uuid>","time":"<instant>","topic":"...","data":...}
        const ENVELOPE: u64 = 600;
        let resolve = |name: &str| model.shared_type(name).map(|shared| &shared.ty);
        EventSize {
            record: object_size(self.fields.iter(), &resolve),
            push: object_size(self.fields.iter().filter(|field| field.browser), &resolve)
                .saturating_add(ENVELOPE),
        }
    }
}

/// The most bytes that a value of this type takes in JSON; `resolve` finds shared types.
pub fn encoded_size<'a>(ty: &'a FieldType, resolve: &dyn Fn(&str) -> Option<&'a FieldType>) -> u64 {
    match ty {
        FieldType::String { max_length, .. } => quoted(u64::from(*max_length)),
        FieldType::Email => quoted(254),
        FieldType::Uuid => 38,
        FieldType::Date => 12,
        FieldType::Timestamp => 32,
        FieldType::Integer { min, max } => longest(&[&min.to_string(), &max.to_string()]),
        FieldType::Decimal { min, max, scale } => longest(&[min, max]) + u64::from(*scale) + 3,
        FieldType::Boolean => 5,
        FieldType::Enum { values } => longest(&names(values)) + 2,
        FieldType::List { items, max_items, .. } => {
            let item = encoded_size(items, resolve).saturating_add(1);
            u64::from(*max_items).saturating_mul(item).saturating_add(2)
        }
        FieldType::Object { fields } => object_size(fields.iter(), resolve),
        FieldType::Shared { name } => resolve(name).map_or(0, |ty| encoded_size(ty, resolve)),
    }
}

fn object_size<'a>(
    fields: impl Iterator<Item = &'a Field>,
    resolve: &dyn Fn(&str) -> Option<&'a FieldType>,
) -> u64 {
    // Two braces; for each field its quoted name, a colon and a comma.
    fields.fold(2, |sum, field| {
        sum.saturating_add(field.name.name.len() as u64 + 4).saturating_add(encoded_size(&field.ty, resolve))
    })
}

fn quoted(characters: u64) -> u64 {
    characters.saturating_mul(CHARACTER) + 2
}

fn names(values: &[Ident]) -> Vec<&str> {
    values.iter().map(|value| value.name.as_str()).collect()
}

fn longest(texts: &[&str]) -> u64 {
    texts.iter().map(|text| text.len() as u64).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(ty: &FieldType) -> u64 {
        encoded_size(ty, &|_| None)
    }

    #[test]
    fn a_string_of_control_characters_is_the_worst_case() {
        let ty = FieldType::String { min_length: 0, max_length: 3, pattern: None };
        let worst = serde_json::to_string("\u{0}\u{1}\u{2}").expect("a string is JSON");
        assert_eq!(size(&ty), worst.len() as u64);
    }

    #[test]
    fn a_list_counts_its_brackets_and_commas() {
        let ty = FieldType::List { items: Box::new(FieldType::Boolean), min_items: 0, max_items: 3 };
        assert!(size(&ty) >= "[false,false,false]".len() as u64);
    }

    #[test]
    fn lists_of_lists_end_at_the_greatest_number() {
        let list = |items| FieldType::List { items: Box::new(items), min_items: 0, max_items: u32::MAX };
        assert_eq!(size(&list(list(list(FieldType::Boolean)))), u64::MAX);
    }

    #[test]
    fn an_integer_is_as_long_as_its_longest_bound() {
        assert_eq!(size(&FieldType::Integer { min: -1000, max: 5 }), 5);
    }
}
