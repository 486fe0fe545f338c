//! The CloudFormation custom resource that finds a cluster's bootstrap brokers, which are no attribute of
//! `AWS::MSK::Cluster`.
//!
//! Properties: `ClusterArn`, and `ClusterVersion` (only so that a change of the cluster makes CloudFormation ask
//! again). Attribute: `BootstrapBrokerStringSaslScram`, the SASL/SCRAM listeners as `host:9096,...`.
//!
//! CloudFormation waits an hour for an answer that doesn't come, so it is answered whatever happens: on a panic,
//! when time runs out, and on the deletion of a cluster that is gone.

mod brokers;
mod reply;

use std::{panic::AssertUnwindSafe, time::Duration};

use aws_sdk_kafka::Client;
use futures_util::FutureExt;
use runtime::{Answer, Aws, Error, Fault, Function, Invocation, Settings, log, serve};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout_at;

use reply::{Data, Reply, Status};

/// The one thing that there is; it stays the same for the resource's whole life, so that no update replaces it.
const PHYSICAL_ID: &str = "bootstrap-brokers";

/// Time that is kept for answering.
const TO_ANSWER: Duration = Duration::from_secs(3);

/// Runs the custom resource in Lambda.
pub async fn run() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    serve(BootstrapBrokers::new(&settings)?).await
}

/// The custom resource.
#[derive(Debug, Clone)]
pub struct BootstrapBrokers {
    client: Client,
}

/// What CloudFormation sends.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_field_names, reason = "CloudFormation's own names")]
struct Request {
    request_type: RequestType,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
    /// Read later: a fault in it must be answered, too.
    #[serde(default)]
    resource_properties: Value,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum RequestType {
    Create,
    Update,
    Delete,
}

impl BootstrapBrokers {
    /// As `settings` say.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        Ok(Self { client: Client::new(&Aws::new(settings)?.config("KAFKA")) })
    }

    async fn handle(&self, request: Request, invocation: &Invocation) -> Result<(), Fault> {
        let outcome = match request.request_type {
            // There is nothing to take away, and the cluster may be gone.
            RequestType::Delete => Ok(None),
            RequestType::Create | RequestType::Update => self.outcome(&request, invocation).await.map(Some),
        };
        let (status, reason, data) = match outcome {
            Ok(brokers) => (Status::Success, None, brokers.map(|sasl_scram| Data { sasl_scram })),
            Err(reason) => {
                tracing::error!(reason, "no bootstrap brokers");
                (Status::Failed, Some(reason), None)
            }
        };
        let reply = Reply {
            status,
            reason,
            data,
            physical_resource_id: request.physical_resource_id.unwrap_or_else(|| PHYSICAL_ID.into()),
            stack_id: request.stack_id,
            request_id: request.request_id,
            logical_resource_id: request.logical_resource_id,
        };
        let sent = reply::send(&request.response_url, &reply.body()).await;
        sent.map_err(|error| Fault::Failed(error.to_string()))
    }

    /// The brokers, or why there are none; in time to answer.
    async fn outcome(&self, request: &Request, invocation: &Invocation) -> Result<String, String> {
        let until = invocation.deadline - TO_ANSWER.min(invocation.remaining() / 2);
        let cluster = request.resource_properties.get("ClusterArn").and_then(Value::as_str);
        let cluster = cluster.ok_or("the property ClusterArn is missing")?;
        let found = AssertUnwindSafe(brokers::find(&self.client, cluster)).catch_unwind();
        match timeout_at(until, found).await {
            Ok(Ok(found)) => found.map_err(|error| error.to_string()),
            Ok(Err(_)) => Err("the function panicked; see its log".into()),
            Err(_) => Err(format!("MSK did not give the bootstrap brokers of {cluster} in time")),
        }
    }
}

impl Function for BootstrapBrokers {
    fn call(&self, event: Value, invocation: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let request = serde_json::from_value(event)
                .map_err(|_| Fault::NotMyEvent("a request of CloudFormation for a custom resource"))?;
            self.handle(request, &invocation).await?;
            Ok(Value::Null)
        })
    }
}
