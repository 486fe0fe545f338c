"""What the emulator's services say of a resource, in the shape of its CloudFormation properties.

Read through the services' own APIs, never through CloudFormation, which would repeat what it was given.
"""

import json

import read_kafka
import read_network
from botocore.exceptions import ClientError
from tags import mapped, own, tags


def read(emulator, uploads, kind, physical, properties):
    """What there is of this resource. `properties` name what it belongs to: its API, its function, its topics."""
    return READERS[kind](World(emulator, uploads), physical, properties)


class World:
    """The clients, and what was uploaded."""

    def __init__(self, emulator, uploads):
        self._emulator = emulator
        self.uploads = uploads

    def __getattr__(self, service):
        return self._emulator.client(service)


def missing_is(value, call, *codes, **arguments):
    """What the call answers, or `value` where the service says that there is none."""
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return value
        raise


def key(world, physical, _):
    told = world.kms.describe_key(KeyId=physical)["KeyMetadata"]
    return {
        "Description": told["Description"],
        "EnableKeyRotation": world.kms.get_key_rotation_status(KeyId=physical)["KeyRotationEnabled"],
        "KeyPolicy": json.loads(world.kms.get_key_policy(KeyId=physical, PolicyName="default")["Policy"]),
        "Tags": tags(world.kms.list_resource_tags(KeyId=physical)["Tags"], "TagKey", "TagValue"),
    }


def alias(world, physical, _):
    found = [row for row in world.kms.list_aliases()["Aliases"] if row["AliasName"] == physical]
    return {"AliasName": found[0]["AliasName"], "TargetKeyId": found[0]["TargetKeyId"]}


def secret(world, physical, properties):
    told = world.secretsmanager.describe_secret(SecretId=physical)
    value = json.loads(world.secretsmanager.get_secret_value(SecretId=physical)["SecretString"])
    name = properties["GenerateSecretString"]["GenerateStringKey"]
    password = value.pop(name)
    return {
        "Name": told["Name"],
        "Description": told.get("Description"),
        "KmsKeyId": told.get("KmsKeyId"),
        "Tags": tags(told.get("Tags", [])),
        "GenerateSecretString": {
            "GenerateStringKey": name,
            "PasswordLength": len(password),
            "ExcludePunctuation": password.isalnum(),
            "SecretStringTemplate": json.dumps(value),
        },
    }


def channel(world, physical, _):
    told = world.sns.get_topic_attributes(TopicArn=physical)["Attributes"]
    return {
        "TopicName": told["TopicArn"].split(":")[-1],
        "KmsMasterKeyId": told.get("KmsMasterKeyId"),
        "Tags": tags(world.sns.list_tags_for_resource(ResourceArn=physical)["Tags"]),
    }


def channel_policy(world, _, properties):
    [topic] = properties["Topics"]
    told = world.sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    return {"Topics": [told["TopicArn"]], "PolicyDocument": json.loads(told["Policy"])}


def subscription(world, physical, properties):
    # The emulator's attributes of one subscription lack what it is of.
    listed = world.sns.list_subscriptions_by_topic(TopicArn=properties["TopicArn"])["Subscriptions"]
    [told] = [row for row in listed if row["SubscriptionArn"] == physical]
    return told


def log_group(world, physical, _):
    listed = world.logs.describe_log_groups(logGroupNamePrefix=physical)["logGroups"]
    [told] = [group for group in listed if group["logGroupName"] == physical]
    return {
        "LogGroupName": told["logGroupName"],
        "RetentionInDays": told.get("retentionInDays"),
        "KmsKeyId": told.get("kmsKeyId"),
        "Tags": mapped(world.logs.list_tags_log_group(logGroupName=physical)["tags"]),
    }


