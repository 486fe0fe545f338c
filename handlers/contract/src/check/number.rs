//! Whole numbers, exact decimals and truth values.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Check, count};
use crate::Cursor;

/// A whole number; see [`integer`].
#[derive(Debug, Clone, Copy)]
pub struct IntegerCheck {
    min: i64,
    max: i64,
}

/// A whole number from `min` to `max`.
pub const fn integer(min: i64, max: i64) -> IntegerCheck {
    IntegerCheck { min, max }
}

impl Check for IntegerCheck {
    type Output = i64;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<i64> {
        let Value::Number(number) = value else {
            return cursor.fault("must be a whole number");
        };
        let Some(whole) = number.as_i64().or_else(|| number.as_f64().and_then(whole)) else {
            // A u64 above i64::MAX is whole, but above every bound.
            return if number.is_u64() {
                self.too_great(cursor)
            } else {
                cursor.fault("must be a whole number")
            };
        };
        if whole < self.min {
            return cursor.fault(format!("is less than {}", self.min));
        }
        if whole > self.max { self.too_great(cursor) } else { Some(whole) }
    }
}

impl IntegerCheck {
    fn too_great<T>(self, cursor: &mut Cursor) -> Option<T> {
        cursor.fault(format!("is greater than {}", self.max))
    }
}

/// JSON has one number type: `5.0` and `5e0` are the whole number 5.
fn whole(number: f64) -> Option<i64> {
    /// The whole numbers up to here are exact in a double.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and within the exact range")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// An exact decimal; see [`decimal`].
#[derive(Debug, Clone, Copy)]
pub struct DecimalCheck {
    min: &'static str,
    max: &'static str,
    scale: u8,
}

/// A decimal number, as text in JSON, from `min` to `max`, with at most `scale` digits after the point.
pub const fn decimal(min: &'static str, max: &'static str, scale: u8) -> DecimalCheck {
    DecimalCheck { min, max, scale }
}

impl Check for DecimalCheck {
    type Output = Decimal;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Decimal> {
        let Value::String(text) = value else {
            // A JSON number has been through a double in many programs.
            return cursor.fault("must be a decimal number in quotes, such as \"12.50\"");
        };
        let Some(fraction) = fraction_digits(text) else {
            return cursor.fault("is not a decimal number");
        };
        if fraction > usize::from(self.scale) {
            return match self.scale {
                0 => cursor.fault("must be a whole number"),
                scale => cursor
                    .fault(format!("has more than {} after the point", count(usize::from(scale), "digit"))),
            };
        }
        let Ok(number) = Decimal::from_str_exact(text) else {
            return cursor.fault("has too many digits");
        };
        // Bounds are the manifest's, which checks them; one that can't be read bounds nothing.
        let bound = |text: &str| Decimal::from_str_exact(text).ok();
        if bound(self.min).is_some_and(|min| number < min) {
            return cursor.fault(format!("is less than {}", self.min));
        }
        if bound(self.max).is_some_and(|max| number > max) {
            return cursor.fault(format!("is greater than {}", self.max));
        }
        Some(number)
    }
}

/// How many digits follow the point of `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; `None` for any other text.
fn fraction_digits(text: &str) -> Option<usize> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let whole_is_plain = digits(whole) && (whole == "0" || !whole.starts_with('0'));
    match fraction {
        _ if !whole_is_plain => None,
        None => Some(0),
        Some(fraction) => digits(fraction).then_some(fraction.len()),
    }
}

/// `true` or `false`; see [`boolean`].
#[derive(Debug, Clone, Copy)]
pub struct Boolean;

/// `true` or `false`.
pub const fn boolean() -> Boolean {
    Boolean
}

impl Check for Boolean {
    type Output = bool;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<bool> {
        value.as_bool().or_else(|| cursor.fault("must be true or false"))
    }
}
