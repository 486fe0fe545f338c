//! An alert's text and its places.

use super::{Context, alert, field};
use crate::{
    code::Code,
    diagnostic::Diagnostic,
    raw::{self, Shape},
    tree::Place,
};

/// The places in a text: `Ok` holds a name, `Err` a brace without its partner.
fn places(text: &str) -> Vec<Result<&str, char>> {
    let mut found = vec![];
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (brace, after) = (rest[at..].chars().next().unwrap_or('{'), &rest[at + 1..]);
        if brace == '}' {
            found.push(Err('}'));
            rest = after;
            continue;
        }
        match after.find(['{', '}']) {
            Some(end) if after[end..].starts_with('}') => {
                found.push(Ok(&after[..end]));
                rest = &after[end + 1..];
            }
            _ => {
                found.push(Err('{'));
                rest = after;
            }
        }
    }
    found
}

pub(super) fn check<'a>(
    context: &mut Context<'a>,
    topic: &str,
    raw: &'a raw::Topic,
    text: &str,
    place: Place<'_>,
) {
    let found = places(text);
    can_be_empty(context, raw, text, &found, place);
    for found in found {
        match found {
            Ok(name) if name.trim() == name && !name.is_empty() => {
                let whole = context.part(place.span(), &format!("{{{name}}}"));
                alert::field(context, topic, raw, name, whole, true);
            }
            Ok(name) => {
                let span = context.part(place.span(), &format!("{{{name}}}"));
                context.push(
                    Diagnostic::new(
                        Code::MessagePlace,
                        span,
                        "a place in a message is a field's name in braces",
                    )
                    .help("write for example `{orderId}`, without spaces"),
                );
            }
            Err(brace) => {
                let other = if brace == '{' { '}' } else { '{' };
                let span = context.part(place.span(), &brace.to_string());
                context.push(
                    Diagnostic::new(Code::MessagePlace, span, format!("a `{brace}` without its `{other}`"))
                        .note("braces in a message hold fields' names")
                        .help("write for example `{orderId}`; a brace as such can't be in a message"),
                );
            }
        }
    }
}

/// Refuses a message of nothing but values that can be empty: SNS takes none without text.
fn can_be_empty(
    context: &mut Context<'_>,
    raw: &raw::Topic,
    text: &str,
    found: &[Result<&str, char>],
    place: Place<'_>,
) {
    let mut fixed = text.to_owned();
    for name in found {
        // Others were reported: a stray brace, a field that isn't there.
        let Some(field) = name.ok().and_then(|name| raw.fields.get(name).filter(|_| name != &*raw.key))
        else {
            return;
        };
        if !context.types.follow(field.shape()).is_some_and(|shape| is_empty(context, shape)) {
            return;
        }
        fixed = fixed.replace(&format!("{{{}}}", name.unwrap_or_default()), "");
    }
    if !fixed.trim().is_empty() {
        return;
    }
    context.push(
        Diagnostic::new(Code::EmptyMessage, place.span(), "this message can be empty")
            .label("nothing but fields that can be empty")
            .note("SNS refuses a message without text, and the record would be tried again and again, and then put aside")
            .help("say in words what happened, or give a field a `min_length` or `min_items`"),
    );
}

/// Whether a value of this type can be shown as no text. Of what an optional field doesn't have, a dash is shown.
fn is_empty(context: &Context<'_>, shape: Shape<'_>) -> bool {
    match shape.ty {
        "string" => field::lengths(shape).0 == 0 && field::matches(shape, ""),
        "list" => match shape.min_items.unwrap_or(0) {
            0 => true,
            1 => {
                let item = shape.items.and_then(|items| context.types.follow(items.shape()));
                item.is_some_and(|item| is_empty(context, item))
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_and_stray_braces_too() {
        assert_eq!(places("a {b} c {d}"), [Ok("b"), Ok("d")]);
        assert_eq!(places("a {b c"), [Err('{')]);
        assert_eq!(places("a } b"), [Err('}')]);
        assert_eq!(places("{a {b}"), [Err('{'), Ok("b")]);
        assert_eq!(places("{}"), [Ok("")]);
        assert_eq!(places("ä{ö}ü"), [Ok("ö")]);
    }
}
