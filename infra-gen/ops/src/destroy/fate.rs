//! What becomes of each resource when its stack is deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use aws_sdk_cloudformation::types::Stack;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Problem,
    aws::{Aws, Fault, Identity, Told as _},
    console::{BAD, GOOD, count, styled},
    deploy::{self, Resource},
    stack::place,
    target::Target,
};

/// What is lost and what is kept.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// By type: their own names, of what holds data and is deleted.
    lost: BTreeMap<String, Vec<String>>,
    /// Stays in the account: type and own name.
    kept: Vec<(String, String)>,
    /// How many others are deleted.
    others: usize,
    /// Tables that are deleted and can't be.
    pub(super) protected: Vec<String>,
    /// Buckets that are deleted.
    pub(super) buckets: Vec<String>,
}

impl Fate {
    /// Of every resource of a root stack and of those nested in it.
    pub(super) async fn of(aws: &Aws, name: &str, stack: &Stack) -> Result<Self, Problem> {
        let id = stack.stack_id().unwrap_or(name);
        let mut fate = Self::default();
        let mut stacks = vec![(String::new(), id.to_owned())];
        stacks.extend(deploy::nested(aws, id).await?);
        for (nested, id) in stacks {
            let template = deploy::template(aws, &id).await?;
            for resource in deploy::resources(aws, &id).await? {
                fate.take(&nested, &resource, &template["Resources"][&resource.id]);
            }
        }
        Ok(fate)
    }

    fn take(&mut self, stack: &str, resource: &Resource, declared: &Value) {
        let Resource { id, physical, ty } = resource;
        if ty == crate::stack::STACK || physical.is_empty() {
            return;
        }
        let name = own_name(ty, physical);
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
        if declared["DeletionPolicy"].as_str().is_some_and(|policy| policy.starts_with("Retain")) {
            self.kept.push((ty.clone(), name));
            return;
        }
        if !changes::is_stateful(ty) {
            self.others += 1;
            return;
        }
        if ty == "AWS::DynamoDB::Table" && declared["Properties"]["DeletionProtectionEnabled"] == true {
            self.protected.push(name.clone());
        }
        if ty == "AWS::S3::Bucket" {
            self.buckets.push(name.clone());
        }
        // Keys have no name that says anything.
        let name = if ty == "AWS::KMS::Key" { format!("{} ({name})", place(stack, id)) } else { name };
        self.lost.entry(ty.clone()).or_default().push(name);
    }

    pub(super) fn json(&self) -> Value {
        let kept: Vec<Value> =
            self.kept.iter().map(|(ty, name)| json!({ "type": ty, "name": name })).collect();
        json!({ "lost": self.lost, "kept": kept, "others": self.others })
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if self.lost.is_empty() {
            text.push_str("nothing that holds data is deleted\n");
        } else {
            _ = writeln!(text, "{}, with all that is in it:", styled(BAD, "lost"));
            for (ty, names) in &self.lost {
                _ = writeln!(text, "  {ty}");
                text.extend(names.iter().map(|name| format!("    {name}\n")));
            }
        }
        _ = writeln!(text, "deleted as well: {} that hold nothing", count(self.others, "resource"));
        if !self.kept.is_empty() {
            _ = writeln!(text, "{}, outside the stack:", styled(GOOD, "kept"));
            text.extend(self.kept.iter().map(|(ty, name)| format!("  {ty:28} {name}\n")));
        }
        text
    }
}

/// The last part of an ARN that ends with the resource's name.
fn own_name(ty: &str, physical: &str) -> String {
    match ty {
        // arn:aws:kafka:region:account:topic/cluster/uuid/name
        "AWS::MSK::Topic" => physical.rsplit('/').next().unwrap_or(physical).to_owned(),
        // arn:aws:kafka:region:account:cluster/name/uuid, and configuration/name/uuid
        "AWS::MSK::Cluster" | "AWS::MSK::Configuration" => {
            physical.split('/').nth(1).unwrap_or(physical).to_owned()
        }
        // arn:aws:secretsmanager:region:account:secret:name-suffix
        "AWS::SecretsManager::Secret" => physical.rsplit(':').next().unwrap_or(physical).to_owned(),
        _ => physical.to_owned(),
    }
}

/// Something that a deleted stack leaves in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Left {
    /// `AWS::DynamoDB::Table`.
    #[serde(rename = "type")]
    ty: String,
    /// Its own name.
    name: String,
    /// The command that removes it, with what is in it.
    remove: String,
}

