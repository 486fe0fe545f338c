//! Compares two assemblies.

use std::collections::{BTreeMap, BTreeSet};

use cfn::{Replacement, ResourceInfo};
use serde_json::Value;

use crate::assembly::{Assembly, Deployment};
use crate::differ::Differ;
use crate::expand::{Expander, qualified, references};
use crate::refusals;

/// What an update does to one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequence {
    /// The root stack's name: `onboard-ai-dev`.
    pub deployment: String,
    /// The template that the resource is in, without the ending: `dev/foundation`.
    pub stack: String,
    /// The nested stack's logical id in the root, `Foundation`; empty for the root itself.
    pub nested: String,
    /// Its logical id.
    pub id: String,
    /// `AWS::MSK::Cluster`.
    pub type_name: String,
    /// Its own name in the account, where the template gives one.
    pub name: Option<String>,
    /// What happens.
    pub effect: Effect,
    /// Why; empty for what is removed.
    pub causes: Vec<Cause>,
    /// The old one stays, outside the stack.
    pub kept: bool,
    /// It holds what can't be made again.
    pub stateful: bool,
}

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A new one is made; the old one is deleted, or kept outside the stack.
    Replaced,
    /// The specification says that it depends on the change.
    MayBeReplaced,
    /// It would be replaced, but its name is taken by what it replaces, or the service has no such update: the
    /// deployment fails and is rolled back.
    Refused,
    /// It leaves the template.
    Removed,
    /// It is updated where it is.
    Updated,
    /// It is new.
    Added,
    /// Its whole deployment is no longer rendered: it stays in the account as it is, and nothing looks after it.
    LeftBehind,
}

impl Effect {
    /// As a person reads it: `is replaced`.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Replaced => "is replaced",
            Self::MayBeReplaced => "may be replaced",
            Self::Refused => "can't be updated",
            Self::Removed => "is removed",
            Self::Updated => "is updated",
            Self::Added => "is added",
            Self::LeftBehind => "is left behind",
        }
    }
}

/// Why something happens to a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// The property: `BrokerNodeGroupInfo.ClientSubnets`.
    pub property: String,
    /// What is about it.
    pub why: Why,
}

/// What is about a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// It has another value; references are expanded.
    Changed {
        /// As it was.
        from: Option<Value>,
        /// As it will be.
        to: Option<Value>,
    },
    /// It refers to something that is replaced: `Foundation/Cluster`.
    Replaced(String),
    /// The update is refused for this reason.
    Refused(&'static str),
    /// A replacement would have the name that the old one still has.
    NameTaken,
}

/// What happens when the deployments of `old` are updated to those of `new`, sorted, without what is added or updated
/// where it is. Of a deployment that is no longer rendered, what holds data is left behind; one that is new makes nothing
/// of the sort happen.
pub fn compare(old: &Assembly, new: &Assembly) -> Vec<Consequence> {
    let mut found = every(old, new);
    found.retain(|found| !matches!(found.effect, Effect::Updated | Effect::Added));
    found
}

/// As [`compare`], with what is added or updated where it is.
pub fn every(old: &Assembly, new: &Assembly) -> Vec<Consequence> {
    let mut found = vec![];
    for (name, old) in &old.deployments {
        match new.deployments.get(name) {
            Some(new) if old != new => found.extend(Comparison::new(old, new).consequences(name)),
            Some(_) => {}
            None => found.extend(left_behind(name, old)),
        }
    }
    found
}

/// What holds data in a deployment that is no longer rendered.
fn left_behind(name: &str, deployment: &Deployment) -> Vec<Consequence> {
    let alone = Comparison::new(deployment, deployment);
    let mut found = vec![];
    for (stack, template) in &deployment.stacks {
        for (id, resource) in template.section("Resources") {
            if alone.old_values.exists(stack, resource) {
                let left = alone.consequence(name, stack, id, resource, Effect::LeftBehind, vec![]);
                found.push(Consequence { kept: true, ..left });
            }
        }
    }
    found.retain(|found| found.stateful);
    found
}

struct Comparison<'a> {
    old: &'a Deployment,
    new: &'a Deployment,
    old_values: Expander<'a>,
    new_values: Expander<'a>,
}

/// A resource that both have.
struct Pair<'a> {
    stack: &'a str,
    id: &'a str,
    type_name: &'a str,
    same: bool,
    old: Value,
    new: Value,
}

