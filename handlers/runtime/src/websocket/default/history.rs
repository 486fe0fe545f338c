//! What was applied for a customer, page by page.
//!
//! By the order of application, not of ids: an event may be older than one that the client has seen, and yet have been
//! applied later.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use contract::{EventId, Timestamp};

use crate::{Fault, aws::describe};

/// Most events of a page.
const MOST: usize = 100;

/// Most reads of a customer's history for one page, 1 MiB each. What is older than the newest 20 MiB is left out.
const MOST_READS: usize = 20;

/// Consumers' clocks differ; what was applied this shortly before the client's last event is sent again.
const SLACK_MILLIS: u64 = 5_000;

/// The table `kafka-events`.
#[derive(Debug, Clone)]
pub(super) struct History {
    client: Client,
    table: String,
}

/// Events that a client may have missed, oldest first.
pub(super) struct Page {
    pub(super) events: Vec<Missed>,
    /// There are later ones.
    pub(super) more: bool,
}

/// An event that a client may have missed.
pub(super) struct Missed {
    id: String,
    applied_at: String,
    /// What a browser is sent of it.
    pub(super) push: String,
}

/// A place in a customer's history: `<instant of application>/<event id>`. Clients give it back as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    applied_at: String,
    id: String,
}

impl Cursor {
    pub(super) fn of(event: &Missed) -> Self {
        Self { applied_at: event.applied_at.clone(), id: event.id.clone() }
    }

    /// `None` for what is an event's id.
    fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('/')?;
        // Written anew, so that it compares as text with those in the table.
        let at: Timestamp = at.parse().ok()?;
        Some(Self { applied_at: at.to_string(), id: id.to_owned() })
    }

    /// Before everything that was applied then.
    fn at(instant: Timestamp) -> Self {
        Self { applied_at: instant.to_string(), id: String::new() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.applied_at, self.id)
    }
}

impl History {
    pub(super) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// The first page of what was applied after `after`: an event's id, or a page's last [`Cursor`]. An event that is
    /// not known, or is kept no more, is taken for one before all others.
    pub(super) async fn page(&self, customer_id: &str, after: Option<&str>) -> Result<Page, Fault> {
        let cursor = after.and_then(Cursor::parse);
        // What is neither is not looked for: DynamoDB refuses an empty key, and one that is too long.
        let after = after.filter(|after| cursor.is_some() || EventId::parse(after).is_ok());
        let since = match (&cursor, after) {
            (Some(cursor), _) => cursor.clone(),
            (None, Some(id)) => self.shortly_before(customer_id, id).await?,
            (None, None) => Cursor::at(Timestamp::EPOCH),
        };
        // An event that the client has said it has.
        let seen = after.filter(|_| cursor.is_none());
        let mut found = BTreeMap::new();
        let mut more = false;
        let mut from = None;
        for read in 1.. {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("customerId = :customer")
                .filter_expression("attribute_exists(push) AND appliedAt >= :since")
                .projection_expression("eventId, appliedAt, push")
                .expression_attribute_values(":customer", AttributeValue::S(customer_id.to_owned()))
                .expression_attribute_values(":since", AttributeValue::S(since.applied_at.clone()))
                // Ids sort by time: newest first.
                .scan_index_forward(false)
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| Fault::Failed(describe(&error)))?;
            for event in answer.items().iter().filter_map(Missed::read) {
                let place = Cursor::of(&event);
                if place > since && Some(event.id.as_str()) != seen {
                    found.insert(place, event);
                }
                // The oldest come first; the others' turn comes with the next page.
                if found.len() > MOST {
                    found.pop_last();
                    more = true;
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                break;
            }
            if read == MOST_READS {
                tracing::warn!(reads = read, "a customer's history is too long to be sent whole");
                break;
            }
        }
        Ok(Page { events: found.into_values().collect(), more })
    }

    async fn shortly_before(&self, customer_id: &str, id: &str) -> Result<Cursor, Fault> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        let get = get.key("customerId", text(customer_id)).key("eventId", text(id));
        let found = get.send().await.map_err(|error| Fault::Failed(describe(&error)))?;
        let at = found.item.as_ref().and_then(|item| item.get("appliedAt")).and_then(|at| at.as_s().ok());
        let at: Option<Timestamp> = at.and_then(|at| at.parse().ok());
        let earlier =
            at.and_then(|at| Timestamp::from_millis(at.as_millis().saturating_sub_unsigned(SLACK_MILLIS)));
        Ok(Cursor::at(earlier.unwrap_or(Timestamp::EPOCH)))
    }
}

impl Missed {
    fn read(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { id: text("eventId")?, applied_at: text("appliedAt")?, push: text("push")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_told_from_an_id() {
        let cursor = Cursor { applied_at: "2026-11-23T12:00:00.000Z".into(), id: "a/b".into() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for id in ["01a20846-fe00-7000-8000-000000000001", "", "/", "a/b"] {
            assert_eq!(Cursor::parse(id), None, "{id}");
        }
    }
}
