//! Nested stacks: parameters passed down and outputs read back, each with its type.

use crate::attr::Attr;
use crate::handle::{Handle, Output, Param};
use crate::node::{Node, Owner};
use crate::resource::Properties;
use crate::resources::cloudformation::Stack;
use crate::template::Template;
use crate::value::{List, Map, Val, Value, sealed::Wire};
use crate::{Tag, sns};

/// What a parent has to know of a nested stack's template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interface {
    pub(crate) owner: Owner,
    /// Parameters, and whether each must be passed.
    pub(crate) parameters: Vec<(String, bool)>,
    pub(crate) outputs: Vec<String>,
    /// Parameters that were passed.
    pub(crate) passed: Vec<String>,
}

/// A nested stack in the making; [`Template::nest`] adds it.
#[derive(Clone, Debug)]
#[must_use = "a nested stack does nothing until it is added with `Template::nest`"]
pub struct NestedStack {
    pub(crate) interface: Interface,
    stack: Stack,
    parameters: Map<Val<String>>,
}

impl NestedStack {
    /// A stack made of `child`, which must be complete: what is added to it later is not known here. `template_url` is
    /// where the child's template will lie in S3.
    pub fn of(child: &Template, template_url: impl Into<Val<String>>) -> Self {
        Self {
            interface: child.interface(),
            stack: Stack::new().template_url(template_url),
            parameters: Map::new(),
        }
    }

    /// Passes a parameter. It has to be one of the child's, and the value of its type.
    pub fn pass<V: Value>(mut self, parameter: &Param<V>, value: impl Into<V>) -> Self {
        let name = parameter.name().to_owned();
        let node = if parameter.target.owner == self.interface.owner {
            value.into().to_wire()
        } else {
            Node::Invalid(format!(
                "the parameter `{name}` belongs to another template (\"{}\")",
                parameter.target.owner.description
            ))
        };
        self.interface.passed.push(name.clone());
        self.parameters = self.parameters.set(name, Val::<String>::from_node(node));
        self
    }

    /// Tags that go on to all the stack's resources.
    pub fn tags(mut self, tags: impl Into<List<Val<Tag>>>) -> Self {
        self.stack = self.stack.tags(tags);
        self
    }

    /// Minutes until `CloudFormation` gives up creating the stack.
    pub fn timeout_in_minutes(mut self, minutes: impl Into<Val<i64>>) -> Self {
        self.stack = self.stack.timeout_in_minutes(minutes);
        self
    }

    /// SNS topics that hear of the stack's events.
    pub fn notification_arns(mut self, topics: impl Into<List<Attr<sns::topic::TopicArn>>>) -> Self {
        self.stack = self.stack.notification_arns(topics);
        self
    }

    pub(crate) fn into_parts(self) -> (Properties, Owner) {
        let stack = if self.interface.passed.is_empty() {
            self.stack
        } else {
            self.stack.parameters(self.parameters)
        };
        let owner = self.interface.owner.clone();
        let mut properties = crate::Resource::into_properties(stack);
        properties.nested = Some(Box::new(self.interface));
        (properties, owner)
    }
}

impl Handle<Stack> {
    /// An output of the nested stack, with the type that it was given there.
    pub fn output<V: Value>(&self, output: &Output<V>) -> V {
        let name = output.name();
        if self.child.as_ref() == Some(&output.target.owner) {
            return V::from_wire(self.attribute::<Val<String>>(&format!("Outputs.{name}")).into_node());
        }
        V::from_node(Node::Invalid(format!(
            "the output `{name}` belongs to the template \"{}\", which `{}` is not made of",
            output.target.owner.description,
            self.logical_id()
        )))
    }

    /// An output of a stack whose template is not made here.
    pub fn output_named(&self, name: &str) -> Val<String> {
        self.attribute(&format!("Outputs.{name}"))
    }
}
