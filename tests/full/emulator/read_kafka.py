"""What MSK and Lambda say of a cluster and of what polls it, in the shape of its CloudFormation properties."""

from tags import mapped, own


def cluster(world, physical, _):
    told = world.kafka.describe_cluster(ClusterArn=physical)["ClusterInfo"]
    software = told["CurrentBrokerSoftwareInfo"]
    group = told["BrokerNodeGroupInfo"]
    return {
        **told,
        "BrokerNodeGroupInfo": {
            **group, "StorageInfo": {"EBSStorageInfo": group.get("StorageInfo", {}).get("EbsStorageInfo")},
        },
        "ConfigurationInfo": {
            "Arn": software.get("ConfigurationArn"), "Revision": software.get("ConfigurationRevision"),
        },
        "EncryptionInfo": {
            **told["EncryptionInfo"],
            "EncryptionAtRest": {
                "DataVolumeKMSKeyId": told["EncryptionInfo"].get("EncryptionAtRest", {}).get("DataVolumeKMSKeyId"),
            },
        },
        "KafkaVersion": software["KafkaVersion"],
        "Tags": own(world.kafka.list_tags_for_resource(ResourceArn=physical)["Tags"]),
    }


def configuration(world, physical, _):
    told = world.kafka.describe_configuration(Arn=physical)
    revision = world.kafka.describe_configuration_revision(Arn=physical, Revision=told["LatestRevision"]["Revision"])
    return {**told, "ServerProperties": revision["ServerProperties"].decode()}


def scram(world, physical, _):
    return {"ClusterArn": physical, "SecretArnList": world.kafka.list_scram_secrets(ClusterArn=physical)["SecretArnList"]}


def mapping(world, physical, _):
    functions = world.__getattr__("lambda")
    told = functions.get_event_source_mapping(UUID=physical)
    return {
        **told,
        "FunctionName": told["FunctionArn"],
        "Tags": mapped(functions.list_tags(Resource=told["EventSourceMappingArn"])["Tags"]),
    }


READERS = {
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::MSK::BatchScramSecret": scram,
    "AWS::MSK::Cluster": cluster,
    "AWS::MSK::Configuration": configuration,
}
