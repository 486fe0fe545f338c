//! Commits events: the tables' changes and the events' markers in one transaction.

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        Update,
    },
};
use contract::{Item, Timestamp, Write};
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use serde_json::Value;

use super::{
    Applied, Change, EffectError, Step, TableWrite,
    merge::{self, Plan},
};
use crate::{
    Settings, SettingsError,
    aws::{condition_failed, describe},
    backoff::Backoff,
    item::{Attributes, from_attributes, key_attributes, to_attribute, to_attributes},
};

/// Seconds that a marker lives, where `MARKER_SECONDS` doesn't say more: it must outlive its record.
const MARKER_SECONDS: u64 = 90 * 24 * 60 * 60;

/// How many items are looked at at a time.
const AT_ONCE: usize = 10;

/// Takes steps off a marker.
const DONE: &str = "SET notifiedAt = :now DELETE pending :steps";

/// Without it, an update of a marker that expired meanwhile would make a new one.
const IS_THERE: &str = "attribute_exists(eventId)";

/// Commits changes to DynamoDB.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    events: String,
    marker_seconds: u64,
    settings: Settings,
}

/// Why a transaction didn't commit.
enum Cancelled {
    /// The event's marker is there: it was applied before.
    Duplicate(Vec<Step>),
    /// The item isn't as it was thought to be.
    Changed,
}

