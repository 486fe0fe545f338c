//! The intrinsic functions.

use crate::attr::Attr;
use crate::handle::Condition;
use crate::node::{Node, Part};
use crate::sub_text::sub_of;
use crate::value::{Json, List, NoValue, Val, Value};

/// A value that can stand in text: what [`sub`] takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Text(pub(crate) Node);

macro_rules! text {
    ($($from:ty => |$v:ident| $node:expr),* $(,)?) => {$(
        impl From<$from> for Text {
            fn from($v: $from) -> Self {
                Self($node)
            }
        }
    )*};
}
text! {
    &str => |v| Node::text(v),
    String => |v| Node::Text(v),
    &String => |v| Node::text(v),
    i64 => |v| Node::Number(v.into()),
    i32 => |v| Node::Number(v.into()),
    u32 => |v| Node::Number(v.into()),
    u16 => |v| Node::Number(v.into()),
    u64 => |v| Node::Number(v.into()),
    usize => |v| Node::Number(v.into()),
    bool => |v| Node::Bool(v),
}
impl<T> From<Val<T>> for Text {
    fn from(value: Val<T>) -> Self {
        Self(value.node)
    }
}
impl<T> From<&Val<T>> for Text {
    fn from(value: &Val<T>) -> Self {
        Self(value.node.clone())
    }
}
impl<A: ?Sized> From<Attr<A>> for Text {
    fn from(attr: Attr<A>) -> Self {
        Self(attr.node)
    }
}
impl<A: ?Sized> From<&Attr<A>> for Text {
    fn from(attr: &Attr<A>) -> Self {
        Self(attr.node.clone())
    }
}

/// A literal string as a [`Val`], for where the context does not say that one is wanted.
pub fn text(literal: impl Into<String>) -> Val<String> {
    Val::from(literal.into())
}

const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// `Fn::Sub`. Each `${name}` is one of `values` or a pseudo parameter (`${AWS::Region}`), each value is used, and
/// `${!name}` is the text `${name}`; anything else is a mistake that `finish` reports. Literal values become part of the
/// text, references the short form `${Key.Arn}`. The macro [`crate::sub!`] is easier to write.
#[allow(clippy::needless_pass_by_value)] // so that a call can build them in place
pub fn sub<const N: usize>(template: &str, values: [(&str, Text); N]) -> Val<String> {
    Val::from_node(match sub_parts(template, &values) {
        Ok(parts) => sub_of(parts),
        Err(why) => Node::Invalid(why),
    })
}

fn sub_parts(template: &str, values: &[(&str, Text)]) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut used = vec![false; values.len()];
    let mut rest = template;
    while let Some(start) = rest.find("${") {
        parts.push(Part::Text(rest[..start].to_owned()));
        let inside = &rest[start + 2..];
        let end =
            inside.find('}').ok_or_else(|| format!("`${{` without `}}` in the Fn::Sub text `{template}`"))?;
        let name = &inside[..end];
        rest = &inside[end + 1..];
        if let Some(literal) = name.strip_prefix('!') {
            parts.push(Part::Text(format!("${{{literal}}}")));
        } else if let Some(i) = values.iter().position(|(n, _)| *n == name) {
            used[i] = true;
            parts.push(Part::Value(name.to_owned(), values[i].1.0.clone()));
        } else if let Some(pseudo) = PSEUDO.iter().find(|p| **p == name) {
            parts.push(Part::Value(name.to_owned(), Node::Pseudo(pseudo)));
        } else {
            let known: Vec<&str> = values.iter().map(|(n, _)| *n).collect();
            return Err(format!(
                "the Fn::Sub text `{template}` names `{name}`, which is no value given to it ({}) and no pseudo parameter; \
                 write `${{!{name}}}` for the text itself",
                if known.is_empty() { "there is none".to_owned() } else { known.join(", ") }
            ));
        }
    }
    parts.push(Part::Text(rest.to_owned()));
    match used.iter().position(|used| !used) {
        Some(i) => Err(format!(
            "the value `{}` is given to the Fn::Sub text `{template}`, which does not name it",
            values[i].0
        )),
        None => Ok(parts),
    }
}

