//! Alerts in Rust: when one is sent, and its text.

use model::{Alert, Condition, Field, FieldType, Literal, Model, Operator, Topic};

use super::{
    names,
    types::{ObjectField, resolve},
};

/// An expression that is true when the alert is to be sent.
///
/// A field that is absent has no value: it isn't any of those listed, and no more or less than anything.
pub(super) fn condition(model: &Model, topic: &Topic, fields: &[ObjectField], when: &Condition) -> String {
    let (field, written) = find(topic, fields, &when.field.name);
    let ty = resolve(model, &field.ty);
    let place = format!("self.{}", written.name);
    if field.required {
        return compare(ty, &written.ty, &place, when);
    }
    let test = if when.operator == Operator::IsNot { "is_none_or" } else { "is_some_and" };
    let borrowed = match ty {
        FieldType::String { .. } | FieldType::Email => ".as_deref()",
        _ => "",
    };
    format!("{place}{borrowed}.{test}(|value| {})", compare(ty, &written.ty, "value", when))
}

/// The message as an expression.
pub(super) fn message(topic: &Topic, fields: &[ObjectField], alert: &Alert) -> String {
    let mut format = String::new();
    let mut arguments = vec![];
    for part in parts(&alert.message) {
        match part {
            Part::Text(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Place(name) => {
                let (_, written) = find(topic, fields, name);
                format.push_str("{}");
                arguments.push(format!("self.{}.show()", written.name));
            }
        }
    }
    match &arguments[..] {
        [] => format!("{:?}.to_owned()", alert.message),
        // Clippy finds a `format!` of this of no use.
        [field] if format == "{}" => field.clone(),
        _ => format!("format!({format:?}, {})", arguments.join(", ")),
    }
}

/// A piece of a message.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Place(&'a str),
}

/// Splits a message at its `{field}` places.
fn parts(message: &str) -> Vec<Part<'_>> {
    let mut parts = vec![];
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        parts.extend([Part::Text(before), Part::Place(name)]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts.retain(|part| *part != Part::Text(""));
    parts
}

fn find<'a>(topic: &'a Topic, fields: &'a [ObjectField], name: &str) -> (&'a Field, &'a ObjectField) {
    let field = topic.fields.iter().find(|field| field.name.name == name);
    let written = fields.iter().find(|field| field.json == name);
    field.zip(written).expect("the manifest resolves every field of an alert")
}

/// Compares `place`, a value of the Rust type `rust`.
fn compare(ty: &FieldType, rust: &str, place: &str, when: &Condition) -> String {
    let values: Vec<String> = when.values.iter().map(|value| literal(ty, rust, value)).collect();
    let text = format!("contract::Show::show(&{place})");
    let one_of_text = if place == "value" { place.to_owned() } else { format!("{place}.as_str()") };
    // What a single value is compared with, and what one of several.
    let (single, several) = match ty {
        FieldType::String { .. } | FieldType::Email => (place, one_of_text),
        FieldType::Uuid | FieldType::Date | FieldType::Timestamp => {
            (text.as_str(), format!("{text}.as_str()"))
        }
        _ => (place, place.to_owned()),
    };
    let sign = match when.operator {
        Operator::Is | Operator::IsNot => return equals(ty, single, &several, &values, when),
        Operator::Above => ">",
        Operator::AtLeast => ">=",
        Operator::Below => "<",
        Operator::AtMost => "<=",
    };
    format!("{several} {sign} {}", values[0])
}

fn equals(ty: &FieldType, single: &str, several: &str, values: &[String], when: &Condition) -> String {
    let is = when.operator == Operator::Is;
    match (ty, values) {
        (FieldType::Boolean, [value]) => {
            if (value == "true") == is {
                single.into()
            } else {
                format!("!{single}")
            }
        }
        (_, [value]) => format!("{single} {} {value}", if is { "==" } else { "!=" }),
        // Decimals are no patterns.
        (FieldType::Decimal { .. }, _) => {
            format!("{}[{}].contains(&{several})", if is { "" } else { "!" }, values.join(", "))
        }
        _ => format!("{}matches!({several}, {})", if is { "" } else { "!" }, values.join(" | ")),
    }
}

