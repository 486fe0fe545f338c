//! JSON documents with intrinsic functions inside.

use serde_json::Value as Raw;

use crate::attr::Attr;
use crate::node::Node;
use crate::value::{Json, List, Literal, Map, NoValue, Val};

impl Json {
    /// An object, its members in this order. [`crate::json!`] is shorter.
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self(Node::Object(members.into_iter().map(|(k, v)| (k.into(), v.0)).collect()))
    }

    /// An array.
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::Array(items.into_iter().map(|item| item.0).collect()))
    }

    /// `null`.
    pub fn null() -> Self {
        Self(Node::Null)
    }

    /// The document as text, for a property that holds JSON in a string: constant if nothing in it is an intrinsic
    /// function, else an `Fn::Sub`. A value that `CloudFormation` puts in is not escaped again; names and ARNs need none.
    pub fn into_text(self) -> Val<String> {
        Val::from_node(crate::sub_text::json_text(self.0))
    }

    /// The JSON of this value as it stands in a template.
    pub fn to_json(&self) -> Raw {
        self.0.render()
    }
}

impl From<NoValue> for Json {
    fn from(_: NoValue) -> Self {
        Self(Node::Pseudo("AWS::NoValue"))
    }
}

impl From<Raw> for Json {
    fn from(raw: Raw) -> Self {
        Self(Node::from_raw(raw))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(Node::text(text))
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self(Node::text(text))
    }
}

impl<T: Literal> From<T> for Json {
    fn from(literal: T) -> Self {
        literal.into_literal()
    }
}

macro_rules! numbers {
    ($($int:ty),*) => {$(
        impl From<$int> for Json {
            fn from(value: $int) -> Self {
                Self(Node::Number(value.into()))
            }
        }
    )*};
}
numbers!(i8, i16, i32, u8, u16, u32, u64, usize);

impl<T> From<Val<T>> for Json {
    fn from(value: Val<T>) -> Self {
        Self(value.node)
    }
}

impl<T> From<&Val<T>> for Json {
    fn from(value: &Val<T>) -> Self {
        Self(value.node.clone())
    }
}

impl<A: ?Sized> From<Attr<A>> for Json {
    fn from(attr: Attr<A>) -> Self {
        Self(attr.node)
    }
}

impl<A: ?Sized> From<&Attr<A>> for Json {
    fn from(attr: &Attr<A>) -> Self {
        Self(attr.node.clone())
    }
}

impl<V> From<List<V>> for Json {
    fn from(list: List<V>) -> Self {
        Self(list.node)
    }
}

impl<V> From<Map<V>> for Json {
    fn from(map: Map<V>) -> Self {
        Self(map.node)
    }
}

impl<X: Into<Json>> From<Vec<X>> for Json {
    fn from(items: Vec<X>) -> Self {
        Self::array(items.into_iter().map(Into::into))
    }
}

impl<X: Into<Json>, const N: usize> From<[X; N]> for Json {
    fn from(items: [X; N]) -> Self {
        Self::array(items.into_iter().map(Into::into))
    }
}

impl<X: Into<Json>> From<Option<X>> for Json {
    fn from(value: Option<X>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

/// A [`Json`] document written as JSON, with Rust expressions where values go:
/// ```
/// use cfn::{aws, json};
/// let filter = json!({ "account": [aws::account_id()], "kinds": ["a", "b"], "limit": 3 });
/// assert_eq!(filter.to_json()["account"][0]["Ref"], "AWS::AccountId");
/// ```
/// A Rust expression of more than one token that starts with `{` or `[` needs parentheses around it.
#[macro_export]
macro_rules! json {
    (null) => { $crate::Json::null() };
    ([ $($items:tt)* ]) => { $crate::Json::array($crate::json!(@array [] $($items)*)) };
    ({ $($members:tt)* }) => { $crate::Json::object($crate::json!(@object [] $($members)*)) };

    // array: finished items in brackets, then what is left
    (@array [$($done:expr,)*]) => { ::std::vec::Vec::<$crate::Json>::from([$($done,)*]) };
    (@array [$($done:expr,)*] null $(, $($rest:tt)*)?) => {
        $crate::json!(@array [$($done,)* $crate::Json::null(),] $($($rest)*)?)
    };
    (@array [$($done:expr,)*] [$($inner:tt)*] $(, $($rest:tt)*)?) => {
        $crate::json!(@array [$($done,)* $crate::json!([$($inner)*]),] $($($rest)*)?)
    };
    (@array [$($done:expr,)*] {$($inner:tt)*} $(, $($rest:tt)*)?) => {
        $crate::json!(@array [$($done,)* $crate::json!({$($inner)*}),] $($($rest)*)?)
    };
    (@array [$($done:expr,)*] $item:expr $(, $($rest:tt)*)?) => {
        $crate::json!(@array [$($done,)* $crate::Json::from($item),] $($($rest)*)?)
    };

    // object: the same with keys
    (@object [$($done:expr,)*]) => {
        ::std::vec::Vec::<(::std::string::String, $crate::Json)>::from([$($done,)*])
    };
    (@object [$($done:expr,)*] $key:literal : null $(, $($rest:tt)*)?) => {
        $crate::json!(@object [$($done,)* ($key.into(), $crate::Json::null()),] $($($rest)*)?)
    };
    (@object [$($done:expr,)*] $key:literal : [$($inner:tt)*] $(, $($rest:tt)*)?) => {
        $crate::json!(@object [$($done,)* ($key.into(), $crate::json!([$($inner)*])),] $($($rest)*)?)
    };
    (@object [$($done:expr,)*] $key:literal : {$($inner:tt)*} $(, $($rest:tt)*)?) => {
        $crate::json!(@object [$($done,)* ($key.into(), $crate::json!({$($inner)*})),] $($($rest)*)?)
    };
    (@object [$($done:expr,)*] $key:literal : $value:expr $(, $($rest:tt)*)?) => {
        $crate::json!(@object [$($done,)* ($key.into(), $crate::Json::from($value)),] $($($rest)*)?)
    };

    ($other:expr) => { $crate::Json::from($other) };
}
