//! Fields and shared types.

use std::collections::BTreeSet;

use model::{Field, FieldType, Ident, SharedType};

use super::{Context, number, number::clamp, option, types};
use crate::{
    code::Code,
    diagnostic::Diagnostic,
    raw::{self, Scalar, Shape},
    tree::Place,
};

/// Greatest whole number that JavaScript's `number` holds exactly.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;
/// Greatest decimal without a bound of its own.
const MAX_DECIMAL: &str = "1000000000000";
/// Most characters of text that has no `max_length`.
const MAX_LENGTH: i64 = 256;
/// The greatest `max_length`.
const LONGEST: i64 = 100_000;
const MAX_ITEMS: i64 = 100;

pub(super) fn shared_types(context: &mut Context<'_>) -> Vec<SharedType> {
    let manifest = context.manifest;
    let places = context.root.get("types");
    types::check_circles(context);
    manifest
        .types
        .iter()
        .map(|(name, raw)| SharedType {
            name: Ident::new(name),
            description: raw.description.clone(),
            ty: field_type(context, raw.shape(), context.keys.least_of_type(name), places.get(name)),
        })
        .collect()
}

pub(super) fn fields(
    context: &mut Context<'_>,
    (topic, raw): (&str, &raw::Topic),
    place: Place<'_>,
) -> Vec<Field> {
    raw.fields
        .iter()
        .map(|(name, raw)| Field {
            name: Ident::new(name),
            description: raw.description.clone(),
            ty: field_type(context, raw.shape(), context.keys.least(topic, name), place.get(name)),
            required: !raw.optional,
            computed: raw.computed,
            pii: raw.pii,
            browser: raw.browser.unwrap_or_else(|| !is_personal(context, raw)),
        })
        .collect()
}

/// Whether a field is personal data or holds some.
pub(super) fn is_personal(context: &Context<'_>, field: &raw::Field) -> bool {
    field.pii || holds_personal_data(context, field.shape(), &mut BTreeSet::new())
}

fn holds_personal_data<'a>(context: &Context<'a>, shape: Shape<'a>, seen: &mut BTreeSet<&'a str>) -> bool {
    if let Some(items) = shape.items
        && holds_personal_data(context, items.shape(), seen)
    {
        return true;
    }
    for (_, member) in shape.fields.into_iter().flat_map(raw::Map::iter) {
        if member.pii || holds_personal_data(context, member.shape(), seen) {
            return true;
        }
    }
    let manifest = context.manifest;
    match manifest.types.get(shape.ty) {
        Some(shared) if seen.insert(shape.ty) => holds_personal_data(context, shared.shape(), seen),
        _ => false,
    }
}

/// `least` is the fewest characters that text may have, whatever its own bound.
fn field_type(context: &mut Context<'_>, shape: Shape<'_>, least: i64, place: Place<'_>) -> FieldType {
    option::check(context, shape, place);
    match shape.ty {
        "string" => {
            let (min, max) = lengths(shape);
            let min = min.max(least);
            order(context, place, ("min_length", "max_length"), (min, max));
            pattern(context, shape.pattern, (min, max), place);
            FieldType::String {
                min_length: clamp(min),
                max_length: clamp(max),
                pattern: shape.pattern.map(Into::into),
            }
        }
        "email" => FieldType::Email,
        "uuid" => FieldType::Uuid,
        "date" => FieldType::Date,
        "timestamp" => FieldType::Timestamp,
        "integer" => integer(context, shape, place),
        "decimal" => decimal(context, shape, place),
        "boolean" => FieldType::Boolean,
        "enum" => {
            FieldType::Enum { values: words(context, shape.values.unwrap_or_default(), place.get("values")) }
        }
        "list" => {
            let (min, max) = (shape.min_items.unwrap_or(0), shape.max_items.unwrap_or(MAX_ITEMS));
            order(context, place, ("min_items", "max_items"), (min, max));
            FieldType::List {
                items: Box::new(match shape.items {
                    Some(items) => field_type(context, items.shape(), 0, place.get("items")),
                    None => FieldType::Boolean,
                }),
                min_items: clamp(min),
                max_items: clamp(max),
            }
        }
        "object" => {
            let places = place.get("fields");
            let fields = shape.fields.into_iter().flat_map(raw::Map::iter);
            FieldType::Object {
                fields: fields.map(|(name, raw)| member(context, name, raw, places.get(name))).collect(),
            }
        }
        name => FieldType::Shared { name: name.into() },
    }
}

