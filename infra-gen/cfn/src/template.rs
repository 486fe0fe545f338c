//! Templates: what is added, by name, in order.

use std::sync::Arc;

use serde_json::{Map, Value as Raw};

use crate::attr::Attr;
use crate::error::TemplateError;
use crate::handle::{Condition, Handle, Output, Param, ResourceId};
use crate::intrinsic::Test;
use crate::mapping::{Lookup, Mapping};
use crate::nested::{Interface, NestedStack};
use crate::node::{Kind, Node, Owner, Target};
use crate::options::{Options, OutputOptions, ResourceOptions};
use crate::parameter::{Parameter, Spec};
use crate::resource::{Properties, Resource};
use crate::resources::cloudformation::Stack;
use crate::value::{Json, Value};

/// A `CloudFormation` template in the making.
///
/// Adding never fails: whatever is wrong is reported by [`Template::finish`], all at once.
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) owner: Owner,
    pub(crate) description: String,
    pub(crate) metadata: Vec<(String, Node)>,
    pub(crate) parameters: Vec<(Arc<str>, Spec)>,
    pub(crate) mappings: Vec<(Arc<str>, Arc<Mapping>)>,
    pub(crate) conditions: Vec<(Arc<str>, Node)>,
    pub(crate) resources: Vec<(Arc<str>, Entry)>,
    pub(crate) outputs: Vec<(Arc<str>, OutputEntry)>,
    pub(crate) declared: Vec<(Arc<str>, &'static str)>,
    pub(crate) mistakes: Vec<TemplateError>,
}

/// A resource of a template.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) type_name: String,
    pub(crate) properties: Properties,
    pub(crate) options: Options,
}

/// An output of a template.
#[derive(Clone, Debug)]
pub(crate) struct OutputEntry {
    pub(crate) description: String,
    pub(crate) value: Node,
    pub(crate) condition: Option<Target>,
    pub(crate) export: Option<Node>,
}

impl Template {
    /// An empty template.
    pub fn new(description: impl Into<String>) -> Self {
        let description = description.into();
        Self {
            owner: Owner::new(&description),
            description,
            metadata: Vec::new(),
            parameters: Vec::new(),
            mappings: Vec::new(),
            conditions: Vec::new(),
            resources: Vec::new(),
            outputs: Vec::new(),
            declared: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Adds a resource.
    pub fn add<R: Resource>(&mut self, logical_id: impl Into<String>, resource: R) -> Handle<R> {
        let type_name = resource.type_name().into_owned();
        Handle::new(self.push(logical_id.into(), type_name, resource.into_properties()))
    }

    /// Adds a nested stack.
    pub fn nest(&mut self, logical_id: impl Into<String>, stack: NestedStack) -> Handle<Stack> {
        let (properties, child) = stack.into_parts();
        let target = self.push(logical_id.into(), Stack::TYPE.to_owned(), properties);
        let mut handle = Handle::new(target);
        handle.child = Some(child);
        handle
    }

    /// A handle of a resource that is added later under this name: for resources that refer to each other both ways.
    pub fn declare<R: Resource>(&mut self, logical_id: impl Into<String>) -> Handle<R> {
        let id: Arc<str> = logical_id.into().into();
        self.declared.push((id.clone(), R::TYPE));
        Handle::new(self.target(Kind::Resource, id))
    }

    /// Changes a resource that was added before: `change` gets it as it is.
    pub fn modify<R: Resource + From<Properties>>(
        &mut self,
        handle: &Handle<R>,
        change: impl FnOnce(R) -> R,
    ) {
        if let Some(entry) = self.entry(&handle.target) {
            let properties = std::mem::take(&mut entry.properties);
            entry.properties = change(R::from(properties)).into_properties();
        }
    }

    /// What stands beside the properties of a resource: dependencies, condition, policies, metadata.
    pub fn options(&mut self, resource: impl Into<ResourceId>) -> ResourceOptions<'_> {
        let target = resource.into().0;
        ResourceOptions::new(self.entry(&target).map(|entry| &mut entry.options))
    }

    /// Adds a parameter.
    pub fn parameter<V: Value>(&mut self, name: impl Into<String>, parameter: Parameter<V>) -> Param<V> {
        let target = self.name(Kind::Parameter, name.into());
        self.parameters.push((target.id.clone(), parameter.spec));
        Param::new(target)
    }

    /// Adds a parameter that is known to be the attribute `A`: `param_attr::<kms::key::Arn>("KeyArn", "...")`.
    pub fn param_attr<A: ?Sized>(
        &mut self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Param<Attr<A>> {
        self.parameter(name, Parameter::attr().description(description))
    }

    /// Adds a mapping.
    pub fn mapping(&mut self, name: impl Into<String>, mapping: Mapping) -> Lookup {
        let target = self.name(Kind::Mapping, name.into());
        let mapping = Arc::new(mapping);
        self.mappings.push((target.id.clone(), Arc::clone(&mapping)));
        Lookup { target, mapping }
    }

    /// Adds a condition.
    pub fn condition(&mut self, name: impl Into<String>, test: impl Into<Test>) -> Condition {
        let target = self.name(Kind::Condition, name.into());
        self.conditions.push((target.id.clone(), test.into().0));
        Condition(target)
    }

    /// Adds an output. A list becomes one string, and a list again where a parent reads it.
    pub fn output<V: Value>(
        &mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        value: V,
    ) -> Output<V> {
        let target = self.name(Kind::Output, name.into());
        self.outputs.push((
            target.id.clone(),
            OutputEntry {
                description: description.into(),
                value: value.to_wire(),
                condition: None,
                export: None,
            },
        ));
        Output::new(target)
    }

    /// What stands beside the value of an output.
    pub fn output_options<V>(&mut self, output: &Output<V>) -> OutputOptions<'_> {
        let owned = output.target.owner == self.owner;
        let found = self.outputs.iter_mut().find(|(id, _)| owned && *id == output.target.id);
        OutputOptions::new(found.map(|(_, entry)| entry))
    }

    /// Adds to the template's metadata.
    pub fn metadata(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        self.metadata.push((key.into(), value.into().0));
    }

    /// How many resources were added so far.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// The resources so far: logical id and type.
    pub fn resource_types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.resources.iter().map(|(id, entry)| (&**id, entry.type_name.as_str()))
    }