impl Left {
    pub(super) fn lines(&self) -> String {
        format!("  {} {}\n    {}\n", self.ty, self.name, self.remove)
    }
}

/// What is left: what the stack retained, logs that came after their group was deleted, and the artifact bucket; and why
/// nobody knows of the rest, where it couldn't be looked at.
///
/// Of a deletion that was broken off, the stack may not tell any more what it retained, so what the templates retain
/// under a name of its own is looked for as well.
pub(super) async fn left(
    aws: &Aws,
    target: &Target,
    identity: &Identity,
    fate: &Fate,
) -> (Vec<Left>, Vec<Problem>) {
    let mut left: Vec<Left> = fate.kept.iter().map(|(ty, name)| kept(ty, name)).collect();
    let (found, unseen) = still_there(aws, target).await;
    for (ty, name) in found {
        // A secret's own name has a suffix in its ARN.
        let is_told = |left: &Left| left.ty == ty && left.name.starts_with(&name);
        if !left.iter().any(is_told) {
            left.push(kept(&ty, &name));
        }
    }
    let bucket = deploy::own_bucket(&target.model.app.name, &identity.account, aws.region());
    if aws.s3().head_bucket().bucket(&bucket).expected_bucket_owner(&identity.account).send().await.is_ok() {
        left.push(Left {
            remove: format!(
                "every environment of {} has its templates and zips in it; empty it in the console, then: \
                 aws s3 rb s3://{bucket}",
                target.model.app.name
            ),
            ty: "AWS::S3::Bucket".into(),
            name: bucket,
        });
    }
    (left, unseen)
}

fn kept(ty: &str, name: &str) -> Left {
    let remove = match ty {
        "AWS::DynamoDB::Table" => format!("aws dynamodb delete-table --table-name {name}"),
        "AWS::KMS::Key" => {
            format!("aws kms schedule-key-deletion --key-id {name} --pending-window-in-days 30")
        }
        "AWS::Logs::LogGroup" => format!("aws logs delete-log-group --log-group-name {name}"),
        "AWS::MSK::Cluster" => {
            "aws kafka list-clusters-v2; then aws kafka delete-cluster --cluster-arn ARN".into()
        }
        "AWS::MSK::Topic" | "AWS::MSK::BatchScramSecret" => "goes with its cluster".into(),
        "AWS::MSK::Configuration" => {
            "after the cluster: aws kafka list-configurations; then aws kafka delete-configuration --arn ARN"
                .into()
        }
        "AWS::EC2::Subnet" => format!("after the cluster: aws ec2 delete-subnet --subnet-id {name}"),
        "AWS::EC2::SecurityGroup" => {
            format!("after the cluster: aws ec2 delete-security-group --group-id {name}")
        }
        "AWS::EC2::VPC" => format!("after subnets and groups: aws ec2 delete-vpc --vpc-id {name}"),
        "AWS::S3::Bucket" => format!("empty it in the console, then: aws s3 rb s3://{name}"),
        "AWS::SecretsManager::Secret" => format!("aws secretsmanager delete-secret --secret-id {name}"),
        "AWS::IAM::Role" => format!("aws iam delete-role --role-name {name}"),
        _ => "the account may need it for others; look before you remove it".into(),
    };
    Left { ty: ty.to_owned(), name: name.to_owned(), remove }
}

/// What the templates retain, and is there: type and own name. Keys and the audit trail's bucket have no name to be found
/// by; topics go with their cluster.
async fn still_there(aws: &Aws, target: &Target) -> (Vec<(String, String)>, Vec<Problem>) {
    let (mut found, mut unseen) = (vec![], vec![]);
    let mut groups = BTreeSet::new();
    let retained = deploy::retained(target).unwrap_or_else(|problem| {
        unseen.push(problem);
        vec![]
    });
    for (ty, name) in retained {
        if ty == "AWS::Logs::LogGroup" {
            groups.insert(name);
            continue;
        }
        match is_there(aws, &ty, &name).await {
            Ok(true) => found.push((ty, name)),
            Ok(false) => {}
            Err(problem) => unseen.push(problem),
        }
    }
    // A function that ran while its log group was deleted has made it anew.
    groups.extend(
        target
            .model
            .functions
            .iter()
            .map(|function| format!("/aws/lambda/{}", target.function_name(function))),
    );
    match log_groups(aws, &groups).await {
        Ok(groups) => found.extend(groups.into_iter().map(|group| ("AWS::Logs::LogGroup".to_owned(), group))),
        Err(problem) => unseen.push(problem),
    }
    (found, unseen)
}

