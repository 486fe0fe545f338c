//! Updates that CloudFormation or the service refuses, halfway through a deployment.

use std::collections::BTreeMap;

use serde_json::Value;

/// What makes a resource's name its own: a second one of the same values can't be made beside the first.
const NAMES: [(&str, &[&str]); 18] = [
    ("AWS::ApiGatewayV2::Stage", &["ApiId", "StageName"]),
    ("AWS::CloudTrail::Trail", &["TrailName"]),
    ("AWS::CloudWatch::Alarm", &["AlarmName"]),
    ("AWS::CloudWatch::Dashboard", &["DashboardName"]),
    ("AWS::DynamoDB::Table", &["TableName"]),
    ("AWS::EC2::SecurityGroup", &["VpcId", "GroupName"]),
    ("AWS::IAM::Role", &["RoleName"]),
    ("AWS::KMS::Alias", &["AliasName"]),
    ("AWS::Lambda::Function", &["FunctionName"]),
    ("AWS::Logs::LogGroup", &["LogGroupName"]),
    ("AWS::MSK::BatchScramSecret", &["ClusterArn"]),
    ("AWS::MSK::Cluster", &["ClusterName"]),
    ("AWS::MSK::Configuration", &["Name"]),
    ("AWS::MSK::Topic", &["ClusterArn", "TopicName"]),
    ("AWS::S3::Bucket", &["BucketName"]),
    ("AWS::SNS::Topic", &["TopicName"]),
    ("AWS::SQS::Queue", &["QueueName"]),
    ("AWS::SecretsManager::Secret", &["Name"]),
];

/// The properties that stay as they are and hold a replacement's name, so that it can't be made beside what it
/// replaces
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html>).
pub(crate) fn taken_name(
    type_name: &str,
    changed: &dyn Fn(&str) -> bool,
    properties: &Value,
) -> Option<&'static [&'static str]> {
    let (_, names) = NAMES.iter().find(|(known, _)| *known == type_name)?;
    let set = names.iter().all(|name| properties.get(*name).is_some());
    (set && !names.iter().any(|name| changed(name))).then_some(*names)
}

/// Updates in place that the service refuses: the property, and why.
pub(crate) fn refused(type_name: &str, old: &Value, new: &Value) -> Vec<(&'static str, &'static str)> {
    let number = |properties: &Value, path: &str| properties.pointer(path).and_then(Value::as_f64);
    let lower =
        |path: &str| matches!((number(old, path), number(new, path)), (Some(old), Some(new)) if new < old);
    let mut found = vec![];
    match type_name {
        "AWS::MSK::Topic" if lower("/PartitionCount") => {
            found.push(("PartitionCount", "Kafka can't take partitions from a topic"));
        }
        "AWS::MSK::Cluster" => {
            if lower("/BrokerNodeGroupInfo/StorageInfo/EBSStorageInfo/VolumeSize") {
                found.push(("BrokerNodeGroupInfo.StorageInfo", "MSK can't make volumes smaller"));
            }
            let family = |properties: &Value| {
                let ty = properties.pointer("/BrokerNodeGroupInfo/InstanceType").and_then(Value::as_str);
                ty.and_then(|ty| ty.split('.').next()).map(str::to_owned)
            };
            if family(old) != family(new) {
                found.push((
                    "BrokerNodeGroupInfo.InstanceType",
                    "MSK can't turn Standard brokers into Express brokers or back",
                ));
            }
            if lower("/NumberOfBrokerNodes") {
                found.push((
                    "NumberOfBrokerNodes",
                    "MSK takes brokers away only when no partition is left on them",
                ));
            }
        }
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
        "AWS::DynamoDB::Table" => {
            let (old, new) = (indexes(old), indexes(new));
            let made = new.keys().filter(|name| !old.contains_key(*name)).count();
            let gone = old.keys().filter(|name| !new.contains_key(*name)).count();
            if made + gone > 1 {
                found.push((
                    "GlobalSecondaryIndexes",
                    "DynamoDB makes or deletes one index in an update: do it in several",
                ));
            }
            if old.iter().any(|(name, index)| new.get(name).is_some_and(|other| other != index)) {
                found.push((
                    "GlobalSecondaryIndexes",
                    "DynamoDB can't change the keys of an index: give the new one another name",
                ));
            }
        }
        _ => {}
    }
    found
}

/// A table's indexes by name: key schema and projection.
fn indexes(properties: &Value) -> BTreeMap<String, (Value, Value)> {
    let list = properties["GlobalSecondaryIndexes"].as_array();
    list.into_iter()
        .flatten()
        .filter_map(|index| {
            let name = index["IndexName"].as_str()?.to_owned();
            Some((name, (index["KeySchema"].clone(), index["Projection"].clone())))
        })
        .collect()
}

/// A resource's own name, where the template gives one in so many letters.
pub(crate) fn name(resource: &Value) -> Option<String> {
    let (_, names) = NAMES.iter().find(|(known, _)| resource["Type"] == **known)?;
    Some(resource["Properties"][*names.last()?].as_str()?.to_owned())
}
