//! A Lambda function with its log group and its role.

use std::collections::BTreeMap;

use cfn::iam::{PolicyDocument, Principal, Statement};
use cfn::{Attr, Handle, List, Val, ec2, iam, kms, lambda, logs, msk, s3, secretsmanager, sns, text};
use model::{EnvValue, Function, Grant, Network, Secret};

use super::child::{Child, Sibling};
use super::data::{Data, TableRef};
use super::edge::Edge;
use super::foundation::{BootstrapBrokers, Foundation};
use super::grants;

/// What the resources of a function refer to; only what its variables and grants name is there.
#[derive(Default)]
pub(super) struct Needs {
    pub(super) bucket: Option<Attr<s3::bucket::BucketName>>,
    pub(super) cluster: Option<Attr<msk::cluster::Arn>>,
    pub(super) brokers: Option<Attr<BootstrapBrokers>>,
    pub(super) subnets: Option<List<Attr<ec2::subnet::SubnetId>>>,
    pub(super) security_group: Option<Attr<ec2::security_group::GroupId>>,
    pub(super) data_key: Option<Attr<kms::key::Arn>>,
    pub(super) logs_key: Option<Attr<kms::key::Arn>>,
    pub(super) secrets: BTreeMap<Secret, SecretRef>,
    pub(super) tables: BTreeMap<String, TableRef>,
    pub(super) channels: BTreeMap<String, Attr<sns::topic::TopicArn>>,
    /// `wss://...`
    pub(super) web_socket_endpoint: Option<Val<String>>,
    /// What `execute-api:ManageConnections` is granted on.
    pub(super) connections_arn: Option<Val<String>>,
}

/// A secret and the key that it is encrypted with.
#[derive(Clone)]
pub(super) struct SecretRef {
    pub(super) arn: Attr<secretsmanager::secret::Id>,
    pub(super) key: Attr<kms::key::Arn>,
}

/// The sibling stacks that a function's stack may import from.
pub(super) struct Siblings<'s> {
    pub(super) foundation: &'s Foundation,
    pub(super) data: &'s Data,
    /// `None` in the edge stack itself.
    pub(super) edge: Option<&'s Edge>,
}

impl Needs {
    /// Imports what the function's variables and grants name, and nothing else.
    pub(super) fn import(child: &mut Child, function: &Function, from: &Siblings) -> Self {
        let foundation = from.foundation;
        let mut needs = Self {
            bucket: Some(artifact_bucket(child)),
            data_key: Some(child.import(Sibling::Foundation, &foundation.data_key)),
            logs_key: Some(child.import(Sibling::Foundation, &foundation.logs_key)),
            ..Self::default()
        };
        if function.network == Network::Vpc {
            needs.subnets = Some(child.import(Sibling::Foundation, &foundation.subnet_ids));
            needs.security_group =
                Some(child.import(Sibling::Foundation, &foundation.function_security_group));
        }
        for variable in &function.environment {
            match &variable.value {
                EnvValue::BootstrapBrokers => {
                    needs.brokers = Some(child.import(Sibling::Foundation, &foundation.bootstrap_brokers));
                }
                EnvValue::WebSocketEndpoint => {
                    if let Some(edge) = from.edge {
                        needs.web_socket_endpoint =
                            Some(child.import(Sibling::Edge, &edge.web_socket_endpoint));
                    }
                }
                EnvValue::ChannelArn(channel) => needs.import_channel(child, foundation, channel),
                EnvValue::SecretArn(secret) => needs.import_secret(child, foundation, *secret),
                EnvValue::TableName(_) | EnvValue::Text(_) | EnvValue::Environment | EnvValue::AuthMode => {}
            }
        }
        for grant in &function.grants {
            match grant {
                Grant::ReadSecret(secret) => needs.import_secret(child, foundation, *secret),
                Grant::GetItems(table)
                | Grant::BatchGetItems(table)
                | Grant::QueryItems(table)
                | Grant::PutItems(table)
                | Grant::UpdateItems(table) => {
                    let table_ref = from.data.import(child, table);
                    needs.tables.insert(table.clone(), table_ref);
                }
                Grant::Publish(channel) => needs.import_channel(child, foundation, channel),
                Grant::PostToConnections => {
                    if let Some(edge) = from.edge {
                        needs.connections_arn = Some(child.import(Sibling::Edge, &edge.connections_arn));
                    }
                }
                Grant::BootstrapBrokers | Grant::PollCluster | Grant::DeadLetters => {
                    needs.cluster = Some(child.import(Sibling::Foundation, &foundation.cluster_arn));
                }
                Grant::NetworkInterfaces => {}
            }
        }
        needs
    }

