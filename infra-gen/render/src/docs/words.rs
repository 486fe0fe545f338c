//! What the model says, as phrases.

use model::{Alert, Condition, Environment, FieldType, Literal, Model, Operator, Topic, Write};

use crate::template::escape::{code_span as code, markdown};

/// A type with its bounds, in Markdown.
pub(super) fn field_type(ty: &FieldType) -> String {
    match ty {
        FieldType::String { min_length, max_length, pattern } => {
            let length = range(u64::from(*min_length), u64::from(*max_length), "character");
            let pattern = pattern.as_ref().map(|pattern| format!(", matching {}", code(pattern)));
            format!("text, {length}{}", pattern.unwrap_or_default())
        }
        FieldType::Email => "mail address".into(),
        FieldType::Uuid => "UUID".into(),
        FieldType::Date => "date".into(),
        FieldType::Timestamp => "instant in UTC".into(),
        FieldType::Integer { min, max } => format!("whole number, {min} to {max}"),
        FieldType::Decimal { min, max, scale: 0 } => format!("decimal as text, {min} to {max}, no fraction"),
        FieldType::Decimal { min, max, scale } => {
            format!(
                "decimal as text, {min} to {max}, at most {} after the point",
                count(u64::from(*scale), "digit")
            )
        }
        FieldType::Boolean => "`true` or `false`".into(),
        FieldType::Enum { values } => or(&values.iter().map(|value| code(&value.name)).collect::<Vec<_>>()),
        FieldType::List { items, min_items, max_items } => {
            let length = range(u64::from(*min_items), u64::from(*max_items), "item");
            format!("list, {length}, each: {}", field_type(items))
        }
        FieldType::Object { .. } => "object".into(),
        FieldType::Shared { name } => format!("[{}](#type-{})", code(name), name.to_lowercase()),
    }
}

/// `1 to 20 items`, `at most 20 items`, `20 items`.
fn range(min: u64, max: u64, what: &str) -> String {
    match min {
        _ if min == max => count(max, what),
        0 => format!("at most {}", count(max, what)),
        _ => format!("{min} to {}", count(max, what)),
    }
}

/// `1 item`, `2 items`.
pub(super) fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The environments of which this holds, as a phrase; `None` where there is none.
pub(super) fn those(model: &Model, holds: impl Fn(&Environment) -> bool) -> Option<String> {
    let names: Vec<String> =
        model.environments.iter().filter(|environment| holds(environment)).map(|e| e.name.clone()).collect();
    if names.is_empty() { None } else { Some(and(&names)) }
}

/// `a, b or c`.
pub(super) fn or(words: &[String]) -> String {
    join(words, "or")
}

/// `a, b and c`.
pub(super) fn and(words: &[String]) -> String {
    join(words, "and")
}

fn join(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// `7 days`, `90 minutes`, `500 ms`: the greatest unit that it is a whole number of.
pub(super) fn duration(milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "s")];
    let unit =
        UNITS.iter().find(|(length, _)| milliseconds >= *length && milliseconds.is_multiple_of(*length));
    match unit {
        Some((length, "s")) => format!("{} s", milliseconds / length),
        Some((length, unit)) => count(milliseconds / length, unit),
        None => format!("{milliseconds} ms"),
    }
}

/// The seed's `SNS Alert` column.
pub(super) fn alert_cell(topic: &Topic) -> String {
    match &topic.alert {
        None => "No".into(),
        Some(Alert { when: None, channel, .. }) => format!("Yes ({})", markdown(channel)),
        Some(Alert { when: Some(condition), .. }) => format!("Yes (if {})", markdown(&brief(condition))),
    }
}

/// A condition in few words: a status speaks for itself.
pub(super) fn brief(condition: &Condition) -> String {
    if condition.field.name != "status" || condition.operator != Operator::Is {
        return self::condition(condition);
    }
    let word = |value: &Literal| literal(value).to_lowercase().replace('_', " ");
    or(&condition.values.iter().map(word).collect::<Vec<_>>())
}

/// `riskScore is at least 80`, `kind is not A or B`.
pub(super) fn condition(condition: &Condition) -> String {
    let operator = match condition.operator {
        Operator::Is => "is",
        Operator::IsNot => "is not",
        Operator::Above => "is above",
        Operator::AtLeast => "is at least",
        Operator::Below => "is below",
        Operator::AtMost => "is at most",
    };
    let values: Vec<String> = condition.values.iter().map(literal).collect();
    format!("{} {operator} {}", condition.field.name, or(&values))
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Text(value) => value.clone(),
    }
}

/// The seed's `Producer Lambda` column.
pub(super) fn producer_cell(topic: &Topic) -> String {
    match &topic.producer {
        Some(producer) => markdown(&producer.handler.name),
        None if topic.collects_errors => "Any Lambda (catch block)".into(),
        None => "None (other systems)".into(),
    }
}

/// How an event becomes an item.
pub(super) fn write(write: Write) -> &'static str {
    match write {
        Write::Put => "the event replaces the item",
        Write::Merge => "the event's fields are set on the item, others stay",
    }
}

/// `orders-<env>` for each environment, as code.
pub(super) fn in_each_environment(model: &Model, name: impl Fn(&Environment) -> String) -> String {
    and(&model.environments.iter().map(|environment| code(&name(environment))).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use model::Ident;

    use super::*;

    #[test]
    fn durations_take_the_greatest_whole_unit() {
        let cases = [
            (604_800_000, "7 days"),
            (86_400_000, "1 day"),
            (5_400_000, "90 minutes"),
            (3_600_000, "1 hour"),
            (1_000, "1 s"),
            (1_500, "1500 ms"),
            (0, "0 ms"),
        ];
        for (milliseconds, words) in cases {
            assert_eq!(duration(milliseconds), words);
        }
    }

    #[test]
    fn bounds_are_told_in_words() {
        let text = |min_length, max_length, pattern: Option<&str>| {
            field_type(&FieldType::String { min_length, max_length, pattern: pattern.map(str::to_owned) })
        };
        assert_eq!(text(1, 100, None), "text, 1 to 100 characters");
        assert_eq!(text(0, 1, None), "text, at most 1 character");
        assert_eq!(text(8, 8, Some("^a|b$")), "text, 8 characters, matching <code>&#94;a&#124;b&#36;</code>");
        let list = FieldType::List { items: Box::new(FieldType::Uuid), min_items: 1, max_items: 20 };
        assert_eq!(field_type(&list), "list, 1 to 20 items, each: UUID");
        let values = ["A", "B", "C"].map(Ident::new).to_vec();
        assert_eq!(field_type(&FieldType::Enum { values }), "`A`, `B` or `C`");
    }

    #[test]
    fn a_status_speaks_for_itself() {
        let condition = |field: &str, operator, values: &[&str]| Condition {
            field: Ident::new(field),
            operator,
            values: values.iter().map(|value| Literal::Text((*value).into())).collect(),
        };
        assert_eq!(brief(&condition("status", Operator::Is, &["REVIEW"])), "review");
        assert_eq!(brief(&condition("status", Operator::Is, &["IN_REVIEW", "NEW"])), "in review or new");
        assert_eq!(brief(&condition("status", Operator::IsNot, &["NEW"])), "status is not NEW");
        assert_eq!(brief(&condition("score", Operator::AtLeast, &["80"])), "score is at least 80");
    }
}
