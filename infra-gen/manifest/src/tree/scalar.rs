//! What a plain scalar is, by YAML 1.2's core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>).

use super::Value;

/// The value of a scalar without quotes and without a tag.
pub(crate) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::Text(text.into())),
    }
}

fn number(text: &str) -> Option<Value> {
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).ok();
    let unsigned = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(digits) = text.strip_prefix("0x").filter(|digits| unsigned(digits)) {
        return radix(digits, 16).map(Value::Integer);
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|digits| unsigned(digits)) {
        return radix(digits, 8).map(Value::Integer);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(value) = text.parse()
    {
        return Some(Value::Integer(value));
    }
    // A digit first or after a point; Rust also reads `inf`, `nan` and `e5`, which here are text.
    let first = digits.strip_prefix('.').unwrap_or(digits).bytes().next()?;
    if !first.is_ascii_digit()
        || !digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
    {
        return None;
    }
    // Too great for a float: text, so that no infinity gets in.
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(|value| Value::Float(value, text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_holds() {
        for (text, value) in [
            ("~", Value::Null),
            ("TRUE", Value::Bool(true)),
            ("-17", Value::Integer(-17)),
            ("+3", Value::Integer(3)),
            ("0x1F", Value::Integer(31)),
            ("0o17", Value::Integer(15)),
            ("017", Value::Integer(17)),
            ("10.20", Value::Float(10.2, "10.20".into())),
            (".5", Value::Float(0.5, ".5".into())),
            ("1e3", Value::Float(1000.0, "1e3".into())),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }

    #[test]
    fn what_other_versions_and_languages_read_is_text() {
        for text in [
            "yes", "NO", "on", ".inf", ".nan", "inf", "NaN", "e5", "1_000", "0x", "1:30", "-", "+", ".",
            "1e999",
        ] {
            assert_eq!(resolve(text), Value::Text(text.into()));
        }
    }
}
