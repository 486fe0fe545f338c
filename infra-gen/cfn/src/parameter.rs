//! Parameters of a template.

use std::marker::PhantomData;

use serde_json::{Map, Value as Raw};

use crate::attr::Attr;
use crate::value::{List, Val, Value, sealed::Wire};
use crate::{ec2, quota};

/// A literal in a parameter or a mapping.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// A boolean.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
}

impl Scalar {
    pub(crate) fn to_raw(&self) -> Raw {
        match self {
            Self::Text(text) => Raw::String(text.clone()),
            Self::Number(number) => Raw::Number((*number).into()),
            Self::Flag(flag) => Raw::Bool(*flag),
            Self::List(items) => Raw::Array(items.iter().cloned().map(Raw::String).collect()),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Flag(_) => "a flag",
            Self::List(_) => "a list",
        }
    }
}

macro_rules! scalar {
    ($($from:ty => |$v:ident| $scalar:expr),* $(,)?) => {$(
        impl From<$from> for Scalar {
            fn from($v: $from) -> Self {
                $scalar
            }
        }
    )*};
}
scalar! {
    &str => |v| Self::Text(v.to_owned()),
    &String => |v| Self::Text(v.clone()),
    String => |v| Self::Text(v),
    i64 => |v| Self::Number(v),
    i32 => |v| Self::Number(v.into()),
    u32 => |v| Self::Number(v.into()),
    u16 => |v| Self::Number(v.into()),
    u8 => |v| Self::Number(v.into()),
    bool => |v| Self::Flag(v),
    Vec<String> => |v| Self::List(v),
}
impl<const N: usize> From<[&str; N]> for Scalar {
    fn from(items: [&str; N]) -> Self {
        Self::List(items.iter().map(|item| (*item).to_owned()).collect())
    }
}

/// A parameter that holds a `V`; [`crate::Template::parameter`] adds it.
#[derive(Clone, Debug)]
#[must_use = "a parameter does nothing until it is added to a template"]
pub struct Parameter<V> {
    pub(crate) spec: Spec,
    marker: PhantomData<fn() -> V>,
}

/// The parameter without its Rust type.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    kind: &'static str,
    description: Option<String>,
    default: Option<Scalar>,
    allowed: Vec<Scalar>,
    pattern: Option<String>,
    constraint: Option<String>,
    length: (Option<u32>, Option<u32>),
    range: (Option<i64>, Option<i64>),
    no_echo: bool,
}

impl Parameter<Val<String>> {
    /// `String`.
    pub fn text() -> Self {
        Self::of("String")
    }
}

impl Parameter<Val<i64>> {
    /// `Number`.
    pub fn number() -> Self {
        Self::of("Number")
    }
}

impl Parameter<List<Val<String>>> {
    /// `CommaDelimitedList`.
    pub fn list() -> Self {
        Self::of("CommaDelimitedList")
    }

    /// `List<AWS::EC2::AvailabilityZone::Name>`.
    pub fn availability_zones() -> Self {
        Self::of("List<AWS::EC2::AvailabilityZone::Name>")
    }
}

impl<A: ?Sized> Parameter<Attr<A>> {
    /// `String`, known to be the attribute `A`: for wiring a nested stack.
    pub fn attr() -> Self {
        Self::of("String")
    }
}

impl<A: ?Sized> Parameter<List<Attr<A>>> {
    /// `CommaDelimitedList`, its items known to be the attribute `A`.
    pub fn attr_list() -> Self {
        Self::of("CommaDelimitedList")
    }
}

impl Parameter<Attr<ec2::vpc::VpcId>> {
    /// `AWS::EC2::VPC::Id`: `CloudFormation` checks that it exists.
    pub fn vpc_id() -> Self {
        Self::of("AWS::EC2::VPC::Id")
    }
}

impl Parameter<List<Attr<ec2::subnet::SubnetId>>> {
    /// `List<AWS::EC2::Subnet::Id>`: `CloudFormation` checks that they exist.
    pub fn subnet_ids() -> Self {
        Self::of("List<AWS::EC2::Subnet::Id>")
    }
}

impl Parameter<List<Attr<ec2::security_group::GroupId>>> {
    /// `List<AWS::EC2::SecurityGroup::Id>`: `CloudFormation` checks that they exist.
    pub fn security_group_ids() -> Self {
        Self::of("List<AWS::EC2::SecurityGroup::Id>")
    }
}

impl<V: Value> Parameter<V> {
    /// The parameter type that suits `V`: `Number` for a number, `CommaDelimitedList` for a list, else `String`.
    pub fn any() -> Self {
        Self::of(<V as Wire>::parameter_type())
    }
}

