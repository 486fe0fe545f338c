//! Everything is made before it is used, and in the order that MSK needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::assembly::Deployment;
use crate::references::{Reference, depends_on, references};
use crate::{finds, holds, members};

/// Every resource and stack, and what must be there before it. `Data` is a stack, `Data/UsersTable` in it.
fn edges(deployment: &Deployment) -> BTreeMap<String, BTreeSet<String>> {
    let mut edges = BTreeMap::<String, BTreeSet<String>>::new();
    for (stack, id, resource) in deployment.resources() {
        let node = name(stack, id);
        let resources = &deployment.templates[stack]["Resources"];
        let mut found = vec![];
        references(&resource["Properties"], &mut found);
        let targets = found.iter().filter_map(|reference| match reference {
            Reference::Ref(id) | Reference::Attribute(id, _) => resources.get(*id).map(|_| *id),
            _ => None,
        });
        let before: BTreeSet<String> =
            targets.chain(depends_on(resource)).map(|target| name(stack, target)).collect();
        edges.entry(node.clone()).or_default().extend(before);
        if !stack.is_empty() {
            // A stack is there when all in it is; nothing in it starts before what the stack itself waits for.
            edges.entry(stack.to_owned()).or_default().insert(node.clone());
            let mut passed = vec![];
            let nested = deployment.resource("", stack);
            references(&nested["Properties"], &mut passed);
            for reference in passed {
                if let Reference::Ref(id) | Reference::Attribute(id, _) = reference
                    && deployment.templates.contains_key(id)
                {
                    edges.entry(node.clone()).or_default().insert(id.to_owned());
                }
            }
            for target in depends_on(nested) {
                edges.entry(node.clone()).or_default().insert(target.to_owned());
            }
        }
    }
    edges
}

fn name(stack: &str, id: &str) -> String {
    if stack.is_empty() { id.to_owned() } else { format!("{stack}/{id}") }
}

/// All that is there before a resource.
fn before(edges: &BTreeMap<String, BTreeSet<String>>, node: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next = vec![node.to_owned()];
    while let Some(node) = next.pop() {
        for target in edges.get(&node).into_iter().flatten() {
            if found.insert(target.clone()) {
                next.push(target.clone());
            }
        }
    }
    found
}

/// Resources that wait for themselves.
pub(crate) fn cycles(deployment: &Deployment) -> Vec<String> {
    let edges = edges(deployment);
    let waits = |node: &&String| before(&edges, node).contains(*node);
    edges.keys().filter(waits).map(|node| format!("{node} waits for itself")).collect()
}

/// The order that services ask for. MSK's own: security group, cluster, SCRAM users, topics, mappings
/// (`BatchScramSecret` is referred to by nothing, so nothing but the stacks' order makes topics wait for it).
pub(crate) fn chain(deployment: &Deployment) -> Vec<String> {
    let edges = edges(deployment);
    let mut wrong = vec![];
    let mut need = |node: &str, first: &str| {
        if !before(&edges, node).contains(first) {
            wrong.push(format!("{node} doesn't wait for {first}"));
        }
    };
    need("Foundation/Cluster", "Foundation/KafkaSecurityGroup");
    need("Foundation/ScramUsers", "Foundation/Cluster");
    need("Foundation/BrokerLookup", "Foundation/Cluster");
    let topics = deployment.of_type("AWS::MSK::Topic");
    for (stack, id, _) in &topics {
        need(&name(stack, id), "Foundation/ScramUsers");
    }
    for (stack, id, _) in deployment.of_type("AWS::Lambda::EventSourceMapping") {
        let mapping = name(stack, id);
        need(&mapping, "Foundation/BrokerLookup");
        need(&mapping, "Data/DeadLetterTopic");
        need(&mapping, &name(stack, "Topic"));
        need(&mapping, &name(stack, "ConsumerRole"));
    }
    // A deployment is a snapshot of the routes; there must be one to deploy.
    for (stack, id, _) in deployment.of_type("AWS::ApiGatewayV2::Deployment") {
        for route in ["ConnectRoute", "DisconnectRoute", "DefaultRoute"] {
            need(&name(stack, id), &name(stack, route));
        }
    }
    // CloudTrail tries the bucket when the trail is made; API Gateway the account's role when a stage logs.
    for (stack, id, _) in deployment.of_type("AWS::CloudTrail::Trail") {
        need(&name(stack, id), &name(stack, "AuditBucketPolicy"));
    }
    for (stack, id, _) in deployment.of_type("AWS::ApiGatewayV2::Stage") {
        if id == "WebSocketStage" {
            need(&name(stack, id), &name(stack, "ApiGatewayAccount"));
        }
    }
    wrong
}