/// `Fn::Sub` with named values of any type that can stand in text:
/// ```
/// use cfn::{sub, text};
/// let table = text("users");
/// let arn = sub!("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${table}", table = table);
/// assert_eq!(
///     arn.to_json()["Fn::Sub"],
///     "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/users"
/// );
/// ```
/// A value whose variable has the name of the placeholder can be left to the short form `sub!("…${table}", table)`.
#[macro_export]
macro_rules! sub {
    ($template:expr $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::sub($template, [$((::core::stringify!($name), $crate::sub!(@value $name $(, $value)?))),*])
    };
    (@value $name:ident, $value:expr) => { $crate::Text::from($value) };
    (@value $name:ident) => { $crate::Text::from(&$name) };
}

pub(crate) fn join_node(separator: &str, list: Node) -> Node {
    // Join of a split by the same separator is the string itself.
    if let Node::Call("Fn::Split", argument) = &list
        && let Node::Array(split) = &**argument
        && let [Node::Text(by), text] = &split[..]
        && by == separator
    {
        return text.clone();
    }
    if let Node::Array(items) = &list
        && let [only] = &items[..]
    {
        return only.clone();
    }
    Node::Call("Fn::Join", Box::new(Node::Array(vec![Node::text(separator), list])))
}

pub(crate) fn split_node(separator: &str, text: Node) -> Node {
    Node::Call("Fn::Split", Box::new(Node::Array(vec![Node::text(separator), text])))
}

/// `Fn::Join`. A list of references is joined as [`List::text`].
pub fn join(separator: &str, list: impl Into<List<Val<String>>>) -> Val<String> {
    Val::from_node(join_node(separator, list.into().node))
}

/// `Fn::Split`.
pub fn split(separator: &str, text: impl Into<Val<String>>) -> List<Val<String>> {
    List::from_node(split_node(separator, text.into().node))
}

/// `Fn::Select`, from 0.
pub fn select<V: Value>(index: u32, list: impl Into<List<V>>) -> V {
    V::from_node(Node::Call(
        "Fn::Select",
        Box::new(Node::Array(vec![Node::Number(index.into()), list.into().node])),
    ))
}

/// `Fn::If`. Both branches have one type: the first says which, the second converts to it.
pub fn if_<V: Value>(condition: &Condition, then: V, otherwise: impl Into<V>) -> V {
    V::from_node(Node::If(
        condition.0.clone(),
        Box::new(then.into_node()),
        Box::new(otherwise.into().into_node()),
    ))
}

/// The value if the condition holds, else nothing: `Fn::If` with `AWS::NoValue`.
pub fn only_if<V: Value>(condition: &Condition, then: V) -> V {
    if_(condition, then, NoValue)
}

/// `Fn::Base64`: `CloudFormation` encodes when it deploys.
pub fn base64(text: impl Into<Val<String>>) -> Val<String> {
    Val::from_node(Node::Call("Fn::Base64", Box::new(text.into().node)))
}

/// `Fn::GetAZs` of the stack's region.
pub fn availability_zones() -> List<Val<String>> {
    List::from_node(Node::Call("Fn::GetAZs", Box::new(Node::text(""))))
}

/// `Fn::Cidr`: `count` blocks with `host_bits` bits each for hosts, out of `block`.
pub fn cidr(block: impl Into<Val<String>>, count: u32, host_bits: u32) -> List<Val<String>> {
    List::from_node(Node::Call(
        "Fn::Cidr",
        Box::new(Node::Array(vec![
            block.into().node,
            Node::Number(count.into()),
            Node::Number(host_bits.into()),
        ])),
    ))
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq)]
pub struct Test(pub(crate) Node);

impl From<&Condition> for Test {
    fn from(condition: &Condition) -> Self {
        Self(Node::Condition(condition.0.clone()))
    }
}

