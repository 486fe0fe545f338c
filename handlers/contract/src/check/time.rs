//! Calendar dates and instants.

use serde_json::Value;

use super::{Check, as_text};
use crate::{Cursor, Date, Timestamp};

/// A calendar date; see [`date`].
#[derive(Debug, Clone, Copy)]
pub struct DateCheck;

/// A calendar date, `2026-11-23`.
pub const fn date() -> DateCheck {
    DateCheck
}

impl Check for DateCheck {
    type Output = Date;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Date> {
        let text = as_text(value, cursor)?;
        let date = has_shape(text, b"0000-00-00").then(|| text.parse().ok()).flatten();
        date.or_else(|| cursor.fault("is not a date such as 2026-11-23"))
    }
}

/// An instant; see [`timestamp`].
#[derive(Debug, Clone, Copy)]
pub struct TimestampCheck;

/// An instant in UTC, `2026-11-23T12:00:00.000Z`.
pub const fn timestamp() -> TimestampCheck {
    TimestampCheck
}

impl Check for TimestampCheck {
    type Output = Timestamp;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Timestamp> {
        let text = as_text(value, cursor)?;
        let instant = is_utc_instant(text).then(|| text.parse().ok()).flatten();
        instant.or_else(|| cursor.fault("is not an instant in UTC such as 2026-11-23T12:00:00.000Z"))
    }
}

/// RFC 3339 with `T` and `Z`; jiff alone reads more spellings than the schema has.
pub(crate) fn is_utc_instant(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let fraction = rest.strip_suffix('Z').map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    has_shape(seconds, b"0000-00-00T00:00:00")
        && fraction
            .is_some_and(|digits| digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        && rest != ".Z"
        && (rest == "Z" || rest.starts_with('.'))
}

/// Whether `text` has a digit wherever `shape` has a zero, and is the same elsewhere.
fn has_shape(text: &str, shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape)
            .all(|(byte, &want)| if want == b'0' { byte.is_ascii_digit() } else { byte == want })
}
