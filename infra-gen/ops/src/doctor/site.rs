//! What is deployed of a target: the root stack's parameters and outputs.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack, StackResource};

use super::functions::Place;
use crate::{Problem, aws::Aws, status, target::Target};

/// A target as it stands in the account.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) target: &'a Target,
    pub(crate) aws: &'a Aws,
    /// `CREATE_COMPLETE`, ...
    pub(crate) state: String,
    /// Why it is so, where CloudFormation says.
    pub(crate) reason: String,
    outputs: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
}

impl<'a> Site<'a> {
    /// Looks at the root stack; `None` where nothing is deployed.
    pub(crate) async fn find(target: &'a Target, aws: &'a Aws) -> Result<Option<Self>, Problem> {
        let stack = status::deployed(target, aws).await?;
        Ok(stack.map(|stack| Self::of(target, aws, &stack)))
    }

    fn of(target: &'a Target, aws: &'a Aws, stack: &Stack) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            target,
            aws,
            state: stack.stack_status().map_or("", |status| status.as_str()).to_owned(),
            reason: text(stack.stack_status_reason()),
            outputs: stack
                .outputs()
                .iter()
                .map(|output| (text(output.output_key()), text(output.output_value())))
                .collect(),
            parameters: stack
                .parameters()
                .iter()
                .map(|parameter| (text(parameter.parameter_key()), text(parameter.parameter_value())))
                .collect(),
        }
    }

    /// An output of the root stack, unless it is empty.
    pub(crate) fn output(&self, key: &str) -> Option<&str> {
        self.outputs.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter of the root stack, unless it is empty.
    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The cluster's ARN.
    pub(crate) fn cluster(&self) -> Result<&str, Problem> {
        self.output("KafkaClusterArn").ok_or_else(|| {
            Problem::failed(format!(
                "the stack {} doesn't say which cluster it has",
                self.target.stack_name()
            ))
            .note(format!("its output KafkaClusterArn is missing; the stack is {}", self.state))
        })
    }

    /// Where the template puts the functions that speak to the brokers.
    pub(crate) async fn place(&self) -> Place {
        if self.has_existing_cluster() {
            let subnets = self.parameter("ExistingSubnetIds");
            return Place {
                subnets: subnets.map(|subnets| subnets.split(',').map(str::to_owned).collect()),
                group: self.parameter("ExistingSecurityGroupId").map(str::to_owned),
            };
        }
        let Some(resources) = self.foundation().await else { return Place::default() };
        let of = |kind: &'static str| {
            resources.iter().filter(move |resource| resource.resource_type() == Some(kind))
        };
        let id = |resource: &StackResource| resource.physical_resource_id().map(str::to_owned);
        Place {
            subnets: Some(of("AWS::EC2::Subnet").filter_map(id).collect()),
            group: of("AWS::EC2::SecurityGroup")
                .find(|group| group.logical_resource_id() == Some("FunctionSecurityGroup"))
                .and_then(id),
        }
    }

    /// The foundation stack's resources, where they can be listed.
    async fn foundation(&self) -> Option<Vec<StackResource>> {
        let client = self.aws.cloudformation();
        let resources = |stack: String| client.describe_stack_resources().stack_name(stack).send();
        let root = resources(self.target.stack_name()).await.ok()?;
        let nested = root
            .stack_resources()
            .iter()
            .find(|nested| nested.logical_resource_id() == Some("Foundation"))?;
        let nested = resources(nested.physical_resource_id()?.to_owned()).await.ok()?;
        nested.stack_resources
    }

    /// Somebody else's cluster is used.
    pub(crate) fn has_existing_cluster(&self) -> bool {
        self.parameter("ExistingClusterArn").is_some()
    }

    /// Whoever deployed left the mappings out.
    pub(crate) fn omits_mappings(&self) -> bool {
        self.parameter("EventSourceMappings") == Some("omit")
    }
}
