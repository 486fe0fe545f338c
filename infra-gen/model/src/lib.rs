//! What a manifest means: every name, edge, limit and route of the system, resolved once.
//!
//! The `manifest` crate makes a [`Model`]; the renderers, the local run and the deployer read it. None of
//! them looks into `topics.yaml`, so the laptop, the cloud and the documents can't drift apart.

mod alarm;
mod channel;
mod cluster;
mod environment;
mod field;
mod function;
mod model;
mod name;
pub mod price;
pub mod quota;
mod sample;
mod size;
mod table;
mod topic;

pub use alarm::{Alarm, AlarmMetric, AlarmSource, Comparison};
pub use channel::{Channel, Protocol, Subscriber};
pub use cluster::Cluster;
pub use environment::{Auth, BrokerKind, Brokers, Environment, Removal};
pub use field::{Field, FieldType, SharedType};
pub use function::{Architecture, EnvValue, EnvVar, Function, Grant, Network, Role, Secret};
pub use model::{Model, Parts};
pub use name::Ident;
pub use sample::sample;
pub use size::{EventSize, encoded_size};
pub use table::{Index, KeyAttribute, KeyType, Table, TableRole, TimeToLive};
pub use topic::{
    Alert, Batch, Condition, Consumer, Literal, Method, Operator, Pollers, Producer, Push, Retry, Targets,
    Topic, Write,
};
