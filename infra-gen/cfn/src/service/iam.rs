//! `AWS::IAM`.

use crate::attr::Attr;
use crate::resources::iam::managed_policy;
use crate::sub;

/// A policy that AWS manages, by its path and name: `service-role/AWSLambdaVPCAccessExecutionRole`.
pub fn aws_managed_policy(path: &str) -> Attr<managed_policy::PolicyArn> {
    Attr::from_node(sub!("arn:${AWS::Partition}:iam::aws:policy/${Path}", Path = path).node)
}
