//! What holds data says what becomes of it.

use model::Removal;

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
        let expected = match deployment.environment.removal {
            Removal::Retain => "Retain",
            Removal::Destroy if audit => "Retain",
            Removal::Destroy => "Delete",
        };
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
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
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            finds(
                wrong_policies,
                |one| one.spoil(stack, id)[policy] = "Delete".into(),
                &format!("{stack}/{id}: {policy} is \"Delete\", not Retain"),
            );
        }
    }
    finds(
        wrong_policies,
        |one| one.spoil("Data", "UsersTable")["Properties"]["DeletionProtectionEnabled"] = false.into(),
        "DeletionProtectionEnabled is false",
    );
}
