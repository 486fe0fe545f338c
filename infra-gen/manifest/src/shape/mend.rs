//! How to write what was probably meant.

use model::Ident;

use super::{
    pattern::matches,
    schema::{Kind, Schema},
};
use crate::tree::Value;

/// Other spellings of a text, the likeliest first.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let name = Ident::new(text);
    let kebab = name.snake.replace('_', "-");
    let trimmed = text.trim();
    [
        duration(text),
        Some(trimmed.replace(' ', "")),
        Some(trimmed.replace([' ', '_'], "-")),
        Some(kebab),
        Some(name.camel),
        Some(name.pascal),
        Some(name.shouty),
        route(text),
    ]
    .into_iter()
    .flatten()
    .filter(|spelling| spelling != text && !spelling.is_empty())
    .collect()
}

/// `7 days` as `7d`.
fn duration(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let unit = match unit.trim() {
        "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => return Some(format!("{}d", number.parse::<u64>().ok()?.checked_mul(7)?)),
        _ => return None,
    };
    (!number.is_empty()).then(|| format!("{number}{unit}"))
}

/// `post /orders/`, `/orders` as `POST /orders`.
fn route(text: &str) -> Option<String> {
    let (method, path) = text.trim().split_once(' ').unwrap_or(("POST", text.trim()));
    let method = match method.to_uppercase().as_str() {
        "GET" | "DELETE" => "POST".to_owned(),
        other => other.to_owned(),
    };
    let path = path.trim().trim_matches('/');
    (!path.is_empty()).then(|| format!("{method} /{path}"))
}

/// How to write a key that has no value or isn't there.
pub(super) fn write_key(key: &str, schema: Schema<'_>) -> String {
    if let Some(words) = schema.words() {
        return format!("write `{key}: {}`", words.first().copied().unwrap_or_default());
    }
    let kind = schema.kinds().first().copied();
    match kind {
        Some(Kind::Text) => format!("write `{key}: {}`", schema.example().unwrap_or("...")),
        Some(Kind::Integer | Kind::Number) => {
            format!("write `{key}: {}`", schema.minimum().unwrap_or(1))
        }
        Some(Kind::Boolean) => format!("write `{key}: true`"),
        Some(Kind::List) => format!("write `{key}: [...]`, or take the key out"),
        _ => {
            let required: Vec<_> = schema.required().collect();
            if required.is_empty() && schema.entries().is_none() {
                format!("write `{key}: {{}}`, or take the key out")
            } else if required.is_empty() {
                format!("write `{key}:` and its entries under it, indented")
            } else {
                format!("write `{key}:` and under it, indented, {}", crate::close::list(&required))
            }
        }
    }
}

/// What to do about an item of a list that has no value.
pub(super) fn write_item(schema: Schema<'_>) -> String {
    match schema.example() {
        Some(example) => format!("write for example `{example}`, or take the item out"),
        None => "write one, or take the item out".into(),
    }
}

/// What a key counts, by its name.
fn counts(key: &str) -> Option<&'static str> {
    match key.rsplit_once('_')?.1 {
        "gib" => Some("GiB"),
        "mib" => Some("MiB"),
        "days" => Some("days"),
        _ => None,
    }
}

/// The whole number that text is, in what `key` counts: `1_000`, `10,000`, and `50 GiB` of `storage_gib`. `None` where
/// a unit may make it another.
fn whole(text: &str, key: &str) -> Option<i64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '_' | ',')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let units: &[&str] = match counts(key) {
        Some("GiB") => &["g", "gb", "gib"],
        Some("MiB") => &["m", "mb", "mib"],
        Some("days") => &["d", "day", "days"],
        _ => &[],
    };
    let unit = unit.trim().to_lowercase();
    // `10,5` is no group of thousands.
    let groups = number.split([',', '_']).skip(1).all(|group| group.len() == 3);
    let plain = groups && (unit.is_empty() || units.contains(&unit.as_str()));
    plain.then(|| number.replace([',', '_'], "").parse().ok())?
}