impl Pair<'_> {
    fn name(&self) -> String {
        qualified(self.stack, self.id)
    }
}

type Reasons = BTreeMap<String, (Effect, Vec<Cause>)>;

/// Attributes of a resource that decide what becomes of it.
const ATTRIBUTES: [&str; 2] = ["DeletionPolicy", "UpdateReplacePolicy"];

impl<'a> Comparison<'a> {
    fn new(old: &'a Deployment, new: &'a Deployment) -> Self {
        Self { old, new, old_values: Expander::new(old), new_values: Expander::new(new) }
    }

    fn consequences(&self, deployment: &str) -> Vec<Consequence> {
        let pairs = self.pairs();
        let mut reasons = Reasons::new();
        // What is replaced may replace what refers to it, so again until nothing more is found.
        loop {
            let replaced = replaced(&reasons);
            let next = self.step(&pairs, &replaced);
            let settled = self::replaced(&next).len() == replaced.len();
            reasons = next;
            if settled {
                break;
            }
        }
        let mut found: Vec<Consequence> = pairs
            .iter()
            .filter_map(|pair| {
                let (effect, causes) = reasons.remove(&pair.name())?;
                let resource = &self.new.stacks[pair.stack].section("Resources")[pair.id];
                Some(self.consequence(deployment, pair.stack, pair.id, resource, effect, causes))
            })
            .collect();
        for (of, values, other, effect) in [
            (self.old, &self.old_values, (self.new, &self.new_values), Effect::Removed),
            (self.new, &self.new_values, (self.old, &self.old_values), Effect::Added),
        ] {
            found.extend(pairless(of, values, other).map(|(stack, id, resource)| {
                self.consequence(deployment, stack, id, resource, effect, vec![])
            }));
        }
        found.extend(self.refused(deployment, &pairs));
        found.sort_by(|a, b| (&a.stack, &a.id, a.effect).cmp(&(&b.stack, &b.id, b.effect)));
        found
    }

