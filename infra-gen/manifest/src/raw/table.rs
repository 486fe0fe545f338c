//! DynamoDB tables.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, Map, Path, TableName};

/// A DynamoDB table; its real name is `<name>-<env>`. Its key attributes have the types of the fields that
/// consumers write into it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// The field that is the partition key.
    pub(crate) key: Path,
    /// The field that is the sort key.
    pub(crate) sort: Option<Path>,
    /// How long an item lives after its last write; kept in the attribute `expiresAt`.
    pub(crate) ttl: Option<Duration>,
    /// Global secondary indexes, by name.
    #[serde(default)]
    pub(crate) indexes: Map<TableName, Index>,
}

/// A global secondary index; it has all attributes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    /// The field that is the index's partition key.
    pub(crate) key: Path,
    /// The field that is the index's sort key.
    pub(crate) sort: Option<Path>,
}
