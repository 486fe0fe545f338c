//! DynamoDB tables.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::Ident;

/// One DynamoDB table; its real name is `<name>-<env>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// `users`.
    pub name: Ident,
    /// Who made it and what the runtime uses it for.
    pub role: TableRole,
    /// The partition key.
    pub key: KeyAttribute,
    /// The sort key.
    pub sort: Option<KeyAttribute>,
    /// When items expire by themselves.
    pub ttl: Option<TimeToLive>,
    /// Global secondary indexes, all attributes projected.
    pub indexes: Vec<Index>,
}

/// What the runtime uses a table for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableRole {
    /// The manifest's own table; consumers write events into it.
    Domain,
    /// `kafka-events`: one item for each event a customer had; also the marker that it was applied.
    Events,
    /// `error-logs`: errors of the workflow, and quarantined records whole.
    Errors,
    /// `websocket-connections`: who is connected now.
    Connections,
}

/// An attribute of a key schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyAttribute {
    /// The attribute's name.
    pub name: String,
    /// Its DynamoDB type.
    pub ty: KeyType,
}

/// DynamoDB's types for key attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum KeyType {
    /// Text.
    S,
    /// A number.
    N,
}

/// DynamoDB's time to live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeToLive {
    /// The attribute with the second of expiry, counted from 1970.
    pub attribute: String,
    /// Seconds that an item lives after its last write.
    pub seconds: u64,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// `by-status`.
    pub name: Ident,
    /// The index's partition key.
    pub key: KeyAttribute,
    /// The index's sort key.
    pub sort: Option<KeyAttribute>,
}

const DAY: u64 = 24 * 60 * 60;

impl Table {
    /// What DynamoDB's `CreateTable` is asked for a table of this real name
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>).
    pub fn create_request(&self, name: &str) -> Value {
        let schema = |key: &KeyAttribute, sort: Option<&KeyAttribute>| -> Value {
            let mut schema = vec![json!({ "AttributeName": key.name, "KeyType": "HASH" })];
            schema.extend(sort.map(|sort| json!({ "AttributeName": sort.name, "KeyType": "RANGE" })));
            schema.into()
        };
        // One definition of each attribute, however many keys it is part of.
        let attributes: BTreeMap<&str, KeyType> =
            self.key_attributes().map(|attribute| (attribute.name.as_str(), attribute.ty)).collect();
        let attributes: Value = attributes
            .into_iter()
            .map(|(name, ty)| json!({ "AttributeName": name, "AttributeType": ty }))
            .collect();
        let mut request = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": schema(&self.key, self.sort.as_ref()),
        });
        // An empty list is refused.
        if !self.indexes.is_empty() {
            let index = |index: &Index| {
                json!({
                    "IndexName": index.name.name,
                    "KeySchema": schema(&index.key, index.sort.as_ref()),
                    "Projection": { "ProjectionType": "ALL" },
                })
            };
            request["GlobalSecondaryIndexes"] = self.indexes.iter().map(index).collect();
        }
        request
    }

    /// The attributes of its own key and of its indexes' keys; one that is part of several comes as often.
    pub fn key_attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once((&self.key, self.sort.as_ref()))
            .chain(self.indexes.iter().map(|index| (&index.key, index.sort.as_ref())))
            .flat_map(|(key, sort)| [Some(key), sort])
            .flatten()
    }

    /// The environment variable that tells a function this table's real name: `USERS_TABLE`.
    pub fn env_var(&self) -> String {
        match self.role {
            // The seed's own shorter name for it.
            TableRole::Connections => "WEBSOCKET_TABLE".into(),
            _ => format!("{}_TABLE", self.name.shouty),
        }
    }

    pub(crate) fn system(role: TableRole) -> Self {
        let text = |name: &str| KeyAttribute { name: name.into(), ty: KeyType::S };
        let ttl = |seconds| Some(TimeToLive { attribute: "expiresAt".into(), seconds });
        match role {
            TableRole::Events => Self {
                name: Ident::new("kafka-events"),
                role,
                key: text("customerId"),
                sort: Some(text("eventId")),
                ttl: ttl(90 * DAY),
                indexes: vec![],
            },
            TableRole::Errors => Self {
                name: Ident::new("error-logs"),
                role,
                key: text("errorId"),
                sort: None,
                ttl: ttl(90 * DAY),
                indexes: vec![Index {
                    name: Ident::new("by-kind"),
                    key: text("kind"),
                    sort: Some(text("occurredAt")),
                }],
            },
            TableRole::Connections => Self {
                name: Ident::new("websocket-connections"),
                role,
                key: text("customerId"),
                sort: None,
                // API Gateway closes a connection after two hours at the latest.
                ttl: ttl(2 * 60 * 60),
                indexes: vec![],
            },
            TableRole::Domain => unreachable!("domain tables come from the manifest"),
        }
    }
}
