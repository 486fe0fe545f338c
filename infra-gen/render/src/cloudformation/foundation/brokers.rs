//! The custom resource that finds the bootstrap brokers, which CloudFormation itself can't tell
//! (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1077>).

use cfn::{Attr, Marker, cloudformation};
use model::Role;

use super::cluster::Cluster;
use super::keys::Keys;
use crate::cloudformation::child::Child;
use crate::cloudformation::function::{self, Needs};

/// The string that clients connect to.
pub(in crate::cloudformation) enum BootstrapBrokers {}
impl Marker for BootstrapBrokers {
    const NAME: &'static str = "Custom::BootstrapBrokers.BootstrapBrokerStringSaslScram";
}

pub(super) fn add(child: &mut Child, cluster: &Cluster, keys: &Keys) -> Attr<BootstrapBrokers> {
    let role = child.model.function(&Role::BootstrapBrokers);
    let needs = Needs {
        cluster: Some(cluster.arn.clone()),
        data_key: Some(keys.data.arn()),
        logs_key: Some(keys.logs.arn()),
        bucket: Some(function::artifact_bucket(child)),
        ..Needs::default()
    };
    let code = child.root_value("BootstrapBrokersCode", "Key of the function's zip.", |root| {
        root.edge_code(&Role::BootstrapBrokers)
    });
    let function = function::add(child, role, "BootstrapBrokers", &code, &needs);
    let resource = child.add(
        "BrokerLookup",
        cloudformation::CustomResource::new("Custom::BootstrapBrokers", function.arn())
            .property("ClusterArn", &cluster.arn)
            // Another version of the cluster may have other brokers, so look again.
            .property("ClusterVersion", &cluster.version)
            .service_timeout(120)
            .returns(["BootstrapBrokerStringSaslScram"]),
    );
    resource.get("BootstrapBrokerStringSaslScram")
}
