//! A way down the tree that never fails.

use super::{Node, Value};
use crate::span::Span;

/// A value that may be left out, and where to point when something is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    node: Option<&'a Node>,
    /// The value's key, or the nearest one above.
    key: Span,
}

impl<'a> Place<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        // The root has no key; its first one stands for it.
        let key = match &node.value {
            Value::Map(entries) => entries.first().map_or(node.span, |entry| entry.key_span),
            _ => node.span,
        };
        Self { node: Some(node), key }
    }

    /// The value under `key`.
    pub(crate) fn get(self, key: &str) -> Self {
        match self.node.and_then(|node| node.entry(key)) {
            Some(entry) => Self { node: Some(&entry.node), key: entry.key_span },
            None => Self { node: None, key: self.key },
        }
    }

    /// The `index`th item of a list.
    pub(crate) fn item(self, index: usize) -> Self {
        let node = match self.node.map(|node| &node.value) {
            Some(Value::List(items)) => items.get(index),
            _ => None,
        };
        Self { node, key: node.map_or(self.key, |node| node.span) }
    }

    /// Whether it is written there.
    pub(crate) fn is_written(self) -> bool {
        self.node.is_some()
    }

    /// Its key.
    pub(crate) fn key(self) -> Span {
        self.key
    }

    /// The value, where it is a scalar; else its key.
    pub(crate) fn span(self) -> Span {
        match self.node {
            Some(Node { value: Value::List(_) | Value::Map(_), .. }) | None => self.key,
            Some(node) => node.span,
        }
    }
}