impl Store {
    /// Writes through this client.
    pub fn new(client: Client, settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            client,
            events: settings.need("KAFKA_EVENTS_TABLE")?.to_owned(),
            marker_seconds: settings.number("MARKER_SECONDS", MARKER_SECONDS)?,
            settings: settings.clone(),
        })
    }

    /// Commits `change`, unless it was committed before.
    pub fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied, EffectError>> {
        async move {
            let mut blind = is_whole(change);
            let mut backoff = Backoff::new();
            loop {
                let write = self.write(change, blind).await?;
                match self.commit(change, write).await? {
                    Ok(()) => return Ok(Applied::Now),
                    Err(Cancelled::Duplicate(pending)) => return Ok(Applied::Before(pending)),
                    Err(Cancelled::Changed) if blind => blind = false,
                    Err(Cancelled::Changed) => {
                        if !backoff.wait().await {
                            return Err(EffectError::Again(
                                "the item changes faster than it can be written".into(),
                            ));
                        }
                    }
                }
            }
        }
        .boxed()
    }

    /// Commits all of `changes`, whose items must be distinct, or none of them: not if one was committed before, nor
    /// if a whole write finds a later event's item. [`Self::apply`] knows what to do then.
    pub fn apply_together<'a>(&'a self, changes: &'a [&'a Change]) -> BoxFuture<'a, Result<(), EffectError>> {
        async move {
            let writes: Vec<_> = changes.iter().map(|change| self.write(change, is_whole(change))).collect();
            let writes: Vec<_> = stream::iter(writes).buffered(AT_ONCE).try_collect().await?;
            let mut items = Vec::new();
            for (change, write) in changes.iter().zip(writes) {
                items.push(self.marker(change)?);
                items.extend(write);
            }
            // No token of ours, as in `commit`.
            let request = self.client.transact_write_items().set_transact_items(Some(items));
            request.send().await.map(|_| ()).map_err(|error| again(&error))
        }
        .boxed()
    }

    /// What becomes of the table's item; `blind`: without a look at it.
    async fn write(&self, change: &Change, blind: bool) -> Result<Option<TransactWriteItem>, EffectError> {
        match &change.write {
            None => Ok(None),
            Some(write) if blind => self.replace(write).map(Some),
            Some(write) => self.update(write).await,
        }
    }

    /// The whole item, unless a later event was there first.
    fn replace(&self, write: &TableWrite) -> Result<TransactWriteItem, EffectError> {
        let mut item = to_attributes(&write.item);
        let version = AttributeValue::S(write.version.clone());
        item.insert(merge::VERSION.into(), version.clone());
        let put = Put::builder()
            .table_name(self.table(write)?)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#version) OR #version < :version")
            .expression_attribute_names("#version", merge::VERSION)
            .expression_attribute_values(":version", version)
            .build()
            .map_err(|error| never(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// What the event changes on the item as it is now; `None` when that is nothing.
    async fn update(&self, write: &TableWrite) -> Result<Option<TransactWriteItem>, EffectError> {
        let table = self.table(write)?;
        let key = key_attributes(&write.sink.table, &write.key);
        let get = self.client.get_item().table_name(&table).set_key(Some(key.clone())).consistent_read(true);
        let got = get.send().await.map_err(|error| match error.code() {
            // A key that is empty or too long: no item will ever have it.
            Some("ValidationException") => never(&describe(&error)),
            _ => again(&error),
        })?;
        let now = got.item.as_ref().map(from_attributes);
        let Plan::Update { set, remove } = merge::plan(write, now.as_ref()) else {
            return Ok(None);
        };
        let mut expression = Expression::default();
        let assignments: Vec<String> = set
            .iter()
            .map(|(name, value)| format!("{} = {}", expression.name(name), expression.value(value)))
            .collect();
        let removals: Vec<String> = remove.iter().map(|name| expression.name(name)).collect();
        let mut text = format!("SET {}", assignments.join(", "));
        if !removals.is_empty() {
            text = format!("{text} REMOVE {}", removals.join(", "));
        }
        let condition = expression.unchanged(write.sink.table.key, now.as_ref());
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(text)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .build()
            .map_err(|error| never(&error))?;
        Ok(Some(TransactWriteItem::builder().update(update).build()))
    }

    /// One transaction, tried again while others hold its items.
    async fn commit(
        &self,
        change: &Change,
        write: Option<TransactWriteItem>,
    ) -> Result<Result<(), Cancelled>, EffectError> {
        let mut backoff = Backoff::new();
        loop {
            // No token of ours: the SDK's makes its own retries one, and ours would make a duplicate look like a
            // first success, so that nobody would look for what a crash left undone.
            let items = std::iter::once(self.marker(change)?).chain(write.clone()).collect();
            let request = self.client.transact_write_items().set_transact_items(Some(items));
            let Err(error) = request.send().await else {
                return Ok(Ok(()));
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons()
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => &[],
                _ if error.code() == Some("ValidationException") => return Err(never(&describe(&error))),
                _ => return Err(again(&error)),
            };
            let code = |index: usize| reasons.get(index).and_then(CancellationReason::code).unwrap_or("None");
            match (code(0), code(1)) {
                ("ConditionalCheckFailed", _) => {
                    return Ok(Err(Cancelled::Duplicate(self.pending(change, &reasons[0]).await?)));
                }
                (_, "ConditionalCheckFailed") => return Ok(Err(Cancelled::Changed)),
                // Too large an item, or a key of the wrong type.
                ("ValidationError" | "ItemCollectionSizeLimitExceeded", _)
                | (_, "ValidationError" | "ItemCollectionSizeLimitExceeded") => {
                    return Err(never(&describe(&error)));
                }
                (marker, table) => {
                    if !backoff.wait().await {
                        return Err(EffectError::Again(format!(
                            "the transaction was cancelled: {marker}, {table}"
                        )));
                    }
                }
            }
        }
    }

    /// The event's item in `kafka-events`: that it was applied, what is still to be done, what a client that
    /// was away is sent later.
    fn marker(&self, change: &Change) -> Result<TransactWriteItem, EffectError> {
        let context = &change.context;
        let mut item = Item::new();
        let mut set = |name: &str, value: Value| item.insert(name.to_owned(), value);
        set("customerId", change.customer_id.as_str().into());
        set("eventId", context.id.as_str().into());
        set("topic", change.topic.into());
        set("type", change.event_type.into());
        set("time", context.time.to_string().into());
        set("source", context.source.as_str().into());
        set("partition", change.partition.into());
        set("offset", change.offset.into());
        let now = Timestamp::now();
        set("appliedAt", now.to_string().into());
        set("expiresAt", now.as_seconds().saturating_add_unsigned(self.marker_seconds).into());
        if let Some(trace) = &context.traceparent {
            set("traceparent", trace.as_str().into());
        }
        if let Some(push) = &change.push {
            set("push", push.as_str().into());
        }
        let mut item = to_attributes(&item);
        let pending: Vec<String> = change.steps().into_iter().map(|step| step.as_str().to_owned()).collect();
        if !pending.is_empty() {
            item.insert("pending".into(), AttributeValue::Ss(pending));
        }
        let put = Put::builder()
            .table_name(&self.events)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(eventId)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| never(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// What of an applied event isn't known to be done.
    async fn pending(&self, change: &Change, reason: &CancellationReason) -> Result<Vec<Step>, EffectError> {
        let found = match reason.item() {
            Some(item) if !item.is_empty() => Some(item.clone()),
            // Not every DynamoDB sends it along.
            _ => {
                let get = self.client.get_item().table_name(&self.events).set_key(Some(marker_key(change)));
                get.consistent_read(true).send().await.map_err(|error| again(&error))?.item
            }
        };
        let pending = found.as_ref().and_then(|item| item.get("pending"));
        let names = pending.and_then(|pending| pending.as_ss().ok()).map(Vec::as_slice).unwrap_or_default();
        Ok([Step::Alert, Step::Push]
            .into_iter()
            .filter(|step| names.iter().any(|name| name == step.as_str()))
            .collect())
    }

    /// Remembers that these steps are done.
    pub fn done<'a>(
        &'a self,
        change: &'a Change,
        steps: &'a [Step],
    ) -> BoxFuture<'a, Result<(), EffectError>> {
        async move {
            let request = self
                .client
                .update_item()
                .table_name(&self.events)
                .set_key(Some(marker_key(change)))
                .update_expression(DONE)
                .condition_expression(IS_THERE)
                .set_expression_attribute_values(Some(done_values(steps)));
            match request.send().await {
                Ok(_) => Ok(()),
                Err(error) if condition_failed(&error) => Ok(()),
                Err(error) => Err(again(&error)),
            }
        }
        .boxed()
    }

    /// Remembers of several events that these steps are done, or of none of them.
    pub fn done_together<'a>(
        &'a self,
        done: &'a [(&'a Change, &'a [Step])],
    ) -> BoxFuture<'a, Result<(), EffectError>> {
        async move {
            // A transaction's writes cost twice the units of single ones: the price of one round trip for all.
            let update = |(change, steps): &(&Change, &[Step])| {
                let update = Update::builder()
                    .table_name(&self.events)
                    .set_key(Some(marker_key(change)))
                    .update_expression(DONE)
                    .condition_expression(IS_THERE)
                    .set_expression_attribute_values(Some(done_values(steps)))
                    .build();
                update.map(|update| TransactWriteItem::builder().update(update).build())
            };
            let items =
                done.iter().map(update).collect::<Result<Vec<_>, _>>().map_err(|error| never(&error))?;
            let request = self.client.transact_write_items().set_transact_items(Some(items));
            request.send().await.map(|_| ()).map_err(|error| again(&error))
        }
        .boxed()
    }

    fn table(&self, write: &TableWrite) -> Result<String, EffectError> {
        // A missing variable is the deployment's fault, not the record's.
        self.settings
            .table(&write.sink.table)
            .map(str::to_owned)
            .map_err(|error| EffectError::Again(error.to_string()))
    }
}

