//! The checks that [`crate::Template::finish`] makes.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value as Raw;

use crate::error::TemplateError;
use crate::logic::{Fact, counterexample};
use crate::node::{Kind, Node, Part, Position, Target};
use crate::quota;
use crate::resource::ResourceInfo;
use crate::template::{Entry, Template};

/// Why a name is illegal, if it is.
pub(crate) fn illegal_name(kind: Kind, id: &str) -> Option<&'static str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || (kind == Kind::Mapping && matches!(c, '-' | '.'));
    if id.is_empty() {
        Some("it is empty")
    } else if id.chars().count() > quota::NAME {
        Some("it has more than 255 characters")
    } else if !id.chars().all(legal) {
        Some("only letters and digits (A-Z, a-z, 0-9) are allowed")
    } else {
        None
    }
}

/// All that is wrong with a template.
pub(crate) fn check(template: &Template, rendered: &Raw) -> Vec<TemplateError> {
    let mut checker = Checker {
        template,
        positions: template.resources.iter().enumerate().map(|(i, (id, _))| (&**id, i)).collect(),
        mistakes: template.mistakes.clone(),
        edges: BTreeMap::new(),
        dynamic: 0,
    };
    checker.sections();
    checker.resources();
    let name = |i: &usize| template.resources[*i].0.to_string();
    for cycle in crate::graph::cycles(template.resources.len(), &checker.edges) {
        checker.mistakes.push(TemplateError::Cycle { cycle: cycle.iter().map(name).collect() });
    }
    checker.quotas(rendered);
    checker.mistakes
}

struct Checker<'a> {
    template: &'a Template,
    /// The resources by logical id.
    positions: BTreeMap<&'a str, usize>,
    mistakes: Vec<TemplateError>,
    /// Who depends on whom, by position.
    edges: BTreeMap<usize, Vec<usize>>,
    dynamic: usize,
}

/// Where a value stands.
#[derive(Clone, Default)]
struct Context {
    place: String,
    /// Of a resource's property: the position of the resource.
    resource: Option<usize>,
    /// What holds there: the condition of the resource or the output, and the branches of `Fn::If`.
    facts: Vec<Fact>,
    /// Whether this is settled before resources exist, and so cannot refer to one.
    early: bool,
}

impl Context {
    fn at(place: String) -> Self {
        Self { place, ..Self::default() }
    }

    fn early(self) -> Self {
        Self { early: true, ..self }
    }

    fn of(self, resource: usize) -> Self {
        Self { resource: Some(resource), ..self }
    }

    /// Where the condition holds, if there is one.
    fn under(mut self, condition: Option<&Target>) -> Self {
        self.facts.extend(condition.map(|target| (target.id.to_string(), true)));
        self
    }
}

