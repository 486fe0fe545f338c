//! An alert's text and its places.

use super::{Context, alert};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

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
    for found in places(text) {
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
