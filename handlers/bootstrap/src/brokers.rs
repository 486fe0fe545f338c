//! Asking MSK for the brokers.

use std::time::Duration;

use aws_sdk_kafka::{
    Client, error::ProvideErrorMetadata, operation::get_bootstrap_brokers::GetBootstrapBrokersOutput,
};

/// Why there is no list of brokers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoBrokers {
    /// MSK says so.
    #[error("MSK does not give the bootstrap brokers of {cluster}: {reason}")]
    Refused {
        /// The cluster's ARN.
        cluster: String,
        /// MSK's words.
        reason: String,
    },
    /// The cluster has other listeners, but not this one.
    #[error(
        "the cluster {cluster} has no SASL/SCRAM listener: SCRAM authentication is off (on: {on}); set \
         ClientAuthentication.Sasl.Scram.Enabled"
    )]
    ScramIsOff {
        /// The cluster's ARN.
        cluster: String,
        /// What is on.
        on: String,
    },
}

/// The brokers' SCRAM listeners, `host:9096,...`. Tries again while the cluster is being changed.
pub(crate) async fn find(client: &Client, cluster: &str) -> Result<String, NoBrokers> {
    let mut wait = Duration::from_millis(250);
    loop {
        let error = match client.get_bootstrap_brokers().cluster_arn(cluster).send().await {
            Ok(found) => return scram(cluster, &found),
            Err(error) => error,
        };
        // The caller stops this in time.
        if error.code() == Some("ConflictException") {
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
            continue;
        }
        let code = error.code().unwrap_or("no answer");
        let message = error.message().map_or_else(|| error.to_string(), str::to_owned);
        return Err(NoBrokers::Refused { cluster: cluster.into(), reason: format!("{code}: {message}") });
    }
}

fn scram(cluster: &str, found: &GetBootstrapBrokersOutput) -> Result<String, NoBrokers> {
    let present = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(brokers) = present(found.bootstrap_broker_string_sasl_scram()) {
        return Ok(brokers);
    }
    let others = [
        ("SASL/IAM", found.bootstrap_broker_string_sasl_iam()),
        ("TLS", found.bootstrap_broker_string_tls()),
        ("plaintext", found.bootstrap_broker_string()),
    ];
    let on: Vec<&str> =
        others.into_iter().filter(|(_, text)| present(*text).is_some()).map(|(name, _)| name).collect();
    let on = if on.is_empty() { "nothing".to_owned() } else { on.join(", ") };
    Err(NoBrokers::ScramIsOff { cluster: cluster.into(), on })
}
