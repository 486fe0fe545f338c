//! Tags.

use crate::node::Node;
use crate::value::{Json, Literal, Val};

/// A tag; pairs flow into lists of it: `.tags([("team", "onboarding")])`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// The key.
    pub key: Val<String>,
    /// The value.
    pub value: Val<String>,
}

impl Literal for Tag {
    fn into_literal(self) -> Json {
        Json(Node::Object(vec![("Key".to_owned(), self.key.node), ("Value".to_owned(), self.value.node)]))
    }
}

impl<K: Into<Val<String>>, V: Into<Val<String>>> From<(K, V)> for Val<Tag> {
    fn from((key, value): (K, V)) -> Self {
        Tag { key: key.into(), value: value.into() }.into()
    }
}
