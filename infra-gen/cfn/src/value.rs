//! Property values: a literal of the right type, or an intrinsic function that yields one.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde_json::{Number, Value as Raw};

use crate::attr::Attr;
use crate::node::Node;

pub(crate) mod sealed {
    use crate::node::Node;

    /// How a typed value becomes a node and back.
    pub trait Wire: Sized {
        fn from_node(node: Node) -> Self;
        fn into_node(self) -> Node;
        /// As one string: a stack parameter or an output.
        fn to_wire(self) -> Node {
            self.into_node()
        }
        /// The reverse of [`Wire::to_wire`].
        fn from_wire(node: Node) -> Self {
            Self::from_node(node)
        }
        /// The `Type` of a parameter that holds such a value.
        fn parameter_type() -> &'static str {
            "String"
        }
    }
}
use sealed::Wire;

/// What a property can hold: [`Val`], [`Attr`], [`List`], [`Map`] or [`Json`].
pub trait Value: Wire + From<NoValue> {}
impl<T: Wire + From<NoValue>> Value for T {}

/// A Rust type that has a literal form in a template.
pub trait Literal {
    /// The literal's JSON.
    fn into_literal(self) -> Json;

    /// Whether a value of this type is a number or a boolean rather than a string.
    #[doc(hidden)]
    const BARE: bool = false;

    /// The `Type` of a parameter that holds such a value.
    #[doc(hidden)]
    const PARAMETER: &'static str = "String";
}

/// A literal `T`, or an intrinsic function that yields one.
pub struct Val<T> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> T>,
}

/// A list of values, or an intrinsic function that yields one.
///
/// Arrays and vectors flow into it; for items of several Rust types there is [`crate::list!`].
pub struct List<V> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> V>,
}

/// Values by name, or an intrinsic function that yields them.
///
/// Arrays of pairs flow into it; for values of several Rust types there is [`crate::map!`].
pub struct Map<V> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> V>,
}

/// A JSON document that may hold intrinsic functions; [`crate::json!`] writes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub(crate) Node);

/// `AWS::NoValue`: the property is left out. See [`crate::aws::no_value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoValue;

macro_rules! container {
    ($name:ident) => {
        impl<T> $name<T> {
            pub(crate) fn from_node(node: Node) -> Self {
                Self { node, marker: PhantomData }
            }

            /// The JSON of this value as it stands in a template.
            pub fn to_json(&self) -> Raw {
                self.node.render()
            }
        }
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self::from_node(self.node.clone())
            }
        }
        impl<T> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.node == other.node
            }
        }
        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.node.render())
            }
        }
        impl<T> From<&$name<T>> for $name<T> {
            fn from(value: &$name<T>) -> Self {
                value.clone()
            }
        }
        impl<T> From<NoValue> for $name<T> {
            fn from(_: NoValue) -> Self {
                Self::from_node(Node::Pseudo("AWS::NoValue"))
            }
        }
    };
}
container!(Val);
container!(List);
container!(Map);

impl<T: Literal> Wire for Val<T> {
    fn from_node(node: Node) -> Self {
        Val::from_node(if T::BARE { node.bare() } else { node })
    }
    fn into_node(self) -> Node {
        self.node
    }
    fn parameter_type() -> &'static str {
        T::PARAMETER
    }
}

impl<A: ?Sized> Wire for Attr<A> {
    fn from_node(node: Node) -> Self {
        Attr::from_node(node)
    }
    fn into_node(self) -> Node {
        self.node
    }
}

impl<V: Wire> Wire for List<V> {
    fn from_node(node: Node) -> Self {
        List::from_node(node)
    }
    fn into_node(self) -> Node {
        self.node
    }
    fn to_wire(self) -> Node {
        crate::intrinsic::join_node(",", self.node)
    }
    fn from_wire(node: Node) -> Self {
        List::from_node(crate::intrinsic::split_node(",", node))
    }
    fn parameter_type() -> &'static str {
        "CommaDelimitedList"
    }
}

impl<V: Wire> Wire for Map<V> {
    fn from_node(node: Node) -> Self {
        Map::from_node(node)
    }
    fn into_node(self) -> Node {
        self.node
    }
}

impl Wire for Json {
    fn from_node(node: Node) -> Self {
        Self(node)
    }
    fn into_node(self) -> Node {
        self.0
    }
}

// --- literals ---------------------------------------------------------------------------------------------------------

impl Literal for String {
    fn into_literal(self) -> Json {
        Json(Node::Text(self))
    }
}

impl Literal for bool {
    fn into_literal(self) -> Json {
        Json(Node::Bool(self))
    }
    const BARE: bool = true;
}

impl Literal for i64 {
    fn into_literal(self) -> Json {
        Json(Node::Number(self.into()))
    }
    const BARE: bool = true;
    const PARAMETER: &'static str = "Number";
}

impl Literal for f64 {
    fn into_literal(self) -> Json {
        Json(float(self))
    }
    const BARE: bool = true;
    const PARAMETER: &'static str = "Number";
}

