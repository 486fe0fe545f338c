//! Typed `CloudFormation`: resources, references and intrinsic functions that rustc checks.
//!
//! # In five minutes
//!
//! * A **resource** is a builder: what is required is asked for by `new`, what is optional has a setter. With one required
//!   property `new` takes it; with several it takes a struct (`TopicRequired`), so that a missing one does not compile.
//!   Nested property types, which live in a module named after their resource (`lambda::function::Code`), are built in
//!   the same way.
//! * A **template** takes resources by logical id and gives back handles. A handle has exactly the attributes of its
//!   resource, and `reference()` for `Ref`.
//! * A **value** is a literal or an intrinsic function: [`Val`] for scalars, [`List`] and [`Map`] for what their names say,
//!   [`Json`] for free documents. Setters take whatever converts: `"text"`, `3`, `[a, b]`, a handle's attribute. In the
//!   struct of required properties it needs `.into()`. Where the items of an array or the values of a map have several
//!   Rust types, [`list!`] and [`map!`] convert each.
//! * A **reference** is an [`Attr`] that knows which attribute of which resource it is: `Attr<kms::key::Arn>` is no
//!   `Attr<kms::key::KeyId>`. It flows into text; text becomes an `Attr` only by [`Assume::assume`].
//! * **Mistakes** that types cannot see (a name given twice, a handle of another template, a circle, a quota, an unknown
//!   placeholder) are collected, and [`Template::finish`] reports all of them, each with its place.
//!
//! # A stack and its parent
//!
//! ```
//! use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
//! use cfn::{
//!     Assume, Attr, List, NestedStack, Parameter, Template, aws, ec2, iam, kms, lambda, map, msk, s3, sub,
//! };
//!
//! # fn main() -> Result<(), Vec<cfn::TemplateError>> {
//! // The child: what it needs comes in by parameters that know what they hold.
//! let mut child = Template::new("A topic and its consumer");
//! let cluster_arn = child.param_attr::<msk::cluster::Arn>("ClusterArn", "The cluster");
//! let bucket = child.param_attr::<s3::bucket::BucketName>("CodeBucket", "Where the code lies");
//! let subnets = child.parameter("Subnets", Parameter::<List<Attr<ec2::subnet::SubnetId>>>::any());
//! let group = child.param_attr::<ec2::security_group::GroupId>("SecurityGroup", "Of the functions");
//! let memory = child.parameter("Memory", Parameter::number().default(256).min_value(128));
//!
//! let topic = child.add(
//!     "Topic",
//!     msk::Topic::new(msk::TopicRequired {
//!         cluster_arn: cluster_arn.value(),
//!         topic_name: "user-info-submitted".into(),
//!         partition_count: 6.into(),
//!         replication_factor: 3.into(),
//!     })
//!     .configs(msk::TopicConfig::new().set("retention.ms", 604_800_000)),
//! );
//! child.options(&topic).retain();
//!
//! let role = child.add(
//!     "Role",
//!     iam::Role::new(PolicyDocument::of([Statement::allow()
//!         .by(Principal::service("lambda.amazonaws.com"))
//!         .actions(["sts:AssumeRole"])]))
//!     .managed_policy_arns([iam::aws_managed_policy("service-role/AWSLambdaVPCAccessExecutionRole")])
//!     .policies([iam::role::Policy::new(iam::role::PolicyRequired {
//!         policy_name: "kafka".into(),
//!         policy_document: PolicyDocument::of([Statement::allow()
//!             .sid("Connect")
//!             .actions(["kafka-cluster:Connect", "kafka-cluster:ReadData"])
//!             .on([cluster_arn.value().text(), topic.topic_arn().text()])
//!             .when(Condition::string_equals("aws:ResourceAccount", aws::account_id()))])
//!         .into(),
//!     })]),
//! );
//!
//! let function = child.add(
//!     "Consumer",
//!     lambda::Function::new(lambda::FunctionRequired {
//!         code: lambda::function::Code::new().s3_bucket(bucket.value()).s3_key("consumer.zip").into(),
//!         role: role.arn(), // `role.reference()` is the role's name, and does not compile
//!     })
//!     .runtime("provided.al2023")
//!     .architectures(["arm64"])
//!     .handler("bootstrap")
//!     .memory_size(memory.value())
//!     .timeout(30)
//!     .vpc_config(lambda::function::VpcConfig::new().subnet_ids(subnets.value()).security_group_ids([group.value()]))
//!     .environment(lambda::function::Environment::new().variables(map! {
//!         "TOPIC" => topic.reference(),
//!         "STACK" => aws::stack_name(),
//!         "LOG" => "info",
//!     }))
//!     .tags([("component", "consumer")]),
//! );
//! child.add(
//!     "Mapping",
//!     lambda::EventSourceMapping::new(function.reference())
//!         .event_source_arn(cluster_arn.value())
//!         .topics(["user-info-submitted"])
//!         .starting_position("TRIM_HORIZON"),
//! );
//! let function_arn = child.output("ConsumerArn", "The consumer", function.arn());
//! child.finish()?;
//!
//! // The parent: passes each parameter with its type, and reads the outputs back with theirs.
//! let mut root = Template::new("The root");
//! let key = root.add("Key", kms::Key::new().enable_key_rotation(true).description(sub!("Data of ${AWS::StackName}")));
//! let vpc = root.add("Vpc", ec2::VPC::new().cidr_block("10.0.0.0/16"));
//! let subnets_here: List<Attr<_>> = ["10.0.0.0/24", "10.0.1.0/24"]
//!     .iter()
//!     .enumerate()
//!     .map(|(i, block)| {
//!         let subnet = ec2::Subnet::new(vpc.vpc_id()).cidr_block(*block);
//!         root.add(format!("Subnet{i}"), subnet).subnet_id()
//!     })
//!     .collect();
//! let group_here = root.add("Group", ec2::SecurityGroup::new("Kafka").vpc_id(vpc.vpc_id()));
//! let cluster = root.add(
//!     "Cluster",
//!     msk::Cluster::new(msk::ClusterRequired {
//!         broker_node_group_info: msk::cluster::BrokerNodeGroupInfo::new(msk::cluster::BrokerNodeGroupInfoRequired {
//!             client_subnets: subnets_here.clone(),
//!             instance_type: "kafka.m7g.large".into(),
//!         })
//!         .security_groups([group_here.group_id()])
//!         .into(),
//!         cluster_name: "main".into(),
//!         kafka_version: "3.9.x".into(),
//!         number_of_broker_nodes: 2.into(),
//!     })
//!     .encryption_info(msk::cluster::EncryptionInfo::new().encryption_at_rest(
//!         msk::cluster::EncryptionAtRest::new(key.arn()), // `key.key_id()` does not compile
//!     )),
//! );
//! root.options(&cluster).retain();
//!
//! let stack = root.nest(
//!     "UserInfo",
//!     NestedStack::of(&child, "https://example-bucket.s3.amazonaws.com/user-info.json")
//!         .pass(&cluster_arn, cluster.arn())
//!         .pass(&bucket, "example-bucket".assume("made by hand, before the stack"))
//!         .pass(&subnets, subnets_here)
//!         .pass(&group, group_here.group_id()),
//! );
//! let arn: Attr<lambda::function::Arn> = stack.output(&function_arn);
//! root.output("ConsumerArn", "The consumer's ARN", arn);
//!
//! let json = root.finish()?;
//! assert_eq!(json["Resources"]["UserInfo"]["Properties"]["Parameters"]["ClusterArn"]["Fn::GetAtt"][0], "Cluster");
//! # Ok(())
//! # }
//! ```
//!
//! # More
//!
//! * Intrinsic functions: [`sub!`], [`join`], [`split`], [`select`], [`if_`], [`only_if`], [`cidr`], [`base64`],
//!   [`availability_zones`]; [`aws`] has the pseudo parameters, [`dynamic`] the dynamic references.
//! * Conditions: [`Template::condition`] with [`equals`], [`and`], [`or`], [`not`]. Constants by environment:
//!   [`Template::mapping`].
//! * [`iam::PolicyDocument`], [`dynamodb::TableKeys`], [`msk::ServerProperties`], [`msk::TopicConfig`],
//!   [`sqs::RedrivePolicy`], [`cloudwatch::DashboardBody`], [`apigatewayv2::access_log_format`],
//!   [`cloudformation::CustomResource`].
//! * Every builder is a [`Builder`]: `.when(flag, |b| ...)`, `.with(option, |b, value| ...)`, and `.raw_property(...)` for
//!   what the specification does not have yet.
//! * [`Resource::tagged`] adds tags to any resource, in the form that its type takes them.
//! * Resources that refer to each other both ways: [`Template::declare`], or [`Template::modify`] afterwards.
//! * [`RESOURCES`] has the facts about each type: properties, which of them replace the resource, attributes.

