//! What every resource type has in common, and the facts about each that can be read at run time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::attr::Marker;
use crate::node::Node;
use crate::value::{Json, Val, Value};

/// A resource that can be added to a [`crate::Template`].
pub trait Resource {
    /// The type's name in `CloudFormation`; see [`Resource::type_name`].
    const TYPE: &'static str;

    /// What `Ref` yields.
    type Ref: Marker + ?Sized;

    /// The type's name of this very resource: a custom resource has its own, as `Custom::Topics`.
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::TYPE)
    }

    /// The properties that were set.
    fn into_properties(self) -> Properties;

    /// Adds tags in the form that the type takes them; a type without tags stays as it is, and so does a tag that is set
    /// already.
    #[must_use]
    fn tagged<'a>(mut self, tags: impl IntoIterator<Item = (&'a str, Val<String>)>) -> Self
    where
        Self: Builder,
    {
        let Some((name, form)) = ResourceInfo::of(&self.type_name()).and_then(|info| info.tags) else {
            return self;
        };
        let members = &mut self.properties_mut().members;
        for (key, value) in tags {
            let empty = match form {
                TagForm::List => Node::Array(Vec::new()),
                TagForm::Map => Node::Object(Vec::new()),
            };
            match members.entry(Cow::Borrowed(name)).or_insert(empty) {
                Node::Array(list) => {
                    let name = ("Key".to_owned(), Node::text(key));
                    let taken = |tag: &Node| matches!(tag, Node::Object(tag) if tag.contains(&name));
                    if !list.iter().any(taken) {
                        list.push(Node::Object(vec![name, ("Value".to_owned(), value.node)]));
                    }
                }
                Node::Object(map) => {
                    if !map.iter().any(|(name, _)| name == key) {
                        map.push((key.to_owned(), value.node));
                    }
                }
                other => {
                    *other = Node::Invalid("tags are added to a value that a function yields".to_owned());
                }
            }
        }
        self
    }
}

/// The properties of a resource or of a nested property type, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties {
    pub(crate) members: BTreeMap<Cow<'static, str>, Node>,
    pub(crate) nested: Option<Box<crate::nested::Interface>>,
    pub(crate) declared: Option<Vec<String>>,
}

impl Properties {
    pub(crate) fn put<V: Value>(&mut self, name: &'static str, value: V) {
        self.members.insert(Cow::Borrowed(name), value.into_node());
    }

    pub(crate) fn into_json(self) -> Json {
        Json(Node::Object(self.members.into_iter().map(|(name, node)| (name.into_owned(), node)).collect()))
    }
}

/// What every generated builder can do besides its own properties.
pub trait Builder: Sized {
    /// The properties that were set so far.
    #[doc(hidden)]
    fn properties_mut(&mut self) -> &mut Properties;

    /// Sets a property that the specification does not know yet. Nothing checks it: prefer to bring the specification up
    /// to date.
    #[must_use]
    fn raw_property(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) -> Self {
        let value = value.into().0;
        self.properties_mut().members.insert(name.into(), value);
        self
    }

    /// Applies `change` if `yes`: keeps a chain of setters in one piece.
    #[must_use]
    fn when(self, yes: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if yes { change(self) } else { self }
    }

    /// Applies `change` to the value, if there is one.
    #[must_use]
    fn with<T>(self, value: Option<T>, change: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => change(self, value),
            None => self,
        }
    }
}

/// Facts about a resource type, from the service specification; [`crate::RESOURCES`] has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceInfo {
    /// The type's name, as `AWS::MSK::Topic`.
    pub type_name: &'static str,
    /// Its properties, sorted by name.
    pub properties: &'static [PropertyInfo],
    /// Its nested property types, sorted by name.
    pub types: &'static [TypeInfo],
    /// What `Fn::GetAtt` takes, sorted.
    pub attributes: &'static [&'static str],
    /// What `Ref` yields: the name of a property or an attribute, or several joined by `|`.
    pub reference: &'static str,
    /// Whether deleting or replacing it loses data.
    pub stateful: bool,
    /// The property that holds tags, and its form.
    pub tags: Option<(&'static str, TagForm)>,
    /// The form of its ARN, with `${...}` placeholders, if the specification has it.
    pub arn: Option<&'static str>,
}

impl ResourceInfo {
    /// The facts about a type, if it is one of [`crate::RESOURCES`].
    pub fn of(type_name: &str) -> Option<&'static Self> {
        let all = crate::RESOURCES;
        all.binary_search_by(|info| info.type_name.cmp(type_name)).ok().map(|i| &all[i])
    }

    /// A property by name.
    pub fn property(&self, name: &str) -> Option<&'static PropertyInfo> {
        find(self.properties, name)
    }

    /// A nested property type by name.
    pub fn nested(&self, name: &str) -> Option<&'static TypeInfo> {
        self.types.iter().find(|t| t.name == name)
    }
}

/// Facts about a nested property type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// Its name, as `BrokerNodeGroupInfo`.
    pub name: &'static str,
    /// Its properties, sorted by name.
    pub properties: &'static [PropertyInfo],
}

impl TypeInfo {
    /// A property by name.
    pub fn property(&self, name: &str) -> Option<&'static PropertyInfo> {
        find(self.properties, name)
    }
}

fn find(properties: &'static [PropertyInfo], name: &str) -> Option<&'static PropertyInfo> {
    properties.binary_search_by(|p| p.name.cmp(name)).ok().map(|i| &properties[i])
}

/// Facts about a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PropertyInfo {
    /// Its name in `CloudFormation`.
    pub name: &'static str,
    /// Whether it must be set.
    pub required: bool,
    /// What happens to the resource when the property changes.
    pub replacement: Replacement,
    /// The nested property type that it holds: one, a list or a map of it.
    pub nested: Option<&'static str>,
    /// The only integers that it takes; empty if any.
    pub integers: &'static [i64],
}

/// Whether a change of a property replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// It is updated in place.
    No,
    /// It depends on the change.
    Maybe,
    /// A new one is made and the old one deleted.
    Yes,
}

/// How a resource type takes tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagForm {
    /// A list of `{Key, Value}`.
    List,
    /// A map from key to value.
    Map,
}