fn member(context: &mut Context<'_>, name: &str, raw: &raw::Member, place: Place<'_>) -> Field {
    Field {
        name: Ident::new(name),
        description: raw.description.clone(),
        ty: field_type(context, raw.shape(), 0, place),
        required: !raw.optional,
        // Both are marks of the event's own fields; what is in an object goes where the object goes.
        computed: false,
        browser: true,
        pii: raw.pii,
    }
}

/// The fewest and the most characters of text, as they are written or by default.
pub(super) fn lengths(shape: Shape<'_>) -> (i64, i64) {
    (shape.min_length.unwrap_or(0), shape.max_length.unwrap_or(MAX_LENGTH))
}

/// Whether text is of its field's pattern, where there is one. A pattern that is none was reported.
pub(super) fn matches(shape: Shape<'_>, text: &str) -> bool {
    let pattern = shape.pattern.and_then(|pattern| regex::Regex::new(pattern).ok());
    pattern.is_none_or(|pattern| pattern.is_match(text))
}

/// Refuses a least number above the greatest.
fn order(
    context: &mut Context<'_>,
    place: Place<'_>,
    (least, greatest): (&str, &str),
    (min, max): (i64, i64),
) {
    if min > max {
        reversed(context, place, (least, greatest), (&min.to_string(), &max.to_string()));
    }
}

fn reversed(
    context: &mut Context<'_>,
    place: Place<'_>,
    (least, greatest): (&str, &str),
    (min, max): (&str, &str),
) {
    let (low, high) = (place.get(least), place.get(greatest));
    let (span, other) = if low.is_written() { (low.span(), high) } else { (high.span(), low) };
    let both = low.is_written() && high.is_written();
    let diagnostic = Diagnostic::new(
        Code::BoundsReversed,
        span,
        format!("`{least}` {min} is more than `{greatest}` {max}"),
    )
    .note("between the two there is no value");
    context.push(if both {
        diagnostic.also(other.span(), format!("`{greatest}`")).help("swap the two, or correct one")
    } else if low.is_written() {
        diagnostic.help(format!("say `{greatest}` too: without it, it is {max}"))
    } else {
        diagnostic.help(format!("say `{least}` too: without it, it is {min}"))
    });
}

fn integer(context: &mut Context<'_>, shape: Shape<'_>, place: Place<'_>) -> FieldType {
    let mut read = |bound: Option<&Scalar>, key: &str, last: i64| {
        let Some(bound) = bound else { return Some(last) };
        let value = bound.0.parse::<i64>().ok();
        if value.is_some_and(|value| value.unsigned_abs() <= MAX_SAFE_INTEGER.unsigned_abs()) {
            return value;
        }
        if bound.0.is_empty() {
            return None;
        }
        let diagnostic = Diagnostic::new(
            Code::BoundNotHeld,
            place.get(key).span(),
            format!("an `integer` can't have `{}` as its `{key}`", bound.0),
        );
        context.push(if bound.0.contains('.') {
            diagnostic.label("not a whole number").help("use `type: decimal` for numbers with a point")
        } else {
            diagnostic
                .label("too far from 0")
                .note(format!(
                    "JSON, Rust and JavaScript all hold whole numbers up to {MAX_SAFE_INTEGER} exactly"
                ))
                .help("use `type: decimal`, or `type: string` for what only looks like a number")
        });
        None
    };
    let bounds = (read(shape.min, "min", -MAX_SAFE_INTEGER), read(shape.max, "max", MAX_SAFE_INTEGER));
    let (Some(min), Some(max)) = bounds else { return FieldType::Integer { min: 0, max: 0 } };
    if min > max {
        reversed(context, place, ("min", "max"), (&min.to_string(), &max.to_string()));
    }
    FieldType::Integer { min, max }
}

