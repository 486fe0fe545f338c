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

    /// What can be done from a shell with the variables of the banner. Both versions of the AWS CLI take these, but for
    /// `logs tail`, which is the second one's.
    fn commands(&self) -> Vec<String> {
        let deployment = self.deployment;
        let model = &deployment.model;
        let websocket = deployment.websocket_endpoint();
        let table = |role| deployment.table_name(model.system_table(role));
        let mut commands = self.step_commands();
        if !deployment.needs_token() {
            commands.push(format!("wscat -c \"{websocket}?customerId=test-123\""));
        }
        commands.extend([
            format!("aws dynamodb scan --table-name {}", table(TableRole::Connections)),
            format!(
                "aws dynamodb query --table-name {} --key-condition-expression 'customerId = :cid' \\\n    \
                 --expression-attribute-values '{{\":cid\":{{\"S\":\"test-123\"}}}}'",
                table(TableRole::Events)
            ),
            format!(
                "aws cloudformation describe-stacks --stack-name {} --query 'Stacks[0].Outputs'",
                deployment.stack_name()
            ),
            "aws sns list-topics".into(),
        ]);
        if let Some(channel) = model.channels.first() {
            let arn = deployment.channel_arn(channel);
            commands.push(format!("aws sns publish --topic-arn {arn} --message hello"));
        }
        commands.extend(self.kafka_commands());
        commands
    }

    /// Sends the first step, and looks at what comes of it.
    fn step_commands(&self) -> Vec<String> {
        let deployment = self.deployment;
        let mut steps =
            deployment.model.topics.iter().filter_map(|topic| Some((topic, topic.producer.as_ref()?)));
        let Some((topic, producer)) = steps.clone().find(|(_, step)| step.open).or_else(|| steps.next())
        else {
            return vec![];
        };
        let name =
            deployment.function_name(deployment.model.function(&Role::Producer(topic.name.name.clone())));
        let mut example = self.example(&topic.name.name);
        let payload = quoted(&json!({ "body": example.to_string() }));
        if deployment.needs_token()
            && let Some(fields) = example.as_object_mut()
        {
            // Over HTTP, only a token may name a customer.
            fields.remove(&topic.key.name);
        }
        let post = format!(
            "curl -X {} http://{}{} -H 'content-type: application/json' -d {}",
            producer.method.as_str(),
            deployment.endpoints.http,
            producer.path,
            quoted(&example)
        );
        let mut commands = vec![
            format!(
                "printf %s {payload} |\n    aws lambda invoke --function-name {name} --payload fileb:///dev/stdin \
                 response.json"
            ),
            post.clone(),
            format!("aws logs filter-log-events --log-group-name /aws/lambda/{name}"),
            format!("aws logs tail /aws/lambda/{name} --follow"),
        ];
        if deployment.needs_token() && producer.open {
            let silent = post.replacen("curl", "curl -s", 1);
            commands.push(format!(
                "wscat -c \"$({silent} |\n    sed 's/.*\"websocketUrl\":\"\\([^\"]*\\)\".*/\\1/')\""
            ));
        }
        commands
    }

    fn kafka_commands(&self) -> Vec<String> {
        let brokers = &self.deployment.endpoints.brokers;
        let (login, kcat) = match &self.client_files {
            Some([java, kcat]) => {
                let word = |path: &Path| word(&path.display().to_string());
                (format!(" --command-config {}", word(java)), format!("kcat -F {} -L", word(kcat)))
            }
            None => (String::new(), format!("kcat -b {brokers} -L")),
        };
        if self.embedded_broker {
            return vec![kcat];
        }
        let mut commands = vec![format!("kafka-topics.sh --list --bootstrap-server {brokers}{login}")];
        let mut consumers = self.deployment.model.topics.iter().filter_map(|topic| topic.consumer.as_ref());
        if let Some(consumer) = consumers.next() {
            commands.push(format!(
                "kafka-consumer-groups.sh --describe --group {} --bootstrap-server {brokers}{login}",
                consumer.group
            ));
        }
        commands.push(kcat);
        commands
    }

    fn notes(&self) -> Vec<&'static str> {
        let mut notes = Vec::new();
        if self.embedded_broker {
            notes.push("Kafka: librdkafka's own broker, in memory. A partition keeps its last 5 MiB; no admin API, no SCRAM.");
            notes.push("Clients that begin with newer versions of Kafka's protocol (kafka-python 3) must be told api_version=(2,0,0).");
            notes
                .push("Kafka's own commands (kafka-topics.sh and the others) need a real one: BROKER=kafka.");
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
        for command in self.commands() {
            writeln!(f, "  {command}")?;
        }
        writeln!(f)?;
        write!(f, "Ctrl-C stops everything.")
    }
}

fn quoted(value: &Value) -> String {
    word(&value.to_string())
}

/// As one word of a shell.
fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_shell_takes_it_for_one_word() {
        assert_eq!(word("/tmp/local-1/kafka.properties"), "/tmp/local-1/kafka.properties");
        for (text, quoted) in
            [("my data/x", "'my data/x'"), ("it's", r"'it'\''s'"), ("", "''"), ("$HOME", "'$HOME'")]
        {
            assert_eq!(word(text), quoted);
        }
    }
}