fn literal(ty: &FieldType, rust: &str, value: &Literal) -> String {
    match (ty, value) {
        (_, Literal::Boolean(value)) => value.to_string(),
        (_, Literal::Integer(value)) => value.to_string(),
        (FieldType::Decimal { .. }, Literal::Text(text)) => decimal(text),
        (FieldType::Enum { values }, Literal::Text(text)) => {
            let word = values.iter().find(|word| word.name == *text);
            format!("{rust}::{}", names::variant(word.expect("the manifest knows the enum's words")))
        }
        (_, Literal::Text(text)) => format!("{text:?}"),
    }
}

/// Decimal text as an exact constant: `12.50` is 1250 hundredths.
pub(super) fn decimal(text: &str) -> String {
    let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits: i128 = text.replace('.', "").parse().expect("the manifest checks every decimal");
    match i64::try_from(digits) {
        Ok(0) => "contract::Decimal::ZERO".into(),
        Ok(digits) => format!("contract::Decimal::new({digits}, {scale})"),
        Err(_) => format!("contract::Decimal::from_i128_with_scale({digits}, {scale})"),
    }
}

#[cfg(test)]
mod tests {
    use model::Ident;

    use super::*;

    fn when(operator: Operator, values: &[Literal]) -> Condition {
        Condition { field: Ident::new("field"), operator, values: values.to_vec() }
    }

    fn text(text: &str) -> Literal {
        Literal::Text(text.into())
    }

    #[test]
    fn each_type_is_compared_in_its_way() {
        let string = FieldType::String { min_length: 0, max_length: 9, pattern: None };
        let integer = FieldType::Integer { min: 0, max: 9 };
        let decimal = FieldType::Decimal { min: "0".into(), max: "9".into(), scale: 2 };
        let words = FieldType::Enum { values: ["A", "b-c"].map(Ident::new).into() };
        let (one, both) = ([text("A")], [text("A"), text("b-c")]);
        let cases = [
            (&string, Operator::Is, &one[..], "self.f == \"A\""),
            (&string, Operator::IsNot, &both[..], "!matches!(self.f.as_str(), \"A\" | \"b-c\")"),
            (&words, Operator::IsNot, &one[..], "self.f != T::A"),
            (&words, Operator::Is, &both[..], "matches!(self.f, T::A | T::BC)"),
            (&integer, Operator::AtLeast, &[Literal::Integer(3)][..], "self.f >= 3"),
            (&decimal, Operator::Below, &[text("1.5")][..], "self.f < contract::Decimal::new(15, 1)"),
            (&FieldType::Boolean, Operator::IsNot, &[Literal::Boolean(true)][..], "!self.f"),
            (&FieldType::Date, Operator::Above, &one[..], "contract::Show::show(&self.f).as_str() > \"A\""),
        ];
        for (ty, operator, values, wanted) in cases {
            assert_eq!(compare(ty, "T", "self.f", &when(operator, values)), wanted);
        }
    }

    #[test]
    fn a_message_is_split_at_its_places() {
        let wanted = [Part::Place("a"), Part::Text(" and "), Part::Place("b"), Part::Text(".")];
        assert_eq!(parts("{a} and {b}."), wanted);
    }

    #[test]
    fn a_message_of_one_field_is_its_text() {
        let topic = crate::hazards::model().topics[0].clone();
        let written = super::super::events::TopicModule::of(&crate::hazards::model(), &topic);
        let of = |text: &str| {
            let alert = Alert { channel: "desk".into(), when: None, message: text.into() };
            message(&topic, written.fields(), &alert)
        };
        assert_eq!(of("{type}"), "self.r#type.show()");
        assert_eq!(of("{type}."), "format!(\"{}.\", self.r#type.show())");
        assert_eq!(of("An order."), "\"An order.\".to_owned()");
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("-12.50"), "contract::Decimal::new(-1250, 2)");
        assert_eq!(decimal("0.00"), "contract::Decimal::ZERO");
    }
}
