//! Environments and their brokers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Duration, InstanceType, Network};

/// One deployment of the system.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Environment {
    /// Real customers use it: what is only fit for development is refused here.
    #[serde(default)]
    pub(crate) production: bool,
    /// Who may connect and call: `token` binds each caller to one customer; `none` trusts the customer id that
    /// a caller names, for development.
    #[serde(default)]
    pub(crate) auth: Auth,
    /// Availability zones that the subnets and brokers are spread over: 2 or 3; Express brokers need 3.
    #[serde(default = "Environment::three")]
    #[schemars(range(min = 2, max = 3))]
    pub(crate) zones: i64,
    /// The first two octets of the VPC's /16, in quotes: "10.20". Without it the first environment has "10.20",
    /// the second "10.21", and so on.
    pub(crate) network: Option<Network>,
    /// The broker nodes.
    pub(crate) brokers: Brokers,
    /// How long log groups keep their events: one of CloudWatch's own steps, such as `14d`, `30d` or `365d`.
    #[serde(default = "Environment::thirty_days")]
    #[schemars(extend("examples" = ["14d", "30d", "90d", "365d"]))]
    pub(crate) log_retention: Duration,
    /// What becomes of tables, keys and logs when they leave the template.
    #[serde(default)]
    pub(crate) removal: Removal,
    /// Tables and stacks refuse to be deleted. Without it: as `production` is.
    pub(crate) deletion_protection: Option<bool>,
    /// Days that the tables' point-in-time recovery reaches back; DynamoDB keeps up to 35.
    #[serde(default = "Environment::thirty_five")]
    #[schemars(range(min = 1, max = 35))]
    pub(crate) recovery_days: i64,
    /// Record management events and table reads and writes in CloudTrail.
    #[serde(default = "Environment::yes")]
    pub(crate) audit: bool,
    /// Requests per second that the HTTP API lets through before it answers 429.
    #[serde(default = "Environment::hundred")]
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) http_rate: i64,
}

impl Environment {
    fn three() -> i64 {
        3
    }

    fn thirty_five() -> i64 {
        35
    }

    fn hundred() -> i64 {
        100
    }

    fn yes() -> bool {
        true
    }

    fn thirty_days() -> Duration {
        "30d".into()
    }
}

/// Who may connect and call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Auth {
    None,
    #[default]
    Token,
}

/// What becomes of stateful resources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Removal {
    Destroy,
    #[default]
    Retain,
}

/// The broker nodes of the MSK cluster.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Brokers {
    /// The instance type: `kafka.m7g.large` and up for Standard brokers, `express.m7g.large` and up for Express.
    #[serde(rename = "type")]
    pub(crate) instance_type: InstanceType,
    /// How many in all: a multiple of the zones, so at least 2.
    #[schemars(range(min = 2, max = 180))]
    pub(crate) count: i64,
    /// The EBS volume of each Standard broker in GiB. Express brokers have storage of their own.
    #[schemars(range(min = 1, max = 16_384))]
    pub(crate) storage_gib: Option<i64>,
    /// Copies of each partition. Without it: 3, or as many as there are brokers if that is less.
    #[schemars(range(min = 1, max = 15))]
    pub(crate) replication: Option<i64>,
}

/// The instance types that MSK takes for new clusters. `kafka.t3.small` is documented, but `CreateCluster`
/// refuses it with every `.kraft` version.
pub(crate) const INSTANCE_TYPES: &[&str] = &[
    "kafka.m5.large",
    "kafka.m5.xlarge",
    "kafka.m5.2xlarge",
    "kafka.m5.4xlarge",
    "kafka.m5.8xlarge",
    "kafka.m5.12xlarge",
    "kafka.m5.16xlarge",
    "kafka.m5.24xlarge",
    "kafka.m7g.large",
    "kafka.m7g.xlarge",
    "kafka.m7g.2xlarge",
    "kafka.m7g.4xlarge",
    "kafka.m7g.8xlarge",
    "kafka.m7g.12xlarge",
    "kafka.m7g.16xlarge",
    "express.m7g.large",
    "express.m7g.xlarge",
    "express.m7g.2xlarge",
    "express.m7g.4xlarge",
    "express.m7g.8xlarge",
    "express.m7g.12xlarge",
    "express.m7g.16xlarge",
];
