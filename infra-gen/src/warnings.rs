//! What an update would do to what can't be made again, in the words of the manifest.
//!
//! CloudFormation replaces a cluster, a table or a topic without asking when a property changes that can't be updated.
//! Synth compares with the templates that are there, and warns of each before anything is deployed.

use std::collections::BTreeMap;
use std::path::Path;

use changes::{Assembly, Cause, Consequence, Effect, Why};
use serde_json::{Value, json};

use crate::console::count;
use crate::output::Tree;

/// The folder of the output that is a cloud assembly.
pub const ASSEMBLY: &str = "cloudformation";

/// One manifest value, and what its change does.
#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    /// The value in the manifest: `environments.prod.zones`.
    pub value: String,
    /// The resources that hold data, each with what happens to it.
    pub consequences: Vec<Consequence>,
    /// How to keep them.
    pub keep: String,
}

/// Compares the templates in the output folder with those that were rendered; nothing when there are none yet.
///
/// What is there and can't be read is no hindrance: synth makes it anew, and says what was edited.
pub fn of_update(out: &Path, tree: &Tree) -> Vec<Warning> {
    let folder = out.join(ASSEMBLY);
    let new = tree
        .iter()
        .filter_map(|(path, contents)| Some((path.strip_prefix(ASSEMBLY)?.strip_prefix('/')?, contents)));
    let new: BTreeMap<&str, &str> = new.collect();
    let old = old_files(&folder);
    if old.is_empty() || new.iter().all(|(path, new)| old.get(*path).is_some_and(|old| old == new)) {
        return vec![];
    }
    match (Assembly::read(old), Assembly::read(new)) {
        (Ok(old), Ok(new)) => between(&old, &new),
        _ => vec![],
    }
}

/// The JSON files of a folder and of those in it, by path.
fn old_files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{prefix}{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && prefix.is_empty() => {
                    folders.push((entry.path(), format!("{path}/")));
                }
                Ok(kind) if kind.is_file() && name.ends_with(".json") => {
                    if let Ok(text) = std::fs::read_to_string(entry.path()) {
                        files.insert(path, text);
                    }
                }
                _ => {}
            }
        }
    }
    files
}

/// What an update from one to the other does to what holds data.
pub fn between(old: &Assembly, new: &Assembly) -> Vec<Warning> {
    let all = changes::compare(old, new);
    let mut by_value = BTreeMap::<String, (Vec<Consequence>, String)>::new();
    for found in all.iter().filter(|found| found.stateful) {
        let (root, cause) = first_cause(&all, found);
        let (value, keep) = if found.effect == Effect::LeftBehind {
            left_behind(found, old, new)
        } else {
            let value = manifest_value(root, cause);
            let keep = keep(&value, root, cause);
            (value, keep)
        };
        by_value.entry(value).or_insert_with(|| (vec![], keep)).0.push(found.clone());
    }
    by_value.into_iter().map(|(value, (consequences, keep))| Warning { value, consequences, keep }).collect()
}

/// The value in the manifest whose change leaves a deployment behind, and how to keep it.
fn left_behind(found: &Consequence, old: &Assembly, new: &Assembly) -> (String, String) {
    let environment = found.stack.split_once('/').map_or(found.deployment.as_str(), |(name, _)| name);
    let suffix = format!("-{environment}");
    let is_new = |name: &str| !old.deployments().any(|old| old == name);
    if new.deployments().any(|name| name.ends_with(&suffix) && is_new(name)) {
        let keep = "put the former `app` back, or `make destroy` each environment before you change it: the next deploy \
                    makes everything once more, empty";
        return ("app".into(), keep.into());
    }
    let keep = format!("put the entry back, or `make destroy ENV={environment}` before you take it out");
    (format!("environments.{environment}"), keep)
}

/// What started it: the resource that is replaced for its own sake, and the property that changed.
fn first_cause<'a>(all: &'a [Consequence], found: &'a Consequence) -> (&'a Consequence, Option<&'a Cause>) {
    let mut at = found;
    for _ in 0..all.len() {
        let own = |cause: &&Cause| !matches!(cause.why, Why::Replaced(_) | Why::NameTaken);
        if let Some(cause) = at.causes.iter().find(own) {
            // Subnets that come or go, or that are other ones since their block changed?
            let refers = at.causes.iter().find_map(|cause| match &cause.why {
                Why::Replaced(target) => Some(target),
                _ => None,
            });
            if refers.is_none() {
                return (at, Some(cause));
            }
        }
        let target = at.causes.iter().find_map(|cause| match &cause.why {
            Why::Replaced(target) => target.split_once('/'),
            _ => None,
        });
        let Some((_, id)) = target else { return (at, at.causes.first()) };
        let next = all.iter().find(|other| other.id == id && other.deployment == at.deployment);
        match next {
            Some(next) if !std::ptr::eq(next, at) => at = next,
            _ => return (at, at.causes.first()),
        }
    }
    (at, at.causes.first())
}

