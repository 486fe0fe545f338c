//! Records that can't be used: kept whole, told to support, out of the way.
//!
//! # Layout in `error-logs`
//!
//! One item of kind `QUARANTINED`: `errorId` (the same for the same record, so that a repetition is no second
//! one), `kind`, `occurredAt`, `reason` (a word), `detail` (a sentence), `topic`, `partition`, `offset`, `timestamp`,
//! `record`, `parts`, `expiresAt`; `pending` is a set with `TELL` until support has been told.
//!
//! `record` is the record as Lambda sent it, in JSON: key and value in base64, headers as numbers. DynamoDB's
//! items hold 400 KB and Kafka's records more, so a long text is cut: its rest is in items `<errorId>/1` to
//! `<errorId>/<parts>` of kind `QUARANTINED_PART`, which are written first. [`restore`] puts it together.
//!
//! # When it is put back
//!
//! `ops redrive` adds `REDRIVE` to `pending`, and calls the function with the record. If that is no use, `reason` and
//! `detail` are what they are now, `failedAgainAt` is set and `REDRIVE` is gone; if it is still there, the record was
//! applied, and its item becomes of kind `REDRIVEN`, with `redrivenAt`.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnValue},
};
use contract::{Item, Timestamp, cut, derived_uuid};
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;

use super::{Channels, EffectError, KafkaRecord, apply::again, notify::Notice};
use crate::{
    Settings, SettingsError,
    aws::condition_failed,
    item::{Attributes, to_attributes},
};

/// Bytes of a record's JSON in one item; with the other attributes it stays below 400 KB.
const PART: usize = 256 * 1024;

/// Most characters of a detail that are kept.
const MOST_DETAIL: usize = 2000;

/// Seconds that a quarantined record is kept.
const KEEP_SECONDS: u64 = 90 * 24 * 60 * 60;

/// Among what is pending: support is to be told.
const TELL: &str = "TELL";

/// A record that can't be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison<'a> {
    /// The record as Lambda sent it.
    pub record: &'a KafkaRecord,
    /// A word for programs: `NOT_JSON`.
    pub reason: &'static str,
    /// A sentence for people, without personal data.
    pub detail: String,
}

impl Poison<'_> {
    /// The same for the same record, always. Its time tells records apart where a topic was made anew and its
    /// offsets began again.
    pub fn error_id(&self) -> String {
        let KafkaRecord { topic, partition, offset, timestamp, .. } = self.record;
        let numbers = [partition, offset, timestamp].map(ToString::to_string);
        derived_uuid(["quarantined", topic, &numbers[0], &numbers[1], &numbers[2]]).to_string()
    }
}

/// Keeps records in `error-logs`.
#[derive(Debug, Clone)]
pub struct Quarantine {
    client: Client,
    table: String,
    channel: String,
    channels: Channels,
}

