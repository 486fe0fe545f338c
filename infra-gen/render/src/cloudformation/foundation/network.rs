//! The VPC: private subnets, no way in or out but the endpoints.
//!
//! Producers reach the brokers, Secrets Manager and DynamoDB. Nothing else has a route, so there is no NAT
//! gateway to pay for and nothing to leak through.

use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
use cfn::{
    Attr, Handle, List, Val, availability_zones, aws, ec2, equals, iam, if_, logs, select, split, sub,
};

use super::cluster::Existing;
use super::keys::Keys;
use crate::cloudformation::child::Child;

/// The SCRAM listener of a broker (<https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html>).
const SCRAM_PORT: u16 = 9096;
const HTTPS_PORT: u16 = 443;

pub(super) struct Network {
    /// The rendered or the existing ones.
    pub(super) subnets: List<Attr<ec2::subnet::SubnetId>>,
    /// The rendered subnets alone, for the rendered cluster.
    pub(super) own_subnets: Vec<Attr<ec2::subnet::SubnetId>>,
    pub(super) kafka_security_group: Attr<ec2::security_group::GroupId>,
    /// The rendered or the existing one.
    pub(super) function_security_group: Attr<ec2::security_group::GroupId>,
}

pub(super) fn add(child: &mut Child, existing: &Existing, keys: &Keys) -> Network {
    let prefix = child.environment.network.clone();
    let vpc = existing.add(
        child,
        "Vpc",
        ec2::VPC::new()
            .cidr_block(format!("{prefix}.0.0/16"))
            .enable_dns_support(true)
            .enable_dns_hostnames(true),
    );
    // A cluster that stays has its brokers' interfaces in network and group, which can't go before it.
    child.stays_too(&vpc);
    let routes = existing.add(child, "RouteTable", ec2::RouteTable::new(vpc.vpc_id()));
    let zones = zones(child);
    let subnets: Vec<_> = (0..child.environment.zones)
        .map(|zone| subnet(child, existing, &vpc, &routes, (zone, select(u32::from(zone), zones.clone()))))
        .collect();
    flow_log(child, existing, &vpc, keys);
    let groups = SecurityGroups::add(child, existing, &vpc);
    endpoints(child, existing, &vpc, &routes, &subnets, &groups.endpoints);
    Network {
        subnets: if_(&existing.create, List::from(subnets.clone()), existing.subnets.clone()),
        own_subnets: subnets,
        kafka_security_group: groups.kafka.group_id(),
        function_security_group: if_(
            &existing.create,
            groups.functions.group_id(),
            existing.security_group.clone(),
        ),
    }
}

/// The Region's first zones, or those that somebody names: MSK has no brokers in every zone of every Region
/// (<https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html>, `clientSubnets`).
fn zones(child: &mut Child) -> List<Val<String>> {
    let named = child.root_value("AvailabilityZones", "Zones; empty takes the first.", |root| {
        root.availability_zones.value()
    });
    let first = child.template.condition("FirstZones", equals(&named, ""));
    if_(&first, availability_zones(), split(",", named))
}

fn subnet(
    child: &mut Child,
    existing: &Existing,
    vpc: &Handle<ec2::VPC>,
    routes: &Handle<ec2::RouteTable>,
    (zone, name): (u8, Val<String>),
) -> Attr<ec2::subnet::SubnetId> {
    let letter = char::from(b'A' + zone);
    // A /20 is 4,091 addresses: brokers, pollers' interfaces and producers' interfaces fit with room to spare.
    let block = format!("{}.{}.0/20", child.environment.network, zone * 16);
    let subnet = existing.add(
        child,
        &format!("PrivateSubnet{letter}"),
        ec2::Subnet::new(vpc.vpc_id())
            .cidr_block(block)
            .availability_zone(name)
            .map_public_ip_on_launch(false),
    );
    child.stays_too(&subnet);
    existing.add(
        child,
        &format!("PrivateSubnet{letter}Routes"),
        ec2::SubnetRouteTableAssociation::new(ec2::SubnetRouteTableAssociationRequired {
            route_table_id: routes.route_table_id(),
            subnet_id: subnet.subnet_id(),
        }),
    );
    subnet.subnet_id()
}

fn flow_log(child: &mut Child, existing: &Existing, vpc: &Handle<ec2::VPC>, keys: &Keys) {
    let name = format!("/aws/vpc/{}", child.model.stack_name(child.environment));
    let group = existing.add(
        child,
        "FlowLogGroup",
        logs::LogGroup::new()
            .log_group_name(name)
            .kms_key_id(keys.logs.arn())
            .retention_in_days(child.environment.log_retention_days),
    );
    let writes = PolicyDocument::new().statement(
        Statement::allow()
            .actions([
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ])
            .on([group.arn()]),
    );
    let role = existing.add(
        child,
        "FlowLogRole",
        iam::Role::new(PolicyDocument::of([Statement::allow()
            .by(Principal::service("vpc-flow-logs.amazonaws.com"))
            .actions(["sts:AssumeRole"])
            .when(Condition::string_equals("aws:SourceAccount", aws::account_id()))]))
        .policies([iam::role::Policy::new(iam::role::PolicyRequired {
            policy_name: "flow-logs".into(),
            policy_document: writes.into(),
        })]),
    );
    existing.add(
        child,
        "FlowLog",
        ec2::FlowLog::new(ec2::FlowLogRequired {
            resource_id: vpc.vpc_id().into(),
            resource_type: ec2::flow_log::ResourceType::Vpc.into(),
        })
        .traffic_type(ec2::flow_log::TrafficType::All)
        .log_destination_type(ec2::flow_log::LogDestinationType::CloudWatchLogs)
        .log_group_name(group.reference())
        .deliver_logs_permission_arn(role.arn()),
    );
}

