//! The model as a whole, and what is derived from its parts.

use serde::Serialize;

use crate::{
    Alarm, AlarmSource, Architecture, Channel, Cluster, EnvValue, EnvVar, Environment, Function, Grant,
    Ident, Network, Role, SharedType, Table, TableRole, Topic, Write, alarm, function::Secret,
};

/// What a manifest says, checked and with every default filled in. [`Model::new`] derives the rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parts {
    /// `onboard-ai`.
    pub app: Ident,
    /// One sentence for people.
    pub description: String,
    /// The processor that functions are built for.
    pub architecture: Architecture,
    /// In the manifest's order; at least one.
    pub environments: Vec<Environment>,
    /// What is the same in all of them.
    pub cluster: Cluster,
    /// The manifest's own tables.
    pub tables: Vec<Table>,
    /// One of them has `alarms`.
    pub channels: Vec<Channel>,
    /// Named field types.
    pub types: Vec<SharedType>,
    /// In the manifest's order.
    pub topics: Vec<Topic>,
}

/// The system, resolved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Model {
    /// What the manifest says; its tables are followed by the runtime's own.
    #[serde(flatten)]
    parts: Parts,
    /// Every function, by role and then in the topics' order.
    pub functions: Vec<Function>,
    /// Every alarm.
    pub alarms: Vec<Alarm>,
}

impl std::ops::Deref for Model {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Model {
    /// The runtime's own tables; the manifest refers to them but doesn't declare them.
    pub fn system_tables() -> Vec<Table> {
        [TableRole::Errors, TableRole::Events, TableRole::Connections].map(Table::system).into()
    }

    /// Derives functions, permissions and alarms.
    ///
    /// The parts are taken to be consistent: every reference resolves and one channel takes alarms. The
    /// manifest crate sees to it.
    pub fn new(mut parts: Parts) -> Self {
        parts.tables.extend(Self::system_tables());
        let mut model = Self { parts, functions: vec![], alarms: vec![] };
        model.functions = model.derive_functions();
        model.alarms = alarm::derive(&model);
        model
    }