/// A function whose log group isn't there first makes one itself, without encryption or an end to its retention.
fn log_groups(deployment: &Deployment) -> Vec<String> {
    let edges = edges(deployment);
    let mut wrong = vec![];
    for (stack, id, function) in deployment.of_type("AWS::Lambda::Function") {
        let node = name(stack, id);
        let own = format!("/aws/lambda/{}", deployment.text(stack, &function["Properties"]["FunctionName"]));
        let group = members(&deployment.templates[stack]["Resources"])
            .find(|(_, resource)| resource["Properties"]["LogGroupName"] == *own);
        let Some((group, resource)) = group else {
            wrong.push(format!("{node} has no log group {own}"));
            continue;
        };
        if !before(&edges, &node).contains(&name(stack, group)) {
            wrong.push(format!("{node} doesn't wait for its log group {group}"));
        }
        if deployment.text(stack, &function["Properties"]["LoggingConfig"]["LogGroup"]) != name(stack, group)
        {
            wrong.push(format!("{node} doesn't log to {group}"));
        }
        if resource["Properties"]["RetentionInDays"].as_u64().is_none() {
            wrong.push(format!("{stack}/{group} keeps its events for ever"));
        }
    }
    wrong
}

#[test]
fn nothing_waits_for_itself() {
    holds(cycles);
    finds(
        cycles,
        |one| one.spoil("Foundation", "DataKey")["DependsOn"] = "Cluster".into(),
        "Foundation/DataKey waits for itself",
    );
    finds(
        cycles,
        |one| {
            one.spoil("", "Foundation")["Properties"]["Parameters"]["ArtifactBucket"] =
                json!({ "Fn::GetAtt": ["Edge", "Outputs.HttpApiId"] });
        },
        "waits for itself",
    );
}

#[test]
fn kafka_is_made_in_its_order() {
    holds(chain);
    let no_dependency = |stack: &'static str, id: &'static str| {
        move |one: &mut Deployment| {
            one.spoil(stack, id).as_object_mut().expect("a resource").remove("DependsOn");
        }
    };
    finds(
        chain,
        |one| {
            let id = one.of_type("AWS::ApiGatewayV2::Deployment")[0].1.to_owned();
            no_dependency("Edge", Box::leak(id.into_boxed_str()))(one);
        },
        "doesn't wait for Edge/ConnectRoute",
    );
    finds(chain, no_dependency("Data", "AuditTrail"), "AuditTrail doesn't wait for Data/AuditBucketPolicy");
    finds(
        chain,
        |one| one.spoil("Edge", "WebSocketStage")["Properties"]["Tags"] = json!({}),
        "WebSocketStage doesn't wait for Edge/ApiGatewayAccount",
    );
    finds(
        chain,
        |one| {
            let mapping = one.spoil("UserInfoSubmittedTopic", "OnboardAiConsumerUserInfoMapping");
            mapping["Properties"]["Tags"] = json!([]);
        },
        "doesn't wait for UserInfoSubmittedTopic/Topic",
    );
    finds(
        chain,
        |one| {
            let users = one.spoil("Foundation", "ScramUsers");
            users["Properties"]["ClusterArn"] = "arn".into();
        },
        "Foundation/ScramUsers doesn't wait for Foundation/Cluster",
    );
}

#[test]
fn log_groups_precede_their_functions() {
    holds(log_groups);
    let group = |change: fn(&mut serde_json::Value)| {
        move |one: &mut Deployment| change(&mut one.spoil("Edge", "ConnectLogGroup")["Properties"])
    };
    finds(log_groups, group(|group| group["RetentionInDays"].take().to_string().clear()), "for ever");
    finds(log_groups, group(|group| group["LogGroupName"] = "/aws/lambda/other".into()), "has no log group");
    finds(
        log_groups,
        |one| {
            one.spoil("Edge", "Connect")["Properties"]["LoggingConfig"]["LogGroup"] = "text".into();
        },
        "doesn't log to ConnectLogGroup",
    );
}
