//! Where the system is deployed, and what differs from one place to the next.

use serde::Serialize;

/// One deployment of the system, chosen by `ENV`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Environment {
    /// `dev`, `staging`, `prod`: the last part of every resource's name.
    pub name: String,
    /// Real customers use it: synth refuses here what is only fit for development.
    pub production: bool,
    /// Who may connect and act.
    pub auth: Auth,
    /// Availability zones that the subnets and brokers are spread over.
    pub zones: u8,
    /// The first two octets of the VPC's /16: `10.20`.
    pub network: String,
    /// The brokers of the rendered cluster.
    pub brokers: Brokers,
    /// Days that log groups keep their events; one of CloudWatch's own steps.
    pub log_retention_days: u16,
    /// What becomes of stateful resources when they leave the template.
    pub removal: Removal,
    /// Tables and stacks refuse to be deleted.
    pub deletion_protection: bool,
    /// Days that point-in-time recovery reaches back, 1 to 35.
    pub recovery_days: u8,
    /// Record management events and table reads and writes in CloudTrail.
    pub audit: bool,
    /// Requests per second that the HTTP API lets through before it answers 429.
    pub http_rate: u32,
}

/// Who may connect to the WebSocket API and call the steps after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// The customer id is taken on trust. For development.
    None,
    /// A signed token binds the caller to one customer.
    Token,
}

/// What becomes of stateful resources when they leave the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Removal {
    /// They go with the stack.
    Destroy,
    /// They stay, with their data, outside the stack.
    Retain,
}

/// The broker nodes of an MSK cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brokers {
    /// `kafka.m7g.large`, `express.m7g.large`, ...
    pub instance_type: String,
    /// How many in all; a multiple of the zones.
    pub count: u16,
    /// EBS volume of each broker in GiB, 1 to 16,384. Express brokers size themselves.
    pub storage_gib: u32,
    /// Copies of each partition.
    pub replication: u16,
}

/// The two families of provisioned brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BrokerKind {
    /// EBS volumes, two or three zones.
    Standard,
    /// Storage of its own, always three zones and three copies.
    Express,
}

impl Brokers {
    /// The family, as the instance type's prefix tells it.
    pub fn kind(&self) -> BrokerKind {
        if self.instance_type.starts_with("express.") { BrokerKind::Express } else { BrokerKind::Standard }
    }

    /// Copies that must have a record before `acks=all` is answered: all but one, at least one.
    pub fn min_insync(&self) -> u16 {
        self.replication.saturating_sub(1).max(1)
    }
}
