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

/// What CloudFormation wants.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    request_type: RequestType,
    /// Read later, and not at all for a deletion.
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
        Ok(Self::with(Client::new(&Aws::new(settings)?.config("KAFKA"))))
    }

    /// Asks MSK through this client.
    pub fn with(client: Client) -> Self {
        Self { client }
    }

    /// Answers. What goes wrong on the way, and be it a panic, is only another answer.
    async fn handle(&self, event: &Value, url: &str, invocation: &Invocation) -> Result<(), Fault> {
        let outcome = AssertUnwindSafe(self.outcome(event, invocation)).catch_unwind().await;
        let (status, reason, data) =
            match outcome.unwrap_or_else(|_| Err("the function panicked; see its log".into())) {
                Ok(brokers) => (Status::Success, None, brokers.map(|sasl_scram| Data { sasl_scram })),
                Err(reason) => {
                    tracing::error!(reason, "no bootstrap brokers");
                    (Status::Failed, Some(reason), None)
                }
            };
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        let reply = Reply {
            status,
            reason,
            data,
            physical_resource_id: text("PhysicalResourceId").unwrap_or_else(|| PHYSICAL_ID.into()),
            stack_id: text("StackId").unwrap_or_default(),
            request_id: text("RequestId").unwrap_or_default(),
            logical_resource_id: text("LogicalResourceId").unwrap_or_default(),
        };
        let sent = reply::send(url, &reply.body()).await;
        sent.map_err(|error| Fault::Failed(error.to_string()))
    }

    /// The brokers, unless the resource is deleted, or why there are none.
    async fn outcome(&self, event: &Value, invocation: &Invocation) -> Result<Option<String>, String> {
        let request = Request::deserialize(event)
            .map_err(|error| format!("the request is none for a custom resource: {error}"))?;
        match request.request_type {
            // There is nothing to take away, and the cluster may be gone.
            RequestType::Delete => Ok(None),
            RequestType::Create | RequestType::Update => self.brokers(&request, invocation).await.map(Some),
        }
    }

    /// The brokers, or why there are none; in time to answer.
    async fn brokers(&self, request: &Request, invocation: &Invocation) -> Result<String, String> {
        let until = invocation.deadline - TO_ANSWER.min(invocation.remaining() / 2);
        let cluster = request.resource_properties.get("ClusterArn").and_then(Value::as_str);
        let cluster = cluster.ok_or("the property ClusterArn is missing")?;
        match timeout_at(until, brokers::find(&self.client, cluster)).await {
            Ok(found) => found.map_err(|error| error.to_string()),
            Err(_) => Err(format!("MSK did not give the bootstrap brokers of {cluster} in time")),
        }
    }
}

impl Function for BootstrapBrokers {
    fn call(&self, event: Value, invocation: Invocation) -> Answer<'_> {
        Box::pin(async move {
            // Whoever can be answered is.
            let Some(url) = event.get("ResponseURL").and_then(Value::as_str) else {
                return Err(Fault::NotMyEvent("a request of CloudFormation for a custom resource"));
            };
            self.handle(&event, url, &invocation).await?;
            Ok(Value::Null)
        })
    }
}
