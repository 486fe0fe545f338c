//! Lambda functions: what each is told and what each may do.
//!
//! Both follow from the manifest's edges alone, so that a role grants what the code needs and nothing more.

use serde::Serialize;

use crate::Ident;

/// One Lambda function; its real name is `<app>-<name>-<env>`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Function {
    /// `submit-user-info`.
    pub name: Ident,
    /// What it is there for.
    pub role: Role,
    /// One sentence for people.
    pub description: String,
    /// Where its network interface is.
    pub network: Network,
    /// Seconds before Lambda stops it.
    pub timeout_seconds: u32,
    /// Memory in MiB; CPU follows it.
    pub memory_mib: u32,
    /// Its environment, sorted by name.
    pub environment: Vec<EnvVar>,
    /// What its role lets it do, sorted.
    pub grants: Vec<Grant>,
}

/// What a function is there for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "topic")]
pub enum Role {
    /// Publishes this topic's event over HTTP.
    Producer(String),
    /// Applies this topic's events.
    Consumer(String),
    /// Lets callers in: `$connect` and the HTTP routes that need a token.
    Authorizer,
    /// `$connect`: remembers the connection.
    Connect,
    /// `$disconnect`: forgets it.
    Disconnect,
    /// `$default`: answers pings, and sends what a client missed.
    Default,
    /// The custom resource that finds the cluster's bootstrap brokers.
    BootstrapBrokers,
}

/// Where a function's network interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// In the private subnets: it speaks to the brokers.
    Vpc,
    /// In Lambda's own network: it speaks to AWS APIs. `@connections` can't be reached from inside a VPC
    /// without a NAT gateway.
    Lambda,
}

/// One environment variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EnvVar {
    /// `KAFKA_TOPIC`.
    pub name: String,
    /// Where its value comes from.
    pub value: EnvValue,
}

/// Where a variable's value comes from; a template, a test and the local run each resolve it in their way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "of")]
pub enum EnvValue {
    /// As it is.
    Text(String),
    /// The environment's name.
    Environment,
    /// `none` or `token`.
    AuthMode,
    /// `host:port,...` of the brokers' SCRAM listeners.
    BootstrapBrokers,
    /// `wss://...` of the WebSocket stage.
    WebSocketEndpoint,
    /// The real name of this table.
    TableName(String),
    /// The ARN of this channel's SNS topic.
    ChannelArn(String),
    /// The ARN of this secret.
    SecretArn(Secret),
}

/// The secrets of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// SCRAM user of the producers.
    ProducerCredentials,
    /// SCRAM user of the event source mappings.
    ConsumerCredentials,
    /// The key that signs connect tokens.
    TokenKey,
}

/// Something a function's role lets it do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "allow", content = "on")]
pub enum Grant {
    /// Have network interfaces in the VPC (also what Lambda's pollers of its mapping need).
    NetworkInterfaces,
    /// Ask for the cluster's bootstrap brokers.
    BootstrapBrokers,
    /// Let Lambda poll the cluster for this function.
    PollCluster,
    /// Let Lambda put what failed for good into the dead-letter topic.
    DeadLetters,
    /// Read this secret.
    ReadSecret(Secret),
    /// Get items of this table.
    GetItems(String),
    /// Get several items of this table in one call.
    BatchGetItems(String),
    /// Query this table, but none of its indexes.
    QueryItems(String),
    /// Put items into this table.
    PutItems(String),
    /// Update items of this table.
    UpdateItems(String),
    /// Send messages to this channel.
    Publish(String),
    /// Post to WebSocket connections.
    PostToConnections,
}

impl Grant {
    /// The table that it is about.
    pub fn table(&self) -> Option<&str> {
        match self {
            Self::GetItems(table)
            | Self::BatchGetItems(table)
            | Self::QueryItems(table)
            | Self::PutItems(table)
            | Self::UpdateItems(table) => Some(table),
            _ => None,
        }
    }
}

/// The processor that functions are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Architecture {
    /// Needs no extra Rust target on most machines.
    #[serde(rename = "x86_64")]
    X86_64,
    /// Graviton; needs the `aarch64-unknown-linux-gnu` target.
    #[serde(rename = "arm64")]
    Arm64,
}

impl Architecture {
    /// As Lambda writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}