    /// The topic of this name.
    pub fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.name.name == name)
    }

    /// The table of this name, the runtime's own included.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.name == name)
    }

    /// The runtime's own table of this role.
    ///
    /// # Panics
    /// For [`TableRole::Domain`], of which there may be many.
    pub fn system_table(&self, role: TableRole) -> &Table {
        self.tables.iter().find(|table| table.role == role).expect("every model has the runtime's tables")
    }

    /// The channel of this name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name.name == name)
    }

    /// The channel that alarms and quarantined records go to.
    ///
    /// # Panics
    /// When no channel has `alarms`, which the manifest refuses.
    pub fn alarm_channel(&self) -> &Channel {
        self.channels.iter().find(|channel| channel.alarms).expect("the manifest has one channel for alarms")
    }

    /// The shared type of this name.
    pub fn shared_type(&self, name: &str) -> Option<&SharedType> {
        self.types.iter().find(|shared| shared.name.name == name)
    }

    /// The environment of this name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The function of this role.
    ///
    /// # Panics
    /// When the model has none, that is for a topic without that producer or consumer.
    pub fn function(&self, role: &Role) -> &Function {
        self.functions.iter().find(|function| &function.role == role).expect("the model has that function")
    }

    /// `onboard-ai/functions/submit-user-info.zip`: where a function's zip is in the artifact bucket when nothing else
    /// is said.
    pub fn zip_key(&self, function: &Function) -> String {
        format!("{}/functions/{}.zip", self.app.name, function.name.name)
    }

    /// `onboard-ai-dev`: the root stack, and the start of every name that must be unique in an account.
    pub fn stack_name(&self, environment: &Environment) -> String {
        format!("{}-{}", self.app.name, environment.name)
    }

    /// `onboard-ai-submit-user-info-dev`.
    pub fn function_name(&self, function: &Function, environment: &Environment) -> String {
        format!("{}-{}-{}", self.app.name, function.name.name, environment.name)
    }

    /// `users-dev`.
    pub fn table_name(&self, table: &Table, environment: &Environment) -> String {
        format!("{}-{}", table.name.name, environment.name)
    }

    /// `onboard-ai-support-dev`.
    pub fn channel_name(&self, channel: &Channel, environment: &Environment) -> String {
        format!("{}-{}-{}", self.app.name, channel.name.name, environment.name)
    }

    /// `onboard-ai-producer`: the SCRAM user of every producer.
    pub fn producer_user(&self) -> String {
        format!("{}-producer", self.app.name)
    }

    /// `onboard-ai-consumer`: the SCRAM user of every mapping.
    pub fn consumer_user(&self) -> String {
        format!("{}-consumer", self.app.name)
    }

    /// The real name of a secret. MSK takes only names that start with `AmazonMSK_`
    /// (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-limitations.html>).
    pub fn secret_name(&self, secret: Secret, environment: &Environment) -> String {
        let environment = &environment.name;
        match secret {
            Secret::ProducerCredentials => format!("AmazonMSK_{}-{environment}", self.producer_user()),
            Secret::ConsumerCredentials => format!("AmazonMSK_{}-{environment}", self.consumer_user()),
            Secret::TokenKey => format!("{}-token-key-{environment}", self.app.name),
        }
    }

    /// `onboard-ai-dev-user-info-submitted-ConsumerLag`
    pub fn alarm_name(&self, alarm: &Alarm, environment: &Environment) -> String {
        let stack = self.stack_name(environment);
        match &alarm.source {
            AlarmSource::Cluster => format!("{stack}-cluster-{}", alarm.id),
            AlarmSource::Edge => format!("{stack}-edge-{}", alarm.id),
            AlarmSource::Topic(topic) => format!("{stack}-{topic}-{}", alarm.id),
        }
    }

    fn derive_functions(&self) -> Vec<Function> {
        let mut functions = vec![
            Self::edge(
                Role::Authorizer,
                "websocket-authorizer",
                "Lets a caller in whose token is the customer's.",
                vec![
                    ("AUTH_MODE".into(), EnvValue::AuthMode),
                    ("TOKEN_SECRET_ARN".into(), EnvValue::SecretArn(Secret::TokenKey)),
                ],
                vec![Grant::ReadSecret(Secret::TokenKey)],
            ),
            Self::edge(
                Role::Connect,
                "websocket-connect",
                "Remembers a customer's connection.",
                vec![self.table_var(TableRole::Connections)],
                vec![Grant::UpdateItems(self.system_name(TableRole::Connections))],
            ),
            Self::edge(
                Role::Disconnect,
                "websocket-disconnect",
                "Forgets a connection that closed.",
                vec![self.table_var(TableRole::Connections)],
                vec![Grant::UpdateItems(self.system_name(TableRole::Connections))],
            ),
            Self::edge(
                Role::Default,
                "websocket-default",
                "Answers pings, sends a client what it missed, and renews its token.",
                vec![
                    self.table_var(TableRole::Connections),
                    self.table_var(TableRole::Events),
                    ("TOKEN_SECRET_ARN".into(), EnvValue::SecretArn(Secret::TokenKey)),
                ],
                vec![
                    Grant::UpdateItems(self.system_name(TableRole::Connections)),
                    Grant::GetItems(self.system_name(TableRole::Events)),
                    Grant::QueryItems(self.system_name(TableRole::Events)),
                    Grant::ReadSecret(Secret::TokenKey),
                    Grant::PostToConnections,
                ],
            ),
            Self::edge(
                Role::BootstrapBrokers,
                "bootstrap-brokers",
                "Finds the cluster's bootstrap brokers for CloudFormation.",
                vec![],
                vec![Grant::BootstrapBrokers],
            ),
        ];
        functions.extend(self.topics.iter().filter_map(|topic| self.producer(topic)));
        functions.extend(self.topics.iter().filter_map(|topic| self.consumer(topic)));
        for function in &mut functions {
            // The namespace of the function's metrics.
            let name = EnvVar { name: "APP_NAME".into(), value: EnvValue::Text(self.app.name.clone()) };
            function.environment.push(name);
            function.environment.sort();
        }
        functions
    }

    fn producer(&self, topic: &Topic) -> Option<Function> {
        let producer = topic.producer.as_ref()?;
        let mut environment = vec![
            ("AUTH_MODE".to_owned(), EnvValue::AuthMode),
            ("KAFKA_BROKERS".into(), EnvValue::BootstrapBrokers),
            ("KAFKA_SECRET_ARN".into(), EnvValue::SecretArn(Secret::ProducerCredentials)),
            ("KAFKA_TOPIC".into(), EnvValue::Text(topic.name.name.clone())),
            ("KAFKA_USERNAME".into(), EnvValue::Text(self.producer_user())),
            ("TOKEN_SECRET_ARN".into(), EnvValue::SecretArn(Secret::TokenKey)),
            // The answer tells the caller where to connect.
            ("WEBSOCKET_ENDPOINT".into(), EnvValue::WebSocketEndpoint),
        ];
        if let Some(errors) = &topic.error_topic {
            environment.push(("KAFKA_ERROR_TOPIC".into(), EnvValue::Text(errors.clone())));
        }
        let mut grants = vec![
            Grant::NetworkInterfaces,
            Grant::ReadSecret(Secret::ProducerCredentials),
            Grant::ReadSecret(Secret::TokenKey),
        ];
        for name in &producer.reads {
            environment
                .extend(self.table(name).map(|table| (table.env_var(), EnvValue::TableName(name.clone()))));
            grants.extend([Grant::GetItems(name.clone()), Grant::QueryItems(name.clone())]);
        }
        Some(function(
            producer.function.clone(),
            Role::Producer(topic.name.name.clone()),
            format!("{}: publishes {}.", producer.handler.name, topic.name.name),
            Network::Vpc,
            producer.timeout_seconds,
            producer.memory_mib,
            environment,
            grants,
        ))
    }

    fn consumer(&self, topic: &Topic) -> Option<Function> {
        let consumer = topic.consumer.as_ref()?;
        let alarms = &self.alarm_channel().name.name;
        let mut environment = vec![
            ("KAFKA_TOPIC".to_owned(), EnvValue::Text(topic.name.name.clone())),
            // Quarantined records are told to the channel for alarms.
            ("QUARANTINE_CHANNEL_ARN".into(), EnvValue::ChannelArn(alarms.clone())),
        ];
        if let Some(seconds) = marker_seconds(topic) {
            environment.push(("MARKER_SECONDS".into(), EnvValue::Text(seconds.to_string())));
        }
        let mut grants = vec![
            Grant::NetworkInterfaces,
            Grant::PollCluster,
            Grant::DeadLetters,
            Grant::ReadSecret(Secret::ConsumerCredentials),
            Grant::Publish(alarms.clone()),
        ];
        let (sink, events) = (consumer.table.clone(), self.system_name(TableRole::Events));
        let errors = self.system_name(TableRole::Errors);
        for name in [&sink, &events, &errors] {
            environment
                .extend(self.table(name).map(|table| (table.env_var(), EnvValue::TableName(name.clone()))));
        }
        if consumer.write == Write::Put {
            grants.push(Grant::PutItems(sink.clone()));
        }
        grants.extend([
            // An event that comes late, or sets only some attributes, is weighed against what the item is.
            Grant::GetItems(sink.clone()),
            Grant::UpdateItems(sink),
            // The marker in kafka-events is read back to finish what a crash left undone.
            Grant::GetItems(events.clone()),
            Grant::PutItems(events.clone()),
            Grant::UpdateItems(events),
            Grant::PutItems(errors.clone()),
            Grant::UpdateItems(errors),
        ]);
        if let Some(alert) = &topic.alert {
            environment.push(("ALERT_CHANNEL_ARN".into(), EnvValue::ChannelArn(alert.channel.clone())));
            grants.push(Grant::Publish(alert.channel.clone()));
        }
        if topic.push.is_some() {
            let connections = self.system_name(TableRole::Connections);
            environment.push(self.table_var(TableRole::Connections));
            environment.push(("WEBSOCKET_ENDPOINT".into(), EnvValue::WebSocketEndpoint));
            // Connections that are gone are taken out, hence the update.
            grants.extend([
                Grant::GetItems(connections.clone()),
                Grant::BatchGetItems(connections.clone()),
                Grant::UpdateItems(connections),
                Grant::PostToConnections,
            ]);
        }
        Some(function(
            consumer.function.clone(),
            Role::Consumer(topic.name.name.clone()),
            format!("{}: applies {}.", consumer.handler.name, topic.name.name),
            Network::Lambda,
            consumer.timeout_seconds,
            consumer.memory_mib,
            environment,
            grants,
        ))
    }

    fn edge(
        role: Role,
        name: &str,
        description: &str,
        environment: Vec<(String, EnvValue)>,
        grants: Vec<Grant>,
    ) -> Function {
        function(Ident::new(name), role, description.into(), Network::Lambda, 10, 256, environment, grants)
    }

    fn table_var(&self, role: TableRole) -> (String, EnvValue) {
        let table = self.system_table(role);
        (table.env_var(), EnvValue::TableName(table.name.name.clone()))
    }

    fn system_name(&self, role: TableRole) -> String {
        self.system_table(role).name.name.clone()
    }
}

/// Seconds that it must be known for which of the topic's events were applied, where the runtime's own 90 days aren't
/// enough: a record that is there longer would be applied again when it is read again.
fn marker_seconds(topic: &Topic) -> Option<u64> {
    const DAY: u64 = 24 * 60 * 60;
    // Kafka deletes whole segments, and begins a new one after a week.
    let seconds = topic.retention_ms.div_ceil(1_000) + 8 * DAY;
    (seconds > 90 * DAY).then_some(seconds)
}

#[allow(
    clippy::too_many_arguments,
    reason = "each is a field of the function; a builder would only rename them"
)]
fn function(
    name: Ident,
    role: Role,
    description: String,
    network: Network,
    timeout_seconds: u32,
    memory_mib: u32,
    environment: Vec<(String, EnvValue)>,
    mut grants: Vec<Grant>,
) -> Function {
    let mut environment: Vec<EnvVar> =
        environment.into_iter().map(|(name, value)| EnvVar { name, value }).collect();
    environment.push(EnvVar { name: "ENVIRONMENT".into(), value: EnvValue::Environment });
    environment.sort();
    environment.dedup();
    grants.sort();
    grants.dedup();
    Function { name, role, description, network, timeout_seconds, memory_mib, environment, grants }
}
