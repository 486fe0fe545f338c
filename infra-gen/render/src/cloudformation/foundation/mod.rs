//! The foundation stack: what changes rarely and is never replaced.
//!
//! Network, keys, cluster, secrets, channels. With `ExistingClusterArn` the network and the cluster are left out
//! and the named ones are used.

mod brokers;
mod channels;
mod cluster;
mod keys;
mod network;
mod secrets;

use std::collections::BTreeMap;

use cfn::{Attr, List, Output, Val, ec2, kms, msk, secretsmanager, sns};
use model::{AlarmSource, Environment, Model};

use super::alarms;
use super::child::Child;

pub(super) use brokers::BootstrapBrokers;

/// What other stacks import.
pub(super) struct Foundation {
    pub(super) cluster_arn: Output<Attr<msk::cluster::Arn>>,
    pub(super) bootstrap_brokers: Output<Attr<BootstrapBrokers>>,
    pub(super) subnet_ids: Output<List<Attr<ec2::subnet::SubnetId>>>,
    pub(super) function_security_group: Output<Attr<ec2::security_group::GroupId>>,
    pub(super) data_key: Output<Attr<kms::key::Arn>>,
    pub(super) logs_key: Output<Attr<kms::key::Arn>>,
    pub(super) secrets_key: Output<Attr<kms::key::Arn>>,
    pub(super) credentials_key: Output<Attr<kms::key::Arn>>,
    pub(super) producer_secret: Output<Attr<secretsmanager::secret::Id>>,
    pub(super) consumer_secret: Output<Attr<secretsmanager::secret::Id>>,
    pub(super) token_secret: Output<Attr<secretsmanager::secret::Id>>,
    /// By the channel's name.
    pub(super) channels: BTreeMap<String, Output<Attr<sns::topic::TopicArn>>>,
}

/// Builds the stack.
pub(super) fn build<'a>(model: &'a Model, environment: &'a Environment) -> (Child<'a>, Foundation) {
    let mut child = Child::new(
        model,
        environment,
        "Foundation",
        "foundation",
        "network, keys, cluster, secrets, channels",
    );
    let existing = cluster::Existing::parameters(&mut child);
    let keys = keys::add(&mut child);
    let network = network::add(&mut child, &existing, &keys);
    let secrets = secrets::add(&mut child, &existing, &keys);
    let cluster = cluster::add(&mut child, &existing, &keys, &network, &secrets);
    let channels = channels::add(&mut child, &keys);
    let brokers = brokers::add(&mut child, &cluster, &keys);
    alarms::add(
        &mut child,
        |source| *source == AlarmSource::Cluster,
        &alarms::Dimensions { cluster_name: Some(cluster.own_name.clone()), ..alarms::Dimensions::default() },
        &channels[&model.alarm_channel().name.name],
        |_| Some(existing.create.clone()),
    );

    let template = &mut child.template;
    let foundation = Foundation {
        cluster_arn: template.output("ClusterArn", "The MSK cluster.", cluster.arn),
        bootstrap_brokers: template.output("BootstrapBrokers", "The brokers' SCRAM listeners.", brokers),
        subnet_ids: template.output("SubnetIds", "Where producers run.", network.subnets),
        function_security_group: template.output(
            "FunctionSecurityGroupId",
            "What producers may reach.",
            network.function_security_group,
        ),
        data_key: template.output("DataKeyArn", "Encrypts tables, channels and variables.", keys.data.arn()),
        logs_key: template.output("LogsKeyArn", "Encrypts log groups.", keys.logs.arn()),
        secrets_key: template.output("SecretsKeyArn", "Encrypts the app's own secrets.", keys.secrets.arn()),
        credentials_key: template.output("CredentialsKeyArn", "Encrypts the SCRAM users.", secrets.key),
        producer_secret: template.output("ProducerSecretArn", "The producers' SCRAM user.", secrets.producer),
        consumer_secret: template.output("ConsumerSecretArn", "The mappings' SCRAM user.", secrets.consumer),
        token_secret: template.output("TokenSecretArn", "Signs connect tokens.", secrets.token),
        channels: channels
            .into_iter()
            .map(|(name, arn)| {
                let pascal = &model.channel(&name).expect("it was made from the model").name.pascal;
                let output = template.output(format!("{pascal}ChannelArn"), "A notification channel.", arn);
                (name, output)
            })
            .collect(),
    };
    (child, foundation)
}

/// `arn:aws:kafka:region:account:cluster/NAME/UUID` -> `NAME`, for an existing cluster as well as a new one.
pub(super) fn cluster_name(arn: &Attr<msk::cluster::Arn>) -> Val<String> {
    cfn::select(1, cfn::split("/", arn))
}