    /// The parameters so far: name, and what the template has of it.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Raw)> {
        self.parameters.iter().map(|(name, spec)| (&**name, spec.render()))
    }

    /// The JSON of the template, or all that is wrong with it.
    pub fn finish(&self) -> Result<Raw, Vec<TemplateError>> {
        let rendered = self.render();
        let mistakes = crate::check::check(self, &rendered);
        if mistakes.is_empty() { Ok(rendered) } else { Err(mistakes) }
    }

    pub(crate) fn interface(&self) -> Interface {
        Interface {
            owner: self.owner.clone(),
            parameters: self
                .parameters
                .iter()
                .map(|(name, spec)| (name.to_string(), !spec.has_default()))
                .collect(),
            outputs: self.outputs.iter().map(|(name, _)| name.to_string()).collect(),
            passed: Vec::new(),
        }
    }

    fn target(&self, kind: Kind, id: Arc<str>) -> Target {
        Target { owner: self.owner.clone(), kind, id }
    }

    fn name(&mut self, kind: Kind, id: String) -> Target {
        let id: Arc<str> = id.into();
        if let Some(why) = crate::check::illegal_name(kind, &id) {
            self.mistakes.push(TemplateError::IllegalName { kind, id: id.to_string(), why });
        }
        let rivals: &[Kind] = match kind {
            Kind::Resource | Kind::Parameter => &[Kind::Parameter, Kind::Resource],
            Kind::Condition => &[Kind::Condition],
            Kind::Mapping => &[Kind::Mapping],
            Kind::Output => &[Kind::Output],
        };
        if let Some(first) = rivals.iter().find(|rival| self.has(**rival, &id)) {
            self.mistakes.push(TemplateError::DuplicateName {
                id: id.to_string(),
                first: *first,
                second: kind,
            });
        }
        self.target(kind, id)
    }

    pub(crate) fn has(&self, kind: Kind, id: &str) -> bool {
        match kind {
            Kind::Resource => self.resources.iter().any(|(name, _)| **name == *id),
            Kind::Parameter => self.parameters.iter().any(|(name, _)| **name == *id),
            Kind::Condition => self.conditions.iter().any(|(name, _)| **name == *id),
            Kind::Mapping => self.mappings.iter().any(|(name, _)| **name == *id),
            Kind::Output => self.outputs.iter().any(|(name, _)| **name == *id),
        }
    }

    fn push(&mut self, id: String, type_name: String, properties: Properties) -> Target {
        let target = self.name(Kind::Resource, id);
        self.resources
            .push((target.id.clone(), Entry { type_name, properties, options: Options::default() }));
        target
    }

    fn entry(&mut self, target: &Target) -> Option<&mut Entry> {
        let found = if target.owner == self.owner {
            self.resources.iter().position(|(id, _)| *id == target.id)
        } else {
            None
        };
        if let Some(i) = found {
            return Some(&mut self.resources[i].1);
        }
        let place = "a change of options or properties".to_owned();
        let (kind, id) = (target.kind, target.id.to_string());
        self.mistakes.push(if target.owner == self.owner {
            TemplateError::Dangling { place, kind, id }
        } else {
            let owner = target.owner.description.to_string();
            TemplateError::ForeignReference { place, kind, id, owner }
        });
        None
    }

    fn render(&self) -> Raw {
        let mut map = Map::new();
        map.insert("AWSTemplateFormatVersion".to_owned(), "2010-09-09".into());
        if !self.description.is_empty() {
            map.insert("Description".to_owned(), self.description.clone().into());
        }
        let mut section = |name: &str, entries: Map<String, Raw>| {
            if !entries.is_empty() {
                map.insert(name.to_owned(), Raw::Object(entries));
            }
        };
        let nodes = |entries: &[(String, Node)]| -> Map<String, Raw> {
            entries.iter().map(|(k, v)| (k.clone(), v.render())).collect()
        };
        section("Metadata", nodes(&self.metadata));
        section(
            "Parameters",
            self.parameters.iter().map(|(name, spec)| (name.to_string(), spec.render())).collect(),
        );
        section(
            "Mappings",
            self.mappings.iter().map(|(name, mapping)| (name.to_string(), mapping.render())).collect(),
        );
        section(
            "Conditions",
            self.conditions.iter().map(|(name, test)| (name.to_string(), test.render())).collect(),
        );
        section(
            "Resources",
            self.resources.iter().map(|(name, entry)| (name.to_string(), entry.render())).collect(),
        );
        section(
            "Outputs",
            self.outputs.iter().map(|(name, entry)| (name.to_string(), entry.render())).collect(),
        );
        Raw::Object(map)
    }
}