impl<V> Parameter<V> {
    fn of(kind: &'static str) -> Self {
        Self {
            spec: Spec {
                kind,
                description: None,
                default: None,
                allowed: Vec::new(),
                pattern: None,
                constraint: None,
                length: (None, None),
                range: (None, None),
                no_echo: false,
            },
            marker: PhantomData,
        }
    }

    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.spec.description = Some(text.into());
        self
    }

    /// The value if none is passed.
    pub fn default(mut self, value: impl Into<Scalar>) -> Self {
        self.spec.default = Some(value.into());
        self
    }

    /// The only values that it takes.
    pub fn allowed_values<S: Into<Scalar>>(mut self, values: impl IntoIterator<Item = S>) -> Self {
        self.spec.allowed = values.into_iter().map(Into::into).collect();
        self
    }

    /// The regular expression that the whole value has to match.
    pub fn allowed_pattern(mut self, pattern: impl Into<String>) -> Self {
        self.spec.pattern = Some(pattern.into());
        self
    }

    /// What to say when a constraint is broken.
    pub fn constraint_description(mut self, text: impl Into<String>) -> Self {
        self.spec.constraint = Some(text.into());
        self
    }

    /// The fewest characters.
    pub fn min_length(mut self, characters: u32) -> Self {
        self.spec.length.0 = Some(characters);
        self
    }

    /// The most characters.
    pub fn max_length(mut self, characters: u32) -> Self {
        self.spec.length.1 = Some(characters);
        self
    }

    /// The least number.
    pub fn min_value(mut self, number: i64) -> Self {
        self.spec.range.0 = Some(number);
        self
    }

    /// The greatest number.
    pub fn max_value(mut self, number: i64) -> Self {
        self.spec.range.1 = Some(number);
        self
    }

    /// Masks the value wherever it would be shown.
    pub fn no_echo(mut self) -> Self {
        self.spec.no_echo = true;
        self
    }
}

impl Spec {
    /// The allowed values as text; empty if any is.
    pub(crate) fn allowed_texts(&self) -> Vec<String> {
        let text = |raw: Raw| raw.as_str().map_or_else(|| raw.to_string(), str::to_owned);
        self.allowed.iter().map(|value| text(value.to_raw())).collect()
    }

    pub(crate) fn has_default(&self) -> bool {
        self.default.is_some()
    }

    pub(crate) fn render(&self) -> Raw {
        let mut map = Map::new();
        let mut put = |name: &str, value: Option<Raw>| {
            if let Some(value) = value {
                map.insert(name.to_owned(), value);
            }
        };
        let text = |text: &Option<String>| text.clone().map(Raw::String);
        put("Type", Some(self.kind.into()));
        put("Description", text(&self.description));
        put("Default", self.default.as_ref().map(default_raw));
        put(
            "AllowedValues",
            (!self.allowed.is_empty()).then(|| self.allowed.iter().map(Scalar::to_raw).collect()),
        );
        put("AllowedPattern", text(&self.pattern));
        put("ConstraintDescription", text(&self.constraint));
        put("MinLength", self.length.0.map(Raw::from));
        put("MaxLength", self.length.1.map(Raw::from));
        put("MinValue", self.range.0.map(Raw::from));
        put("MaxValue", self.range.1.map(Raw::from));
        put("NoEcho", self.no_echo.then_some(Raw::Bool(true)));
        Raw::Object(map)
    }

    /// The mistakes in the parameter, each as what and why.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let fits = |value: &Scalar| match self.kind {
            "Number" => matches!(value, Scalar::Number(_)),
            "String" => matches!(value, Scalar::Text(_) | Scalar::Flag(_)),
            kind if kind == "CommaDelimitedList" || kind.starts_with("List<") => {
                matches!(value, Scalar::List(_) | Scalar::Text(_))
            }
            _ => true,
        };
        for value in self.default.iter().chain(&self.allowed) {
            if !fits(value) {
                mistakes.push(format!("{} is no value of the type {}", value.to_raw(), self.kind));
            }
        }
        if let Some(default) = &self.default {
            if !self.allowed.is_empty() && !self.allowed.contains(default) {
                mistakes.push(format!("the default {} is not one of the allowed values", default.to_raw()));
            }
            let characters = default_raw(default).as_str().map_or(0, |s| s.chars().count());
            let (min, max) = self.length;
            if min.is_some_and(|min| characters < min as usize)
                || max.is_some_and(|max| characters > max as usize)
            {
                mistakes.push("the default is shorter or longer than the parameter allows".to_owned());
            }
            if let Scalar::Number(n) = default
                && (self.range.0.is_some_and(|min| *n < min) || self.range.1.is_some_and(|max| *n > max))
            {
                mistakes.push("the default is less or more than the parameter allows".to_owned());
            }
            if default_raw(default).as_str().is_some_and(|s| s.len() > quota::PARAMETER_VALUE_BYTES) {
                mistakes.push(format!("the default is longer than {} bytes", quota::PARAMETER_VALUE_BYTES));
            }
        }
        if self.description.as_ref().is_some_and(|d| d.chars().count() > quota::PARAMETER_DESCRIPTION) {
            mistakes
                .push(format!("the description is longer than {} characters", quota::PARAMETER_DESCRIPTION));
        }
        mistakes
    }
}

/// Lists and flags have their default as text.
fn default_raw(value: &Scalar) -> Raw {
    match value {
        Scalar::List(items) => Raw::String(items.join(",")),
        Scalar::Flag(flag) => Raw::String(flag.to_string()),
        other => other.to_raw(),
    }
}
