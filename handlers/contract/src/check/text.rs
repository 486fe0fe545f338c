//! Text, mail addresses and UUIDs.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;
use uuid::Uuid;

use super::{Check, as_text, count};
use crate::Cursor;

/// A regular expression, compiled when it is first needed; for a `static`.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// `source` is in the syntax of the `regex` crate.
    pub const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// Whether some part of `text` matches.
    ///
    /// # Panics
    /// When the pattern isn't a regular expression, which the manifest refuses.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(self.source).expect("the manifest checks every pattern"))
            .is_match(text)
    }
}

/// Unicode text; see [`text`].
#[derive(Debug, Clone, Copy)]
pub struct Text {
    min: usize,
    max: usize,
    pattern: Option<&'static Pattern>,
}

/// Text of `min` to `max` characters (Unicode scalar values, as JSON Schema counts).
pub const fn text(min: usize, max: usize) -> Text {
    Text { min, max, pattern: None }
}

impl Text {
    /// Some part of it must match, too.
    #[must_use]
    pub const fn pattern(self, pattern: &'static Pattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }
}

impl Check for Text {
    type Output = String;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<String> {
        let text = as_text(value, cursor)?;
        let length = text.chars().count();
        if length < self.min {
            return match self.min {
                1 => cursor.fault("must not be empty"),
                min => cursor.fault(format!("is shorter than {}", count(min, "character"))),
            };
        }
        if length > self.max {
            return cursor.fault(format!("is longer than {}", count(self.max, "character")));
        }
        match self.pattern {
            Some(pattern) if !pattern.is_match(text) => {
                cursor.fault(format!("does not match the pattern {}", pattern.source))
            }
            _ => Some(text.to_owned()),
        }
    }
}

/// A mail address; see [`email`].
#[derive(Debug, Clone, Copy)]
pub struct EmailCheck;

/// A mail address as the WHATWG defines it for `<input type=email>`, at most 254 characters.
pub const fn email() -> EmailCheck {
    EmailCheck
}

impl Check for EmailCheck {
    type Output = String;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<String> {
        let text = as_text(value, cursor)?;
        if is_email(text) { Some(text.to_owned()) } else { cursor.fault("is not a mail address") }
    }
}

/// <https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address>, with RFC 5321's lengths.
fn is_email(text: &str) -> bool {
    let local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(name, domain)| {
            (1..=64).contains(&name.len()) && name.bytes().all(local) && domain.split('.').all(label)
        })
}

/// A UUID; see [`uuid`].
#[derive(Debug, Clone, Copy)]
pub struct UuidCheck;

/// A UUID in its 36-character form.
pub const fn uuid() -> UuidCheck {
    UuidCheck
}

impl Check for UuidCheck {
    type Output = Uuid;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Uuid> {
        let text = as_text(value, cursor)?;
        // `Uuid` also reads braces, URNs and bare hex digits; the schema doesn't.
        let uuid = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten();
        uuid.or_else(|| cursor.fault("is not a UUID"))
    }
}