impl<'a> Checker<'a> {
    fn entry(&self, id: &str) -> Option<&'a Entry> {
        self.positions.get(id).map(|i| &self.template.resources[*i].1)
    }

    fn sections(&mut self) {
        let template = self.template;
        for (name, spec) in &template.parameters {
            for why in spec.mistakes() {
                self.invalid(format!("Parameters/{name}"), why);
            }
        }
        for (name, mapping) in &template.mappings {
            for why in mapping.mistakes() {
                self.invalid(format!("Mappings/{name}"), why);
            }
        }
        for (name, test) in &template.conditions {
            self.node(&Context::at(format!("Conditions/{name}")).early(), test);
        }
        for (key, node) in &template.metadata {
            self.node(&Context::at(format!("Metadata/{key}")), node);
        }
        for (name, output) in &template.outputs {
            let place = format!("Outputs/{name}");
            if let Some(condition) = &output.condition {
                self.target(&Context::at(format!("{place}/Condition")), condition);
            }
            let value = Context::at(format!("{place}/Value")).under(output.condition.as_ref());
            self.node(&value, &output.value);
            if matches!(output.value, Node::Array(_) | Node::Object(_)) {
                self.mistakes.push(TemplateError::NotAllowed {
                    place: place.clone(),
                    why: "an output is one string; write JSON as text with `into_text`".to_owned(),
                });
            }
            if let Some(export) = &output.export {
                self.node(&Context::at(format!("{place}/Export")).early(), export);
            }
            let description = format!("the description of the output `{name}` has");
            self.quota(&description, "bytes", output.description.len(), quota::OUTPUT_DESCRIPTION_BYTES);
        }
        for (id, declared) in &template.declared {
            // One that was never added is reported where it is referred to.
            let added =
                template.resources.iter().find(|(name, _)| name == id).map(|(_, entry)| &entry.type_name);
            if let Some(added) = added
                && added != declared
            {
                self.mistakes.push(TemplateError::DeclaredOtherwise {
                    id: id.to_string(),
                    declared: (*declared).to_owned(),
                    added: added.clone(),
                });
            }
        }
    }

    fn resources(&mut self) {
        let template = self.template;
        if template.resources.is_empty() {
            self.mistakes.push(TemplateError::Empty);
        }
        for (position, (id, entry)) in template.resources.iter().enumerate() {
            let condition = entry.options.condition.as_ref();
            let at = |what: &str| Context::at(format!("Resources/{id}/{what}"));
            for (name, node) in &entry.properties.members {
                self.node(&at(name).of(position).under(condition), node);
            }
            for (key, node) in &entry.options.metadata {
                self.node(&at(&format!("Metadata/{key}")).under(condition), node);
            }
            if let Some(condition) = condition {
                self.target(&at("Condition"), condition);
            }
            for target in &entry.options.depends_on {
                self.target(&at("DependsOn").of(position).under(condition), target);
            }
            self.facts(id, entry);
            self.nested(id, entry);
        }
    }

    /// What the specification knows and the types cannot say.
    fn facts(&mut self, id: &str, entry: &Entry) {
        let Some(info) = ResourceInfo::of(&entry.type_name) else { return };
        for property in info.properties {
            let Some(node) = entry.properties.members.get(property.name) else { continue };
            let place = format!("Resources/{id}/{}", property.name);
            if property.required && node.is_no_value() {
                self.mistakes.push(TemplateError::RequiredLeftOut { place });
            } else if let Node::Number(number) = node
                && !property.integers.is_empty()
                && !number.as_i64().is_some_and(|n| property.integers.contains(&n))
            {
                let allowed: Vec<String> = property.integers.iter().map(ToString::to_string).collect();
                self.invalid(place, format!("{number} is not one of {}", allowed.join(", ")));
            }
        }
    }

    /// Whether a nested stack is given its parameters.
    fn nested(&mut self, id: &str, entry: &Entry) {
        let Some(nested) = &entry.properties.nested else { return };
        let id = id.to_owned();
        for (parameter, required) in &nested.parameters {
            if *required && !nested.passed.contains(parameter) {
                let parameter = parameter.clone();
                self.mistakes.push(TemplateError::ParameterNotPassed { id: id.clone(), parameter });
            }
        }
        for parameter in &nested.passed {
            if !nested.parameters.iter().any(|(name, _)| name == parameter) {
                let parameter = parameter.clone();
                self.mistakes.push(TemplateError::ParameterUnknown { id: id.clone(), parameter });
            }
        }
    }

    fn node(&mut self, context: &Context, node: &Node) {
        let mut found: Vec<(Context, Found)> = Vec::new();
        let mut dynamic = 0;
        let mut position = Position { path: vec![(&context.place).into()], facts: context.facts.clone() };
        node.walk(&mut position, &mut |at, node| {
            let what = match node {
                Node::Ref(target)
                | Node::If(target, ..)
                | Node::Condition(target)
                | Node::FindInMap(target, ..) => Found::Target(target.clone(), None),
                Node::GetAtt(target, attribute) => Found::Target(target.clone(), Some(attribute.clone())),
                Node::Invalid(why) => Found::Invalid(why.clone()),
                Node::Text(text) => {
                    dynamic += dynamic_references(text);
                    return;
                }
                Node::Sub(parts) => {
                    for part in parts {
                        if let Part::Text(text) = part {
                            dynamic += dynamic_references(text);
                        }
                    }
                    return;
                }
                _ => return,
            };
            let place = at.path.join("/");
            found.push((Context { place, facts: at.facts.clone(), ..context.clone() }, what));
        });
        self.dynamic += dynamic;
        for (context, what) in found {
            match what {
                Found::Invalid(why) => self.invalid(context.place, why),
                Found::Target(target, attribute) => {
                    if self.target(&context, &target)
                        && let Some(attribute) = attribute
                    {
                        self.attribute(context.place, &target, attribute);
                    }
                }
            }
        }
    }

    fn has(&self, kind: Kind, id: &str) -> bool {
        match kind {
            Kind::Resource => self.positions.contains_key(id),
            other => self.template.has(other, id),
        }
    }

    /// Whether the target can be referred to from there; if not, that is reported.
    fn target(&mut self, context: &Context, target: &Target) -> bool {
        let place = context.place.clone();
        let (kind, id) = (target.kind, target.id.to_string());
        let mistake = if target.owner != self.template.owner {
            let owner = target.owner.description.to_string();
            TemplateError::ForeignReference { place, kind, id, owner }
        } else if !self.has(kind, &target.id) {
            TemplateError::Dangling { place, kind, id }
        } else if context.early && kind == Kind::Resource {
            let why = format!(
                "the resource `{id}` cannot be referred to here: conditions and export names are settled before \
                 resources exist"
            );
            TemplateError::NotAllowed { place, why }
        } else {
            if kind == Kind::Resource {
                self.edge(context.resource, target);
                self.presence(context, target);
            }
            return true;
        };
        self.mistakes.push(mistake);
        false
    }

    /// Whether the target is there whenever the place is.
    fn presence(&mut self, context: &Context, target: &Target) {
        let template = self.template;
        if let Some(condition) = self.entry(&target.id).and_then(|entry| entry.options.condition.as_ref())
            && let Some(example) = counterexample(template, &context.facts, &condition.id)
        {
            self.mistakes.push(TemplateError::MayBeAbsent {
                place: context.place.clone(),
                id: target.id.to_string(),
                condition: condition.id.to_string(),
                example,
            });
        }
    }

    fn attribute(&mut self, place: String, target: &Target, attribute: String) {
        let Some(entry) = self.entry(&target.id) else { return };
        let output = attribute.strip_prefix("Outputs.");
        let known: Vec<&str> = if let (Some(_), Some(nested)) = (output, &entry.properties.nested) {
            nested.outputs.iter().map(String::as_str).collect()
        } else if output.is_some() && entry.type_name == "AWS::CloudFormation::Stack" {
            return; // a template that is not made here
        } else if let Some(declared) = &entry.properties.declared {
            declared.iter().map(String::as_str).collect()
        } else if let Some(info) = ResourceInfo::of(&entry.type_name) {
            info.attributes.to_vec()
        } else {
            return;
        };
        if !known.contains(&output.unwrap_or(&attribute)) {
            let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
            self.mistakes.push(TemplateError::UnknownAttribute {
                place,
                id: target.id.to_string(),
                type_name: entry.type_name.clone(),
                attribute,
                known,
            });
        }
    }

    fn edge(&mut self, from: Option<usize>, target: &Target) {
        if let (Some(from), Some(&to)) = (from, self.positions.get(&*target.id)) {
            let edges = self.edges.entry(from).or_default();
            if !edges.contains(&to) {
                edges.push(to);
            }
        }
    }

    fn quotas(&mut self, rendered: &Raw) {
        let t = self.template;
        let mut bytes = Count(0);
        serde_json::to_writer(&mut bytes, rendered).expect("a JSON value is JSON, and counting can't fail");
        self.quota("the template has", "resources", t.resources.len(), quota::RESOURCES);
        self.quota("the template has", "parameters", t.parameters.len(), quota::PARAMETERS);
        self.quota("the template has", "outputs", t.outputs.len(), quota::OUTPUTS);
        self.quota("the template has", "mappings", t.mappings.len(), quota::MAPPINGS);
        self.quota("the template has", "dynamic references", self.dynamic, quota::DYNAMIC_REFERENCES);
        self.quota("the template's description has", "bytes", t.description.len(), quota::DESCRIPTION_BYTES);
        self.quota("the template has", "bytes", bytes.0, quota::BODY_BYTES);
    }

    fn quota(&mut self, place: &str, what: &'static str, actual: usize, limit: usize) {
        if actual > limit {
            self.mistakes.push(TemplateError::Quota { place: place.to_owned(), what, actual, limit });
        }
    }

    fn invalid(&mut self, place: String, why: String) {
        self.mistakes.push(TemplateError::Invalid { place, why });
    }
}

/// How many `{{resolve:...}}` are in the text. Few texts have a brace at all, which is quicker to see.
fn dynamic_references(text: &str) -> usize {
    if text.contains('{') { text.matches("{{resolve:").count() } else { 0 }
}

/// Counts what is written.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Found {
    Target(Target, Option<String>),
    Invalid(String),
}
