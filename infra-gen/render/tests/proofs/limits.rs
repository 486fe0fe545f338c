//! What MSK, EC2 and API Gateway refuse, and no checker of templates knows.

use serde_json::{Value, json};

use crate::assembly::Deployment;
use crate::{finds, holds};

/// Values that a service refuses when it is too late.
pub(crate) fn refused(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, resource) in deployment.resources() {
        let properties = &resource["Properties"];
        let mut say = |what: String| wrong.push(format!("{stack}/{id}: {what}"));
        match resource["Type"].as_str().unwrap_or_default() {
            // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
            "AWS::EC2::VPC" | "AWS::EC2::Subnet" => {
                let block = properties["CidrBlock"].as_str().unwrap_or_default();
                let bits = block.split_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok());
                if !bits.is_some_and(|bits| (16..=28).contains(&bits)) {
                    say(format!("{block} is no block of /16 to /28"));
                }
            }
            "AWS::ApiGatewayV2::Api"
                if properties["ProtocolType"] == "WEBSOCKET"
                    && properties["RouteSelectionExpression"].as_str().is_none() =>
            {
                say("a WebSocket API needs a RouteSelectionExpression".into());
            }
            "AWS::MSK::Cluster" => {
                let nodes = &properties["BrokerNodeGroupInfo"];
                let subnets = nodes["ClientSubnets"].as_array().map_or(0, Vec::len) as u64;
                let brokers = properties["NumberOfBrokerNodes"].as_u64().unwrap_or(0);
                if subnets == 0 || brokers == 0 || !brokers.is_multiple_of(subnets) {
                    say(format!("{brokers} brokers can't be spread over {subnets} subnets"));
                }
                let known = &manifest::json_schema()["$defs"]["Brokers"]["properties"]["type"]["enum"];
                if !known.as_array().is_some_and(|known| known.contains(&nodes["InstanceType"])) {
                    say(format!("there are no brokers of type {}", nodes["InstanceType"]));
                }
            }
            "AWS::Lambda::EventSourceMapping" => {
                let source = deployment.text(stack, &properties["EventSourceArn"]);
                if !source.contains("Foundation/Cluster.Arn") {
                    say(format!("{source} is no MSK cluster"));
                }
            }
            _ => {}
        }
    }
    wrong
}

#[test]
fn no_service_refuses_what_is_rendered() {
    holds(refused);
    let cluster = |property: &'static str, value: Value| {
        move |one: &mut Deployment| one.spoil("Foundation", "Cluster")["Properties"][property] = value
    };
    finds(refused, cluster("NumberOfBrokerNodes", json!(4)), "4 brokers can't be spread over 3 subnets");
    finds(
        refused,
        cluster("BrokerNodeGroupInfo", json!({ "InstanceType": "x" })),
        "no brokers of type \"x\"",
    );
}