mod attr;
mod check;
mod error;
mod graph;
mod handle;
mod intrinsic;
mod json;
mod logic;
mod mapping;
mod nested;
mod node;
mod options;
mod parameter;
mod policy;
pub mod quota;
#[cfg(doctest)]
mod refused;
mod resource;
#[rustfmt::skip] // generated, and left as the generator writes it
#[allow(unreachable_pub)] // a module for each service, of which those with hand-written additions are exported anew below
mod resources;
mod runtime;
mod service;
mod sub_text;
mod tag;
mod template;
mod value;

pub use attr::{Assume, Assumed, Attr, Marker};
pub use error::TemplateError;
pub use handle::{Condition, Handle, Output, Param, ResourceId};
pub use intrinsic::{
    Test, Text, and, availability_zones, aws, base64, cidr, dynamic, equals, if_, join, not, only_if, or,
    select, split, sub, text,
};
pub use mapping::{Lookup, Mapping};
pub use nested::NestedStack;
pub use node::Kind;
pub use options::{DeletionPolicy, OutputOptions, ResourceOptions};
pub use parameter::{Parameter, Scalar};
pub use resource::{
    Builder, Properties, PropertyInfo, Replacement, Resource, ResourceInfo, TagForm, TypeInfo,
};
pub use resources::*;
pub use tag::Tag;
pub use template::Template;
pub use value::{Json, List, Literal, Map, NoValue, Val, Value};

