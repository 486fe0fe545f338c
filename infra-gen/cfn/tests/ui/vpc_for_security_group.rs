//! Brokers want the ids of security groups; that of a VPC is none.
use cfn::{Handle, ec2, msk};

pub fn brokers(group: msk::cluster::BrokerNodeGroupInfo, vpc: Handle<ec2::VPC>) -> msk::cluster::BrokerNodeGroupInfo {
    group.security_groups([vpc.vpc_id()])
}

fn main() {}
