//! CloudFormation: the stack as if it had been deployed.

use std::collections::BTreeMap;

use super::{
    Aws,
    reply::{Fault, tag},
};
use crate::deployment::arn;

pub(super) const XMLNS: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

pub(super) fn call(aws: &Aws, action: &str, form: &BTreeMap<String, String>) -> Result<String, Fault> {
    match action {
        "DescribeStacks" => {
            let name = named(aws, form.get("StackName"))?;
            Ok(format!("<Stacks><member>{}</member></Stacks>", stack(aws, &name)))
        }
        "ListStackResources" => {
            named(aws, form.get("StackName"))?;
            Ok(format!("<StackResourceSummaries>{}</StackResourceSummaries>", resources(aws)))
        }
        _ => Err(Fault::missing(&format!("cloudformation {action}"))),
    }
}

/// The stack's name, which is what is asked for.
fn named(aws: &Aws, asked: Option<&String>) -> Result<String, Fault> {
    let name = aws.deployment.stack_name();
    match asked {
        Some(asked) if *asked != name && !asked.contains(&format!(":stack/{name}/")) => {
            Err(Fault::new(400, "ValidationError", format!("Stack with id {asked} does not exist")))
        }
        _ => Ok(name),
    }
}

/// What of the stack there is on this machine, without the nested stacks between.
fn resources(aws: &Aws) -> String {
    let deployment = &aws.deployment;
    let functions = deployment.model.functions.iter();
    let functions = functions
        .map(|function| (&function.name.pascal, "AWS::Lambda::Function", deployment.function_name(function)));
    let tables = deployment.model.tables.iter();
    let tables =
        tables.map(|table| (&table.name.pascal, "AWS::DynamoDB::Table", deployment.table_name(table)));
    let since = crate::clock::iso(aws.started);
    let resource = |(id, kind, name): (&String, &str, String)| {
        let tags = [
            tag("LogicalResourceId", id),
            tag("PhysicalResourceId", &name),
            tag("ResourceType", kind),
            tag("ResourceStatus", "CREATE_COMPLETE"),
            tag("LastUpdatedTimestamp", &since),
        ];
        format!("<member>{}</member>", tags.concat())
    };
    functions.chain(tables).map(resource).collect()
}

fn stack(aws: &Aws, name: &str) -> String {
    let deployment = &aws.deployment;
    let mut outputs = vec![
        ("KafkaBootstrapServers".to_owned(), deployment.endpoints.brokers.clone()),
        ("KafkaClusterArn".to_owned(), deployment.cluster_arn()),
        ("WebSocketApiEndpoint".to_owned(), deployment.websocket_endpoint()),
        ("HttpApiEndpoint".to_owned(), format!("http://{}", deployment.endpoints.http)),
    ];
    let tables = deployment.model.tables.iter();
    outputs.extend(
        tables.map(|table| (format!("{}TableName", table.name.pascal), deployment.table_name(table))),
    );
    let outputs: String = outputs
        .iter()
        .map(|(key, value)| {
            format!("<member>{}{}</member>", tag("OutputKey", key), tag("OutputValue", value))
        })
        .collect();
    let created = crate::clock::iso(aws.started);
    [
        tag("StackId", &arn("cloudformation", &format!("stack/{name}/00000000-0000-4000-8000-000000000000"))),
        tag("StackName", name),
        tag("CreationTime", &created),
        tag("StackStatus", "CREATE_COMPLETE"),
        tag("DisableRollback", "false"),
        format!("<Outputs>{outputs}</Outputs>"),
    ]
    .concat()
}