fn decimal(context: &mut Context<'_>, shape: Shape<'_>, place: Place<'_>) -> FieldType {
    let scale = shape.scale.unwrap_or(2);
    let mut read = |bound: Option<&Scalar>, key: &str, last: String| {
        let Some(bound) = bound else { return Some(last) };
        let digits = bound.0.split_once('.').map_or(0, |(_, digits)| digits.len());
        let value = number::decimal(&bound.0);
        if value.is_some() && usize::try_from(scale).is_ok_and(|scale| digits <= scale) {
            return Some(bound.0.clone());
        }
        if bound.0.is_empty() {
            return None;
        }
        let diagnostic = Diagnostic::new(
            Code::BoundNotHeld,
            place.get(key).span(),
            format!("this `decimal` can't have `{}` as its `{key}`", bound.0),
        );
        context.push(if value.is_some() {
            diagnostic
                .label(format!("{digits} digits after the point"))
                .note(format!("`scale` allows {scale}"))
                .help(format!("write `scale: {digits}`, or round the bound"))
        } else {
            diagnostic.label("not a number of at most 18 digits before the point and 9 after it")
        });
        None
    };
    let bounds =
        (read(shape.min, "min", format!("-{MAX_DECIMAL}")), read(shape.max, "max", MAX_DECIMAL.into()));
    let (min, max) = match bounds {
        (Some(min), Some(max)) => (min, max),
        (min, max) => (min.unwrap_or_default(), max.unwrap_or_default()),
    };
    if let (Some(low), Some(high)) = (number::decimal(&min), number::decimal(&max))
        && low > high
    {
        reversed(context, place, ("min", "max"), (&min, &max));
    }
    FieldType::Decimal { min, max, scale: clamp(scale) }
}

fn words(context: &mut Context<'_>, values: &[raw::EnumValue], place: Place<'_>) -> Vec<Ident> {
    for (index, value) in values.iter().enumerate() {
        if let Some(first) = values[..index].iter().position(|other| other == value) {
            context.push(
                Diagnostic::new(
                    Code::WordTwice,
                    place.item(index).span(),
                    format!("`{}` is in this enum twice", &**value),
                )
                .label("again here")
                .also(place.item(first).span(), "first here")
                .help("take one out"),
            );
        }
    }
    values.iter().map(|value| Ident::new(&**value)).collect()
}

fn pattern(context: &mut Context<'_>, pattern: Option<&str>, (min, max): (i64, i64), place: Place<'_>) {
    let Some(pattern) = pattern else { return };
    let Err(error) = regex::Regex::new(pattern) else {
        return pattern_and_length(context, pattern, (min, max), place);
    };
    let too_big = matches!(error, regex::Error::CompiledTooBig(_));
    let error = match error {
        regex::Error::Syntax(text) => {
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
        regex::Error::CompiledTooBig(limit) => format!("compiled, it takes more than {limit} bytes"),
        error => error.to_string(),
    };
    let looks_around = error.contains("look-around") || error.contains("backreferences");
    context.push(
        Diagnostic::new(Code::BadPattern, place.get("pattern").span(), "this pattern is no regular expression")
            .label(error)
            .note("patterns are of Rust's `regex`, which matches in linear time; the browser gets the same in its own syntax")
            .help(if too_big {
                "count with `min_length` and `max_length`, or write `[0-9A-Za-z_]` for `\\w` and `[0-9]` for `\\d`, which have the letters and digits of all languages"
            } else if looks_around {
                "say it without look-around and backreferences, or check it in the business rule under `handlers/`"
            } else {
                "put a backslash before each sign that is meant as itself, such as `\\[` or `\\.`"
            }),
    );
}

/// Every field needs an example: the fixtures, the documents and the generated tests are made of them.
fn pattern_and_length(context: &mut Context<'_>, pattern: &str, (min, max): (i64, i64), place: Place<'_>) {
    // Bounds out of their range, or reversed, were reported as that.
    if min < 0 || max > LONGEST || min > max || model::sample(pattern, clamp(min), clamp(max)).is_some() {
        return;
    }
    let mut diagnostic = Diagnostic::new(
        Code::PatternAndLength,
        place.get("pattern").span(),
        format!("no text of {min} to {max} characters was found that matches this pattern"),
    );
    for bound in ["min_length", "max_length"].map(|bound| place.get(bound)) {
        if bound.is_written() {
            diagnostic = diagnostic.also(bound.span(), "its length");
        }
    }
    let diagnostic = if place.get("max_length").is_written() {
        diagnostic
    } else {
        diagnostic.note(format!("without `max_length` it is {MAX_LENGTH}"))
    };
    context.push(
        diagnostic
            .note("a field without a value would be refused always; tests and documents show an example of each")
            .help("correct the pattern or the length, or put what the pattern says in simpler words"),
    );
}
