//! Every reference has a target.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::assembly::Deployment;
use crate::{finds, holds, members};

/// References of one value, with the place of each.
pub(crate) fn references<'a>(value: &'a Value, found: &mut Vec<Reference<'a>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(object) => {
            for (name, argument) in object {
                match (name.as_str(), argument) {
                    ("Ref", Value::String(id)) => found.push(Reference::Ref(id)),
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        if let [Value::String(id), Value::String(attribute)] = parts.as_slice() {
                            found.push(Reference::Attribute(id, attribute));
                        }
                    }
                    ("Fn::Sub", argument) => substitutions(argument, found),
                    ("Fn::If", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str).map(Reference::Condition));
                        references(argument, found);
                    }
                    ("Fn::FindInMap", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str).map(Reference::Mapping));
                        references(argument, found);
                    }
                    _ => references(argument, found),
                }
            }
        }
        _ => {}
    }
}

fn substitutions<'a>(argument: &'a Value, found: &mut Vec<Reference<'a>>) {
    references(&argument[1], found);
    placeholders(argument, found);
}

/// The references of the text of an `Fn::Sub`.
fn placeholders<'a>(argument: &'a Value, found: &mut Vec<Reference<'a>>) {
    let text = argument.as_str().or_else(|| argument[0].as_str()).unwrap_or_default();
    let given = &argument[1];
    for rest in text.split("${").skip(1) {
        let Some((name, _)) = rest.split_once('}') else { continue };
        if name.starts_with('!') || given.get(name).is_some() {
            continue;
        }
        match name.split_once('.') {
            Some((id, attribute)) => found.push(Reference::Attribute(id, attribute)),
            None => found.push(Reference::Ref(name)),
        }
    }
}

/// One reference.
pub(crate) enum Reference<'a> {
    Ref(&'a str),
    Attribute(&'a str, &'a str),
    Condition(&'a str),
    Mapping(&'a str),
}

/// References to nothing, and nested stacks that are passed or asked for what they don't have.
pub(crate) fn dangling(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, template) in &deployment.templates {
        let has = |section: &str, id: &str| template[section].get(id).is_some();
        let mut all = vec![];
        for section in ["Conditions", "Resources", "Outputs"] {
            references(&template[section], &mut all);
        }
        for reference in all {
            let fault = match reference {
                Reference::Ref(id) => {
                    let known = id.starts_with("AWS::") || has("Resources", id) || has("Parameters", id);
                    (!known).then(|| format!("Ref to {id}, which is not there"))
                }
                Reference::Attribute(id, attribute) => attribute_fault(deployment, template, id, attribute),
                Reference::Condition(id) => {
                    (!has("Conditions", id)).then(|| format!("condition {id}, which is not there"))
                }
                Reference::Mapping(id) => {
                    (!has("Mappings", id)).then(|| format!("mapping {id}, which is not there"))
                }
            };
            wrong.extend(fault.map(|fault| format!("{stack}: {fault}")));
        }
        for (id, resource) in members(&template["Resources"]) {
            for target in depends_on(resource) {
                if !has("Resources", target) {
                    wrong.push(format!("{stack}/{id}: depends on {target}, which is not there"));
                }
            }
            if let Some(condition) = resource["Condition"].as_str()
                && !has("Conditions", condition)
            {
                wrong.push(format!("{stack}/{id}: condition {condition}, which is not there"));
            }
            if stack.is_empty() && resource["Type"] == "AWS::CloudFormation::Stack" {
                wrong.extend(interface(deployment, id, resource));
            }
        }
    }
    wrong
}

/// What refers to a resource of a condition without standing under that condition itself: where the condition doesn't
/// hold, the template is refused.
fn unconditional(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, template) in &deployment.templates {
        let condition = |id: &str| template["Resources"][id]["Condition"].as_str();
        for section in ["Resources", "Outputs"] {
            for (id, item) in members(&template[section]) {
                let mut met: Vec<&str> = item["Condition"].as_str().into_iter().collect();
                under(item, &mut met, &mut |target, met| {
                    if let Some(needed) = condition(target).filter(|needed| !met.contains(needed)) {
                        wrong.push(format!(
                            "{stack}/{id} refers to {target}, which is there under {needed} alone"
                        ));
                    }
                });
            }
        }
    }
    wrong
}

/// Calls `found` with the logical id of each reference, and the conditions that hold there.
fn under<'a>(value: &'a Value, met: &mut Vec<&'a str>, found: &mut dyn FnMut(&'a str, &[&'a str])) {
    let mut here = vec![];
    match value {
        Value::Array(items) => items.iter().for_each(|item| under(item, met, found)),
        Value::Object(object) => {
            for (name, argument) in object {
                match (name.as_str(), argument) {
                    ("Ref" | "Fn::GetAtt", _) => references(value, &mut here),
                    ("Fn::Sub", argument) => {
                        placeholders(argument, &mut here);
                        under(&argument[1], met, found);
                    }
                    ("Fn::If", Value::Array(parts)) => {
                        met.extend(parts[0].as_str());
                        under(&parts[1], met, found);
                        met.pop();
                        under(&parts[2], met, found);
                    }
                    _ => under(argument, met, found),
                }
            }
        }
        _ => {}
    }
    for reference in here {
        if let Reference::Ref(id) | Reference::Attribute(id, _) = reference {
            found(id, met);
        }
    }
}

