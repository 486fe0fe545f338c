//! The table of facts.

use cfn::{RESOURCES, Replacement, ResourceInfo, TagForm};

#[test]
fn the_table_is_sorted_and_found() {
    assert!(RESOURCES.windows(2).all(|pair| pair[0].type_name < pair[1].type_name));
    for info in RESOURCES {
        assert_eq!(ResourceInfo::of(info.type_name), Some(info));
        for properties in std::iter::once(info.properties).chain(info.types.iter().map(|ty| ty.properties)) {
            assert!(properties.windows(2).all(|pair| pair[0].name < pair[1].name), "{}", info.type_name);
        }
        for property in info.properties {
            assert_eq!(info.property(property.name), Some(property));
            if let Some(nested) = property.nested {
                assert!(info.nested(nested).is_some(), "{}.{}", info.type_name, property.name);
            }
        }
    }
    assert_eq!(ResourceInfo::of("AWS::Nothing::Here"), None);
}

#[test]
fn what_a_topic_is() {
    let topic = ResourceInfo::of("AWS::MSK::Topic").expect("topics");
    assert!(topic.stateful);
    assert_eq!(topic.attributes, ["TopicArn"]);
    assert_eq!(topic.reference, "TopicArn");
    let replaces: Vec<_> =
        topic.properties.iter().map(|p| (p.name, p.required, p.replacement == Replacement::Yes)).collect();
    assert_eq!(
        replaces,
        [
            ("ClusterArn", true, true),
            ("Configs", false, false),
            ("PartitionCount", true, false),
            ("ReplicationFactor", true, true),
            ("TopicName", true, true),
        ]
    );
}

#[test]
fn what_else_is_there() {
    let cluster = ResourceInfo::of("AWS::MSK::Cluster").expect("clusters");
    assert_eq!(cluster.tags, Some(("Tags", TagForm::Map)));
    let brokers = cluster.nested("BrokerNodeGroupInfo").expect("brokers");
    assert_eq!(brokers.property("ClientSubnets").map(|p| p.replacement), Some(Replacement::Yes));
    let table = ResourceInfo::of("AWS::DynamoDB::Table").expect("tables");
    assert_eq!(table.property("KeySchema").and_then(|p| p.nested), Some("KeySchema"));
    assert_eq!(table.arn, Some("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"));
}
