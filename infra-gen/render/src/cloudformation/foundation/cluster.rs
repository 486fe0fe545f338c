//! The MSK cluster, or the one that is there already.

use cfn::{
    Attr, Builder, Condition, Handle, List, Resource, Val, ec2, equals, if_, kms, logs, msk, secretsmanager,
};
use model::{BrokerKind, Brokers};

use super::cluster_name;
use super::keys::Keys;
use super::network::Network;
use super::secrets::Secrets;
use crate::cloudformation::child::Child;

/// The parameters that name an existing cluster.
pub(super) struct Existing {
    /// No existing cluster is named.
    pub(super) create: Condition,
    pub(super) cluster: Attr<msk::cluster::Arn>,
    pub(super) subnets: List<Attr<ec2::subnet::SubnetId>>,
    pub(super) security_group: Attr<ec2::security_group::GroupId>,
    pub(super) secret: Attr<secretsmanager::secret::Id>,
    pub(super) secret_key: Attr<kms::key::Arn>,
}

impl Existing {
    pub(super) fn parameters(child: &mut Child) -> Self {
        let cluster =
            child.root_value("ExistingClusterArn", "An MSK cluster to use; empty makes one.", |root| {
                root.existing_cluster.value()
            });
        let create = child.template.condition("CreateCluster", equals(&cluster, ""));
        Self {
            create,
            cluster,
            subnets: child.root_value("ExistingSubnetIds", "Subnets that reach it.", |root| {
                root.existing_subnets.value()
            }),
            security_group: child.root_value(
                "ExistingSecurityGroupId",
                "A security group that reaches it and itself on 9096.",
                |root| root.existing_security_group.value(),
            ),
            secret: child.root_value("ExistingSecretArn", "A SCRAM user associated with it.", |root| {
                root.existing_secret.value()
            }),
            secret_key: child.root_value("ExistingSecretKeyArn", "The KMS key of that secret.", |root| {
                root.existing_secret_key.value()
            }),
        }
    }

    /// Adds a resource that is left out when an existing cluster is used.
    pub(super) fn add<R: Resource + Builder>(&self, child: &mut Child, id: &str, resource: R) -> Handle<R> {
        let handle = child.add(id, resource);
        child.template.options(&handle).condition(&self.create);
        handle
    }
}

pub(super) struct Cluster {
    pub(super) arn: Attr<msk::cluster::Arn>,
    /// Changes with every update of the cluster; empty for an existing one.
    pub(super) version: Val<String>,
    /// The rendered cluster's alone, for what exists only with it.
    pub(super) own_name: Val<String>,
}

pub(super) fn add(
    child: &mut Child,
    existing: &Existing,
    keys: &Keys,
    network: &Network,
    secrets: &Secrets,
) -> Cluster {
    let (model, environment) = (child.model, child.environment);
    let name = model.stack_name(environment);
    let configuration = existing.add(
        child,
        "ClusterConfiguration",
        msk::Configuration::new(msk::ConfigurationRequired {
            name: name.as_str().into(),
            server_properties: server_properties(&environment.brokers).into(),
        })
        // For any version of Kafka: a list of them replaces the configuration with each upgrade, under a name that is
        // taken.
        .description(format!("Brokers of {name}")),
    );
    let log_group = existing.add(
        child,
        "BrokerLogGroup",
        logs::LogGroup::new()
            .log_group_name(format!("/aws/msk/{name}"))
            .kms_key_id(keys.logs.arn())
            .retention_in_days(environment.log_retention_days),
    );
    let cluster = existing.add(
        child,
        "Cluster",
        msk::Cluster::new(msk::ClusterRequired {
            broker_node_group_info: node_group(&environment.brokers, network).into(),
            cluster_name: name.as_str().into(),
            kafka_version: model.cluster.kafka_version.as_str().into(),
            number_of_broker_nodes: environment.brokers.count.into(),
        })
        .client_authentication(
            msk::cluster::ClientAuthentication::new()
                .sasl(msk::cluster::Sasl::new().scram(msk::cluster::Scram::new(true)))
                .unauthenticated(msk::cluster::Unauthenticated::new(false)),
        )
        .configuration_info(msk::cluster::ConfigurationInfo::new(msk::cluster::ConfigurationInfoRequired {
            arn: configuration.arn(),
            revision: configuration.latest_revision_revision(),
        }))
        .encryption_info(
            msk::cluster::EncryptionInfo::new()
                .encryption_at_rest(msk::cluster::EncryptionAtRest::new(keys.data.arn()))
                .encryption_in_transit(
                    msk::cluster::EncryptionInTransit::new()
                        .client_broker(msk::cluster::ClientBroker::Tls)
                        .in_cluster(true),
                ),
        )
        .logging_info(msk::cluster::LoggingInfo::new(
            msk::cluster::BrokerLogs::new()
                .cloud_watch_logs(msk::cluster::CloudWatchLogs::new(true).log_group(log_group.reference())),
        )),
    );
    let users = existing.add(
        child,
        "ScramUsers",
        msk::BatchScramSecret::new(cluster.arn()).secret_arn_list(secrets.own.clone()),
    );
    // MSK deletes no configuration that a cluster uses.
    child.stays_too(&configuration);
    child.stays_too(&users);
    let arn = if_(&existing.create, cluster.arn(), existing.cluster.clone());
    let own_name = cluster_name(&cluster.arn());
    Cluster { version: if_(&existing.create, cluster.current_version().text(), ""), own_name, arn }
}

fn node_group(brokers: &Brokers, network: &Network) -> msk::cluster::BrokerNodeGroupInfo {
    let group = msk::cluster::BrokerNodeGroupInfo::new(msk::cluster::BrokerNodeGroupInfoRequired {
        client_subnets: network.own_subnets.clone().into(),
        instance_type: brokers.instance_type.as_str().into(),
    })
    .security_groups([network.kafka_security_group.clone()]);
    match brokers.kind() {
        BrokerKind::Standard => group.storage_info(
            msk::cluster::StorageInfo::new()
                .ebs_storage_info(msk::cluster::EBSStorageInfo::new().volume_size(brokers.storage_gib)),
        ),
        // Express brokers refuse a StorageInfo.
        BrokerKind::Express => group,
    }
}

/// <https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html>; Express brokers
/// fix the replication themselves
/// (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-express-read-only.html>).
fn server_properties(brokers: &Brokers) -> msk::ServerProperties {
    let properties = msk::ServerProperties::new().set("auto.create.topics.enable", false);
    if brokers.kind() == BrokerKind::Express {
        return properties;
    }
    properties
        .set("default.replication.factor", brokers.replication)
        .set("min.insync.replicas", brokers.min_insync())
        // A commit needs as many copies in sync as any write.
        .set("offsets.topic.replication.factor", brokers.replication)
        .set("unclean.leader.election.enable", false)
}
