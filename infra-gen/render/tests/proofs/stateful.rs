//! What holds data says what becomes of it.

use model::Removal;
use serde_json::Value;

use crate::assembly::Deployment;
use crate::{finds, holds};

/// Types that lose what can't be made again. Our own list: the specification marks no cluster.
const STATEFUL: [&str; 7] = [
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::MSK::Cluster",
    "AWS::MSK::Topic",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
];

/// Resources whose policies are not what the environment says.
pub(crate) fn wrong_policies(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, resource) in deployment.resources() {
        let type_name = resource["Type"].as_str().unwrap_or_default();
        if !STATEFUL.contains(&type_name) {
            continue;
        }
        // An audit trail that goes with what it audits is none.
        let audit = matches!(id, "AuditBucket" | "AuditKey");
        let stays = audit || deployment.environment.removal == Removal::Retain;
        // What an operation made that is rolled back has to go, or its name is taken at the next attempt.
        let deleted = if stays { "RetainExceptOnCreate" } else { "Delete" };
        let replaced = if stays { "Retain" } else { "Delete" };
        for (policy, expected) in [("DeletionPolicy", deleted), ("UpdateReplacePolicy", replaced)] {
            if resource[policy] != expected {
                wrong.push(format!("{stack}/{id}: {policy} is {}, not {expected}", resource[policy]));
            }
        }
        let protected = &resource["Properties"]["DeletionProtectionEnabled"];
        if type_name == "AWS::DynamoDB::Table" && *protected != deployment.environment.deletion_protection {
            wrong.push(format!("{stack}/{id}: DeletionProtectionEnabled is {protected}"));
        }
    }
    wrong
}

#[test]
fn what_holds_data_stays_where_the_environment_says_so() {
    holds(wrong_policies);
    for (stack, id) in [
        ("Foundation", "Cluster"),
        ("Foundation", "DataKey"),
        ("Foundation", "TokenKey"),
        ("Foundation", "BrokerLogGroup"),
        ("Data", "UsersTable"),
        ("Data", "AuditBucket"),
        ("UserInfoSubmittedTopic", "Topic"),
    ] {
        for (policy, wrong) in
            [("DeletionPolicy", "Retain"), ("DeletionPolicy", "Delete"), ("UpdateReplacePolicy", "Delete")]
        {
            finds(
                wrong_policies,
                |one| one.spoil(stack, id)[policy] = wrong.into(),
                &format!("{stack}/{id}: {policy} is \"{wrong}\", not Retain"),
            );
        }
    }
    finds(
        wrong_policies,
        |one| one.spoil("Data", "UsersTable")["Properties"]["DeletionProtectionEnabled"] = false.into(),
        "DeletionProtectionEnabled is false",
    );
}

/// What a cluster that stays has its interfaces in, or is configured by: AWS deletes none of it before the cluster.
const BELOW_THE_CLUSTER: [&str; 5] = [
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::SecurityGroup",
    "AWS::MSK::Configuration",
    "AWS::MSK::BatchScramSecret",
];

/// Resources that a deletion would fail at, since the cluster that stays needs them.
fn gone_before_the_cluster(deployment: &Deployment) -> Vec<String> {
    let stays = deployment.environment.removal == Removal::Retain;
    let needed = |(stack, id, resource): (&str, &str, &Value)| {
        let type_name = resource["Type"].as_str().unwrap_or_default();
        let other_group = type_name == "AWS::EC2::SecurityGroup" && id != "KafkaSecurityGroup";
        let expected = if stays { Value::from("RetainExceptOnCreate") } else { Value::Null };
        (BELOW_THE_CLUSTER.contains(&type_name) && !other_group && resource["DeletionPolicy"] != expected)
            .then(|| {
                format!("{stack}/{id}: DeletionPolicy is {}, not {expected}", resource["DeletionPolicy"])
            })
    };
    deployment.resources().filter_map(needed).collect()
}

#[test]
fn a_cluster_that_stays_keeps_what_it_stands_on() {
    holds(gone_before_the_cluster);
    for id in ["Vpc", "PrivateSubnetA", "KafkaSecurityGroup", "ClusterConfiguration", "ScramUsers"] {
        finds(
            gone_before_the_cluster,
            |one| one.spoil("Foundation", id)["DeletionPolicy"] = "Delete".into(),
            &format!("Foundation/{id}: DeletionPolicy is \"Delete\""),
        );
    }
}
