//! What a local run is told.

use std::{path::PathBuf, time::Duration};

use crate::aws::Delivery;

/// What a local run is told. [`Options::default`] is what `local dev` does without any option.
#[derive(Debug, Clone)]
pub struct Options {
    /// The manifest.
    pub manifest: PathBuf,
    /// The environment whose names and settings are used.
    pub environment: String,
    /// This program, or another build of it: the embedded broker and the functions are subcommands of it.
    pub program: PathBuf,
    /// A folder with the functions' own programs instead, as they are deployed.
    pub functions: Option<PathBuf>,
    /// Keep tables, secrets and (with a real Kafka) topics here; `None` forgets everything at the end.
    pub data: Option<PathBuf>,
    /// Empty the data folder first.
    pub fresh: bool,
    /// Where to listen.
    pub ports: Ports,
    /// The broker.
    pub broker: BrokerChoice,
    /// Another DynamoDB instead of the embedded one.
    pub dynamodb: Option<String>,
    /// What API Gateway and Lambda limit.
    pub limits: Limits,
    /// Throttle the HTTP API as the environment says.
    pub throttle: bool,
    /// Where notifications are delivered as well.
    pub deliver: Option<Delivery>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            manifest: "topics.yaml".into(),
            environment: "dev".into(),
            program: "target/release/local".into(),
            functions: None,
            data: None,
            fresh: false,
            ports: Ports::default(),
            broker: BrokerChoice::Embedded,
            dynamodb: None,
            limits: Limits::default(),
            throttle: true,
            deliver: None,
        }
    }
}

/// Ports on loopback; `None` takes a free one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    /// The HTTP API and the page.
    pub http: Option<u16>,
    /// The WebSocket API and its `@connections`.
    pub websocket: Option<u16>,
    /// The AWS APIs.
    pub aws: Option<u16>,
    /// DynamoDB alone.
    pub dynamodb: Option<u16>,
    /// A real Kafka's listener for clients; the embedded broker always takes a free one.
    pub kafka: Option<u16>,
}

/// The broker of a local run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokerChoice {
    /// librdkafka's own, in memory.
    Embedded,
    /// A real Apache Kafka, started here.
    Kafka,
    /// A cluster that runs already.
    External(ExternalBroker),
}

/// A cluster that runs already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalBroker {
    /// `host:port,...`
    pub servers: String,
    /// SCRAM-SHA-512 user and password; `None` speaks plaintext.
    pub user: Option<(String, String)>,
    /// The certificate authority's PEM file.
    pub ca: Option<PathBuf>,
}

/// What API Gateway and Lambda limit. The defaults are theirs; tests make them short.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest that the HTTP API waits for a function.
    pub http_timeout: Duration,
    /// Longest body of an HTTP request.
    pub http_body: usize,
    /// A WebSocket connection without a message is closed after this long.
    pub websocket_idle: Duration,
    /// A WebSocket connection is closed after this long.
    pub websocket_life: Duration,
    /// Longest WebSocket message, either way.
    pub websocket_message: usize,
    /// Longest frame of a client.
    pub websocket_frame: usize,
    /// Most sandboxes of one function.
    pub sandboxes: usize,
    /// Most batches of one mapping that are under way at a time.
    pub batches: usize,
    /// How long a function may take to ask for its first event.
    pub init: Duration,
    /// Most bytes of one batch's records.
    pub batch_bytes: usize,
    /// First pause before a failed batch is tried again; it doubles up to [`Limits::retry_most`].
    pub retry_first: Duration,
    /// Longest pause before a failed batch is tried again.
    pub retry_most: Duration,
    /// Longest that stopping waits for what is under way.
    pub drain: Duration,
    /// How often expired items are taken out of the tables.
    pub sweep: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            http_timeout: Duration::from_secs(30),
            http_body: 10 * 1024 * 1024,
            websocket_idle: Duration::from_mins(10),
            websocket_life: Duration::from_hours(2),
            websocket_message: 128 * 1024,
            websocket_frame: 32 * 1024,
            // Each waits more than it computes.
            sandboxes: (2 * cores).max(4),
            // More would be smaller ones, which cost more by the record.
            batches: cores.max(2),
            init: Duration::from_secs(10),
            batch_bytes: 6 * 1024 * 1024,
            retry_first: Duration::from_millis(200),
            retry_most: Duration::from_secs(10),
            drain: Duration::from_secs(10),
            sweep: Duration::from_secs(30),
        }
    }
}
