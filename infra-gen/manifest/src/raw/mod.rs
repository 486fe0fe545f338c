//! The manifest as it is written: plain structs from which serde reads it and schemars makes its JSON Schema.
//!
//! They take every value of the right shape. Ranges and patterns are the schema's alone, so that a value out of
//! range is one error more and not the end of reading. Each doc comment is what an editor shows.

mod channel;
mod cluster;
mod environment;
mod field;
mod map;
mod root;
mod settings;
mod table;
mod text;
mod topic;

pub(crate) use channel::{Channel, Protocol, Subscriber};
pub(crate) use cluster::{Cluster, KAFKA_VERSIONS};
pub(crate) use environment::{Auth, Environment, INSTANCE_TYPES, Removal};
pub(crate) use field::{BUILT_IN_TYPES, Field, Member, Scalar, Shape, TypeDef};
pub(crate) use map::Map;
pub(crate) use root::{Architecture, Manifest};
pub(crate) use settings::{Batch, Defaults, Pollers, Retries, Targets};
pub(crate) use table::Table;
pub(crate) use text::{
    ChannelName, Duration, EnumValue, FieldName, Function, Group, Handler, Identifier, InstanceType,
    KafkaVersion, Message, Name, Network, Path, PushType, Route, TableName, TopicName, TypeName, TypeRef,
};
pub(crate) use topic::{Access, Alert, Consumer, Producer, Topic, Write};
