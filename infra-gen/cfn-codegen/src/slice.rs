//! The slice: what the generator needs of the service specification, and nothing else. In particular no prose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file `spec/slice.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// What it was cut from: package name to version.
    pub source: BTreeMap<String, String>,
    /// The resource types by name.
    pub resources: BTreeMap<String, ResourceSpec>,
}

/// A resource type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceSpec {
    /// What `Ref` yields: the reference identifier if the specification has one, else the primary identifier.
    #[serde(rename = "ref")]
    pub reference: Vec<String>,
    /// Whether the specification marks it as holding data.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stateful: bool,
    /// The property that holds tags, and its variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
    /// The form of the ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// What `Fn::GetAtt` takes.
    pub attributes: BTreeMap<String, Ty>,
    /// The properties.
    pub properties: BTreeMap<String, Property>,
    /// The nested property types, those that the properties reach.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, BTreeMap<String, Property>>,
}

/// How a resource takes tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The property.
    pub property: String,
    /// `standard` (a list of key and value) or `map`.
    pub variant: String,
}

/// A property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Ty,
    /// Whether it must be set.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether a change replaces the resource.
    #[serde(default, skip_serializing_if = "Replacement::is_no")]
    pub replacement: Replacement,
    /// The attributes that it may refer to, as `AWS::KMS::Key.Arn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<String>,
}

/// Whether a change of a property replaces the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Replacement {
    /// It does not.
    #[default]
    No,
    /// It depends.
    Maybe,
    /// It does.
    Yes,
}

impl Replacement {
    /// For serde.
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde calls
    fn is_no(&self) -> bool {
        *self == Self::No
    }
}

/// The type of a property or an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ty {
    /// Text.
    String,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Any JSON.
    Json,
    /// A key and a value.
    Tag,
    /// A date and time, as text.
    DateTime,
    /// One of these texts.
    Enum(Vec<String>),
    /// One of these integers.
    Integers(Vec<i64>),
    /// A list.
    List(Box<Ty>),
    /// A map from text.
    Map(Box<Ty>),
    /// A nested property type.
    Type(String),
    /// One of several.
    Union(Vec<Ty>),
}

impl Ty {
    /// The nested types that it mentions.
    pub fn mentions<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.mentions(found),
            Self::Union(types) => types.iter().for_each(|ty| ty.mentions(found)),
            Self::Type(name) => found.push(name),
            _ => {}
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde calls
fn is_false(flag: &bool) -> bool {
    !*flag
}