/// A float without a fraction is written without one.
#[allow(clippy::cast_possible_truncation)] // the comparison guards it
fn float(value: f64) -> Node {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Node::Number((value as i64).into());
    }
    Number::from_f64(value)
        .map_or_else(|| Node::Invalid(format!("{value} is not a JSON number")), Node::Number)
}

impl<T: Literal> From<T> for Val<T> {
    fn from(literal: T) -> Self {
        Self::from_node(literal.into_literal().0)
    }
}

impl From<&str> for Val<String> {
    fn from(text: &str) -> Self {
        Self::from_node(Node::text(text))
    }
}

impl From<&String> for Val<String> {
    fn from(text: &String) -> Self {
        Self::from_node(Node::text(text))
    }
}

impl<A: ?Sized> From<Attr<A>> for Val<String> {
    fn from(attr: Attr<A>) -> Self {
        Self::from_node(attr.node)
    }
}

impl<A: ?Sized> From<&Attr<A>> for Val<String> {
    fn from(attr: &Attr<A>) -> Self {
        Self::from_node(attr.node.clone())
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl From<$int> for Val<i64> {
            fn from(value: $int) -> Self {
                Self::from_node(Node::Number(i64::from(value).into()))
            }
        }
        impl From<$int> for Val<f64> {
            fn from(value: $int) -> Self {
                Self::from_node(Node::Number(i64::from(value).into()))
            }
        }
    )*};
}
integers!(i8, i16, i32, u8, u16, u32);

impl From<Val<i64>> for Val<f64> {
    fn from(value: Val<i64>) -> Self {
        Self::from_node(value.node)
    }
}

// --- lists ------------------------------------------------------------------------------------------------------------

impl<V> Default for List<V> {
    fn default() -> Self {
        Self::from_node(Node::Array(Vec::new()))
    }
}

impl<V: Value> List<V> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item. Only a list that was written out can grow; to one that a function yields it is a mistake, which
    /// `finish` reports.
    #[must_use]
    pub fn item(mut self, item: impl Into<V>) -> Self {
        let item = item.into().into_node();
        match &mut self.node {
            Node::Array(items) => items.push(item),
            Node::Invalid(_) => {}
            other => *other = Node::Invalid("an item is added to a list that a function yields".to_owned()),
        }
        self
    }
}

impl<V: Value, X: Into<V>> FromIterator<X> for List<V> {
    fn from_iter<I: IntoIterator<Item = X>>(items: I) -> Self {
        Self::from_node(Node::Array(items.into_iter().map(|item| item.into().into_node()).collect()))
    }
}

impl<V: Value, X: Into<V>> From<Vec<X>> for List<V> {
    fn from(items: Vec<X>) -> Self {
        items.into_iter().collect()
    }
}

impl<V: Value, X: Into<V>, const N: usize> From<[X; N]> for List<V> {
    fn from(items: [X; N]) -> Self {
        items.into_iter().collect()
    }
}

/// A [`List`] of items that need not be of one Rust type: `list![topic.topic_arn(), "arn:aws:sns:*"]`.
#[macro_export]
macro_rules! list {
    ($($item:expr),* $(,)?) => { $crate::List::new()$(.item($item))* };
}

// --- maps -------------------------------------------------------------------------------------------------------------

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self::from_node(Node::Object(Vec::new()))
    }
}

impl<V: Value> Map<V> {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a member. The same name twice is a mistake, which `finish` reports.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<V>) -> Self {
        let (name, value) = (name.into(), value.into().into_node());
        match &mut self.node {
            Node::Object(members) => {
                if members.iter().any(|(k, _)| *k == name) {
                    self.node = Node::Invalid(format!("the name `{name}` is set twice"));
                } else {
                    members.push((name, value));
                }
            }
            Node::Invalid(_) => {}
            other => *other = Node::Invalid("a member is set in a map that a function yields".to_owned()),
        }
        self
    }
}

impl<V: Value, K: Into<String>, X: Into<V>> FromIterator<(K, X)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, X)>>(members: I) -> Self {
        members.into_iter().fold(Self::new(), |map, (name, value)| map.set(name, value))
    }
}

impl<V: Value, K: Into<String>, X: Into<V>> From<Vec<(K, X)>> for Map<V> {
    fn from(members: Vec<(K, X)>) -> Self {
        members.into_iter().collect()
    }
}

impl<V: Value, K: Into<String>, X: Into<V>, const N: usize> From<[(K, X); N]> for Map<V> {
    fn from(members: [(K, X); N]) -> Self {
        members.into_iter().collect()
    }
}

impl<V: Value, K: Into<String>, X: Into<V>> From<BTreeMap<K, X>> for Map<V> {
    fn from(members: BTreeMap<K, X>) -> Self {
        members.into_iter().collect()
    }
}

/// A [`Map`] of values that need not be of one Rust type: `map! { "TABLE" => table.reference(), "LEVEL" => "info" }`.
#[macro_export]
macro_rules! map {
    ($($name:expr => $value:expr),* $(,)?) => { $crate::Map::new()$(.set($name, $value))* };
}
