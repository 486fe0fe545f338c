//! Conditions of statements.

use crate::node::Node;
use crate::value::{List, Val};

/// A condition of a statement: operator, key, and the values of which one has to match.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    operator: String,
    key: String,
    values: Node,
}

macro_rules! operators {
    ($($(#[$doc:meta])* $function:ident = $operator:literal;)*) => {$(
        $(#[$doc])*
        pub fn $function(key: impl Into<String>, value: impl Into<Val<String>>) -> Self {
            Self::one($operator, key.into(), value.into().node)
        }
    )*};
}

impl Condition {
    fn one(operator: &str, key: String, values: Node) -> Self {
        Self { operator: operator.to_owned(), key, values }
    }

    /// Any operator, as `ForAllValues:StringEquals`, with any number of values.
    pub fn new(
        operator: impl Into<String>,
        key: impl Into<String>,
        values: impl Into<List<Val<String>>>,
    ) -> Self {
        Self { operator: operator.into(), key: key.into(), values: values.into().node }
    }

    operators! {
        /// `StringEquals`.
        string_equals = "StringEquals";
        /// `StringNotEquals`.
        string_not_equals = "StringNotEquals";
        /// `StringLike`: with `*` and `?`.
        string_like = "StringLike";
        /// `StringNotLike`.
        string_not_like = "StringNotLike";
        /// `ArnEquals`.
        arn_equals = "ArnEquals";
        /// `ArnLike`: with `*` and `?` in the parts of the ARN.
        arn_like = "ArnLike";
        /// `ArnNotEquals`.
        arn_not_equals = "ArnNotEquals";
        /// `IpAddress`: a block in CIDR notation.
        ip_address = "IpAddress";
    }

    /// `Bool`.
    pub fn bool(key: impl Into<String>, value: bool) -> Self {
        Self::one("Bool", key.into(), Node::text(if value { "true" } else { "false" }))
    }

    /// `Null`: whether the key is absent.
    pub fn null(key: impl Into<String>, absent: bool) -> Self {
        Self::one("Null", key.into(), Node::text(if absent { "true" } else { "false" }))
    }

    /// `NumericLessThanEquals`.
    pub fn numeric_at_most(key: impl Into<String>, value: i64) -> Self {
        Self::one("NumericLessThanEquals", key.into(), Node::Text(value.to_string()))
    }
}

pub(super) fn render(conditions: Vec<Condition>) -> Node {
    let mut operators: Vec<(String, Vec<(String, Node)>)> = Vec::new();
    for Condition { operator, key, values } in conditions {
        let at = operators.iter().position(|(name, _)| *name == operator).unwrap_or_else(|| {
            operators.push((operator, Vec::new()));
            operators.len() - 1
        });
        let keys = &mut operators[at].1;
        if keys.iter().any(|(name, _)| *name == key) {
            keys.push((
                key.clone(),
                Node::Invalid(format!(
                    "the condition on `{key}` stands twice with one operator; give it several values"
                )),
            ));
        } else {
            keys.push((key, values));
        }
    }
    Node::Object(operators.into_iter().map(|(operator, keys)| (operator, Node::Object(keys))).collect())
}
