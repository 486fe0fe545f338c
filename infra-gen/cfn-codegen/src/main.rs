//! Generates the resource types of the cfn crate from the service specification of aws-cdk-lib.
fn main() {}
