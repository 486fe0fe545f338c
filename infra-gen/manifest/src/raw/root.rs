//! The whole file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Channel, ChannelName, Cluster, Defaults, Environment, Map, Name, Table, TableName, Topic, TopicName,
    TypeDef, TypeName,
};

/// The whole truth about an event-driven backend on Amazon MSK.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The app's name: the first part of every function's, group's and stack's name.
    pub(crate) app: Name,
    /// One sentence for people.
    #[serde(default)]
    pub(crate) description: String,
    /// The processor that the functions are built for.
    #[serde(default)]
    pub(crate) architecture: Architecture,
    /// Where the system is deployed, by name, at least one; `ENV` chooses one.
    #[schemars(extend("minProperties" = 1))]
    pub(crate) environments: Map<Name, Environment>,
    /// The Kafka cluster, as far as it is the same in every environment.
    pub(crate) cluster: Cluster,
    /// DynamoDB tables, by name. `error-logs`, `kafka-events` and `websocket-connections` come with the runtime.
    #[serde(default)]
    pub(crate) tables: Map<TableName, Table>,
    /// SNS topics that alerts and alarms go to, by name. One of them has `alarms: true`.
    #[schemars(extend("minProperties" = 1))]
    pub(crate) channels: Map<ChannelName, Channel>,
    /// Field types that several topics share, by name.
    #[serde(default)]
    pub(crate) types: Map<TypeName, TypeDef>,
    /// What topics have that don't say otherwise.
    #[serde(default)]
    pub(crate) defaults: Defaults,
    /// The events of the system: one Kafka topic each, with the functions around it.
    #[schemars(extend("minProperties" = 1))]
    pub(crate) topics: Map<TopicName, Topic>,
}

/// A processor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) enum Architecture {
    #[default]
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "arm64")]
    Arm64,
}
