//! `AWS::MSK`: the two properties that hold a configuration as text.

use crate::intrinsic::{Text, base64};
use crate::node::{Node, Part};
use crate::sub_text::sub_of;
use crate::value::{Json, Val};

/// A `server.properties` file, for `ServerProperties` of a configuration; a line for each entry, in order.
/// ```
/// use cfn::msk;
/// let properties = msk::ServerProperties::new().set("auto.create.topics.enable", false).set("num.partitions", 3);
/// assert_eq!(properties.to_val().to_json(), "auto.create.topics.enable=false\nnum.partitions=3\n");
/// let configuration = msk::Configuration::new(msk::ConfigurationRequired {
///     name: "main".into(),
///     server_properties: properties.into(),
/// });
/// # let _ = configuration;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct ServerProperties {
    entries: Vec<(String, Text)>,
}

impl ServerProperties {
    /// Without entries yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a property.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        self.entries.push((name.into(), value.into()));
        self
    }

    /// The text.
    pub fn to_val(&self) -> Val<String> {
        let mut parts = Vec::new();
        for (i, (name, value)) in self.entries.iter().enumerate() {
            if self.entries[..i].iter().any(|(other, _)| other == name) {
                return Val::from_node(Node::Invalid(format!("the property `{name}` is set twice")));
            }
            parts.push(Part::Text(format!("{name}=")));
            parts.push(Part::Value("Value".to_owned(), value.0.clone()));
            parts.push(Part::Text("\n".to_owned()));
        }
        Val::from_node(sub_of(parts))
    }
}

impl From<ServerProperties> for Val<String> {
    fn from(properties: ServerProperties) -> Self {
        properties.to_val()
    }
}

/// The configuration of a topic, for `Configs`: a JSON object of texts in Base64.
/// ```
/// use cfn::msk;
/// let config = msk::TopicConfig::new().set("retention.ms", 604_800_000).set("cleanup.policy", "delete");
/// assert_eq!(
///     config.to_val().to_json()["Fn::Base64"],
///     r#"{"retention.ms":"604800000","cleanup.policy":"delete"}"#
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct TopicConfig {
    entries: Vec<(String, Text)>,
}

impl TopicConfig {
    /// Without entries yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an entry.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        self.entries.push((name.into(), value.into()));
        self
    }

    /// The property's value.
    pub fn to_val(&self) -> Val<String> {
        let mut members: Vec<(String, Node)> = Vec::new();
        for (name, Text(value)) in &self.entries {
            if members.iter().any(|(other, _)| other == name) {
                return Val::from_node(Node::Invalid(format!(
                    "the topic's configuration sets `{name}` twice"
                )));
            }
            // All values are text, also those that are numbers or booleans.
            let value = match value {
                Node::Bool(flag) => Node::Text(flag.to_string()),
                Node::Number(number) => Node::Text(number.to_string()),
                Node::Bare(inner) => (**inner).clone(),
                other => other.clone(),
            };
            members.push((name.clone(), value));
        }
        base64(Json(Node::Object(members)).into_text())
    }
}

impl From<TopicConfig> for Val<String> {
    fn from(config: TopicConfig) -> Self {
        config.to_val()
    }
}