impl Entry {
    fn render(&self) -> Raw {
        let mut map = Map::new();
        map.insert("Type".to_owned(), self.type_name.clone().into());
        let options = &self.options;
        if let Some(condition) = &options.condition {
            map.insert("Condition".to_owned(), (&*condition.id).into());
        }
        match &options.depends_on[..] {
            [] => {}
            [one] => {
                map.insert("DependsOn".to_owned(), (&*one.id).into());
            }
            several => {
                let ids = several.iter().map(|target| Raw::from(&*target.id)).collect();
                map.insert("DependsOn".to_owned(), Raw::Array(ids));
            }
        }
        if let Some(policy) = options.deletion_policy {
            map.insert("DeletionPolicy".to_owned(), policy.name().into());
        }
        if let Some(policy) = options.update_replace_policy {
            map.insert("UpdateReplacePolicy".to_owned(), policy.name().into());
        }
        if !options.metadata.is_empty() {
            let metadata = options.metadata.iter().map(|(k, v)| (k.clone(), v.render())).collect();
            map.insert("Metadata".to_owned(), Raw::Object(metadata));
        }
        if !self.properties.members.is_empty() {
            let properties = self
                .properties
                .members
                .iter()
                .map(|(name, node)| (name.to_string(), node.render()))
                .collect();
            map.insert("Properties".to_owned(), Raw::Object(properties));
        }
        Raw::Object(map)
    }
}

impl OutputEntry {
    fn render(&self) -> Raw {
        let mut map = Map::new();
        if !self.description.is_empty() {
            map.insert("Description".to_owned(), self.description.clone().into());
        }
        if let Some(condition) = &self.condition {
            map.insert("Condition".to_owned(), (&*condition.id).into());
        }
        map.insert("Value".to_owned(), self.value.render());
        if let Some(name) = &self.export {
            map.insert("Export".to_owned(), serde_json::json!({ "Name": name.render() }));
        }
        Raw::Object(map)
    }
}