async fn is_there(aws: &Aws, ty: &str, name: &str) -> Result<bool, Problem> {
    Ok(match ty {
        "AWS::DynamoDB::Table" => {
            let told = aws.dynamodb().describe_table().table_name(name).send().await.fault();
            is_found(told, "ResourceNotFoundException", name)?.is_some()
        }
        "AWS::SecretsManager::Secret" => {
            let told = aws.secretsmanager().describe_secret().secret_id(name).send().await.fault();
            is_found(told, "ResourceNotFoundException", name)?
                .is_some_and(|secret| secret.deleted_date().is_none())
        }
        "AWS::MSK::Cluster" => {
            let told = aws.kafka().list_clusters().cluster_name_filter(name).send().await;
            let told = told.told("look for a cluster that is left")?;
            told.cluster_info_list().iter().any(|cluster| cluster.cluster_name() == Some(name))
        }
        "AWS::MSK::Configuration" => {
            let pages = aws.kafka().list_configurations().into_paginator().items().send();
            let told = pages.try_collect().await.told("look for a configuration that is left")?;
            told.iter().any(|configuration| configuration.name() == Some(name))
        }
        _ => false,
    })
}

/// What was looked for, unless the service says with this code that it isn't there.
fn is_found<T>(told: Result<T, Fault>, missing: &str, name: &str) -> Result<Option<T>, Problem> {
    match told {
        Ok(told) => Ok(Some(told)),
        Err(fault) if fault.is(missing) => Ok(None),
        Err(fault) => Err(fault.problem(&format!("look whether {name} is left"))),
    }
}

/// Those of the log groups that are there.
async fn log_groups(aws: &Aws, wanted: &BTreeSet<String>) -> Result<Vec<String>, Problem> {
    // `/aws/lambda/`: by service, since there are few of them and many groups.
    let prefixes: BTreeSet<&str> = wanted.iter().filter_map(|name| Some(name.rsplit_once('/')?.0)).collect();
    let mut found = vec![];
    for prefix in prefixes {
        let pages = aws
            .logs()
            .describe_log_groups()
            .log_group_name_prefix(format!("{prefix}/"))
            .into_paginator()
            .items()
            .send();
        let groups = pages.try_collect().await.told("look for log groups that are left")?;
        let names = groups.iter().filter_map(|group| group.log_group_name());
        found.extend(names.filter(|name| wanted.contains(*name)).map(str::to_owned));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(ty: &str, physical: &str) -> Resource {
        Resource { id: "It".into(), physical: physical.into(), ty: ty.into() }
    }

    #[test]
    fn what_is_retained_is_kept_and_what_holds_data_is_lost_by_name() {
        let mut fate = Fate::default();
        fate.take(
            "Data",
            &resource("AWS::DynamoDB::Table", "users-dev"),
            &json!({ "DeletionPolicy": "Delete" }),
        );
        fate.take(
            "Data",
            &resource("AWS::DynamoDB::Table", "kyc-dev"),
            &json!({ "DeletionPolicy": "Retain" }),
        );
        let configuration = "arn:aws:kafka:us-east-1:123456789012:configuration/onboard-ai-dev/5fd1-3";
        fate.take(
            "Foundation",
            &resource("AWS::MSK::Configuration", configuration),
            &json!({ "DeletionPolicy": "RetainExceptOnCreate" }),
        );
        let protected = json!({ "Properties": { "DeletionProtectionEnabled": true } });
        fate.take("Data", &resource("AWS::DynamoDB::Table", "errors-dev"), &protected);
        let topic = "arn:aws:kafka:us-east-1:123456789012:topic/onboard-ai-dev/5fd1-3/kyc-verified";
        fate.take("KycTopic", &resource("AWS::MSK::Topic", topic), &json!({}));
        fate.take("KycTopic", &resource("AWS::Lambda::Function", "f"), &json!({}));
        fate.take("", &resource("AWS::CloudFormation::Stack", "s"), &json!({}));
        assert_eq!(fate.lost["AWS::DynamoDB::Table"], ["users-dev", "errors-dev"]);
        assert_eq!(fate.lost["AWS::MSK::Topic"], ["kyc-verified"]);
        let kept = [("AWS::DynamoDB::Table", "kyc-dev"), ("AWS::MSK::Configuration", "onboard-ai-dev")];
        assert_eq!(fate.kept, kept.map(|(ty, name)| (ty.to_owned(), name.to_owned())));
        assert_eq!((fate.others, fate.protected), (1, vec!["errors-dev".to_owned()]));
    }
}
