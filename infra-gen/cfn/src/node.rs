//! The tree that every value becomes: JSON, plus intrinsic functions that still know what they point at.
//!
//! Nothing here is typed; the types are in [`crate::value`] and [`crate::attr`]. The tree is kept until
//! [`crate::Template::finish`], which can therefore check each reference against the template that it is in.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::logic::Fact;
use crate::sub_text;
use serde_json::{Map, Number, Value as Raw, json};

/// What a reference points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An entry of `Resources`.
    Resource,
    /// An entry of `Parameters`.
    Parameter,
    /// An entry of `Conditions`.
    Condition,
    /// An entry of `Mappings`.
    Mapping,
    /// An entry of `Outputs`.
    Output,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resource => "resource",
            Self::Parameter => "parameter",
            Self::Condition => "condition",
            Self::Mapping => "mapping",
            Self::Output => "output",
        })
    }
}

/// Tells templates apart, so that a handle of one cannot be used in another unnoticed.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    number: u64,
    pub(crate) description: Arc<str>,
}

impl Owner {
    pub(crate) fn new(description: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed), description: description.into() }
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Owner {}

/// A named thing of one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(crate) owner: Owner,
    pub(crate) kind: Kind,
    pub(crate) id: Arc<str>,
}

/// Where a walk through a node is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position<'a> {
    /// The way there, as `Resources/Key/KeyPolicy/Statement/0`.
    pub(crate) path: Vec<Cow<'a, str>>,
    /// The conditions that hold there, or do not.
    pub(crate) facts: Vec<Fact>,
}

/// A piece of an `Fn::Sub` string.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text that stands for itself.
    Text(String),
    /// A value, with the name that it gets should it need an entry in the function's map.
    Value(String, Node),
}

/// JSON with intrinsic functions in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of insertion.
    Object(Vec<(String, Node)>),
    /// `Ref` of a pseudo parameter.
    Pseudo(&'static str),
    /// `Ref` of a resource or of a parameter.
    Ref(Target),
    /// `Fn::GetAtt`.
    GetAtt(Target, String),
    /// `Fn::Sub`.
    Sub(Vec<Part>),
    /// `Fn::If`.
    If(Target, Box<Node>, Box<Node>),
    /// `{"Condition": "name"}` inside a condition.
    Condition(Target),
    /// `Fn::FindInMap`.
    FindInMap(Target, Box<Node>, Box<Node>),
    /// Any other function, with its argument.
    Call(&'static str, Box<Node>),
    /// An intrinsic that yields a number or a boolean: no quotes around it inside JSON text.
    Bare(Box<Node>),
    /// A mistake that a helper saw; reported by `finish` with the place where it is.
    Invalid(String),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Whether the node is `Ref: AWS::NoValue`.
    pub(crate) fn is_no_value(&self) -> bool {
        matches!(self, Self::Pseudo("AWS::NoValue"))
    }

    /// Marks an intrinsic as one that yields no string; literals stay as they are.
    pub(crate) fn bare(self) -> Self {
        match self {
            Self::Bool(_) | Self::Number(_) | Self::Bare(_) | Self::Invalid(_) => self,
            other => Self::Bare(Box::new(other)),
        }
    }

    /// Plain JSON; an intrinsic function hidden in it is a mistake, since nothing could check it.
    pub(crate) fn from_raw(raw: Raw) -> Self {
        match raw {
            Raw::Null => Self::Null,
            Raw::Bool(b) => Self::Bool(b),
            Raw::Number(n) => Self::Number(n),
            Raw::String(s) => Self::Text(s),
            Raw::Array(items) => Self::Array(items.into_iter().map(Self::from_raw).collect()),
            Raw::Object(map) => {
                if map.len() == 1
                    && let Some(key) = map.keys().next()
                    && (key == "Ref" || key.starts_with("Fn::"))
                {
                    return Self::Invalid(format!(
                        "plain JSON holds the intrinsic function `{key}`, which nothing can check; build it with the \
                         functions of the cfn crate"
                    ));
                }
                Self::Object(map.into_iter().map(|(k, v)| (k, Self::from_raw(v))).collect())
            }
        }
    }

    /// The JSON of `CloudFormation`.
    pub(crate) fn render(&self) -> Raw {
        match self {
            Self::Null => Raw::Null,
            Self::Bool(b) => Raw::Bool(*b),
            Self::Number(n) => Raw::Number(n.clone()),
            Self::Text(s) => Raw::String(s.clone()),
            Self::Array(items) => Raw::Array(items.iter().map(Self::render).collect()),
            Self::Object(members) => {
                Raw::Object(members.iter().map(|(k, v)| (k.clone(), v.render())).collect())
            }
            Self::Pseudo(name) => json!({ "Ref": name }),
            Self::Ref(target) => json!({ "Ref": &*target.id }),
            Self::GetAtt(target, attribute) => json!({ "Fn::GetAtt": [&*target.id, attribute] }),
            Self::Sub(parts) => sub_text::render(parts),
            Self::If(condition, then, other) => {
                json!({ "Fn::If": [&*condition.id, then.render(), other.render()] })
            }
            Self::Condition(target) => json!({ "Condition": &*target.id }),
            Self::FindInMap(target, top, second) => {
                json!({ "Fn::FindInMap": [&*target.id, top.render(), second.render()] })
            }
            Self::Call(name, argument) => {
                let mut map = Map::new();
                map.insert((*name).to_owned(), argument.render());
                Raw::Object(map)
            }
            Self::Bare(inner) => inner.render(),
            Self::Invalid(why) => Raw::String(format!("INVALID: {why}")),
        }
    }

    /// Visits the node and everything in it.
    pub(crate) fn walk<'a>(&'a self, at: &mut Position<'a>, visit: &mut dyn FnMut(&Position, &Node)) {
        visit(at, self);
        let mut step = |at: &mut Position<'a>, key: Cow<'a, str>, node: &'a Self| {
            at.path.push(key);
            node.walk(at, visit);
            at.path.pop();
        };
        match self {
            Self::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    step(at, i.to_string().into(), item);
                }
            }
            Self::Object(members) => {
                for (key, value) in members {
                    step(at, key.into(), value);
                }
            }
            Self::Sub(parts) => {
                for part in parts {
                    if let Part::Value(name, value) = part {
                        step(at, format!("Fn::Sub ${{{name}}}").into(), value);
                    }
                }
            }
            Self::If(condition, then, other) => {
                for (branch, holds, node) in [("Fn::If then", true, then), ("Fn::If else", false, other)] {
                    at.facts.push((condition.id.to_string(), holds));
                    step(at, branch.into(), node);
                    at.facts.pop();
                }
            }
            Self::FindInMap(_, top, second) => {
                step(at, "Fn::FindInMap".into(), top);
                step(at, "Fn::FindInMap".into(), second);
            }
            Self::Call(name, argument) => step(at, (*name).into(), argument),
            Self::Bare(inner) => inner.walk(at, visit),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Pseudo(_)
            | Self::Ref(_)
            | Self::GetAtt(..)
            | Self::Condition(_)
            | Self::Invalid(_) => {}
        }
    }
}