impl From<Condition> for Test {
    fn from(condition: Condition) -> Self {
        Self(Node::Condition(condition.0))
    }
}

/// `Fn::Equals`.
pub fn equals(left: impl Into<Text>, right: impl Into<Text>) -> Test {
    Test(Node::Call("Fn::Equals", Box::new(Node::Array(vec![left.into().0, right.into().0]))))
}

fn combine(name: &'static str, mut tests: Vec<Test>) -> Test {
    match tests.len() {
        1 => tests.remove(0),
        2..=10 => {
            Test(Node::Call(name, Box::new(Node::Array(tests.into_iter().map(|test| test.0).collect()))))
        }
        count => Test(Node::Invalid(format!("{name} takes 2 to 10 conditions, not {count}"))),
    }
}

/// `Fn::And` of up to ten.
pub fn and<T: Into<Test>>(tests: impl IntoIterator<Item = T>) -> Test {
    combine("Fn::And", tests.into_iter().map(Into::into).collect())
}

/// `Fn::Or` of up to ten.
pub fn or<T: Into<Test>>(tests: impl IntoIterator<Item = T>) -> Test {
    combine("Fn::Or", tests.into_iter().map(Into::into).collect())
}

/// `Fn::Not`.
pub fn not(test: impl Into<Test>) -> Test {
    Test(Node::Call("Fn::Not", Box::new(Node::Array(vec![test.into().0]))))
}

/// Pseudo parameters.
pub mod aws {
    use super::{List, NoValue, Node, Val};

    macro_rules! pseudo {
        ($($(#[$doc:meta])* $function:ident = $name:literal;)*) => {$(
            $(#[$doc])*
            pub fn $function() -> Val<String> {
                Val::from_node(Node::Pseudo($name))
            }
        )*};
    }
    pseudo! {
        /// `AWS::Region`.
        region = "AWS::Region";
        /// `AWS::AccountId`.
        account_id = "AWS::AccountId";
        /// `AWS::Partition`.
        partition = "AWS::Partition";
        /// `AWS::URLSuffix`.
        url_suffix = "AWS::URLSuffix";
        /// `AWS::StackName`.
        stack_name = "AWS::StackName";
        /// `AWS::StackId`.
        stack_id = "AWS::StackId";
    }

    /// `AWS::NotificationARNs`.
    pub fn notification_arns() -> List<Val<String>> {
        List::from_node(Node::Pseudo("AWS::NotificationARNs"))
    }

    /// `AWS::NoValue`: the property is left out. It fits every property, and the second branch of [`crate::if_`].
    pub fn no_value() -> NoValue {
        NoValue
    }
}

/// Dynamic references: `CloudFormation` fetches the value when it deploys, and it never stands in the template.
pub mod dynamic {
    use super::{Part, Text, Val, sub_of};

    fn resolve(parts: Vec<Text>) -> Val<String> {
        Val::from_node(sub_of(
            parts.into_iter().map(|text| Part::Value("Secret".to_owned(), text.0)).collect(),
        ))
    }

    /// One key of a JSON secret: `{{resolve:secretsmanager:ARN:SecretString:key}}`.
    pub fn secret(secret: impl Into<Text>, json_key: impl Into<Text>) -> Val<String> {
        resolve(vec![
            "{{resolve:secretsmanager:".into(),
            secret.into(),
            ":SecretString:".into(),
            json_key.into(),
            "}}".into(),
        ])
    }

    /// The whole text of a secret.
    pub fn whole_secret(secret: impl Into<Text>) -> Val<String> {
        resolve(vec!["{{resolve:secretsmanager:".into(), secret.into(), ":SecretString}}".into()])
    }

    /// A parameter of Systems Manager, its newest version.
    pub fn ssm(name: impl Into<Text>) -> Val<String> {
        resolve(vec!["{{resolve:ssm:".into(), name.into(), "}}".into()])
    }
}

impl From<Text> for Json {
    fn from(text: Text) -> Self {
        Self(text.0)
    }
}
