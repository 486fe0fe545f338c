//! Values that fill a field when nobody has said what belongs in it.

use model::{Field, FieldType, Model, Topic};
use serde_json::Value;

use super::{
    alert::decimal,
    names,
    types::{Declaration, Object, Scope, resolve},
};
use crate::example;

/// What a value is made in: where ids and times come from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A business rule, which makes an event.
    Rule,
    /// The event of a failure.
    Failure,
}

/// Makes values for the fields of one topic.
pub(super) struct Maker<'a> {
    model: &'a Model,
    place: Place,
    /// What the topic's module declares.
    declared: &'a [Declaration],
    shared: Vec<Declaration>,
    /// Text that passes the checks is taken from here.
    example: Value,
}

/// A type as Rust names it, and the module that declares it.
#[derive(Clone, Copy)]
struct Type<'a> {
    name: &'a str,
    shared: bool,
}

impl<'a> Type<'a> {
    /// The type of a name in `within`'s module.
    fn of(name: &'a str, within: bool) -> Self {
        match name.strip_prefix("shared::") {
            Some(name) => Self { name, shared: true },
            None => Self { name, shared: within },
        }
    }
}

impl<'a> Maker<'a> {
    pub(super) fn new(model: &'a Model, topic: &Topic, declared: &'a [Declaration], place: Place) -> Self {
        let shared = Scope::shared(model).declarations;
        Self { model, place, declared, shared, example: example::event(model, topic) }
    }

    /// A value of `field`, whose Rust type is `rust`. It passes the field's checks.
    pub(super) fn field(&self, field: &Field, rust: &str) -> String {
        self.member(field, Type::of(rust, false), &self.example)
    }

    fn member(&self, field: &Field, rust: Type<'_>, object: &Value) -> String {
        if !field.required {
            return "None".into();
        }
        let name = &field.name.name;
        self.value(&field.ty, rust, name, object.get(name).expect("an example has every field"))
    }

    fn value(&self, ty: &FieldType, rust: Type<'_>, name: &str, example: &Value) -> String {
        match resolve(self.model, ty) {
            FieldType::String { min_length: 0, pattern: None, .. } => "String::new()".into(),
            FieldType::String { .. } | FieldType::Email => {
                format!("{:?}.to_owned()", example.as_str().unwrap_or_default())
            }
            FieldType::Uuid => match self.place {
                Place::Rule => format!("context.uuid({name:?})"),
                Place::Failure => "failure.error_id".into(),
            },
            FieldType::Timestamp => self.time().into(),
            FieldType::Date => format!("{}.date()", self.time()),
            FieldType::Integer { min, max } => in_threes(&0.clamp(*min, *max).to_string()),
            FieldType::Decimal { min, max, .. } => in_threes(&decimal(near_zero(min, max))),
            FieldType::Boolean => "false".into(),
            FieldType::Enum { values } => {
                let first = values.first().expect("the manifest refuses an enum without words");
                format!("{}::{}", path(rust), names::variant(first))
            }
            FieldType::List { min_items: 0, .. } => "vec![]".into(),
            FieldType::List { items, min_items, .. } => {
                let list = self.unaliased(rust);
                let item = list.name.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>'));
                let item = Type::of(item.expect("a list is a vector"), list.shared);
                let item = self.value(items, item, name, &example[0]);
                if *min_items == 1 {
                    format!("vec![{item}]")
                } else {
                    format!("std::iter::repeat_n({item}, {min_items}).collect()")
                }
            }
            FieldType::Object { fields } => {
                let object = self.object(rust);
                let members = fields.iter().zip(&object.fields).map(|(field, written)| {
                    let ty = Type::of(&written.ty, self.unaliased(rust).shared);
                    format!("{}: {}", written.name, self.member(field, ty, example))
                });
                let members: Vec<String> = members.collect();
                if members.is_empty() {
                    format!("{} {{}}", path(rust))
                } else {
                    format!("{} {{ {} }}", path(rust), members.join(", "))
                }
            }
            FieldType::Shared { .. } => unreachable!("it was resolved"),
        }
    }

    fn time(&self) -> &'static str {
        match self.place {
            Place::Rule => "context.time",
            Place::Failure => "failure.occurred_at",
        }
    }

    /// What an alias stands for, or the type itself.
    fn unaliased<'b>(&'b self, rust: Type<'b>) -> Type<'b> {
        let alias = self.shared.iter().find_map(|declaration| match declaration {
            Declaration::Alias(alias) if rust.shared && alias.name == rust.name => Some(alias),
            _ => None,
        });
        alias.map_or(rust, |alias| self.unaliased(Type { name: &alias.ty, shared: true }))
    }

    fn object(&self, rust: Type<'_>) -> &Object {
        let rust = self.unaliased(rust);
        let declarations = if rust.shared { &self.shared } else { self.declared };
        let object = declarations.iter().find_map(|declaration| match declaration {
            Declaration::Object(object) if object.name == rust.name => Some(object),
            _ => None,
        });
        object.expect("every object is declared")
    }
}

fn path(rust: Type<'_>) -> String {
    if rust.shared { format!("shared::{}", rust.name) } else { rust.name.into() }
}

/// Zero, or the bound that is next to it.
fn near_zero<'a>(min: &'a str, max: &'a str) -> &'a str {
    let is_zero = |text: &str| text.chars().all(|digit| matches!(digit, '-' | '0' | '.'));
    if !min.starts_with('-') && !is_zero(min) {
        min
    } else if max.starts_with('-') && !is_zero(max) {
        max
    } else {
        "0"
    }
}

/// An expression with the digits of its long numbers in threes, as clippy wants them in code that is a person's.
fn in_threes(expression: &str) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[start..];
        let digits = &digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())];
        out.push_str(&rest[..start]);
        for (index, digit) in digits.chars().enumerate() {
            if digits.len() > 4 && index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push('_');
            }
            out.push(digit);
        }
        rest = &rest[start + digits.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_can_be_read() {
        assert_eq!(in_threes("-1234567"), "-1_234_567");
        assert_eq!(in_threes("Decimal::new(100000, 2)"), "Decimal::new(100_000, 2)");
        assert_eq!(in_threes("2026"), "2026");
    }

    #[test]
    fn zero_is_taken_where_it_fits() {
        assert_eq!(near_zero("-5", "5"), "0");
        assert_eq!(near_zero("0", "5"), "0");
        assert_eq!(near_zero("0.05", "5"), "0.05");
        assert_eq!(near_zero("-5", "-0.5"), "-0.5");
    }
}
