//! The checks that generated code calls, one for each field type of the manifest.

mod compound;
mod number;
mod text;
mod time;

use serde_json::Value;

pub use compound::{ListOf, ObjectOf, Word, Words, list, object, words};
pub use number::{Boolean, DecimalCheck, IntegerCheck, boolean, decimal, integer};
pub use text::{EmailCheck, Pattern, Text, UuidCheck, email, text, uuid};
pub use time::{DateCheck, TimestampCheck, date, timestamp};

use crate::Cursor;

/// Turns a JSON value into a typed one, or notes why it can't.
///
/// A detail says what is wrong and never what was sent, which may be personal data.
pub trait Check {
    /// What a good value becomes.
    type Output;

    /// `None` when `value` is at fault; `cursor` then has the violation.
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Self::Output>;
}

impl<C: Check + ?Sized> Check for &C {
    type Output = C::Output;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Self::Output> {
        (**self).check(value, cursor)
    }
}

/// The value as text, or the fault.
fn as_text<'a>(value: &'a Value, cursor: &mut Cursor) -> Option<&'a str> {
    match value {
        Value::String(text) => Some(text),
        _ => cursor.fault("must be a string"),
    }
}

/// `1 item`, `2 items`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
