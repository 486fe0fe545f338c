//! The text as a tree of values, each with its place.
//!
//! All else is read from this one tree: the shape is checked on it, the typed structs are made of it, and every
//! diagnostic takes its span from it. So there is one reading of the YAML and not two that may differ.

mod build;
mod place;
mod scalar;
mod syntax;

pub(crate) use build::parse;
pub(crate) use place::Place;
pub(crate) use scalar::resolve;

use crate::span::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Of a value that came by an alias: the alias. Of a block collection: from its first key to its last value.
    pub(crate) span: Span,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// Finite, with the text that it was read from: a decimal may have more digits than a float.
    Float(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value. No two of a map have the same key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value as serde takes it.
    pub(crate) fn to_yaml(&self) -> serde_yaml::Value {
        use serde_yaml::Value as Yaml;
        match &self.value {
            Value::Null => Yaml::Null,
            Value::Bool(value) => Yaml::Bool(*value),
            Value::Integer(value) => Yaml::Number((*value).into()),
            Value::Float(value, _) => Yaml::Number((*value).into()),
            Value::Text(text) => Yaml::String(text.clone()),
            Value::List(items) => Yaml::Sequence(items.iter().map(Self::to_yaml).collect()),
            Value::Map(entries) => Yaml::Mapping(
                entries.iter().map(|entry| (Yaml::String(entry.key.clone()), entry.node.to_yaml())).collect(),
            ),
        }
    }
}
