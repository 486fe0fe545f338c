//! Topics and the functions around them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Batch, Duration, Field, FieldName, Function, Group, Handler, Identifier, Map, Message, Path, Pollers,
    PushType, Retries, Route, Targets,
};

/// One event: its Kafka topic, who sends it, who receives it, and what follows.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("defaultSnippets" = [{
    "label": "a topic",
    "description": "An event with its key, a producer and a consumer",
    "body": {
        "description": "${1:What happened, in one sentence.}",
        "key": "${2:orderId}",
        "fields": { "${2:orderId}": { "type": "uuid" } },
        "producer": { "route": "POST /${3:orders}" },
        "consumer": { "table": "${4:orders}", "write": "put" },
        "push": {},
    },
}]))]
#[allow(clippy::struct_field_names, reason = "`error_topic` is what the manifest calls it")]
pub(crate) struct Topic {
    /// What happened, in one sentence.
    #[serde(default)]
    pub(crate) description: String,
    /// The field whose value is the record key: a required field of text or a whole number. Events with one key
    /// keep their order.
    pub(crate) key: Path,
    /// The schema's version.
    #[serde(default = "Topic::first")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) version: i64,
    /// Its partitions: as many consumers as partitions can work at a time; they can be added, but never taken away.
    /// Without it: `defaults.partitions`.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) partitions: Option<i64>,
    /// How long it keeps records. Without it: `defaults.retention`.
    pub(crate) retention: Option<Duration>,
    /// The event's fields, by name.
    #[schemars(extend("minProperties" = 1))]
    pub(crate) fields: Map<FieldName, Field>,
    /// The function that publishes it over HTTP.
    pub(crate) producer: Option<Producer>,
    /// The function that applies it.
    pub(crate) consumer: Option<Consumer>,
    /// Who is told, and when.
    pub(crate) alert: Option<Alert>,
    /// What the browser is sent.
    pub(crate) push: Option<Push>,
    /// How fast each stage must be. Without it: `defaults.targets`.
    #[serde(default)]
    pub(crate) targets: Targets,
    /// The topic that failures of this topic's functions are published to. Without it: `defaults.error_topic`.
    pub(crate) error_topic: Option<Identifier>,
}

impl Topic {
    fn first() -> i64 {
        1
    }
}

/// The function that publishes the event.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Producer {
    /// Its name; the real one is `<app>-<function>-<env>`. Without it: `publish-<topic>`.
    pub(crate) function: Option<Function>,
    /// What people call it. Without it: the function's name in camel case and `WithKafka`.
    pub(crate) handler: Option<Handler>,
    /// Where it is called, such as `POST /orders`. Without it: `POST /<topic>`.
    pub(crate) route: Option<Route>,
    /// Who may call it: `open` is anyone, `customer` is the one whose token it is.
    pub(crate) auth: Access,
    /// Tables that its business rule reads.
    pub(crate) reads: Vec<Identifier>,
    /// When Lambda stops it, in whole seconds up to `29s`: the HTTP API waits for 30. Without it: `15s`.
    #[schemars(extend("examples" = ["5s", "15s", "29s"]))]
    pub(crate) timeout: Option<Duration>,
    /// Its memory in MiB; Lambda has 128 to 10240, and CPU follows it. Without it: 512.
    #[schemars(range(min = 128, max = 10_240))]
    pub(crate) memory_mib: Option<i64>,
}

/// Who may call a producer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Access {
    Open,
    #[default]
    Customer,
}

/// The function that applies the event. Its name is `consumer-<topic>`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consumer {
    /// The end of its consumer group's id, `<app>-consumer-<group>`. Without it: the topic's name.
    pub(crate) group: Option<Group>,
    /// What people call it. Without it: `handle` and the topic's name in camel case.
    pub(crate) handler: Option<Handler>,
    /// The table it writes.
    pub(crate) table: Identifier,
    /// How the event becomes an item: `put` replaces it, `merge` sets the event's fields and leaves others.
    pub(crate) write: Write,
    /// What it is given at a time. Without it: `defaults.batch`.
    #[serde(default)]
    pub(crate) batch: Batch,
    /// What happens when a batch fails. Without it: `defaults.retries`.
    #[serde(default)]
    pub(crate) retries: Retries,
    /// How many pollers Lambda keeps for it. Without it: `defaults.pollers`.
    #[serde(default)]
    pub(crate) pollers: Pollers,
    /// When Lambda stops it, in whole seconds up to `900s`. Without it: `60s`.
    #[schemars(extend("examples" = ["30s", "60s", "5m"]))]
    pub(crate) timeout: Option<Duration>,
    /// Its memory in MiB; Lambda has 128 to 10240, and CPU follows it. Without it: 512.
    #[schemars(range(min = 128, max = 10_240))]
    pub(crate) memory_mib: Option<i64>,
}

/// How an event becomes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Write {
    Put,
    Merge,
}

/// A message to a channel.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    /// The channel that is told.
    pub(crate) channel: Identifier,
    /// Only when this holds: `status is REVIEW`, `status is not one of A, B`, `score >= 80`. Without it: always.
    pub(crate) when: Option<String>,
    /// The text, with places such as `{orderId}` for the event's fields. Personal data can't be in it.
    pub(crate) message: Message,
}

/// What the browser is sent: the fields that are marked for it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Push {
    /// The event type that the browser sees. Without it: the topic's name in capitals, `ORDER_PLACED`.
    #[serde(rename = "type")]
    pub(crate) event_type: Option<PushType>,
}
