//! What an update loses, found without the code that warns of it: from a list of types made by hand, and from the service
//! specification's own replacement data, over templates as they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

/// What holds data that nobody can make again.
pub(crate) const STATEFUL: [&str; 5] = [
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::MSK::Cluster",
    "AWS::MSK::Topic",
    "AWS::SecretsManager::Secret",
];

static SPECIFICATION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../cfn-codegen/spec/slice.json"))
        .expect("the specification is JSON")
});

/// What is deployed: each template's text and resources, by its path without the ending.
pub(crate) struct Templates(BTreeMap<String, (String, Value)>);

impl Templates {
    pub(crate) fn of(files: &BTreeMap<String, String>) -> Self {
        let templates = files.iter().filter_map(|(path, text)| {
            Some((path.strip_suffix(ENDING)?.to_owned(), (text.clone(), resources(text))))
        });
        Self(templates.collect())
    }

    /// The type of the resource at a place: `dev/data UsersTable`.
    pub(crate) fn type_of(&self, place: &str) -> &str {
        let (stack, id) = place.split_once(' ').expect("a stack and an id");
        self.0[stack].1[id]["Type"].as_str().expect("it has a type")
    }
}

const ENDING: &str = ".template.json";

fn resources(text: &str) -> Value {
    let mut template: Value = serde_json::from_str(text).expect("a template is JSON");
    template["Resources"].take()
}

/// The places of what holds data and is removed or replaced by an update to these files.
pub(crate) fn lost(old: &Templates, new: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut lost = BTreeSet::new();
    for (stack, (text, before)) in &old.0 {
        let after = new.get(&format!("{stack}{ENDING}"));
        if after == Some(text) {
            continue;
        }
        let gone = gone(before, &after.map_or(Value::Null, |text| resources(text)));
        let type_of = |id: &str| before[id]["Type"].as_str().unwrap_or_default();
        let stateful = gone.iter().filter(|id| STATEFUL.contains(&type_of(id)));
        lost.extend(stateful.map(|id| format!("{stack} {id}")));
        // A cluster's topics are in other stacks, which are given its ARN.
        if gone.iter().any(|id| type_of(id) == "AWS::MSK::Cluster") {
            let folder = stack.split_once('/').expect("no cluster is in the root").0;
            let beside = old.0.iter().filter(|(other, _)| other.split('/').next() == Some(folder));
            for (other, (_, resources)) in beside {
                let all = resources.as_object().into_iter().flatten();
                let topics = all.filter(|(_, resource)| resource["Type"] == "AWS::MSK::Topic");
                lost.extend(topics.map(|(id, _)| format!("{other} {id}")));
            }
        }
    }
    lost
}

/// The ids of the resources of one template that are removed or replaced.
fn gone(before: &Value, after: &Value) -> BTreeSet<String> {
    let mut gone = BTreeSet::new();
    loop {
        let found = before.as_object().into_iter().flatten().filter(|(id, old)| {
            let new = &after[id.as_str()];
            let type_name = old["Type"].as_str().unwrap_or_default();
            let known = &SPECIFICATION["resources"][type_name];
            new["Type"] != old["Type"]
                || replaced(known, &known["properties"], (&old["Properties"], &new["Properties"]), &gone)
        });
        let found: BTreeSet<String> = found.map(|(id, _)| id.clone()).collect();
        if found.len() == gone.len() {
            return gone;
        }
        gone = found;
    }
}

/// Whether a property that can't be updated differs, or refers to what is gone.
fn replaced(known: &Value, properties: &Value, pair: (&Value, &Value), gone: &BTreeSet<String>) -> bool {
    properties.as_object().into_iter().flatten().any(|(name, property)| {
        let (old, new) = (&pair.0[name], &pair.1[name]);
        if property["replacement"].is_string() {
            return old != new || refers(new, gone);
        }
        let ty = &property["type"];
        let nested = ty["type"].as_str().or_else(|| ty["list"]["type"].as_str());
        let Some(nested) = nested.map(|name| &known["types"][name]) else { return false };
        match (old, new) {
            (Value::Array(old), Value::Array(new)) => {
                old.iter().zip(new).any(|pair| replaced(known, nested, pair, gone))
            }
            pair => replaced(known, nested, pair, gone),
        }
    })
}

fn refers(value: &Value, gone: &BTreeSet<String>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| refers(item, gone)),
        Value::Object(members) => members.iter().any(|(name, argument)| match name.as_str() {
            "Ref" => argument.as_str().is_some_and(|id| gone.contains(id)),
            "Fn::GetAtt" => argument[0].as_str().is_some_and(|id| gone.contains(id)),
            _ => refers(argument, gone),
        }),
        _ => false,
    }
}