def role(world, physical, _):
    told = world.iam.get_role(RoleName=physical)["Role"]
    names = world.iam.list_role_policies(RoleName=physical)["PolicyNames"]
    policies = [world.iam.get_role_policy(RoleName=physical, PolicyName=name) for name in names]
    attached = world.iam.list_attached_role_policies(RoleName=physical)["AttachedPolicies"]
    return {
        "Description": told.get("Description"),
        "AssumeRolePolicyDocument": told["AssumeRolePolicyDocument"],
        "Policies": [{name: policy[name] for name in ("PolicyName", "PolicyDocument")} for policy in policies],
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
        "Tags": tags(world.iam.list_role_tags(RoleName=physical)["Tags"]),
    }


def function(world, physical, _):
    got = world.__getattr__("lambda").get_function(FunctionName=physical)
    told = got["Configuration"]
    told["Code"] = world.uploads.code(told["CodeSha256"])
    told["KmsKeyArn"] = told.get("KMSKeyArn")
    told["Tags"] = mapped(got.get("Tags", {}))
    return told


def permission(world, _, properties):
    name = properties["FunctionName"]
    policy = json.loads(world.__getattr__("lambda").get_policy(FunctionName=name)["Policy"])
    for statement in policy["Statement"]:
        source = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
        if source == properties["SourceArn"]:
            principal = statement["Principal"]
            return {
                "Action": statement["Action"],
                "FunctionName": statement["Resource"],
                "Principal": principal if isinstance(principal, str) else principal.get("Service"),
                "SourceArn": source,
            }
    return {}


def api(world, physical, _):
    told = world.apigatewayv2.get_api(ApiId=physical)
    return {**told, "Tags": own(told.get("Tags", {}))}


def of_api(operation, id_name):
    """A part of an API, which has CloudFormation's own property names."""

    def reader(world, physical, properties):
        call = getattr(world.apigatewayv2, operation)
        told = call(ApiId=properties["ApiId"], **{id_name: physical})
        told = {**told, "ApiId": properties["ApiId"]}
        if "Tags" in told:
            told["Tags"] = own(told["Tags"])
        if isinstance(told.get("IdentitySource"), list) and not isinstance(properties.get("IdentitySource"), list):
            told["IdentitySource"] = ",".join(told["IdentitySource"])
        return told

    return reader


def route(world, _, properties):
    """The emulator's physical id is the API's, so by its key."""
    listed = world.apigatewayv2.get_routes(ApiId=properties["ApiId"])["Items"]
    [told] = [row for row in listed if row["RouteKey"] == properties["RouteKey"]]
    return {**told, "ApiId": properties["ApiId"]}


def deployment(world, physical, properties):
    told = world.apigatewayv2.get_deployment(ApiId=properties["ApiId"], DeploymentId=physical)
    return {**told, "ApiId": properties["ApiId"]}


def api_account(world, _, __):
    return {"CloudWatchRoleArn": world.apigateway.get_account().get("cloudwatchRoleArn")}


def alarm(world, physical, _):
    [told] = world.cloudwatch.describe_alarms(AlarmNames=[physical])["MetricAlarms"]
    return {**told, "Tags": tags(world.cloudwatch.list_tags_for_resource(ResourceARN=told["AlarmArn"])["Tags"])}


def dashboard(world, physical, _):
    told = world.cloudwatch.get_dashboard(DashboardName=physical)
    listed = missing_is({"Tags": []}, world.cloudwatch.list_tags_for_resource, "ResourceNotFound",
                        ResourceARN=told["DashboardArn"])
    return {
        "DashboardName": told["DashboardName"],
        "DashboardBody": told["DashboardBody"],
        "Tags": tags(listed["Tags"]),
    }