fn attribute_fault(deployment: &Deployment, template: &Value, id: &str, attribute: &str) -> Option<String> {
    let Some(target) = template["Resources"].get(id) else {
        return Some(format!("GetAtt of {id}, which is not there"));
    };
    let type_name = target["Type"].as_str().unwrap_or_default();
    let known = match (attribute.strip_prefix("Outputs."), cfn::ResourceInfo::of(type_name)) {
        (Some(output), _) => deployment.templates.get(id)?["Outputs"].get(output).is_some(),
        // What a custom resource returns is known to its function alone.
        (None, None) => type_name.starts_with("Custom::"),
        (None, Some(info)) => info.attributes.contains(&attribute),
    };
    (!known).then(|| format!("{type_name} {id} has no attribute {attribute}"))
}

/// Parameters that are passed are those that the child has.
fn interface(deployment: &Deployment, id: &str, resource: &Value) -> Vec<String> {
    let Some(child) = deployment.templates.get(id) else {
        return vec![format!("{id}: no template is rendered for this stack")];
    };
    let names = |object: &Value| members(object).map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
    let passed = names(&resource["Properties"]["Parameters"]);
    let all = names(&child["Parameters"]);
    let optional = |name: &&String| child["Parameters"][name.as_str()].get("Default").is_some();
    let unknown = passed.difference(&all).map(|name| format!("{id} is passed {name}, which it doesn't have"));
    let missing = all.difference(&passed).filter(|name| !optional(name));
    unknown.chain(missing.map(|name| format!("{id} isn't passed {name}"))).collect()
}

/// The logical ids of `DependsOn`.
pub(crate) fn depends_on(resource: &Value) -> Vec<&str> {
    match &resource["DependsOn"] {
        Value::String(one) => vec![one],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

#[test]
fn every_reference_has_a_target() {
    holds(dangling);
}

#[test]
fn a_reference_to_nothing_is_found() {
    let key = |value: Value| {
        move |deployment: &mut crate::Deployment| {
            deployment.spoil("Foundation", "Cluster")["Properties"]["EncryptionInfo"] = value;
        }
    };
    finds(dangling, key(json!({ "Ref": "NoKey" })), "Ref to NoKey");
    finds(dangling, key(json!({ "Fn::GetAtt": ["DataKey", "Arm"] })), "no attribute Arm");
    finds(dangling, key(json!({ "Fn::Sub": "${DataKey.Arn}/${NoKey}" })), "Ref to NoKey");
    finds(dangling, key(json!({ "Fn::If": ["Never", 1, 2] })), "condition Never");
    finds(
        dangling,
        |one| one.spoil("Data", "UsersTable")["DependsOn"] = "Nobody".into(),
        "depends on Nobody",
    );
    finds(
        dangling,
        |one| one.spoil("", "Data")["Properties"]["Parameters"]["Other"] = "x".into(),
        "passed Other",
    );
    finds(
        dangling,
        |one| {
            one.spoil("", "Data")["Properties"]["Parameters"]
                .as_object_mut()
                .expect("parameters")
                .remove("DataKeyArn");
        },
        "isn't passed DataKeyArn",
    );
    finds(
        dangling,
        |one| {
            one.spoil("", "Edge")["Properties"]["Parameters"]["DataKeyArn"] =
                json!({ "Fn::GetAtt": ["Foundation", "Outputs.NoSuchKey"] });
        },
        "no attribute Outputs.NoSuchKey",
    );
}

#[test]
fn what_has_a_condition_is_referred_to_under_it() {
    holds(unconditional);
    finds(
        unconditional,
        |one| {
            one.spoil("Foundation", "ScramUsers").as_object_mut().expect("a resource").remove("Condition");
        },
        "Foundation/ScramUsers refers to Cluster, which is there under CreateCluster alone",
    );
    let described = |description: Value| {
        move |one: &mut Deployment| {
            one.spoil("Foundation", "DataKey")["Properties"]["Description"] = description;
        }
    };
    for description in [
        json!({ "Fn::Sub": "Of ${Cluster.Arn}" }),
        json!({ "Fn::If": ["CreateCluster", "", { "Ref": "Cluster" }] }),
        json!({ "Fn::Sub": ["Of ${Id}", { "Id": { "Ref": "Cluster" } }] }),
    ] {
        finds(unconditional, described(description), "Foundation/DataKey refers to Cluster");
    }
}