impl Quarantine {
    /// Keeps records through `client`, and tells of them through `channels`.
    pub fn new(client: Client, channels: Channels, settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            client,
            table: settings.need("ERROR_LOGS_TABLE")?.to_owned(),
            channel: settings.need("QUARANTINE_CHANNEL_ARN")?.to_owned(),
            channels,
        })
    }

    /// Keeps the record and tells support. Every part may be interrupted and repeated.
    pub fn keep<'a>(&'a self, poison: &'a Poison<'a>) -> BoxFuture<'a, Result<(), EffectError>> {
        async move {
        let id = poison.error_id();
        let (head, rest) = items(poison, &id);
        for part in rest {
            self.put(to_attributes(&part)).await?;
        }
        let mut head = to_attributes(&head);
        head.insert("pending".into(), AttributeValue::Ss(vec![TELL.into()]));
        if self.put_new(head).await? {
            tracing::error!(error_id = id, reason = poison.reason, record = ?poison.record, "a record was quarantined");
            self.tell(poison, &id).await?;
            return self.done(&id).await;
        }
        let Some(pending) = self.failed_again(poison, &id).await? else { return Ok(()) };
        // Whoever put it back waits for the outcome, and needs no message.
        if pending.iter().any(|step| step == TELL) {
            self.tell(poison, &id).await?;
        }
        self.done(&id).await
    }.boxed()
    }

    async fn put(&self, item: Attributes) -> Result<(), EffectError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map(|_| ()).map_err(|error| again(&error))
    }

    /// `false` when it is there already.
    async fn put_new(&self, item: Attributes) -> Result<bool, EffectError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(errorId)").send().await {
            Ok(_) => Ok(true),
            Err(error) if condition_failed(&error) => Ok(false),
            Err(error) => Err(again(&error)),
        }
    }

    /// What is pending of a record that was kept before; `None` when nothing is. The function may write this table but
    /// not read it, so it asks by a write that is made only when something is, which also renews the reason.
    async fn failed_again(&self, poison: &Poison<'_>, id: &str) -> Result<Option<Vec<String>>, EffectError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("errorId", text(id))
            .update_expression("SET failedAgainAt = :now, reason = :reason, detail = :detail")
            .condition_expression("attribute_exists(pending)")
            .expression_attribute_values(":now", text(&Timestamp::now().to_string()))
            .expression_attribute_values(":reason", text(poison.reason))
            .expression_attribute_values(":detail", text(&cut(&poison.detail, MOST_DETAIL)))
            .return_values(ReturnValue::AllOld);
        match update.send().await {
            Ok(updated) => {
                let old = updated.attributes.unwrap_or_default();
                let pending = old.get("pending").and_then(|pending| pending.as_ss().ok());
                Ok(Some(pending.cloned().unwrap_or_default()))
            }
            Err(error) if condition_failed(&error) => Ok(None),
            Err(error) => Err(again(&error)),
        }
    }

    async fn tell(&self, poison: &Poison<'_>, id: &str) -> Result<(), EffectError> {
        let KafkaRecord { topic, partition, offset, .. } = poison.record;
        let text = format!(
            "A record can't be used and was set aside.\n\n\
             Topic: {topic}\nPartition: {partition}\nOffset: {offset}\nReason: {}\nDetail: {}\nError id: {id}\n\n\
             It is kept whole in error-logs. When the cause is mended, `redrive` puts it back.",
            poison.reason, poison.detail
        );
        let subject = format!("Quarantined: {topic} {}", poison.reason);
        let channel = &self.channel;
        self.channels.tell(Notice { channel, id, kind: "QUARANTINED", subject: &subject, text: &text }).await
    }

    async fn done(&self, id: &str) -> Result<(), EffectError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("errorId", AttributeValue::S(id.to_owned()))
            .update_expression("REMOVE pending")
            .condition_expression("attribute_exists(errorId)");
        match update.send().await {
            Err(error) if !condition_failed(&error) => Err(again(&error)),
            _ => Ok(()),
        }
    }
}

/// The item, and the items with the rest of a long value.
fn items(poison: &Poison<'_>, id: &str) -> (Item, Vec<Item>) {
    let record = poison.record;
    let now = Timestamp::now();
    let expires = now.as_seconds().saturating_add_unsigned(KEEP_SECONDS);
    // Maps of text, numbers and lists: this can't fail, and if it could, the reason would still be kept.
    let text = serde_json::to_string(record).unwrap_or_default();
    let mut parts = chunks(&text).into_iter();
    let mut head = Item::new();
    let mut set = |name: &str, value: Value| head.insert(name.to_owned(), value);
    set("errorId", id.into());
    set("kind", "QUARANTINED".into());
    set("occurredAt", now.to_string().into());
    set("reason", poison.reason.into());
    set("detail", cut(&poison.detail, MOST_DETAIL).into());
    set("topic", record.topic.as_str().into());
    set("partition", record.partition.into());
    set("offset", record.offset.into());
    set("timestamp", record.timestamp.into());
    set("record", parts.next().unwrap_or_default().into());
    set("parts", parts.len().into());
    set("expiresAt", expires.into());
    let rest = parts.enumerate().map(|(index, part)| {
        let pairs = [
            ("errorId", format!("{id}/{}", index + 1).into()),
            ("kind", "QUARANTINED_PART".into()),
            ("occurredAt", now.to_string().into()),
            ("record", Value::from(part)),
            ("expiresAt", expires.into()),
        ];
        pairs.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
    });
    (head, rest.collect())
}

/// Pieces of at most [`PART`] bytes.
fn chunks(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let (part, rest) = text.split_at(text.floor_char_boundary(PART));
        parts.push(part);
        text = rest;
    }
    parts
}

/// Puts a quarantined record together again, for `redrive`; `None` when not all of its items are there.
///
/// `part` finds an item of the same table by its `errorId`.
pub fn restore(head: &Item, part: impl Fn(&str) -> Option<Item>) -> Option<KafkaRecord> {
    let text = |item: &Item, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text(head, "errorId")?;
    let mut record = text(head, "record")?;
    for index in 1..=head.get("parts")?.as_i64()? {
        record.push_str(&text(&part(&format!("{id}/{index}"))?, "record")?);
    }
    serde_json::from_str(&record).ok()
}
