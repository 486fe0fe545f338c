//! The Kafka broker: librdkafka's own or a real one, started here, or any other cluster.

mod embedded;
mod external;
mod files;
mod kafka;

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use model::{Environment, Model, Secret};
use rdkafka::ClientConfig;
use tempfile::TempDir;

use crate::{
    LocalError,
    options::{BrokerChoice, Options},
    private,
    secrets::Secrets,
};
use embedded::Embedded;
pub use embedded::serve;
use kafka::Kafka;

/// What the embedded broker keeps of a partition: librdkafka's `max_size` and `max_cnt` of a mock partition.
pub const EMBEDDED_BYTES: u64 = 5 * 1024 * 1024;
/// See [`EMBEDDED_BYTES`].
pub const EMBEDDED_RECORDS: u64 = 100_000;

/// A running broker, or the way to one.
#[derive(Debug)]
pub struct Broker {
    kind: Kind,
    access: Access,
    /// Somebody has made it unreachable.
    down: AtomicBool,
}

#[derive(Debug)]
enum Kind {
    Embedded(Embedded),
    Kafka(Box<Kafka>),
    /// With its clients' configurations, where it wants credentials.
    External(Option<TempDir>),
}

/// How clients speak to it.
#[derive(Debug, Clone)]
struct Access {
    servers: String,
    /// `None` is plaintext.
    scram: Option<Scram>,
}

#[derive(Debug, Clone)]
struct Scram {
    ca: Option<PathBuf>,
}

/// A topic as a broker must have it.
#[derive(Debug, Clone)]
struct TopicSpec {
    name: String,
    partitions: i32,
    retention_ms: u64,
}

/// A fault can't be caused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutageError {
    /// It isn't ours to stop.
    #[error("this broker isn't the local run's own, so it can't be stopped from here")]
    NotOurs,
    /// It doesn't do as it is told.
    #[error("the broker can't be stopped or started: {0}")]
    Failed(String),
}

impl Broker {
    /// Starts it, or reaches it, and sees to the model's topics.
    pub async fn start(
        options: &Options,
        model: &Model,
        environment: &Environment,
        secrets: &Secrets,
    ) -> Result<Self, LocalError> {
        let topics = topics(model);
        match &options.broker {
            BrokerChoice::Embedded => {
                let embedded = Embedded::start(&options.program, topics).await?;
                let access = Access { servers: embedded.servers().to_owned(), scram: None };
                Ok(Self::new(Kind::Embedded(embedded), access))
            }
            BrokerChoice::External(external) => {
                let scram = external.user.as_ref().map(|_| Scram { ca: external.ca.clone() });
                let access = Access { servers: external.servers.clone(), scram };
                let files = match &external.user {
                    Some(user) => {
                        let folder = private::folder("local-kafka-")?;
                        files::make(folder.path(), &external.servers, user, external.ca.as_deref())?;
                        Some(folder)
                    }
                    None => None,
                };
                let broker = Self::new(Kind::External(files), access);
                let replication = i32::from(environment.brokers.replication);
                external::prepare(&broker.client(secrets, Secret::ConsumerCredentials), &topics, replication)
                    .await
                    .map_err(|reason| LocalError::Broker {
                        servers: external.servers.clone(),
                        reason: format!("{reason}; --brokers or KAFKA_BROKERS names them"),
                    })?;
                Ok(broker)
            }
            BrokerChoice::Kafka => {
                let kafka = Kafka::start(options, model, secrets).await?;
                let scram = Some(Scram { ca: Some(kafka.ca()) });
                let access = Access { servers: kafka.servers(), scram };
                let broker = Self::new(Kind::Kafka(Box::new(kafka)), access);
                external::prepare(&broker.observer(secrets), &topics, 1)
                    .await
                    .map_err(|reason| LocalError::Kafka(format!("its topics can't be made: {reason}")))?;
                Ok(broker)
            }
        }
    }

    fn new(kind: Kind, access: Access) -> Self {
        Self { kind, access, down: AtomicBool::new(false) }
    }

    /// `host:port,...`
    pub fn servers(&self) -> &str {
        &self.access.servers
    }

    /// It is librdkafka's own, and forgets.
    pub fn is_embedded(&self) -> bool {
        matches!(self.kind, Kind::Embedded(_))
    }