struct SecurityGroups {
    kafka: Handle<ec2::SecurityGroup>,
    functions: Handle<ec2::SecurityGroup>,
    endpoints: Handle<ec2::SecurityGroup>,
}

impl SecurityGroups {
    fn add(child: &mut Child, existing: &Existing, vpc: &Handle<ec2::VPC>) -> Self {
        let app = child.model.app.name.clone();
        let env = child.environment.name.clone();
        let mut group = |id: &str, name: &str, description: &str| {
            existing.add(
                child,
                id,
                ec2::SecurityGroup::new(description)
                    .group_name(format!("{app}-{name}-{env}"))
                    .vpc_id(vpc.vpc_id())
                    // Without a rule of its own a group lets everything out; this one matches nothing.
                    .security_group_egress([ec2::security_group::Egress::new("icmp")
                        .cidr_ip("255.255.255.255/32")
                        .from_port(252)
                        .to_port(86)
                        .description("Nothing goes out by default.")]),
            )
        };
        let groups = Self {
            kafka: group(
                "KafkaSecurityGroup",
                "kafka-sg",
                "MSK brokers and the pollers of event source mappings",
            ),
            functions: group("FunctionSecurityGroup", "function-sg", "Producer functions"),
            endpoints: group("EndpointSecurityGroup", "endpoint-sg", "VPC endpoints"),
        };
        child.stays_too(&groups.kafka);
        // A mapping's pollers have the cluster's own security group, hence the rules from the group to itself.
        allow(child, existing, "Pollers", &groups.kafka, &groups.kafka, SCRAM_PORT);
        allow(child, existing, "Producers", &groups.functions, &groups.kafka, SCRAM_PORT);
        allow(child, existing, "Endpoints", &groups.functions, &groups.endpoints, HTTPS_PORT);
        existing.add(
            child,
            "GatewayEndpointEgress",
            ec2::SecurityGroupEgress::new(ec2::SecurityGroupEgressRequired {
                group_id: groups.functions.group_id(),
                ip_protocol: "tcp".into(),
            })
            .cidr_ip("0.0.0.0/0")
            .from_port(HTTPS_PORT)
            .to_port(HTTPS_PORT)
            .description("DynamoDB: the gateway endpoint is the only route out of the subnets."),
        );
        groups
    }
}

/// Lets `from` reach `to` on this port, on both sides.
fn allow(
    child: &mut Child,
    existing: &Existing,
    name: &str,
    from: &Handle<ec2::SecurityGroup>,
    to: &Handle<ec2::SecurityGroup>,
    port: u16,
) {
    existing.add(
        child,
        &format!("{name}Ingress"),
        ec2::SecurityGroupIngress::new("tcp")
            .group_id(to.group_id())
            .source_security_group_id(from.group_id())
            .from_port(port)
            .to_port(port)
            .description(format!("{name} on {port}")),
    );
    existing.add(
        child,
        &format!("{name}Egress"),
        ec2::SecurityGroupEgress::new(ec2::SecurityGroupEgressRequired {
            group_id: from.group_id(),
            ip_protocol: "tcp".into(),
        })
        .destination_security_group_id(to.group_id())
        .from_port(port)
        .to_port(port)
        .description(format!("{name} on {port}")),
    );
}

fn endpoints(
    child: &mut Child,
    existing: &Existing,
    vpc: &Handle<ec2::VPC>,
    routes: &Handle<ec2::RouteTable>,
    subnets: &[Attr<ec2::subnet::SubnetId>],
    group: &Handle<ec2::SecurityGroup>,
) {
    // Only principals of this account get through, whatever credentials someone may bring along.
    let own_account = || {
        PolicyDocument::new().statement(
            Statement::allow()
                .by(Principal::any())
                .actions(["*"])
                .on_any()
                .when(Condition::string_equals("aws:PrincipalAccount", aws::account_id())),
        )
    };
    existing.add(
        child,
        "SecretsManagerEndpoint",
        ec2::VPCEndpoint::new(vpc.vpc_id())
            .service_name(sub!("com.amazonaws.${AWS::Region}.secretsmanager"))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::Interface)
            .private_dns_enabled(true)
            .subnet_ids(subnets.to_vec())
            .security_group_ids([group.group_id()])
            .policy_document(own_account()),
    );
    existing.add(
        child,
        "DynamoDbEndpoint",
        ec2::VPCEndpoint::new(vpc.vpc_id())
            .service_name(sub!("com.amazonaws.${AWS::Region}.dynamodb"))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::Gateway)
            .route_table_ids([routes.route_table_id()])
            .policy_document(own_account()),
    );
}
