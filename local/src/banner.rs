//! What is printed when the local run is up: every address, and commands to paste.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use model::{Role, TableRole};
use serde_json::{Value, json};

use crate::Deployment;

/// The banner of a run.
#[derive(Debug)]
pub struct Banner<'a> {
    /// What is up.
    pub deployment: &'a Deployment,
    /// The broker forgets.
    pub embedded_broker: bool,
    /// How people reach a broker that wants credentials: for Kafka's own commands, and for kcat.
    pub client_files: Option<[PathBuf; 2]>,
    /// The tables forget.
    pub memory_tables: bool,
    /// The folder with an example request of each topic, `<topic>.request.json`.
    pub examples: &'a Path,
    /// How long it took.
    pub ready_millis: u128,
}

impl Banner<'_> {
    /// The same for programs.
    pub fn json(&self) -> Value {
        let deployment = self.deployment;
        json!({
            "page": format!("http://{}/", deployment.endpoints.http),
            "http": format!("http://{}", deployment.endpoints.http),
            "websocket": deployment.websocket_endpoint(),
            "aws": deployment.aws_endpoint(),
            "dynamodb": deployment.endpoints.dynamodb,
            "brokers": deployment.endpoints.brokers,
            "stack": deployment.stack_name(),
            "kafkaClient": self.client_files.as_ref().map(|[java, _]| java),
            "kcatConfig": self.client_files.as_ref().map(|[_, kcat]| kcat),
            "embeddedBroker": self.embedded_broker,
            "readyMillis": u64::try_from(self.ready_millis).unwrap_or(u64::MAX),
        })
    }

    /// An example request in one line; nothing where `make synth` hasn't written any.
    fn example(&self, topic: &str) -> Value {
        let path = self.examples.join(format!("{topic}.request.json"));
        let text = fs::read_to_string(path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_else(|_| json!({}))
    }

    fn notes(&self) -> Vec<&'static str> {
        let mut notes = Vec::new();
        if self.embedded_broker {
            notes.push("Kafka: librdkafka's own broker, in memory. A partition keeps its last 5 MiB; no admin API, no SCRAM.");
        }
        if self.memory_tables {
            notes.push("Tables and secrets are in memory; --data DIR keeps them.");
        }
        notes
    }
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deployment = self.deployment;
        let endpoints = &deployment.endpoints;
        let model = &deployment.model;
        let websocket = deployment.websocket_endpoint();
        writeln!(f, "{} is up after {} ms\n", deployment.stack_name(), self.ready_millis)?;
        writeln!(f, "  page        http://{}/", endpoints.http)?;
        writeln!(f, "  HTTP API    http://{}", endpoints.http)?;
        writeln!(f, "  WebSocket   {websocket}")?;
        writeln!(f, "  AWS APIs    {}", deployment.aws_endpoint())?;
        writeln!(f, "  DynamoDB    {}", endpoints.dynamodb)?;
        writeln!(f, "  Kafka       {}\n", endpoints.brokers)?;
        for note in self.notes() {
            writeln!(f, "  {note}")?;
        }
        writeln!(f, "\nTo paste into another terminal:\n")?;
        writeln!(
            f,
            "  export AWS_ENDPOINT_URL={} AWS_DEFAULT_REGION={}",
            deployment.aws_endpoint(),
            crate::REGION
        )?;
        writeln!(
            f,
            "  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local ENVIRONMENT={}",
            deployment.environment.name
        )?;
        // Not exported: the local run itself reads KAFKA_BROKERS, for a cluster that runs already.
        writeln!(f, "  KAFKA_BROKERS={} WEBSOCKET_ENDPOINT={websocket}\n", endpoints.brokers)?;
        if let Some(topic) = model.topics.iter().find(|topic| topic.producer.is_some()) {
            let role = Role::Producer(topic.name.name.clone());
            let name = deployment.function_name(model.function(&role));
            writeln!(
                f,
                "  aws lambda invoke --function-name {name} --cli-binary-format raw-in-base64-out \\"
            )?;
            let example = self.example(&topic.name.name);
            writeln!(f, "    --payload {} response.json", quoted(&json!({ "body": example.to_string() })))?;
            if let Some(producer) = &topic.producer {
                writeln!(
                    f,
                    "  curl -X {} http://{}{} -H 'content-type: application/json' -d {}",
                    producer.method.as_str(),
                    endpoints.http,
                    producer.path,
                    quoted(&example)
                )?;
            }
            writeln!(f, "  aws logs tail /aws/lambda/{name} --follow")?;
        }
        if !deployment.needs_token() {
            writeln!(f, "  wscat -c \"{websocket}?customerId=test-123\"")?;
        }
        let table = |role| deployment.table_name(model.system_table(role));
        writeln!(f, "  aws dynamodb scan --table-name {}", table(TableRole::Connections))?;
        writeln!(
            f,
            "  aws dynamodb query --table-name {} --key-condition-expression 'customerId = :cid' \\",
            table(TableRole::Events)
        )?;
        writeln!(f, "    --expression-attribute-values '{{\":cid\":{{\"S\":\"test-123\"}}}}'")?;
        writeln!(
            f,
            "  aws cloudformation describe-stacks --stack-name {} --query 'Stacks[0].Outputs'",
            deployment.stack_name()
        )?;
        match &self.client_files {
            Some([java, kcat]) => {
                writeln!(
                    f,
                    "  kafka-topics.sh --list --bootstrap-server {} --command-config {}",
                    endpoints.brokers,
                    java.display()
                )?;
                writeln!(f, "  kcat -F {} -L\n", kcat.display())?;
            }
            None => writeln!(f, "  kcat -b {} -L\n", endpoints.brokers)?,
        }
        write!(f, "Ctrl-C stops everything.")
    }
}

/// As one word of a shell.
fn quoted(value: &Value) -> String {
    format!("'{}'", value.to_string().replace('\'', r"'\''"))
}
