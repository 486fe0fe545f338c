//! Mappings: tables of constants that the template chooses from when it is deployed.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Raw};

use crate::node::{Node, Target};
use crate::parameter::Scalar;
use crate::quota;
use crate::value::{List, Val};

/// A mapping in the making; [`crate::Template::mapping`] adds it.
/// ```
/// use cfn::{Mapping, Parameter, Template};
/// let mut template = Template::new("sizes");
/// let environment = template.parameter("Environment", Parameter::text());
/// let sizes = template.mapping(
///     "Sizes",
///     Mapping::new()
///         .row("dev", [("Instance", "kafka.t3.small".into()), ("Brokers", 2.into())])
///         .row("prod", [("Instance", "kafka.m7g.large".into()), ("Brokers", 3.into())]),
/// );
/// let brokers: cfn::Val<i64> = sizes.number(environment.value(), "Brokers");
/// # let _ = brokers;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a mapping does nothing until it is added to a template"]
pub struct Mapping {
    pub(crate) rows: Vec<(String, Vec<(String, Scalar)>)>,
}

impl Mapping {
    /// An empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row: its key and its cells by name. All rows must have the same cells, of the same kinds.
    pub fn row<K: Into<String>>(
        mut self,
        key: impl Into<String>,
        cells: impl IntoIterator<Item = (K, Scalar)>,
    ) -> Self {
        self.rows.push((key.into(), cells.into_iter().map(|(k, v)| (k.into(), v)).collect()));
        self
    }

    pub(crate) fn render(&self) -> Raw {
        let row = |cells: &Vec<(String, Scalar)>| {
            Raw::Object(cells.iter().map(|(k, v)| (k.clone(), v.to_raw())).collect())
        };
        Raw::Object(self.rows.iter().map(|(key, cells)| (key.clone(), row(cells))).collect::<Map<_, _>>())
    }

    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let legal = |key: &str| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
        };
        let shape = |cells: &[(String, Scalar)]| {
            let mut shape: Vec<_> = cells.iter().map(|(k, v)| (k.clone(), v.kind())).collect();
            shape.sort();
            shape
        };
        let Some((first, cells)) = self.rows.first() else {
            return vec!["the mapping has no row".to_owned()];
        };
        for (i, (key, row)) in self.rows.iter().enumerate() {
            if self.rows[..i].iter().any(|(other, _)| other == key) {
                mistakes.push(format!("the row `{key}` is there twice"));
            }
            for name in std::iter::once(key).chain(row.iter().map(|(name, _)| name)) {
                if !legal(name) {
                    mistakes.push(format!("the key `{name}` is not made of letters, digits, `-` and `.`"));
                }
            }
            if shape(row) != shape(cells) {
                mistakes.push(format!(
                    "the rows `{first}` and `{key}` have not the same cells of the same kinds"
                ));
            }
        }
        if self.rows.len() > quota::MAPPING_ATTRIBUTES {
            mistakes.push(format!(
                "the mapping has {} rows; CloudFormation allows {}",
                self.rows.len(),
                quota::MAPPING_ATTRIBUTES
            ));
        }
        mistakes
    }
}

/// A mapping of a template: looks cells up by `Fn::FindInMap`.
#[derive(Clone)]
pub struct Lookup {
    pub(crate) target: Target,
    pub(crate) mapping: Arc<Mapping>,
}

impl Lookup {
    /// The name of the mapping.
    pub fn name(&self) -> &str {
        &self.target.id
    }

    /// A cell that holds text.
    pub fn text(&self, row: impl Into<Val<String>>, cell: &str) -> Val<String> {
        Val::from_node(self.find(row.into(), cell, "text"))
    }

    /// A cell that holds a number.
    pub fn number(&self, row: impl Into<Val<String>>, cell: &str) -> Val<i64> {
        Val::from_node(self.find(row.into(), cell, "a number").bare())
    }

    /// A cell that holds a boolean.
    pub fn flag(&self, row: impl Into<Val<String>>, cell: &str) -> Val<bool> {
        Val::from_node(self.find(row.into(), cell, "a flag").bare())
    }

    /// A cell that holds a list of texts.
    pub fn list(&self, row: impl Into<Val<String>>, cell: &str) -> List<Val<String>> {
        List::from_node(self.find(row.into(), cell, "a list"))
    }

    fn find(&self, row: Val<String>, cell: &str, kind: &str) -> Node {
        let name = self.name();
        let rows = &self.mapping.rows;
        if let Node::Text(key) = &row.node
            && !rows.iter().any(|(k, _)| k == key)
        {
            return Node::Invalid(format!("the mapping `{name}` has no row `{key}`"));
        }
        let found = rows.first().and_then(|(_, cells)| cells.iter().find(|(k, _)| k == cell));
        match found {
            None => Node::Invalid(format!("the mapping `{name}` has no cell `{cell}`")),
            Some((_, value)) if value.kind() != kind => Node::Invalid(format!(
                "the cell `{cell}` of the mapping `{name}` holds {}, not {kind}",
                value.kind()
            )),
            Some(_) => Node::FindInMap(self.target.clone(), Box::new(row.node), Box::new(Node::text(cell))),
        }
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({})", self.name())
    }
}