    /// Resources of both, where anything about them may differ.
    fn pairs(&self) -> Vec<Pair<'a>> {
        let mut pairs = vec![];
        for (stack, new) in &self.new.stacks {
            let Some(old) = self.old.stacks.get(stack) else { continue };
            let unchanged = old.template == new.template
                && self.old_values.parameters(stack) == self.new_values.parameters(stack)
                && (!stack.is_empty() || self.old.parameters == self.new.parameters);
            for (id, resource) in new.section("Resources") {
                let Some(before) = old.section("Resources").get(id) else { continue };
                if !self.old_values.exists(stack, before) || !self.new_values.exists(stack, resource) {
                    continue;
                }
                let Some(type_name) = resource["Type"].as_str() else { continue };
                let value = self.new_values.value(stack, &resource["Properties"]);
                let was = if unchanged {
                    value.clone()
                } else {
                    self.old_values.value(stack, &before["Properties"])
                };
                let same = before["Type"] == resource["Type"];
                pairs.push(Pair { stack, id, type_name, same, old: was, new: value });
            }
        }
        pairs
    }

    fn step(&self, pairs: &[Pair<'_>], replaced: &BTreeSet<&str>) -> Reasons {
        let touched = |value: &Value| {
            let mut found = None;
            references(value, &mut |target| {
                if replaced.contains(target) {
                    found.get_or_insert_with(|| target.to_owned());
                }
            });
            found
        };
        let mut reasons = Reasons::new();
        for pair in pairs {
            let mut updated = self.attributes(pair);
            let mut found = vec![];
            if !pair.same {
                let why = Why::Changed { from: None, to: Some(pair.type_name.into()) };
                found.push((Replacement::Yes, Cause { property: "Type".into(), why }));
            } else if let Some(info) = ResourceInfo::of(pair.type_name) {
                let mut differ = Differ { info, replaced: &touched, found, updated };
                differ.properties(info.properties, "", Some(&pair.old), Some(&pair.new));
                (found, updated) = (differ.found, differ.updated);
            } else {
                updated.extend(top_level(&pair.old, &pair.new));
            }
            if found.is_empty() {
                if !updated.is_empty() {
                    reasons.insert(pair.name(), (Effect::Updated, updated));
                }
                continue;
            }
            let sure = found.iter().any(|(replacement, _)| *replacement == Replacement::Yes);
            let changed = |name: &str| {
                pair.old.get(name) != pair.new.get(name)
                    || pair.new.get(name).is_some_and(|new| touched(new).is_some())
            };
            let mut effect = if sure { Effect::Replaced } else { Effect::MayBeReplaced };
            if sure && let Some(names) = refusals::taken_name(pair.type_name, &changed, &pair.new) {
                effect = Effect::Refused;
                let name = Cause { property: names.join(", "), why: Why::NameTaken };
                found.push((Replacement::Yes, name));
            }
            let causes = found.into_iter().map(|(_, cause)| cause).collect();
            reasons.insert(pair.name(), (effect, causes));
        }
        reasons
    }

    /// What becomes of the resource once it is gone from the template.
    fn attributes(&self, pair: &Pair<'_>) -> Vec<Cause> {
        let of =
            |deployment: &Deployment| deployment.stacks[pair.stack].section("Resources")[pair.id].clone();
        let (old, new) = (of(self.old), of(self.new));
        let differs = ATTRIBUTES.iter().filter(|name| old.get(**name) != new.get(**name));
        differs.map(|name| changed(name, old.get(*name), new.get(*name))).collect()
    }

    fn refused(&self, deployment: &str, pairs: &[Pair<'_>]) -> Vec<Consequence> {
        let mut found = vec![];
        for pair in pairs {
            let causes: Vec<Cause> = refusals::refused(pair.type_name, &pair.old, &pair.new)
                .into_iter()
                .map(|(property, why)| Cause { property: property.into(), why: Why::Refused(why) })
                .collect();
            if !causes.is_empty() {
                let resource = &self.new.stacks[pair.stack].section("Resources")[pair.id];
                let effect = Effect::Refused;
                found.push(self.consequence(deployment, pair.stack, pair.id, resource, effect, causes));
            }
        }
        found
    }

    fn consequence(
        &self,
        deployment: &str,
        stack: &str,
        id: &str,
        resource: &Value,
        effect: Effect,
        causes: Vec<Cause>,
    ) -> Consequence {
        let type_name = resource["Type"].as_str().unwrap_or_default();
        let policy = if effect == Effect::Removed { "DeletionPolicy" } else { "UpdateReplacePolicy" };
        let file = self.new.stacks.get(stack).or_else(|| self.old.stacks.get(stack));
        Consequence {
            deployment: deployment.to_owned(),
            stack: file.map(|file| file.name.clone()).unwrap_or_default(),
            nested: stack.to_owned(),
            id: id.to_owned(),
            type_name: type_name.to_owned(),
            name: refusals::name(resource),
            effect,
            causes,
            kept: resource[policy].as_str().is_some_and(|policy| policy.starts_with("Retain")),
            stateful: is_stateful(type_name),
        }
    }
}

fn replaced(reasons: &Reasons) -> BTreeSet<&str> {
    let replaced = reasons.iter().filter(|(_, (effect, _))| *effect != Effect::Updated);
    replaced.map(|(name, _)| name.as_str()).collect()
}

fn changed(property: &str, from: Option<&Value>, to: Option<&Value>) -> Cause {
    Cause { property: property.to_owned(), why: Why::Changed { from: from.cloned(), to: to.cloned() } }
}

/// The properties that differ, of a type that nothing is known of.
fn top_level(old: &Value, new: &Value) -> Vec<Cause> {
    let names: BTreeSet<&String> =
        [old, new].into_iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys).collect();
    let differs = names.into_iter().filter(|name| old.get(name) != new.get(name));
    differs.map(|name| changed(name, old.get(name), new.get(name))).collect()
}

/// What one has and the other hasn't.
fn pairless<'a, 'b>(
    of: &'a Deployment,
    values: &'b Expander<'_>,
    (other, other_values): (&'b Deployment, &'b Expander<'_>),
) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> + use<'a, 'b> {
    of.stacks.iter().flat_map(move |(stack, template)| {
        let beside = other.stacks.get(stack);
        let there = move |id: &str| {
            let resource = beside.and_then(|beside| beside.section("Resources").get(id));
            resource.is_some_and(|resource| other_values.exists(stack, resource))
        };
        template
            .section("Resources")
            .iter()
            .filter(move |(id, resource)| values.exists(stack, resource) && !there(id))
            .map(move |(id, resource)| (stack.as_str(), id.as_str(), resource))
    })
}

/// Resources of this type hold what can't be made again.
pub fn is_stateful(type_name: &str) -> bool {
    type_name != "AWS::CloudFormation::Stack" && ResourceInfo::of(type_name).is_some_and(|info| info.stateful)
}
