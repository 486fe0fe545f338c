//! Who may do what after a deployment, and may not now.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    console::{BAD, GOOD, styled},
    stack::place,
};

type Resource = (String, String, String, Value);

/// Lines with `+` for what is granted newly and `-` for what is taken, by resource.
pub(super) fn changes(before: &[Resource], after: &[Resource]) -> Vec<String> {
    let (before, after) = (statements(before), statements(after));
    let mut lines = vec![];
    let of =
        |all: &'_ BTreeMap<String, Vec<String>>, place: &str| all.get(place).cloned().unwrap_or_default();
    let places: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for place in places {
        let (old, new) = (of(&before, place), of(&after, place));
        for statement in new.iter().filter(|statement| !old.contains(statement)) {
            lines.push(format!("{} {place}: {statement}", styled(GOOD, "+")));
        }
        for statement in old.iter().filter(|statement| !new.contains(statement)) {
            lines.push(format!("{} {place}: {statement}", styled(BAD, "-")));
        }
    }
    lines
}

/// What each resource grants, a line for a statement.
fn statements(resources: &[Resource]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for (stack, id, ty, properties) in resources {
        let mut lines = vec![];
        for document in documents(ty, properties) {
            let statements = &document["Statement"];
            let one = std::slice::from_ref(statements);
            for statement in statements.as_array().map_or(one, Vec::as_slice) {
                lines.push(line(statement));
            }
        }
        let managed = properties["ManagedPolicyArns"].as_array().filter(|_| ty == "AWS::IAM::Role");
        lines.extend(managed.into_iter().flatten().map(|arn| format!("policy {}", short(arn))));
        if ty == "AWS::Lambda::Permission" {
            lines.push(format!(
                "{} may {} {}{}",
                short(&properties["Principal"]),
                short(&properties["Action"]),
                short(&properties["FunctionName"]),
                properties.get("SourceArn").map_or_else(String::new, |arn| format!(" from {}", short(arn))),
            ));
        }
        if !lines.is_empty() {
            found.insert(place(stack, id), lines);
        }
    }
    found
}

/// The policies in the properties of a resource.
fn documents<'a>(ty: &str, properties: &'a Value) -> Vec<&'a Value> {
    let list = properties["Policies"].as_array().filter(|_| ty == "AWS::IAM::Role");
    let inline = list.into_iter().flatten().map(|policy| &policy["PolicyDocument"]);
    let own = ["AssumeRolePolicyDocument", "PolicyDocument", "KeyPolicy", "ResourcePolicy", "PolicyText"];
    own.iter()
        .filter_map(|name| properties.get(*name))
        .chain(inline)
        .filter(|document| document.is_object())
        .collect()
}

/// `Allow kafka:DescribeCluster on Foundation/Cluster if StringEquals ...`
fn line(statement: &Value) -> String {
    let effect = statement["Effect"].as_str().unwrap_or("Allow");
    let who = statement.get("Principal").map_or_else(String::new, |who| format!(" to {}", short(who)));
    let actions = statement.get("Action").or(statement.get("NotAction")).map_or_else(String::new, short);
    let not = if statement.get("NotAction").is_some() { "all but " } else { "" };
    let on = statement.get("Resource").map_or_else(String::new, |on| format!(" on {}", short(on)));
    let when = statement.get("Condition").map_or_else(String::new, |when| format!(" if {}", short(when)));
    format!("{effect} {not}{actions}{who}{on}{when}")
}

/// A value without what is there for machines.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(members) => match members.iter().next() {
            Some((name, argument)) if members.len() == 1 => match name.as_str() {
                "Ref" => short(argument).trim_start_matches('/').to_owned(),
                "Fn::GetAtt" => short(&argument[0]).trim_start_matches('/').to_owned(),
                "Fn::Sub" => short(&argument[0]),
                "Fn::Join" => {
                    let with = argument[0].as_str().unwrap_or_default();
                    let items = argument[1].as_array().into_iter().flatten();
                    items.map(short).collect::<Vec<_>>().join(with)
                }
                "Fn::Select" => format!("part {} of {}", argument[0], short(&argument[1])),
                "Fn::Split" => short(&argument[1]),
                "AWS" | "Service" | "Federated" => short(argument),
                _ => format!("{name} {}", short(argument)),
            },
            _ => members
                .iter()
                .map(|(name, value)| format!("{name} {}", short(value)))
                .collect::<Vec<_>>()
                .join(", "),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(action: &str) -> Resource {
        let properties = json!({
            "AssumeRolePolicyDocument": { "Statement": [{
                "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": ["sts:AssumeRole"],
            }] },
            "Policies": [{ "PolicyDocument": { "Statement": [{
                "Effect": "Allow", "Action": [action], "Resource": [{ "Fn::GetAtt": ["Data/UsersTable", "Arn"] }],
            }] } }],
        });
        ("Data".into(), "Role".into(), "AWS::IAM::Role".into(), properties)
    }

    #[test]
    fn a_right_that_is_new_and_one_that_goes_are_told_apart_and_the_rest_is_not_told() {
        let lines = changes(&[role("dynamodb:GetItem")], &[role("dynamodb:*")]);
        let plain: Vec<String> =
            lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(
            plain,
            [
                "+ Data/Role: Allow dynamodb:* on Data/UsersTable",
                "- Data/Role: Allow dynamodb:GetItem on Data/UsersTable",
            ]
        );
    }
}
