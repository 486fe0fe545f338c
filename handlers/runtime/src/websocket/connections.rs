//! Who is connected: one item a customer, with the ids of its connections.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use contract::Timestamp;
use futures_util::{FutureExt, future::BoxFuture};

use crate::{
    Settings, SettingsError,
    aws::{condition_failed, describe},
    item::{Attributes, is_expired},
};

/// API Gateway closes a connection after two hours at the latest.
const LIFE_SECONDS: u64 = 2 * 60 * 60;

/// No customer needs more at a time. Ids of connections whose end nobody told us of pile up until a push finds
/// them gone.
const MOST: &str = "50";

/// The table `websocket-connections`.
#[derive(Debug, Clone)]
pub struct Connections {
    client: Client,
    table: String,
}

impl Connections {
    /// Through this client.
    pub fn new(client: Client, settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self { client, table: settings.need("WEBSOCKET_TABLE")?.to_owned() })
    }

    /// Remembers a connection. Adding to a set is atomic, so connections made at the same moment all stay.
    pub fn add<'a>(
        &'a self,
        customer_id: &'a str,
        connection_id: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), String>> {
        self.put(customer_id, connection_id, now).boxed()
    }

    async fn put(&self, customer_id: &str, connection_id: &str, now: Timestamp) -> Result<(), String> {
        let expires = now.as_seconds().saturating_add_unsigned(LIFE_SECONDS).to_string();
        let update = |expression: &str| {
            self.client
                .update_item()
                .table_name(&self.table)
                .key("customerId", AttributeValue::S(customer_id.to_owned()))
                .update_expression(expression)
                .expression_attribute_values(":id", AttributeValue::Ss(vec![connection_id.to_owned()]))
                .expression_attribute_values(":expires", AttributeValue::N(expires.clone()))
        };
        let add = update("ADD connectionIds :id SET expiresAt = :expires")
            // One that is known already adds nothing, however many there are: a client that resumes.
            .condition_expression(
                "attribute_not_exists(connectionIds) OR contains(connectionIds, :one) \
                 OR size(connectionIds) < :most",
            )
            .expression_attribute_values(":one", AttributeValue::S(connection_id.to_owned()))
            .expression_attribute_values(":most", AttributeValue::N(MOST.to_owned()));
        match add.send().await {
            Ok(_) => Ok(()),
            Err(error) if condition_failed(&error) => {
                // Nearly all of them must be dead. To begin again is better than to lock the customer out.
                let anew = update("SET connectionIds = :id, expiresAt = :expires");
                anew.send().await.map(|_| ()).map_err(|error| describe(&error))
            }
            Err(error) => Err(describe(&error)),
        }
    }

    /// Forgets a connection.
    pub fn remove<'a>(
        &'a self,
        customer_id: &'a str,
        connection_id: &'a str,
    ) -> BoxFuture<'a, Result<(), String>> {
        self.take(customer_id, connection_id).boxed()
    }

    async fn take(&self, customer_id: &str, connection_id: &str) -> Result<(), String> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("customerId", AttributeValue::S(customer_id.to_owned()))
            .update_expression("DELETE connectionIds :id")
            // Without it, an item that expired would be made anew, without an expiry.
            .condition_expression("attribute_exists(customerId)")
            .expression_attribute_values(":id", AttributeValue::Ss(vec![connection_id.to_owned()]));
        match update.send().await {
            Err(error) if !condition_failed(&error) => Err(describe(&error)),
            _ => Ok(()),
        }
    }

    /// The ids of a customer's connections, as of now.
    pub fn of<'a>(&'a self, customer_id: &'a str) -> BoxFuture<'a, Result<Vec<String>, String>> {
        self.read(customer_id).boxed()
    }

    async fn read(&self, customer_id: &str) -> Result<Vec<String>, String> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("customerId", AttributeValue::S(customer_id.to_owned()))
            // A client that connected before it asked for what it missed must be seen here.
            .consistent_read(true);
        let item = get.send().await.map_err(|error| describe(&error))?.item.unwrap_or_default();
        Ok(open(&item))
    }

    /// The same of several customers in one call: at most 100, none of them twice
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
    pub fn of_all<'a>(&'a self, customers: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<Vec<String>>, String>> {
        self.read_all(customers).boxed()
    }

    async fn read_all(&self, customers: &[&str]) -> Result<Vec<Vec<String>>, String> {
        let key =
            |id: &&str| Attributes::from([("customerId".to_owned(), AttributeValue::S((*id).to_owned()))]);
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(customers.iter().map(key).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| error.to_string())?;
        let get = self.client.batch_get_item().request_items(&self.table, keys);
        let answer = get.send().await.map_err(|error| describe(&error))?;
        // Not tried again here: a table that is short of capacity is asked for each by itself, with the SDK's patience.
        if answer.unprocessed_keys().is_some_and(|left| !left.is_empty()) {
            return Err("some items were not read".into());
        }
        let items = answer.responses().and_then(|tables| tables.get(&self.table));
        let items = items.map(Vec::as_slice).unwrap_or_default();
        let of = |customer: &&str| {
            let is_theirs = |item: &&Attributes| {
                item.get("customerId").and_then(|id| id.as_s().ok()).is_some_and(|id| id == customer)
            };
            items.iter().find(is_theirs).map(open).unwrap_or_default()
        };
        Ok(customers.iter().map(of).collect())
    }
}

/// The ids in a customer's item that hasn't expired, in order.
fn open(item: &Attributes) -> Vec<String> {
    if is_expired(item, "expiresAt", Timestamp::now()) {
        return vec![];
    }
    let mut ids = item.get("connectionIds").and_then(|ids| ids.as_ss().ok()).cloned().unwrap_or_default();
    ids.sort_unstable();
    ids
}
