//! `when`: a comparison of one field.

use model::{Condition, Ident, Literal, Operator};

use super::{Context, alert, field, number};
use crate::{close, code::Code, diagnostic::Diagnostic, raw, tree::Place};

/// A condition as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Written<'a> {
    field: &'a str,
    operator: Operator,
    values: Vec<&'a str>,
}

/// Reads `field is value`, `field is not one of a, b`, `field >= value`.
fn parse(text: &str) -> Option<Written<'_>> {
    let (field, rest) = text.trim().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let word = |rest: &'_ str, word: &str| -> Option<usize> {
        let after = rest.strip_prefix(word)?;
        after.starts_with(char::is_whitespace).then(|| rest.len() - after.trim_start().len())
    };
    let comparisons =
        [(">=", Operator::AtLeast), ("<=", Operator::AtMost), (">", Operator::Above), ("<", Operator::Below)];
    for (sign, operator) in comparisons {
        if let Some(value) = rest.strip_prefix(sign) {
            return single(field, operator, value);
        }
    }
    let rest = &rest[word(rest, "is")?..];
    let (operator, rest) = match word(rest, "not") {
        Some(start) => (Operator::IsNot, &rest[start..]),
        None => (Operator::Is, rest),
    };
    let Some(start) = word(rest, "one").and_then(|one| Some(one + word(&rest[one..], "of")?)) else {
        return single(field, operator, rest);
    };
    let values: Vec<_> = rest[start..].split(',').map(str::trim).collect();
    values.iter().all(|value| !value.is_empty()).then_some(Written { field, operator, values })
}

fn single<'a>(field: &'a str, operator: Operator, value: &'a str) -> Option<Written<'a>> {
    let value = value.trim();
    // The words of an operator that stopped halfway.
    let halfway = matches!(value, "" | "not" | "one" | "one of");
    (!halfway).then(|| Written { field, operator, values: vec![value] })
}

pub(super) fn resolve<'a>(
    context: &mut Context<'a>,
    name: &str,
    topic: &'a raw::Topic,
    text: &str,
    place: Place<'_>,
) -> Option<Condition> {
    let Some(written) = parse(text) else {
        context.push(
            Diagnostic::new(Code::Condition, place.span(), "this condition can't be read")
                .note(
                    "a condition compares one field by `is`, `is not`, `is one of`, `is not one of`, `>`, `>=`, `<` or `<=`",
                )
                .help("write for example `status is REVIEW`, `status is not one of A, B` or `score >= 80`"),
        );
        return None;
    };
    let span = context.part(place.span(), written.field);
    let shape = alert::field(context, name, topic, written.field, span, false)?;
    let orders = !matches!(written.operator, Operator::Is | Operator::IsNot);
    if orders && !matches!(shape.ty, "integer" | "decimal") {
        context.push(
            Diagnostic::new(
                Code::ConditionValue,
                place.span(),
                format!("`{}` is of type `{}`, which has no order", written.field, shape.ty),
            )
            .note("only an `integer` or a `decimal` is greater or less than another")
            .help(format!("write `{} is ...` or `{} is one of ...`", written.field, written.field)),
        );
        return None;
    }
    let mut values = vec![];
    for value in &written.values {
        match literal(shape, value) {
            Ok(literal) if values.contains(&literal) => context.push(
                Diagnostic::new(
                    Code::ConditionValue,
                    place.span(),
                    format!("`{value}` is in this condition twice"),
                )
                .help("take one out"),
            ),
            Ok(literal) => values.push(literal),
            Err(reason) => {
                let after = context.part(place.span(), value);
                let declared = context.root.get("topics").get(name).get("fields").get(written.field);
                context.push(
                    Diagnostic::new(
                        Code::ConditionValue,
                        after,
                        format!("`{}` can't be `{value}`", written.field),
                    )
                    .label(reason)
                    .also(declared.key(), "the field")
                    .note("the alert would never be sent, or always")
                    .help(format!("compare it with {}", can_be(shape))),
                );
            }
        }
    }
    // What isn't there is none of the values, so `is not` can hold of it.
    let absent = written.operator == Operator::IsNot
        && topic.fields.get(written.field).is_some_and(|field| field.optional);
    if !absent && let Some(reason) = never(shape, written.operator, &values) {
        let declared = context.root.get("topics").get(name).get("fields").get(written.field);
        context.push(
            Diagnostic::new(Code::ConditionValue, place.span(), "this condition can never hold")
                .label(reason)
                .also(declared.key(), "the field")
                .note("the alert would never be sent")
                .help(format!("`{}` is {}: leave some of that", written.field, can_be(shape))),
        );
    }
    Some(Condition { field: Ident::new(written.field), operator: written.operator, values })
}