def table(world, physical, _):
    told = world.dynamodb.describe_table(TableName=physical)["Table"]
    backups = world.dynamodb.describe_continuous_backups(TableName=physical)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    ttl = world.dynamodb.describe_time_to_live(TableName=physical)["TimeToLiveDescription"]
    encryption = told.get("SSEDescription", {})
    return {
        **told,
        "BillingMode": told.get("BillingModeSummary", {}).get("BillingMode"),
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": recovery["PointInTimeRecoveryStatus"] == "ENABLED",
            "RecoveryPeriodInDays": recovery.get("RecoveryPeriodInDays"),
        },
        "SSESpecification": {
            "SSEEnabled": encryption.get("Status") == "ENABLED",
            "SSEType": encryption.get("SSEType"),
            "KMSMasterKeyId": encryption.get("KMSMasterKeyArn"),
        },
        "TimeToLiveSpecification": {
            "AttributeName": ttl.get("AttributeName"),
            "Enabled": ttl["TimeToLiveStatus"] == "ENABLED",
        },
        "Tags": tags(world.dynamodb.list_tags_of_resource(ResourceArn=told["TableArn"])["Tags"]),
    }


def bucket(world, physical, _):
    s3, none = world.s3, {}
    encryption = missing_is(none, s3.get_bucket_encryption, "ServerSideEncryptionConfigurationNotFoundError", Bucket=physical)
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    lifecycle = missing_is(none, s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration", Bucket=physical)
    owner = missing_is(none, s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError", Bucket=physical)
    block = missing_is(none, s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration", Bucket=physical)
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {**rule, "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in rules
            ],
        },
        "LifecycleConfiguration": {
            "Rules": [{"Id": rule["ID"], **rule} for rule in lifecycle.get("Rules", [])],
        },
        "OwnershipControls": owner.get("OwnershipControls"),
        "PublicAccessBlockConfiguration": block.get("PublicAccessBlockConfiguration"),
        "VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=physical).get("Status")},
        "Tags": tags(missing_is({"TagSet": []}, s3.get_bucket_tagging, "NoSuchTagSet", Bucket=physical)["TagSet"]),
    }


def bucket_policy(world, _, properties):
    name = properties["Bucket"]
    return {"Bucket": name, "PolicyDocument": json.loads(world.s3.get_bucket_policy(Bucket=name)["Policy"])}


def trail(world, physical, _):
    told = world.cloudtrail.get_trail(Name=physical)["Trail"]
    [listed] = world.cloudtrail.list_tags(ResourceIdList=[told["TrailARN"]])["ResourceTagList"]
    return {
        **told,
        "AdvancedEventSelectors": world.cloudtrail.get_event_selectors(TrailName=physical).get("AdvancedEventSelectors"),
        "EnableLogFileValidation": told["LogFileValidationEnabled"],
        "IsLogging": world.cloudtrail.get_trail_status(Name=physical)["IsLogging"],
        "KMSKeyId": told.get("KmsKeyId"),
        "TrailName": told["Name"],
        "Tags": tags(listed["TagsList"]),
    }


def stack(world, physical, properties):
    [told] = world.cloudformation.describe_stacks(StackName=physical)["Stacks"]
    body = world.cloudformation.get_template(StackName=physical)["TemplateBody"]
    return {
        "Parameters": {row["ParameterKey"]: row["ParameterValue"] for row in told.get("Parameters", [])},
        "Tags": tags(told["Tags"]),
        "TemplateURL": world.uploads.url_of(body, properties["TemplateURL"]),
    }


READERS = {
    **read_kafka.READERS,
    **read_network.READERS,
    "AWS::ApiGateway::Account": api_account,
    "AWS::ApiGatewayV2::Api": api,
    "AWS::ApiGatewayV2::Authorizer": of_api("get_authorizer", "AuthorizerId"),
    "AWS::ApiGatewayV2::Deployment": deployment,
    "AWS::ApiGatewayV2::Integration": of_api("get_integration", "IntegrationId"),
    "AWS::ApiGatewayV2::Route": route,
    "AWS::ApiGatewayV2::Stage": of_api("get_stage", "StageName"),
    "AWS::CloudFormation::Stack": stack,
    "AWS::CloudTrail::Trail": trail,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": table,
    "AWS::IAM::Role": role,
    "AWS::KMS::Alias": alias,
    "AWS::KMS::Key": key,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": channel,
    "AWS::SNS::TopicPolicy": channel_policy,
    "AWS::SecretsManager::Secret": secret,
}
