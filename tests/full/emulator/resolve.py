"""What a template's values come to: CloudFormation's functions, worked out without asking the emulator's own engine.

Only names that the emulator gave (physical ids) are taken from it; every ARN is put together here.
"""

import base64
import re

from emulator import ACCOUNT, BROKERS, REGION

PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = object()
# Attributes that are the physical id.
IDS = {
    ("AWS::ApiGatewayV2::Api", "ApiId"),
    ("AWS::ApiGatewayV2::Authorizer", "AuthorizerId"),
    ("AWS::ApiGatewayV2::Deployment", "DeploymentId"),
    ("AWS::ApiGatewayV2::Integration", "IntegrationId"),
    ("AWS::EC2::RouteTable", "RouteTableId"),
    ("AWS::EC2::SecurityGroup", "GroupId"),
    ("AWS::EC2::Subnet", "SubnetId"),
    ("AWS::EC2::VPC", "VpcId"),
    ("AWS::Lambda::EventSourceMapping", "Id"),
    ("AWS::MSK::Cluster", "Arn"),
    ("AWS::MSK::Configuration", "Arn"),
}


def arn(service, resource, region=REGION, account=ACCOUNT):
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def attribute(kind, name, physical, emulator):
    """`Fn::GetAtt` of a resource of this type."""
    if (kind, name) in IDS:
        return physical
    match kind, name:
        case "AWS::KMS::Key", "Arn":
            return arn("kms", f"key/{physical}")
        case "AWS::Logs::LogGroup", "Arn":
            return arn("logs", f"log-group:{physical}:*")
        case "AWS::IAM::Role", "Arn":
            return arn("iam", f"role/{physical}", region="")
        case "AWS::Lambda::Function", "Arn":
            return arn("lambda", f"function:{physical}")
        case "AWS::DynamoDB::Table", "Arn":
            return arn("dynamodb", f"table/{physical}")
        case "AWS::S3::Bucket", "Arn":
            return f"arn:aws:s3:::{physical}"
        case "AWS::ApiGatewayV2::Api", "ApiEndpoint":
            return emulator.client("apigatewayv2").get_api(ApiId=physical)["ApiEndpoint"]
        case "AWS::MSK::Configuration", "LatestRevision.Revision":
            return 1
        case "AWS::MSK::Cluster", "CurrentVersion":
            return emulator.client("kafka").describe_cluster(ClusterArn=physical)["ClusterInfo"]["CurrentVersion"]
        case "Custom::BootstrapBrokers", "BootstrapBrokerStringSaslScram":
            return BROKERS
    raise AssertionError(f"the test does not know the attribute {name} of {kind}")


class Stack:
    """A deployed stack: its template as deployed, its parameters, and the physical ids that the emulator gave."""

    def __init__(self, emulator, name, templates, parameters):
        """`templates` gives the template of a nested stack for its `TemplateURL`."""
        self.emulator = emulator
        self.name = name
        self.template, self._templates = templates(name), templates
        self._given = parameters
        listed = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
        self.physical = {
            row["LogicalResourceId"]: row["PhysicalResourceId"]
            for page in listed
            for row in page["StackResourceSummaries"]
        }
        self.resources = {
            logical: resource
            for logical, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }
        self._children = {}

    def children(self):
        """The nested stacks, by logical id."""
        return {
            logical: self.child(logical)
            for logical, resource in self.resources.items()
            if resource["Type"] == "AWS::CloudFormation::Stack"
        }

    def everything(self, path=""):
        """Physical ids of all resources, the nested stacks' too, by their logical ids: `Data/UsersTable`."""
        ids = {f"{path}{logical}": self.physical[logical] for logical in self.resources}
        for logical, child in self.children().items():
            ids |= child.everything(f"{path}{logical}/")
        return ids

    def child(self, logical):
        if logical not in self._children:
            properties = self.properties(logical)
            self._children[logical] = Stack(
                self.emulator, self.physical[logical],
                lambda name: self._templates(properties["TemplateURL"]), properties["Parameters"],
            )
        return self._children[logical]

    def properties(self, logical):
        return self.value(self.resources[logical].get("Properties", {}))

    def outputs(self):
        return {name: self.value(output["Value"]) for name, output in self.template.get("Outputs", {}).items()}

    def condition(self, name):
        test = self.template["Conditions"][name]
        assert list(test) == ["Fn::Equals"], f"the test does not know the condition {test}"
        left, right = map(self.value, test["Fn::Equals"])
        return left == right

    def value(self, node):
        """The value of anything in the template."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(function, argument)] = node.items()
            if function == "Ref":
                return self._ref(argument)
            if function.startswith("Fn::"):
                return self._function(function, argument)
        values = {key: self.value(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def _ref(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.template.get("Parameters", {}):
            declared = self.template["Parameters"][name]
            value = self._given.get(name, declared.get("Default"))
            return value.split(",") if "List" in declared["Type"] else value
        return self.physical[name]

    def _attribute(self, logical, name):
        kind = self.template["Resources"][logical]["Type"]
        if kind == "AWS::CloudFormation::Stack":
            child = self.child(logical)
            return child.value(child.template["Outputs"][name.removeprefix("Outputs.")]["Value"])
        return attribute(kind, name, self.physical[logical], self.emulator)

    def _function(self, function, argument):
        match function:
            case "Fn::GetAtt":
                return self._attribute(*argument)
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::Join":
                return argument[0].join(self.value(argument[1]))
            case "Fn::Split":
                return self.value(argument[1]).split(argument[0])
            case "Fn::Select":
                return self.value(argument[1])[int(argument[0])]
            case "Fn::If":
                return self.value(argument[1] if self.condition(argument[0]) else argument[2])
            case "Fn::GetAZs":
                return [f"{REGION}{letter}" for letter in "abc"]
            case "Fn::Base64":
                return base64.b64encode(self.value(argument).encode()).decode()
            case "Fn::FindInMap":
                name, first, second = map(self.value, argument)
                return self.template["Mappings"][name][first][second]
        raise AssertionError(f"the test does not know {function}")

    def _sub(self, argument):
        text, given = argument if isinstance(argument, list) else (argument, {})

        def one(found):
            name = found.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return str(self.value(given[name]))
            logical, _, attribute_name = name.partition(".")
            return str(self._attribute(logical, attribute_name) if attribute_name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)
