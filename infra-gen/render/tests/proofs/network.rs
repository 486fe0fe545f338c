//! Who is in the VPC: what speaks to the brokers, and nothing that speaks to browsers.

use serde_json::json;

use crate::assembly::Deployment;
use crate::{finds, holds};

/// Functions on the wrong side.
pub(crate) fn misplaced(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, function) in deployment.of_type("AWS::Lambda::Function") {
        let inside = !function["Properties"]["VpcConfig"].is_null();
        let producer = id == "Producer" && stack.ends_with("Topic");
        if inside != producer {
            let side = if inside { "in" } else { "outside" };
            wrong.push(format!("{stack}/{id} is {side} the VPC"));
        }
        let role = deployment.text(stack, &function["Properties"]["Role"]);
        let role = role.split('/').nth(1).and_then(|role| role.strip_suffix(".Arn")).unwrap_or_default();
        let policy = deployment.resource(stack, role)["Properties"]["Policies"].to_string();
        // `@connections` can't be reached from inside a VPC without a way out.
        if inside && policy.contains("execute-api:") {
            wrong.push(format!("{stack}/{id} pushes from inside the VPC"));
        }
        if inside {
            let subnets = deployment.text(stack, &function["Properties"]["VpcConfig"]["SubnetIds"]);
            if !subnets.contains("Foundation/PrivateSubnetA") {
                wrong.push(format!("{stack}/{id} is in other subnets: {subnets}"));
            }
        }
    }
    wrong
}

#[test]
fn producers_alone_are_in_the_vpc() {
    holds(misplaced);
    let vpc = json!({ "SubnetIds": [] });
    finds(
        misplaced,
        |one| one.spoil("UserInfoSubmittedTopic", "Consumer")["Properties"]["VpcConfig"] = vpc,
        "UserInfoSubmittedTopic/Consumer pushes from inside",
    );
    finds(
        misplaced,
        |one| {
            let producer = one.spoil("UserInfoSubmittedTopic", "Producer");
            producer["Properties"].as_object_mut().expect("properties").remove("VpcConfig");
        },
        "Producer is outside the VPC",
    );
}
