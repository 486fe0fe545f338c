//! Tables: where events are written, and what rules may read.

use std::{collections::BTreeMap, future::Future};

use serde_json::{Map, Value};

/// An item of a table, as JSON. It is the event's own JSON, attribute by attribute: text stays text (exact
/// decimals, dates and instants too), whole numbers become DynamoDB numbers.
pub type Item = Map<String, Value>;

/// A table and its key schema; generated as constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// `users`, as the manifest has it.
    pub name: &'static str,
    /// The environment variable with the real name: `USERS_TABLE`.
    pub env: &'static str,
    /// The partition key's attribute.
    pub key: &'static str,
    /// The sort key's attribute.
    pub sort: Option<&'static str>,
    /// When items expire by themselves.
    pub ttl: Option<TimeToLive>,
}

/// DynamoDB's time to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeToLive {
    /// The attribute with the second of expiry, counted from 1970.
    pub attribute: &'static str,
    /// Seconds after the event's time.
    pub seconds: u64,
}

/// How a consumer writes an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sink {
    /// The table; the event's fields of the same names are its keys.
    pub table: Table,
    /// How the event becomes an item.
    pub write: Write,
    /// Attributes that every item gets besides the event's fields. A topic that writes to `error-logs` has
    /// `("kind", "WORKFLOW_ERROR")`, which the table's index `by-kind` needs.
    pub marks: &'static [(&'static str, &'static str)],
}

/// How an event becomes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// The event replaces the item, unless the item is of a later event.
    Put,
    /// The event's fields are set on the item, except those that a later event has set; others stay.
    Merge,
}

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The partition key's value.
    pub key: Value,
    /// The sort key's value.
    pub sort: Option<Value>,
}

impl Key {
    /// For a table without a sort key.
    pub fn new(key: impl Into<Value>) -> Self {
        Self { key: key.into(), sort: None }
    }

    /// For a table with one.
    #[must_use]
    pub fn sort(self, sort: impl Into<Value>) -> Self {
        Self { sort: Some(sort.into()), ..self }
    }
}

/// A table couldn't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table {table} can't be read: {reason}")]
pub struct TableError {
    /// The table's name in the manifest.
    pub table: String,
    /// What happened.
    pub reason: String,
}

/// Reading tables: all that a business rule can do besides thinking.
pub trait Tables: Send + Sync {
    /// The item of this key, as of now (a consistent read).
    fn get(&self, table: &Table, key: Key) -> impl Future<Output = Result<Option<Item>, TableError>> + Send;

    /// All items of this partition key in the order of their sort keys, at most `limit`.
    fn query(
        &self,
        table: &Table,
        key: impl Into<Value> + Send,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Item>, TableError>> + Send;
}

/// Tables in memory, for tests of rules.
#[derive(Debug, Clone, Default)]
pub struct MemoryTables(BTreeMap<(String, String, String), Item>);

impl MemoryTables {
    /// With one more item; its keys are read from it.
    #[must_use]
    pub fn with(mut self, table: &Table, item: Item) -> Self {
        let part = |name: Option<&str>| name.and_then(|name| item.get(name)).map_or(String::new(), text);
        self.0.insert((table.name.into(), part(Some(table.key)), part(table.sort)), item);
        self
    }
}

impl Tables for MemoryTables {
    async fn get(&self, table: &Table, key: Key) -> Result<Option<Item>, TableError> {
        let sort = key.sort.as_ref().map_or(String::new(), text);
        Ok(self.0.get(&(table.name.into(), text(&key.key), sort)).cloned())
    }

    async fn query(
        &self,
        table: &Table,
        key: impl Into<Value> + Send,
        limit: usize,
    ) -> Result<Vec<Item>, TableError> {
        let key = text(&key.into());
        let items = self.0.iter().filter(|((name, hash, _), _)| name == table.name && *hash == key);
        Ok(items.map(|(_, item)| item.clone()).take(limit).collect())
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
