"""All that there is in the emulator."""


def inventory(emulator):
    """All that there is, whoever made it."""
    client = emulator.client
    lists = {
        "AWS::ApiGatewayV2::Api": [row["ApiId"] for row in client("apigatewayv2").get_apis()["Items"]],
        "AWS::CloudTrail::Trail": [row["Name"] for row in client("cloudtrail").describe_trails()["trailList"]],
        "AWS::CloudWatch::Alarm": names(client("cloudwatch"), "describe_alarms", "MetricAlarms", "AlarmName"),
        "AWS::CloudWatch::Dashboard": names(client("cloudwatch"), "list_dashboards", "DashboardEntries", "DashboardName"),
        "AWS::DynamoDB::Table": client("dynamodb").list_tables()["TableNames"],
        "AWS::EC2::FlowLog": names(client("ec2"), "describe_flow_logs", "FlowLogs", "FlowLogId"),
        "AWS::EC2::RouteTable": names(client("ec2"), "describe_route_tables", "RouteTables", "RouteTableId"),
        "AWS::EC2::SecurityGroup": names(client("ec2"), "describe_security_groups", "SecurityGroups", "GroupId"),
        "AWS::EC2::Subnet": names(client("ec2"), "describe_subnets", "Subnets", "SubnetId"),
        "AWS::EC2::VPC": names(client("ec2"), "describe_vpcs", "Vpcs", "VpcId"),
        "AWS::EC2::VPCEndpoint": names(client("ec2"), "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        "AWS::IAM::Role": names(client("iam"), "list_roles", "Roles", "RoleName"),
        "AWS::KMS::Alias": names(client("kms"), "list_aliases", "Aliases", "AliasName"),
        "AWS::KMS::Key": [row["KeyId"] for row in client("kms").list_keys()["Keys"] if enabled(emulator, row["KeyId"])],
        "AWS::Lambda::EventSourceMapping": names(
            client("lambda"), "list_event_source_mappings", "EventSourceMappings", "UUID"
        ),
        "AWS::Lambda::Function": names(client("lambda"), "list_functions", "Functions", "FunctionName"),
        "AWS::Logs::LogGroup": names(client("logs"), "describe_log_groups", "logGroups", "logGroupName"),
        "AWS::MSK::Cluster": names(client("kafka"), "list_clusters", "ClusterInfoList", "ClusterArn"),
        "AWS::MSK::Configuration": names(client("kafka"), "list_configurations", "Configurations", "Arn"),
        "AWS::S3::Bucket": [row["Name"] for row in client("s3").list_buckets()["Buckets"]],
        "AWS::SNS::Subscription": names(client("sns"), "list_subscriptions", "Subscriptions", "SubscriptionArn"),
        "AWS::SNS::Topic": names(client("sns"), "list_topics", "Topics", "TopicArn"),
        "AWS::SecretsManager::Secret": names(client("secretsmanager"), "list_secrets", "SecretList", "Name"),
    }
    return {(kind, name) for kind, found in lists.items() for name in found}


def names(client, operation, field, name):
    pages = client.get_paginator(operation).paginate()
    return [row[name] for page in pages for row in page[field]]


def enabled(emulator, key):
    """A deleted key is kept until its waiting time is over."""
    return emulator.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