/// `AWS::ApiGatewayV2`.
pub mod apigatewayv2 {
    pub use crate::resources::apigatewayv2::*;
    pub use crate::service::apigatewayv2::*;
}

/// `AWS::CloudFormation`: nested stacks and custom resources.
pub mod cloudformation {
    pub use crate::nested::NestedStack;
    pub use crate::resources::cloudformation::*;
    pub use crate::service::cloudformation::*;
}

/// `AWS::CloudWatch`: alarms, and dashboards with their bodies.
pub mod cloudwatch {
    pub use crate::resources::cloudwatch::*;
    pub use crate::service::cloudwatch::*;
}

/// `AWS::DynamoDB`: tables, with keys that agree with their attribute definitions.
pub mod dynamodb {
    pub use crate::resources::dynamodb::*;
    pub use crate::service::dynamodb::*;
}

/// `AWS::IAM`: roles and policies, and the documents in them.
pub mod iam {
    pub use crate::policy::*;
    pub use crate::resources::iam::*;
    pub use crate::service::iam::*;
}

/// `AWS::MSK`: clusters and topics, and their configurations.
pub mod msk {
    pub use crate::resources::msk::*;
    pub use crate::service::msk::*;
}

/// `AWS::SQS`: queues, and the policies between them.
pub mod sqs {
    pub use crate::resources::sqs::*;
    pub use crate::service::sqs::*;
}
