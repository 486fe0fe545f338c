"""Types that the emulator's CloudFormation lacks and its services have (`made` in known.json), made by the services' APIs."""

import base64
import json
import re

from known import KNOWN
from ministack.services import apigateway, cloudtrail, ec2, msk
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS


def told(answer):
    """What a JSON API answered."""
    status, _, body = answer
    body = json.loads(body) if body else {}
    if status >= 400:
        raise ValueError(body.get("Message") or body.get("message") or json.dumps(body))
    return body


def told_xml(answer, name):
    """The one element of this name in what EC2 answered."""
    status, _, body = answer
    text = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise ValueError(text)
    [found] = re.findall(f"<{name}>(.*?)</{name}>", text)
    return found


def request(properties):
    """Properties as MSK has them."""
    return json.dumps(camel(properties)).encode()


def camel(value):
    if isinstance(value, dict):
        return {small(name): inner if name == "Tags" else camel(inner) for name, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list) else value


def small(name):
    """`EBSStorageInfo` is `ebsStorageInfo`."""
    first = re.match("[A-Z]+(?=[A-Z])|[A-Z]", name)[0]
    return first.lower() + name[len(first):]


def cluster(logical, properties, stack):
    # An attribute is a text; the API has a number.
    used = properties["ConfigurationInfo"]
    used = {**used, "Revision": int(used["Revision"])}
    arn = told(msk._create_cluster(request({**properties, "ConfigurationInfo": used})))["clusterArn"]
    return arn, {"Arn": arn, "CurrentVersion": told(msk._describe_cluster(arn))["clusterInfo"]["currentVersion"]}


def configuration(logical, properties, stack):
    text = base64.b64encode(properties["ServerProperties"].encode()).decode()
    arn = told(msk._create_configuration(request({**properties, "ServerProperties": text})))["arn"]
    return arn, {"Arn": arn, "LatestRevision.Revision": "1"}


def scram(logical, properties, stack):
    arn = properties["ClusterArn"]
    refused = told(msk._batch_associate_scram(arn, request(properties)))["unprocessedScramSecrets"]
    if refused:
        raise ValueError(f"not associated: {refused}")
    return arn, {}


def scram_deleted(arn, properties):
    # The cluster may be gone already, as a stack that is rolled back shows.
    msk._batch_disassociate_scram(arn, request(properties))


def rule(authorize, group):
    """A rule of a security group; `group` names what it lets in or out."""

    def create(logical, properties, stack):
        asked = {"GroupId": properties["GroupId"]}
        for name in ("IpProtocol", "FromPort", "ToPort"):
            asked[f"IpPermissions.1.{name}"] = str(properties[name])
        kind, name, other = "Groups", "GroupId", properties.get(group)
        if other is None:
            kind, name, other = "IpRanges", "CidrIp", properties["CidrIp"]
        asked |= {
            f"IpPermissions.1.{kind}.1.{name}": other,
            f"IpPermissions.1.{kind}.1.Description": properties["Description"],
        }
        found = told_xml(authorize(asked), "securityGroupRuleId")
        return found, {"Id": found}

    return create


def rule_deleted(revoke):
    # The group may be gone already, and its rules with it.
    return lambda physical, properties: revoke({"GroupId": properties["GroupId"], "SecurityGroupRuleId.1": physical})


def flow_log(logical, properties, stack):
    asked = {name: value for name, value in properties.items() if isinstance(value, str)}
    # EC2 itself says `vpc-flow-log`.
    asked |= {"ResourceId.1": properties["ResourceId"], "TagSpecification.1.ResourceType": "flow-log"}
    for index, tag in enumerate(properties["Tags"], 1):
        asked |= {f"TagSpecification.1.Tag.{index}.{name}": value for name, value in tag.items()}
    found = told_xml(ec2._create_flow_logs(asked), "item")
    return found, {"Id": found}


def deployment(logical, properties, stack):
    found = told(apigateway._create_deployment(properties["ApiId"], {}))["deploymentId"]
    return found, {"DeploymentId": found}


def trail(logical, properties, stack):
    name, selectors = properties["TrailName"], properties["AdvancedEventSelectors"]
    arn = told(cloudtrail._create_trail({**properties, "Name": name, "KmsKeyId": properties["KMSKeyId"]}))["TrailARN"]
    told(cloudtrail._put_event_selectors({"TrailName": name, "AdvancedEventSelectors": selectors}))
    told(cloudtrail._add_tags({"ResourceId": arn, "TagsList": properties["Tags"]}))
    if properties["IsLogging"]:
        told(cloudtrail._start_logging({"Name": name}))
    return name, {"Arn": arn}


def keep(kind):
    """Without this, an update would make a second one; the emulator's API has none."""

    def update(physical_id, before, after, stack):
        raise ValueError(f"the emulator can't update {kind}")
    return update


MADE = {
    "AWS::ApiGatewayV2::Deployment": {
        "create": deployment, "delete": lambda name, properties: apigateway._delete_deployment(properties["ApiId"], name),
    },
    "AWS::CloudTrail::Trail": {"create": trail, "delete": lambda name, _: cloudtrail._delete_trail({"Name": name})},
    "AWS::EC2::FlowLog": {"create": flow_log, "delete": lambda name, _: ec2._delete_flow_logs({"FlowLogId.1": name})},
    "AWS::EC2::SecurityGroupEgress": {
        "create": rule(ec2._authorize_sg_egress, "DestinationSecurityGroupId"),
        "delete": rule_deleted(ec2._revoke_sg_egress),
    },
    "AWS::EC2::SecurityGroupIngress": {
        "create": rule(ec2._authorize_sg_ingress, "SourceSecurityGroupId"),
        "delete": rule_deleted(ec2._revoke_sg_ingress),
    },
    "AWS::MSK::BatchScramSecret": {"create": scram, "delete": scram_deleted},
    "AWS::MSK::Cluster": {"create": cluster, "delete": lambda arn, _: msk._delete_cluster(arn)},
    "AWS::MSK::Configuration": {"create": configuration, "delete": lambda arn, _: msk._configurations.pop(arn, None)},
}


def extend():
    needless = HANDLERS.keys() & (MADE.keys() | KNOWN["lacking"].keys())
    if needless or MADE.keys() != KNOWN["made"].keys():
        raise AssertionError(f"known.json: the emulator has {needless}; the test makes {sorted(MADE)}")
    for kind, handlers in MADE.items():
        HANDLERS[kind] = {"update": keep(kind), **handlers}
