//! Tables as business rules read them.

use aws_sdk_dynamodb::{Client, error::SdkError, types::AttributeValue};
use contract::{Item, Key, Table, TableError, Tables, Timestamp};
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;

use crate::{
    Settings,
    aws::describe,
    item::{Attributes, OWN, from_attributes, is_expired, key_attributes, to_attribute},
};

/// DynamoDB's tables, by the real names that a function is told.
#[derive(Debug, Clone)]
pub struct DynamoTables {
    client: Client,
    settings: Settings,
}

impl DynamoTables {
    /// Reads through this client.
    pub fn new(client: Client, settings: Settings) -> Self {
        Self { client, settings }
    }

    fn real_name(&self, table: &Table) -> Result<String, TableError> {
        let name = self.settings.table(table).map_err(|error| failed(table, &error))?;
        Ok(name.to_owned())
    }

    async fn item(&self, table: &Table, key: Key) -> Result<Option<Item>, TableError> {
        let request = self
            .client
            .get_item()
            .table_name(self.real_name(table)?)
            .set_key(Some(key_attributes(table, &key)))
            .consistent_read(true);
        let answer = request.send().await.map_err(|error| sdk_failed(table, &error))?;
        Ok(answer.item.as_ref().filter(|item| is_alive(table, item)).map(without_own))
    }

    async fn items(&self, table: &Table, key: AttributeValue, limit: usize) -> Result<Vec<Item>, TableError> {
        let mut found = Vec::new();
        let mut from = None;
        while found.len() < limit {
            let request = self
                .client
                .query()
                .table_name(self.real_name(table)?)
                .key_condition_expression("#key = :key")
                .expression_attribute_names("#key", table.key)
                .expression_attribute_values(":key", key.clone())
                .limit(i32::try_from(limit - found.len()).unwrap_or(i32::MAX))
                .consistent_read(true)
                .set_exclusive_start_key(from);
            let answer = request.send().await.map_err(|error| sdk_failed(table, &error))?;
            found.extend(answer.items().iter().filter(|item| is_alive(table, item)).map(without_own));
            from = answer.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn boxed_item<'a>(
        &'a self,
        table: &'a Table,
        key: Key,
    ) -> BoxFuture<'a, Result<Option<Item>, TableError>> {
        self.item(table, key).boxed()
    }

    fn boxed_items<'a>(
        &'a self,
        table: &'a Table,
        key: &Value,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, TableError>> {
        self.items(table, to_attribute(key), limit).boxed()
    }
}

impl Tables for DynamoTables {
    async fn get(&self, table: &Table, key: Key) -> Result<Option<Item>, TableError> {
        self.boxed_item(table, key).await
    }

    async fn query(
        &self,
        table: &Table,
        key: impl Into<Value> + Send,
        limit: usize,
    ) -> Result<Vec<Item>, TableError> {
        self.boxed_items(table, &key.into(), limit).await
    }
}

fn is_alive(table: &Table, item: &Attributes) -> bool {
    table.ttl.is_none_or(|ttl| !is_expired(item, ttl.attribute, Timestamp::now()))
}

fn without_own(attributes: &Attributes) -> Item {
    let mut item = from_attributes(attributes);
    item.retain(|name, _| !name.starts_with(OWN));
    item
}

fn failed(table: &Table, reason: &impl ToString) -> TableError {
    TableError { table: table.name.into(), reason: reason.to_string() }
}

fn sdk_failed<E>(table: &Table, error: &SdkError<E>) -> TableError
where
    E: std::error::Error + Send + Sync + 'static,
{
    failed(table, &describe(error))
}
