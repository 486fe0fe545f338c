//! Which records are worked on together: neighbours in a partition that touch nothing in common.

use std::iter::Peekable;

use super::{Change, KafkaRecord, Poison};

/// A transaction takes 100 items, and a record has two. A longer run saves little more, and more of it is done
/// again when one record of it must be.
const MOST_RECORDS: usize = 25;

/// A transaction takes 4 MB
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>); the rest is room
/// for what this reckoning leaves out. If it is still too large, it is refused, and its records go one by one.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// A record, and what it does.
#[derive(Debug)]
pub(super) struct Read<'a> {
    pub(super) record: &'a KafkaRecord,
    pub(super) change: Change,
}

/// What a partition has next.
#[derive(Debug)]
pub(super) enum Next<'a> {
    /// A record that can't be used.
    Poison(Poison<'a>),
    /// Records whose order among themselves makes no difference; at least one.
    Run(Vec<Read<'a>>),
}

/// The longest run that begins with the next record, or that record alone if it is poison.
pub(super) fn next<'a>(
    ahead: &mut Peekable<impl Iterator<Item = Result<Read<'a>, Poison<'a>>>>,
) -> Option<Next<'a>> {
    let first = match ahead.next()? {
        Ok(read) => read,
        Err(poison) => return Some(Next::Poison(poison)),
    };
    let mut bytes = first.bytes();
    let mut run = vec![first];
    let fits = |run: &[Read<'_>], bytes: usize, next: &Read<'_>| {
        run.len() < MOST_RECORDS
            && bytes + next.bytes() <= MOST_BYTES
            && run.iter().all(|read| apart(&read.change, &next.change))
    };
    while let Some(Ok(read)) = ahead.next_if(|next| next.as_ref().is_ok_and(|next| fits(&run, bytes, next))) {
        bytes += read.bytes();
        run.push(read);
    }
    Some(Next::Run(run))
}

impl Read<'_> {
    /// About what it adds to a transaction: base64 is longer than the item, which is the event itself.
    fn bytes(&self) -> usize {
        let value = self.record.value.as_ref().map_or(0, String::len);
        value + self.change.push.as_ref().map_or(0, String::len)
    }
}

/// No item is touched by both, and nobody sees in which order they came.
fn apart(one: &Change, other: &Change) -> bool {
    let same_item = match (&one.write, &other.write) {
        (Some(one), Some(other)) => one.sink.table == other.sink.table && one.key == other.key,
        _ => false,
    };
    one.customer_id != other.customer_id && one.context.id != other.context.id && !same_item
}

#[cfg(test)]
mod tests {
    use contract::{EventContext, EventId, Item, Key, Sink, Table, Timestamp, Write};

    use super::*;
    use crate::consumer::TableWrite;

    const TABLE: Table = Table { name: "t", env: "T_TABLE", key: "id", sort: None, ttl: None };

    /// A customer's event that writes the item of this key.
    fn change(number: u32, customer: &str, key: &str) -> Change {
        let id = format!("0193a000-0000-7000-8000-{number:012}");
        let sink = Sink { table: TABLE, write: Write::Put, marks: &[] };
        let write = TableWrite { sink, key: Key::new(key), item: Item::new(), version: String::new() };
        Change {
            customer_id: customer.into(),
            context: EventContext {
                id: EventId::parse(&id).expect("it is an id"),
                time: Timestamp::EPOCH,
                source: "/test".into(),
                traceparent: None,
            },
            topic: "t",
            event_type: "test.t",
            partition: 0,
            offset: number.into(),
            write: Some(write),
            alert: None,
            push: None,
        }
    }

    /// How many records each step takes; poison is 0.
    fn lengths(records: &[(KafkaRecord, Option<Change>)]) -> Vec<usize> {
        let read = |(record, change): &'_ (KafkaRecord, Option<Change>)| (record.clone(), change.clone());
        let owned: Vec<_> = records.iter().map(read).collect();
        let mut ahead = owned
            .iter()
            .map(|(record, change)| match change {
                Some(change) => Ok(Read { record, change: change.clone() }),
                None => Err(Poison { record, reason: "NOT_JSON", detail: String::new() }),
            })
            .peekable();
        let mut lengths = Vec::new();
        while let Some(next) = next(&mut ahead) {
            lengths.push(match next {
                Next::Poison(_) => 0,
                Next::Run(run) => run.len(),
            });
        }
        lengths
    }

    fn good(number: u32, customer: &str, key: &str) -> (KafkaRecord, Option<Change>) {
        (KafkaRecord::new("t", 0, number.into(), 0), Some(change(number, customer, key)))
    }

    fn large(number: u32, bytes: usize) -> (KafkaRecord, Option<Change>) {
        let (record, change) = good(number, &number.to_string(), &number.to_string());
        (KafkaRecord { value: Some("A".repeat(bytes)), ..record }, change)
    }

    #[test]
    fn a_run_ends_before_a_customer_an_event_or_an_item_that_it_has() {
        assert_eq!(lengths(&[]), [0_usize; 0]);
        assert_eq!(lengths(&[good(1, "a", "1"), good(2, "b", "2"), good(3, "c", "3")]), [3]);
        assert_eq!(lengths(&[good(1, "a", "1"), good(2, "b", "2"), good(3, "a", "3")]), [2, 1]);
        assert_eq!(lengths(&[good(1, "a", "1"), good(1, "b", "2"), good(3, "c", "3")]), [1, 2]);
        assert_eq!(lengths(&[good(1, "a", "1"), good(2, "b", "1"), good(3, "c", "1")]), [1, 1, 1]);
    }

    #[test]
    fn events_that_write_nothing_have_no_item_in_common() {
        let unwritten = |number, customer| {
            let (record, change) = good(number, customer, "1");
            (record, change.map(|change| Change { write: None, ..change }))
        };
        assert_eq!(lengths(&[unwritten(1, "a"), unwritten(2, "b"), good(3, "c", "1")]), [3]);
    }

    #[test]
    fn poison_is_alone() {
        let poison = || (KafkaRecord::default(), None);
        let records = [poison(), good(1, "a", "1"), good(2, "b", "2"), poison(), poison(), good(3, "c", "3")];
        assert_eq!(lengths(&records), [0, 2, 0, 0, 1]);
    }

    #[test]
    fn a_run_fits_into_a_transaction() {
        let records: Vec<_> = (0..60).map(|number| large(number, 10)).collect();
        assert_eq!(lengths(&records), [25, 25, 10]);
        let records: Vec<_> = (0..5).map(|number| large(number, MOST_BYTES / 2)).collect();
        assert_eq!(lengths(&records), [2, 2, 1]);
        // What is too large by itself is for DynamoDB to refuse.
        assert_eq!(lengths(&[large(1, MOST_BYTES + 1), large(2, 1)]), [1, 1]);
    }
}