/// Why a comparison with these values, each of which the field can be, leaves no value that it can be.
fn never(shape: raw::Shape<'_>, operator: Operator, values: &[Literal]) -> Option<&'static str> {
    let same = |bound: Option<&raw::Scalar>| {
        let value = match values.first() {
            Some(Literal::Integer(value)) => number::decimal(&value.to_string()),
            Some(Literal::Text(value)) => number::decimal(value),
            _ => None,
        };
        value.is_some() && value == bound.and_then(|bound| number::decimal(&bound.0))
    };
    let all = match shape.ty {
        "boolean" => Some(2),
        "enum" => shape.values.map(<[_]>::len),
        _ => None,
    };
    match operator {
        Operator::Above => same(shape.max).then_some("it is never greater than its `max`"),
        Operator::Below => same(shape.min).then_some("it is never less than its `min`"),
        Operator::IsNot => (all == Some(values.len())).then_some("these are all that it can be"),
        Operator::Is | Operator::AtLeast | Operator::AtMost => None,
    }
}

/// What a field of this type can be, for people.
fn can_be(shape: raw::Shape<'_>) -> String {
    let bound = |bound: Option<&raw::Scalar>| bound.map(|bound| bound.0.clone());
    match shape.ty {
        "boolean" => "`true` or `false`".into(),
        "enum" => {
            let words: Vec<_> = shape.values.unwrap_or_default().iter().map(|word| &**word).collect();
            format!("one of {}", close::list(&words))
        }
        "integer" | "decimal" => match (bound(shape.min), bound(shape.max)) {
            (Some(min), Some(max)) => format!("a number from {min} to {max}"),
            (Some(min), None) => format!("a number from {min} on"),
            (None, Some(max)) => format!("a number up to {max}"),
            (None, None) => "a number".into(),
        },
        "uuid" => "a UUID in small letters, such as `01234567-89ab-8cde-bf01-23456789abcd`".into(),
        "date" => "a day such as `2026-11-23`".into(),
        "timestamp" => "an instant such as `2026-11-23T12:00:00.000Z`".into(),
        "email" => "a mail address, without quotes".into(),
        _ => {
            let (min, max) = field::lengths(shape);
            let pattern =
                shape.pattern.map(|pattern| format!(" that matches `{pattern}`")).unwrap_or_default();
            format!("text of {min} to {max} characters{pattern}, without quotes")
        }
    }
}

/// The value as the field's type holds it, or why it can't.
fn literal(shape: raw::Shape<'_>, value: &str) -> Result<Literal, String> {
    let bound = |bound: Option<&raw::Scalar>| bound.and_then(|bound| number::decimal(&bound.0));
    let number = |value: &str| -> Result<(), String> {
        let number = number::decimal(value).ok_or("not a number")?;
        let out = bound(shape.min).is_some_and(|min| number < min)
            || bound(shape.max).is_some_and(|max| number > max);
        if out { Err("outside of the field's bounds".into()) } else { Ok(()) }
    };
    match shape.ty {
        "boolean" => match value {
            "true" => Ok(Literal::Boolean(true)),
            "false" => Ok(Literal::Boolean(false)),
            _ => Err("neither `true` nor `false`".into()),
        },
        "integer" => {
            let whole = value.parse().map_err(|_| "not a whole number")?;
            number(value)?;
            Ok(Literal::Integer(whole))
        }
        "decimal" => {
            number(value)?;
            Ok(Literal::Text(value.into()))
        }
        "enum" => {
            let words: Vec<_> = shape.values.unwrap_or_default().iter().map(|word| &**word).collect();
            if words.contains(&value) {
                return Ok(Literal::Text(value.into()));
            }
            Err(match close::closest(value, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "none of its words".into(),
            })
        }
        ty => text(shape, ty, value).map_or_else(|| Ok(Literal::Text(value.into())), |why| Err(why.into())),
    }
}

/// Why a field of text, or of what is compared by its text, can't be `value`.
fn text(shape: raw::Shape<'_>, ty: &str, value: &str) -> Option<&'static str> {
    const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
    const DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
    const TIMESTAMP: &str =
        r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$";
    let is = |form: &str| regex::Regex::new(form).is_ok_and(|form| form.is_match(value));
    let (min, max) = field::lengths(shape);
    let quoted = ['"', '\'']
        .iter()
        .any(|quote| value.len() > 1 && value.starts_with(*quote) && value.ends_with(*quote));
    let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
    let reason = match ty {
        _ if quoted => "the quotes would be part of the value",
        "uuid" if !is(UUID) => "no UUID as events show it",
        "date" if !is(DATE) => "no date",
        "timestamp" if !is(TIMESTAMP) => "no instant as events show it",
        "email" if !value.contains('@') || value.contains(char::is_whitespace) => "no mail address",
        "string" if length < min => "shorter than the field's text",
        "string" if length > max => "longer than the field's text",
        "string" if !field::matches(shape, value) => "not of the field's pattern",
        _ => return None,
    };
    Some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&str, Operator, Vec<&str>)> {
        parse(text).map(|written| (written.field, written.operator, written.values))
    }

    #[test]
    fn every_comparison_is_read() {
        assert_eq!(read("status is REVIEW"), Some(("status", Operator::Is, vec!["REVIEW"])));
        assert_eq!(read("status is not REVIEW"), Some(("status", Operator::IsNot, vec!["REVIEW"])));
        assert_eq!(read("status is one of A, B"), Some(("status", Operator::Is, vec!["A", "B"])));
        assert_eq!(read("status is not one of A,B"), Some(("status", Operator::IsNot, vec!["A", "B"])));
        assert_eq!(read("score >= 80"), Some(("score", Operator::AtLeast, vec!["80"])));
        assert_eq!(read("score<80"), None);
        assert_eq!(read("score <80"), Some(("score", Operator::Below, vec!["80"])));
        assert_eq!(read("  note   is  two words "), Some(("note", Operator::Is, vec!["two words"])));
    }

    #[test]
    fn what_is_no_comparison_is_not_read() {
        for text in [
            "",
            "status",
            "status is",
            "status is not",
            "status == A",
            "status is one of",
            "status is one of A,,B",
            "score >",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