    /// Where people find how to reach it: for Kafka's own commands, and for kcat.
    pub fn client_files(&self) -> Option<[PathBuf; 2]> {
        match &self.kind {
            Kind::Kafka(kafka) => Some(files::paths(kafka.folder())),
            Kind::External(Some(folder)) => Some(files::paths(folder.path())),
            Kind::Embedded(_) | Kind::External(None) => None,
        }
    }

    /// What functions are told besides the servers. On MSK there is nothing more to tell.
    pub fn variables(&self) -> Vec<(String, String)> {
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match &self.access.scram {
            None => vec![variable("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")],
            Some(Scram { ca: Some(ca) }) => vec![variable("KAFKA_CA_FILE", &ca.display().to_string())],
            Some(Scram { ca: None }) => vec![],
        }
    }

    /// The configuration of a client that may see every topic.
    pub fn observer(&self, secrets: &Secrets) -> ClientConfig {
        match self.kind {
            Kind::Kafka(_) => self.client_of(kafka::admin(secrets)),
            Kind::Embedded(_) | Kind::External(_) => self.client(secrets, Secret::ConsumerCredentials),
        }
    }

    /// A client's configuration, as this user.
    pub fn client(&self, secrets: &Secrets, user: Secret) -> ClientConfig {
        self.client_of(secrets.credentials(user))
    }

    fn client_of(&self, (username, password): (String, String)) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.access.servers)
            .set("client.id", "local")
            .set("allow.auto.create.topics", "false")
            .set("reconnect.backoff.ms", "20")
            .set("reconnect.backoff.max.ms", "500")
            .set("log.connection.close", "false")
            .set_log_level(rdkafka::config::RDKafkaLogLevel::Critical);
        if let Some(scram) = &self.access.scram {
            config
                .set("security.protocol", "SASL_SSL")
                .set("sasl.mechanisms", "SCRAM-SHA-512")
                .set("sasl.username", username)
                .set("sasl.password", password);
            if let Some(ca) = &scram.ca {
                config.set("ssl.ca.location", ca.display().to_string());
            }
        }
        config
    }

    /// Makes it unreachable, or reachable again.
    pub async fn outage(&self, down: bool) -> Result<(), OutageError> {
        match &self.kind {
            Kind::Embedded(embedded) => embedded.outage(down).await?,
            Kind::Kafka(kafka) => kafka.outage(down).await.map_err(OutageError::Failed)?,
            Kind::External(_) => return Err(OutageError::NotOurs),
        }
        self.down.store(down, Ordering::Release);
        Ok(())
    }

    /// Somebody has made it unreachable.
    pub fn is_down(&self) -> bool {
        self.down.load(Ordering::Acquire)
    }

    /// Starts a real broker of ours again when it has died, as MSK does; tells how it ended. The embedded one can't be: its
    /// topics went with it.
    pub async fn revive(&self) -> Result<Option<String>, String> {
        match &self.kind {
            Kind::Kafka(kafka) => kafka.revive().await,
            Kind::Embedded(embedded) => match embedded.ended().await {
                None => Ok(None),
                Some(how) => {
                    self.down.store(true, Ordering::Release);
                    Err(format!("{how}; its topics were in memory, so start the local run again"))
                }
            },
            Kind::External(_) => Ok(None),
        }
    }

    /// Ends what was started here.
    pub async fn stop(&self, patience: Duration) {
        match &self.kind {
            Kind::Kafka(kafka) => kafka.stop(patience).await,
            Kind::Embedded(embedded) => embedded.stop().await,
            Kind::External(_) => {}
        }
    }
}

/// The model's topics, and the one for dead letters.
fn topics(model: &Model) -> Vec<TopicSpec> {
    let partitions = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let own = model.topics.iter().map(|topic| TopicSpec {
        name: topic.name.name.clone(),
        partitions: partitions(topic.partitions),
        retention_ms: topic.retention_ms,
    });
    let dead = TopicSpec {
        name: model.cluster.dead_letter_topic.clone(),
        partitions: partitions(model.cluster.dead_letter_partitions),
        retention_ms: model.cluster.dead_letter_retention_ms,
    };
    own.chain([dead]).collect()
}