/// The manifest's value that decides about this property of this resource.
fn manifest_value(found: &Consequence, cause: Option<&Cause>) -> String {
    let (environment, file) = found.stack.split_once('/').unwrap_or(("", &found.stack));
    let topic = file.strip_prefix("topic-");
    let named = |prefix: &str| {
        let name = found.name.as_deref().unwrap_or(&found.id);
        format!("{prefix}.{}", name.strip_suffix(&format!("-{environment}")).unwrap_or(name))
    };
    let property = cause.map_or("", |cause| cause.property.as_str());
    let in_environment = |key: &str| format!("environments.{environment}.{key}");
    match (found.type_name.as_str(), property) {
        ("AWS::EC2::VPC" | "AWS::EC2::Subnet", "CidrBlock") => in_environment("network"),
        ("AWS::MSK::Cluster", "BrokerNodeGroupInfo.ClientSubnets") => in_environment("zones"),
        ("AWS::MSK::Cluster", "BrokerNodeGroupInfo.InstanceType") => in_environment("brokers.type"),
        ("AWS::MSK::Cluster", "BrokerNodeGroupInfo.StorageInfo") => in_environment("brokers.storage_gib"),
        ("AWS::MSK::Cluster", "NumberOfBrokerNodes") => in_environment("brokers.count"),
        ("AWS::MSK::Topic", "ReplicationFactor") => in_environment("brokers.replication"),
        ("AWS::MSK::Topic", "PartitionCount") => match topic {
            Some(topic) => format!("topics.{topic}.partitions"),
            None => "cluster.dead_letters.partitions".into(),
        },
        ("AWS::MSK::Topic", "TopicName") => "cluster.dead_letters.topic".into(),
        ("AWS::DynamoDB::Table", "KeySchema") => named("tables") + ".key",
        ("AWS::DynamoDB::Table", "GlobalSecondaryIndexes") => named("tables") + ".indexes",
        ("AWS::DynamoDB::Table", "") => named("tables"),
        ("AWS::KMS::Key" | "AWS::S3::Bucket", "") if found.id.starts_with("Audit") => in_environment("audit"),
        ("AWS::Logs::LogGroup", _) if topic.is_some() => {
            let part = if found.id.starts_with("Producer") { "producer" } else { "consumer" };
            format!("topics.{}.{part}", topic.unwrap_or_default())
        }
        _ => match topic {
            Some(topic) => format!("topics.{topic}"),
            None => format!("{} {}", found.stack, found.id),
        },
    }
}

/// How to keep what is there.
fn keep(value: &str, found: &Consequence, cause: Option<&Cause>) -> String {
    let key = value.rsplit_once('.').map_or(value, |(_, key)| key);
    let before = cause.and_then(|cause| match &cause.why {
        Why::Changed { from: Some(from), .. } => Some(from),
        _ => None,
    });
    match (found.type_name.as_str(), key, before) {
        ("AWS::EC2::VPC" | "AWS::EC2::Subnet", _, Some(Value::String(block))) => {
            let octets: Vec<&str> = block.split('.').take(2).collect();
            format!("write `network: \"{}\"`", octets.join("."))
        }
        ("AWS::MSK::Cluster", "zones", Some(Value::Array(subnets))) => {
            format!("write `zones: {}`, or deploy another environment and move to it", subnets.len())
        }
        ("AWS::MSK::Topic", "replication", Some(copies)) => format!("write `replication: {copies}`"),
        ("AWS::DynamoDB::Table", "key", _) => {
            "put the key back, and declare a table of another name for the new one".into()
        }
        _ if found.effect == Effect::Removed => "put the entry back".into(),
        _ => format!("put the former `{key}` back"),
    }
}

impl Warning {
    /// For programs.
    pub fn json(&self) -> Value {
        let resource = |found: &Consequence| {
            json!({
                "stack": found.stack,
                "resource": found.id,
                "type": found.type_name,
                "effect": found.effect.verb(),
                "kept": found.kept,
                "properties": found.causes.iter().map(|cause| &cause.property).collect::<Vec<_>>(),
            })
        };
        let resources: Vec<Value> = self.consequences.iter().map(resource).collect();
        json!({ "value": self.value, "resources": resources, "keep": self.keep })
    }

    /// As a person reads it: a line for each resource, and for each deployment that is left behind.
    pub fn lines(&self) -> Vec<String> {
        let (left, others): (Vec<_>, Vec<_>) =
            self.consequences.iter().partition(|found| found.effect == Effect::LeftBehind);
        let mut deployments = BTreeMap::<&str, BTreeMap<String, usize>>::new();
        for found in left {
            let types = deployments.entry(&found.deployment).or_default();
            *types.entry(noun(found)).or_default() += 1;
        }
        let left = deployments.into_iter().map(|(deployment, types)| {
            let what: Vec<String> = types.iter().map(|(noun, number)| count(*number, noun)).collect();
            format!("{deployment} {}, deployed and paid for: {}", Effect::LeftBehind.verb(), what.join(", "))
        });
        others.into_iter().map(line).chain(left).collect()
    }
}

/// `AWS::Logs::LogGroup` is a log group.
fn noun(found: &Consequence) -> String {
    match found.type_name.rsplit("::").next().unwrap_or_default() {
        "LogGroup" => "log group".into(),
        other => other.to_lowercase(),
    }
}

/// `prod/data: the table users-prod is removed; it stays, outside the stack`
fn line(found: &Consequence) -> String {
    let what = noun(found);
    let name = found.name.as_deref().unwrap_or(&found.id);
    let fate = match (found.effect, found.kept) {
        (Effect::Refused, _) => "the deployment would fail",
        (_, true) => "the old one stays, outside the stack",
        (_, false) => "its data is lost",
    };
    let properties: Vec<&str> = found.causes.iter().map(|cause| cause.property.as_str()).collect();
    let because = match found.causes.iter().find_map(|cause| match cause.why {
        Why::Refused(reason) => Some(reason),
        _ => None,
    }) {
        Some(reason) => format!(" ({reason})"),
        None if properties.is_empty() => String::new(),
        None => format!(" ({})", properties.join(", ")),
    };
    format!("{}: the {what} {name} {}{because}; {fate}", found.stack, found.effect.verb())
}
