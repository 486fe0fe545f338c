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
            let name = aws.deployment.stack_name();
            if let Some(asked) = form.get("StackName")
                && *asked != name
                && !asked.contains(&format!(":stack/{name}/"))
            {
                return Err(Fault::new(
                    400,
                    "ValidationError",
                    format!("Stack with id {asked} does not exist"),
                ));
            }
            Ok(format!("<Stacks><member>{}</member></Stacks>", stack(aws, &name)))
        }
        _ => Err(Fault::missing(&format!("cloudformation {action}"))),
    }
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
    let created = crate::clock::iso(deployment.secrets.get(model::Secret::TokenKey).created);
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