    fn import_channel(&mut self, child: &mut Child, foundation: &Foundation, channel: &str) {
        let arn = child.import(Sibling::Foundation, &foundation.channels[channel]);
        self.channels.insert(channel.into(), arn);
    }

    fn import_secret(&mut self, child: &mut Child, foundation: &Foundation, secret: Secret) {
        let (arn, key) = match secret {
            Secret::ProducerCredentials => (&foundation.producer_secret, &foundation.credentials_key),
            Secret::ConsumerCredentials => (&foundation.consumer_secret, &foundation.credentials_key),
            Secret::TokenKey => (&foundation.token_secret, &foundation.secrets_key),
        };
        let arn = child.import(Sibling::Foundation, arn);
        let key = child.import(Sibling::Foundation, key);
        self.secrets.insert(secret, SecretRef { arn, key });
    }
}

/// The bucket that holds the zips.
pub(super) fn artifact_bucket(child: &mut Child) -> Attr<s3::bucket::BucketName> {
    child.root_value("ArtifactBucket", "Bucket with the functions' zips.", |root| root.bucket.clone())
}

/// Adds the function, its log group and its role; `id` starts their logical ids.
pub(super) fn add(
    child: &mut Child,
    function: &Function,
    id: &str,
    code: &Val<String>,
    needs: &Needs,
) -> Handle<lambda::Function> {
    let name = child.model.function_name(function, child.environment);
    // Made before the function, which would else make one without encryption or an end to its retention.
    let log_group = child.add(
        &format!("{id}LogGroup"),
        logs::LogGroup::new()
            .log_group_name(format!("/aws/lambda/{name}"))
            .kms_key_id(known(needs.logs_key.as_ref()))
            .retention_in_days(child.environment.log_retention_days),
    );
    let policy = grants::policy(child.model, function, &name, &log_group.arn(), needs);
    let role = child.add(
        &format!("{id}Role"),
        iam::Role::new(PolicyDocument::of([Statement::allow()
            .by(Principal::service("lambda.amazonaws.com"))
            .actions(["sts:AssumeRole"])]))
        .description(format!("What {name} may do"))
        .policies([iam::role::Policy::new(iam::role::PolicyRequired {
            policy_name: "edges".into(),
            policy_document: policy.into(),
        })]),
    );
    let mut resource = lambda::Function::new(lambda::FunctionRequired {
        code: lambda::function::Code::new().s3_bucket(known(needs.bucket.as_ref())).s3_key(code).into(),
        role: role.arn(),
    })
    .function_name(name.as_str())
    .description(function.description.as_str())
    .runtime("provided.al2023")
    .handler("bootstrap")
    .architectures([child.model.architecture.as_str()])
    .memory_size(function.memory_mib)
    .timeout(function.timeout_seconds)
    .kms_key_arn(known(needs.data_key.as_ref()))
    .tracing_config(lambda::function::TracingConfig::new().mode(lambda::function::Mode::Active))
    .logging_config(
        lambda::function::LoggingConfig::new()
            .log_group(log_group.reference())
            .log_format(lambda::function::LogFormat::Json)
            .application_log_level(lambda::function::ApplicationLogLevel::Info)
            .system_log_level(lambda::function::SystemLogLevel::Warn),
    )
    .environment(lambda::function::Environment::new().variables(variables(child, function, needs)));
    if function.network == Network::Vpc {
        resource = resource.vpc_config(
            lambda::function::VpcConfig::new()
                .subnet_ids(known(needs.subnets.as_ref()))
                .security_group_ids([known(needs.security_group.as_ref())]),
        );
    }
    child.add(id, resource)
}

fn variables(child: &Child, function: &Function, needs: &Needs) -> Vec<(String, Val<String>)> {
    let (model, environment) = (child.model, child.environment);
    let value = |value: &EnvValue| match value {
        EnvValue::Text(text_) => text(text_),
        EnvValue::Environment => text(&environment.name),
        EnvValue::AuthMode => text(match environment.auth {
            model::Auth::None => "none",
            model::Auth::Token => "token",
        }),
        EnvValue::BootstrapBrokers => known(needs.brokers.as_ref()).text(),
        EnvValue::WebSocketEndpoint => known(needs.web_socket_endpoint.as_ref()),
        EnvValue::TableName(table) => {
            text(model.table_name(model.table(table).expect("the manifest has checked it"), environment))
        }
        EnvValue::ChannelArn(channel) => needs.channels[channel].text(),
        EnvValue::SecretArn(secret) => needs.secrets[secret].arn.text(),
    };
    function.environment.iter().map(|variable| (variable.name.clone(), value(&variable.value))).collect()
}

/// Something that [`Needs`] must have, since the function's variables or grants name it.
pub(super) fn known<T: Clone>(need: Option<&T>) -> T {
    need.cloned().expect("a function's needs are imported before its resources are made")
}
