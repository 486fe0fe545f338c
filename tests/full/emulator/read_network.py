"""What EC2 says of a network, in the shape of its CloudFormation properties."""

from tags import tags


def vpc(world, physical, _):
    [told] = world.ec2.describe_vpcs(VpcIds=[physical])["Vpcs"]

    def attribute(name):
        return world.ec2.describe_vpc_attribute(VpcId=physical, Attribute=name)[name[0].upper() + name[1:]]["Value"]

    return {
        **told,
        "EnableDnsHostnames": attribute("enableDnsHostnames"),
        "EnableDnsSupport": attribute("enableDnsSupport"),
        "Tags": tags(told.get("Tags", [])),
    }


def subnet(world, physical, _):
    [told] = world.ec2.describe_subnets(SubnetIds=[physical])["Subnets"]
    return {**told, "Tags": tags(told.get("Tags", []))}


def route_table(world, physical, _):
    [told] = world.ec2.describe_route_tables(RouteTableIds=[physical])["RouteTables"]
    return {**told, "Tags": tags(told.get("Tags", []))}


def association(world, physical, _):
    name = "association.route-table-association-id"
    [table] = world.ec2.describe_route_tables(Filters=[{"Name": name, "Values": [physical]}])["RouteTables"]
    [told] = [row for row in table["Associations"] if row["RouteTableAssociationId"] == physical]
    return told


def endpoint(world, physical, _):
    [told] = world.ec2.describe_vpc_endpoints(VpcEndpointIds=[physical])["VpcEndpoints"]
    return {
        **told,
        "SecurityGroupIds": [group["GroupId"] for group in told.get("Groups", [])] or None,
        "Tags": tags(told.get("Tags", [])),
    }


def flow_log(world, physical, _):
    [told] = world.ec2.describe_flow_logs(FlowLogIds=[physical])["FlowLogs"]
    return {
        **told,
        # The emulator has the group's name where other destinations have an ARN.
        "LogGroupName": told.get("LogGroupName", told.get("LogDestination")),
        "ResourceType": {"vpc": "VPC", "subnet": "Subnet"}[told["ResourceId"].split("-")[0]],
        "Tags": tags(told.get("Tags", [])),
    }


def rule(told):
    other = told.get("ReferencedGroupInfo", {}).get("GroupId")
    return {
        **told,
        "CidrIp": told.get("CidrIpv4"),
        ("DestinationSecurityGroupId" if told["IsEgress"] else "SourceSecurityGroupId"): other,
    }


def separate_rule(world, physical, _):
    [told] = world.ec2.describe_security_group_rules(SecurityGroupRuleIds=[physical])["SecurityGroupRules"]
    return rule(told)


def security_group(world, physical, _):
    [told] = world.ec2.describe_security_groups(GroupIds=[physical])["SecurityGroups"]
    listed = world.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [physical]}])
    rules = [rule(row) for row in listed["SecurityGroupRules"]]
    return {
        **told,
        "GroupDescription": told["Description"],
        "SecurityGroupEgress": [row for row in rules if row["IsEgress"]],
        "Rules": [row.get("Description", "a rule without a description") for row in rules],
        "Tags": tags(told.get("Tags", [])),
    }


READERS = {
    "AWS::EC2::FlowLog": flow_log,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::SecurityGroupEgress": separate_rule,
    "AWS::EC2::SecurityGroupIngress": separate_rule,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::SubnetRouteTableAssociation": association,
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::VPCEndpoint": endpoint,
}
