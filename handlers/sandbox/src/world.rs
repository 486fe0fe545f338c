//! What surrounds the functions: brokers, tables, services, and the environment that leads to them.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dynoxide::Database;
use model::{EnvValue, Environment, Function, Model, Role, Table, TableRole, Topic};
use rdkafka::{
    ClientConfig, Message as _,
    consumer::{BaseConsumer, Consumer as _},
    message::Headers as _,
    mocking::MockCluster,
    producer::DefaultProducerContext,
};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{Error, Packages, Pushed, Sandbox, Told, relay, services};

/// Everything around the functions of one environment.
pub struct World {
    model: Model,
    environment: Environment,
    brokers: MockCluster<'static, DefaultProducerContext>,
    database: Database,
    dynamodb: String,
    services: String,
    sent: services::Inside,
    commits: relay::Commits,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("environment", &self.environment.name).finish_non_exhaustive()
    }
}

impl World {
    /// The first environment of the project's manifest, with its topics and tables.
    pub async fn start() -> Result<Self, Error> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../topics.yaml");
        let model = manifest::read_file(&path).map_err(|errors| Error::World(errors.render(false)))?;
        let environment = model
            .environments
            .first()
            .cloned()
            .ok_or_else(|| Error::World("there is no environment".into()))?;
        let kafka = |error: rdkafka::error::KafkaError| Error::World(error.to_string());
        let brokers = MockCluster::new(1).map_err(kafka)?;
        for topic in &model.topics {
            let partitions = i32::try_from(topic.partitions).unwrap_or(1);
            brokers.create_topic(&topic.name.name, partitions, 1).map_err(kafka)?;
        }
        let database = Database::memory().map_err(|error| Error::World(error.to_string()))?;
        for table in &model.tables {
            let definition =
                serde_json::from_value(table.create_request(&model.table_name(table, &environment)));
            let definition = definition.map_err(|error| Error::World(error.to_string()))?;
            database.create_table(definition).map_err(|error| Error::World(error.to_string()))?;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::io("listen"))?;
        let behind = listener.local_addr().map_err(Error::io("listen"))?;
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let commits = relay::Commits::default();
        let dynamodb = relay::start(behind, commits.clone()).await?;
        let sent = Arc::<Mutex<services::Sent>>::default();
        let services = services::start(sent.clone()).await?;
        Ok(Self {
            dynamodb: format!("http://{dynamodb}"),
            model,
            environment,
            brokers,
            database,
            services,
            sent,
            commits,
        })
    }

    /// What the manifest means.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Where the brokers are.
    pub fn brokers(&self) -> String {
        self.brokers.bootstrap_servers()
    }

    /// Takes the brokers away, or brings them back.
    pub fn switch_brokers(&self, up: bool) -> Result<(), Error> {
        let outcome = if up { self.brokers.broker_up(1) } else { self.brokers.broker_down(1) };
        outcome.map_err(|error| Error::World(error.to_string()))
    }

    /// Starts the function out of its zip.
    pub async fn sandbox(&self, packages: &Packages, function: &Function) -> Result<Sandbox, Error> {
        let name = self.model.function_name(function, &self.environment);
        Sandbox::start(&name, &packages.program(&function.name.name)?, &self.variables(function)).await
    }

    /// The function's environment, as the template gives it, with ways to what is on this machine.
    pub fn variables(&self, function: &Function) -> BTreeMap<String, String> {
        let socket = format!("ws://{}/dev", self.services);
        let mut variables: BTreeMap<String, String> = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.as_str()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &format!("http://{}/secrets", self.services)),
            ("AWS_ENDPOINT_URL_SNS", &format!("http://{}/sns", self.services)),
            ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for variable in &function.environment {
            let value = match &variable.value {
                EnvValue::Text(text) => text.clone(),
                EnvValue::Environment => self.environment.name.clone(),
                // As the environment has it would depend on the manifest's first one.
                EnvValue::AuthMode => "token".into(),
                EnvValue::BootstrapBrokers => self.brokers(),
                EnvValue::WebSocketEndpoint => socket.clone(),
                EnvValue::TableName(name) => self
                    .model
                    .table(name)
                    .map_or_else(String::new, |table| self.model.table_name(table, &self.environment)),
                EnvValue::ChannelArn(name) => format!("arn:aws:sns:us-east-1:000000000000:{name}"),
                EnvValue::SecretArn(_) => {
                    "arn:aws:secretsmanager:us-east-1:000000000000:secret:sandbox".into()
                }
            };
            variables.insert(variable.name.clone(), value);
        }
        variables
    }

    /// Connects a browser of the customer.
    pub fn connect(&self, customer: &str, connection: &str) -> Result<(), Error> {
        let table = self.model.system_table(TableRole::Connections);
        self.put(
            table,
            &json!({
                "customerId": { "S": customer },
                "connectionIds": { "SS": [connection] },
                "expiresAt": { "N": "9999999999" },
            }),
        )
    }

    fn put(&self, table: &Table, item: &Value) -> Result<(), Error> {
        let name = self.model.table_name(table, &self.environment);
        let request = serde_json::from_value(json!({ "TableName": name, "Item": item }))
            .map_err(|error| Error::World(error.to_string()))?;
        self.database.put_item(request).map(|_| ()).map_err(|error| Error::World(error.to_string()))
    }

    /// How many items the table has.
    pub fn count(&self, table: &str) -> Result<usize, Error> {
        let table =
            self.model.table(table).ok_or_else(|| Error::World(format!("there is no table {table}")))?;
        let name = self.model.table_name(table, &self.environment);
        let request = serde_json::from_value(json!({ "TableName": name }))
            .map_err(|error| Error::World(error.to_string()))?;
        let found = self.database.scan(request).map_err(|error| Error::World(error.to_string()))?;
        Ok(found.count)
    }

    /// What browsers were sent since the last time.
    pub fn pushed(&self) -> Vec<Pushed> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner).pushed)
    }

    /// What SNS was told since the last time.
    pub fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner).told)
    }

    /// When DynamoDB answered transactions, since the last time.
    pub fn commits(&self) -> Vec<Instant> {
        std::mem::take(&mut self.commits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The topic's event that `generated/fixtures/` has.
    pub fn fixture(&self, topic: &Topic) -> Result<Map<String, Value>, Error> {
        fixture(&format!("{}.json", topic.name.name))
    }

    /// A request for the topic's producer.
    pub fn request(&self, topic: &Topic) -> Result<Map<String, Value>, Error> {
        fixture(&format!("{}.request.json", topic.name.name))
    }

    /// A batch of one record, as the event source mapping would send it, with an id of its own.
    pub fn batch(&self, topic: &Topic, event: &Map<String, Value>, offset: i64) -> Value {
        let id = Uuid::now_v7().to_string();
        let millis = i64::try_from(
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis(),
        )
        .unwrap_or_default();
        let key = event.get(&topic.key.name).and_then(Value::as_str).unwrap_or_default();
        let kind = format!("{}.{}", self.model.app.name, topic.name.name);
        let headers = [
            ("ce_specversion", "1.0".to_owned()),
            ("ce_id", id),
            ("ce_type", kind),
            ("ce_source", "/sandbox".into()),
            ("ce_time", time(millis)),
            ("ce_subject", key.to_owned()),
            ("ce_schemaversion", topic.version.to_string()),
            ("content-type", "application/json".into()),
        ];
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        record(
            &topic.name.name,
            0,
            offset,
            millis,
            key.as_bytes(),
            Value::Object(event.clone()).to_string().as_bytes(),
            headers,
        )
    }

    /// The first record of the topic that Kafka has, as a batch.
    pub fn consume(&self, topic: &str) -> Result<Value, Error> {
        let kafka = |error: rdkafka::error::KafkaError| Error::World(error.to_string());
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", self.brokers())
            .set("group.id", "sandbox")
            .set("auto.offset.reset", "earliest")
            .set("fetch.wait.max.ms", "10")
            .create()
            .map_err(kafka)?;
        consumer.subscribe(&[topic]).map_err(kafka)?;
        let patience = Instant::now() + Duration::from_mins(1);
        while Instant::now() < patience {
            let Some(message) = consumer.poll(Duration::from_millis(500)) else { continue };
            let message = message.map_err(kafka)?;
            let headers: Vec<(String, Vec<u8>)> = message
                .headers()
                .into_iter()
                .flat_map(|headers| headers.iter())
                .map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec()))
                .collect();
            return Ok(record(
                topic,
                message.partition(),
                message.offset(),
                message.timestamp().to_millis().unwrap_or_default(),
                message.key().unwrap_or_default(),
                message.payload().unwrap_or_default(),
                headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())),
            ));
        }
        Err(Error::World(format!("nothing came to {topic}")))
    }

    /// The function that publishes to the topic.
    pub fn producer(&self, topic: &Topic) -> &Function {
        self.model.function(&Role::Producer(topic.name.name.clone()))
    }

    /// The function that consumes the topic.
    pub fn consumer(&self, topic: &Topic) -> &Function {
        self.model.function(&Role::Consumer(topic.name.name.clone()))
    }
}

fn record<'a>(
    topic: &str,
    partition: i32,
    offset: i64,
    timestamp: i64,
    key: &[u8],
    value: &[u8],
    headers: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Value {
    // Lambda writes bytes as signed numbers.
    let signed = |bytes: &[u8]| bytes.iter().map(|byte| Value::from(byte.cast_signed())).collect::<Value>();
    let headers: Value = headers.map(|(name, value)| json!({ name: signed(value) })).collect();
    let record = json!({
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "timestamp": timestamp,
        "timestampType": "CREATE_TIME",
        "key": STANDARD.encode(key),
        "value": STANDARD.encode(value),
        "headers": headers,
    });
    json!({ "eventSource": "aws:kafka", "records": { format!("{topic}-{partition}"): [record] } })
}

fn fixture(name: &str) -> Result<Map<String, Value>, Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../generated/fixtures").join(name);
    let text = fs::read_to_string(path).map_err(Error::io("read a fixture"))?;
    serde_json::from_str(&text).map_err(|error| Error::World(error.to_string()))
}

/// An instant as CloudEvents writes it.
fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