/// What to write instead of a value of the wrong type, and what was meant where that is plain.
pub(super) fn of_type(
    value: &Value,
    source: &str,
    kinds: &[Kind],
    schema: Schema<'_>,
    key: &str,
) -> (Option<String>, Option<Value>) {
    let wants = |kind| kinds.contains(&kind);
    let help = match value {
        Value::Text(text) if wants(Kind::Boolean) => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("write `true`".into()),
            "no" | "off" | "n" | "false" => Some("write `false`".into()),
            _ => None,
        },
        Value::Text(text) if wants(Kind::Integer) => match whole(text, key) {
            Some(number) => Some(format!("write `{number}`, in digits alone, without quotes or a unit")),
            None => text.starts_with(|c: char| c.is_ascii_digit()).then(|| {
                format!(
                    "write a whole number without a unit{}",
                    counts(key).map(|unit| format!("; it counts {unit}")).unwrap_or_default()
                )
            }),
        },
        Value::Float(number, _) if wants(Kind::Integer) => {
            let bound = if *number < 0.0 { schema.minimum() } else { schema.maximum() };
            // Beyond this floats skip whole numbers, and so would the advice.
            let exact = number.abs() < 9e15;
            if exact {
                Some(format!("write `{}`", number.round()))
            } else {
                bound.map(|bound| format!("the nearest that works is `{bound}`"))
            }
        }
        Value::Integer(number)
            if wants(Kind::Text) && schema.example().is_some_and(|text| text.ends_with("ms")) =>
        {
            Some(format!("say the unit: `{number}ms`, `{number}s`, `{number}m`, `{number}h` or `{number}d`"))
        }
        Value::Integer(_) | Value::Float(..) | Value::Bool(_) if wants(Kind::Text) => match schema.words() {
            Some(words) => {
                let near = super::hint::word_for(source, &words);
                near.map(|near| format!("did you mean `{near}`?"))
            }
            None if schema.pattern().is_none_or(|pattern| matches(pattern, source)) => {
                Some(format!("put it in quotes: \"{source}\""))
            }
            // In quotes it would be refused for its spelling.
            None => {
                let named = format!("V{source}");
                let fits = schema.pattern().is_some_and(|pattern| matches(pattern, &named));
                let example = if fits { Some(named.as_str()) } else { schema.example() };
                Some(match example {
                    Some(example) => format!("write for example `{example}`"),
                    None => format!("it {}", schema.rule()),
                })
            }
        },
        Value::Text(text) if wants(Kind::List) => Some(format!("write `[{text}]`")),
        Value::Map(_) if wants(Kind::Text) && source.starts_with('{') => {
            Some("text that starts with `{` needs quotes around it".into())
        }
        Value::List(_) if wants(Kind::Map) => {
            Some("write the entries as `name: ...`, without hyphens before them".into())
        }
        Value::List(_) if wants(Kind::Text) && source.starts_with('[') => {
            Some("text that starts with `[` needs quotes around it".into())
        }
        Value::Text(_) | Value::Bool(_) | Value::Integer(_) if wants(Kind::Map) => {
            let keys: Vec<_> = schema.properties().map(|(key, _)| key).collect();
            (!keys.is_empty()).then(|| format!("its keys are {}", crate::close::list(&keys)))
        }
        _ => None,
    };
    // What was plainly meant is taken for it, so that nothing is said of what only follows from the slip.
    let meant = match (value, &help) {
        (Value::Text(_), Some(help)) if wants(Kind::Boolean) => Some(Value::Bool(help.contains("true"))),
        (Value::Text(text), _) if wants(Kind::Integer) => whole(text, key).map(Value::Integer),
        (Value::Integer(_) | Value::Float(..) | Value::Bool(_), _)
            if wants(Kind::Text) && schema.words().is_none() =>
        {
            Some(Value::Text(source.to_owned()))
        }
        _ => None,
    };
    (help, meant)
}

/// What to do about a list or map that is too short or too long.
pub(super) fn length(too_short: bool, one: &str) -> String {
    if too_short { format!("add an {one} to it") } else { format!("take each {one} out that isn't needed") }
}