/// A whole write needs no look at the item unless a later event was there first.
fn is_whole(change: &Change) -> bool {
    change.write.as_ref().is_some_and(|write| write.sink.write == Write::Put)
}

fn done_values(steps: &[Step]) -> Attributes {
    let names = steps.iter().map(|step| step.as_str().to_owned()).collect();
    Attributes::from([
        (":now".to_owned(), AttributeValue::S(Timestamp::now().to_string())),
        (":steps".to_owned(), AttributeValue::Ss(names)),
    ])
}

fn marker_key(change: &Change) -> Attributes {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    Attributes::from([
        ("customerId".to_owned(), text(&change.customer_id)),
        ("eventId".to_owned(), text(change.context.id.as_str())),
    ])
}

/// Names and values of one update, numbered as they are met.
#[derive(Default)]
struct Expression {
    names: std::collections::HashMap<String, String>,
    values: Attributes,
}

impl Expression {
    fn name(&mut self, name: &str) -> String {
        let place = format!("#n{}", self.names.len());
        self.names.insert(place.clone(), name.to_owned());
        place
    }

    fn value(&mut self, value: &Value) -> String {
        let place = format!(":v{}", self.values.len());
        self.values.insert(place.clone(), to_attribute(value));
        place
    }

    /// The item's history is what was read.
    fn unchanged(&mut self, key: &str, now: Option<&Item>) -> String {
        let Some(now) = now else {
            return format!("attribute_not_exists({})", self.name(key));
        };
        let same: Vec<String> = [merge::VERSION, merge::BASE, merge::SET_BY]
            .into_iter()
            .map(|name| match now.get(name) {
                Some(value) => format!("{} = {}", self.name(name), self.value(value)),
                None => format!("attribute_not_exists({})", self.name(name)),
            })
            .collect();
        same.join(" AND ")
    }
}

pub(super) fn again<E: std::error::Error>(error: &E) -> EffectError {
    EffectError::Again(describe(error))
}

fn never(reason: &impl ToString) -> EffectError {
    EffectError::Never(reason.to_string())
}
