//! What a type doesn't say, as sentences for its comment.

use model::{Field, FieldType};

use crate::pattern;

/// The greatest whole number that JavaScript holds exactly.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// A field's description and what its type leaves open.
pub(super) fn field(field: &Field) -> String {
    let personal = if field.pii { "Personal data." } else { "" };
    sentences([field.description.as_str(), &of(&field.ty), personal])
}

/// A shared type's.
pub(super) fn shared(description: &str, ty: &FieldType) -> String {
    sentences([description, &of(ty)])
}

/// Sentences with a space between them.
pub(super) fn sentences<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    let ended = parts.map(|part| {
        let end = if part.ends_with(['.', '!', '?', '…', ':']) { "" } else { "." };
        format!("{part}{end}")
    });
    ended.collect::<Vec<_>>().join(" ")
}

fn of(ty: &FieldType) -> String {
    match ty {
        FieldType::String { min_length, max_length, pattern } => {
            let length = capital(&range(*min_length, *max_length, "character"));
            match pattern {
                Some(pattern) => format!("{length}, matching `{}`.", pattern::ecma(pattern)),
                None => format!("{length}."),
            }
        }
        FieldType::Email => "A mail address.".into(),
        FieldType::Uuid => "A UUID.".into(),
        FieldType::Date => "A date: `2026-11-23`.".into(),
        FieldType::Timestamp => "An instant in UTC: `2026-11-23T12:00:00.000Z`.".into(),
        FieldType::Integer { min, max } => match (*min > -MAX_SAFE_INTEGER, *max < MAX_SAFE_INTEGER) {
            (true, true) => format!("A whole number from {min} to {max}."),
            (true, false) => format!("A whole number, {min} or more."),
            (false, true) => format!("A whole number, {max} or less."),
            (false, false) => "A whole number.".into(),
        },
        FieldType::Decimal { min, max, scale } => {
            let fraction = match scale {
                0 => "without a fraction".to_owned(),
                _ => format!("at most {} after the point", count(u32::from(*scale), "digit")),
            };
            format!("A decimal number, exact as text: from {min} to {max}, {fraction}.")
        }
        FieldType::List { items, min_items, max_items } => {
            let length = capital(&range(*min_items, *max_items, "item"));
            match of(items) {
                // What a named type is stands with it.
                item if item.is_empty() => format!("{length}."),
                item => format!("{length}. Each: {item}"),
            }
        }
        FieldType::Boolean | FieldType::Enum { .. } | FieldType::Object { .. } | FieldType::Shared { .. } => {
            String::new()
        }
    }
}

/// `1 to 20 items`, `at most 20 items`, `20 items`.
fn range(min: u32, max: u32, what: &str) -> String {
    match min {
        _ if min == max => count(max, what),
        0 => format!("at most {}", count(max, what)),
        _ => format!("{min} to {}", count(max, what)),
    }
}

fn count(number: u32, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_once() {
        assert_eq!(sentences(["One", " ", "Two.", "Three?"]), "One. Two. Three?");
    }

    #[test]
    fn bounds_are_told() {
        let text = |min_length, max_length| of(&FieldType::String { min_length, max_length, pattern: None });
        assert_eq!(text(0, 64), "At most 64 characters.");
        assert_eq!(text(1, 64), "1 to 64 characters.");
        assert_eq!(text(1, 1), "1 character.");
        assert_eq!(of(&FieldType::Integer { min: 0, max: i64::MAX }), "A whole number, 0 or more.");
        let list = |items| FieldType::List { items: Box::new(items), min_items: 0, max_items: 3 };
        assert_eq!(of(&list(FieldType::Uuid)), "At most 3 items. Each: A UUID.");
        assert_eq!(of(&list(FieldType::Boolean)), "At most 3 items.");
    }
}
