//! MSK: the cluster's state and its brokers.

use model::Secret;
use serde_json::{Value, json};

use super::{Aws, Request, reply::Fault};

pub(super) fn call(aws: &Aws, parts: &[&str], request: &Request) -> Result<Value, Fault> {
    let version_2 = parts.first() == Some(&"api");
    let rest = if version_2 { &parts[3..] } else { &parts[2..] };
    let ours = aws.deployment.cluster_arn();
    let check = |asked: &str| {
        if asked == ours {
            Ok(())
        } else {
            Err(Fault::not_found(format!("The cluster {asked} does not exist")))
        }
    };
    match (request.method.as_str(), rest) {
        ("GET", []) => Ok(json!({ "clusterInfoList": [info(aws, version_2)] })),
        ("GET", [cluster]) => {
            check(cluster)?;
            Ok(json!({ "clusterInfo": info(aws, version_2) }))
        }
        ("GET", [cluster, "bootstrap-brokers"]) => {
            check(cluster)?;
            let brokers = &aws.deployment.endpoints.brokers;
            let name = if aws.deployment.has_users() {
                "bootstrapBrokerStringSaslScram"
            } else {
                "bootstrapBrokerString"
            };
            Ok(json!({ name: brokers }))
        }
        ("GET", [cluster, "scram-secrets"]) => {
            check(cluster)?;
            if !aws.deployment.has_users() {
                let message = "these brokers take anyone: they have no SCRAM users";
                return Err(Fault::new(400, "BadRequestException", message));
            }
            let users = [Secret::ProducerCredentials, Secret::ConsumerCredentials];
            Ok(json!({ "secretArnList": users.map(|user| aws.deployment.secret_arn(user)) }))
        }
        (method, _) => Err(Fault::missing(&format!("kafka {method} {}", request.uri.path()))),
    }
}

fn info(aws: &Aws, version_2: bool) -> Value {
    let deployment = &aws.deployment;
    let version = &deployment.model.cluster.kafka_version;
    let mut info = json!({
        "clusterArn": deployment.cluster_arn(),
        "clusterName": deployment.stack_name(),
        "state": "ACTIVE",
        "currentVersion": "LOCAL",
    });
    let software = json!({ "kafkaVersion": version });
    if version_2 {
        info["clusterType"] = "PROVISIONED".into();
        info["provisioned"] = json!({ "currentBrokerSoftwareInfo": software, "numberOfBrokerNodes": 1 });
    } else {
        info["currentBrokerSoftwareInfo"] = software;
        info["numberOfBrokerNodes"] = 1.into();
    }
    info
}
