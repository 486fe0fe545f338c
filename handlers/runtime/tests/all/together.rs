//! Many records of a batch together: few calls, and the tables of one record after another.

use std::ops::Range;

use contract::{Event, Item};
use runtime::{
    consumer::{BatchReply, Change, KafkaRecord, Step, Store},
    metrics::Metric,
};
use serde_json::Value;

use crate::{
    consumer::{connect, send, send_measured},
    support::{
        Measured,
        cloud::Cloud,
        events::{Closed, Noted, Opened, context, record},
        relay::Relay,
    },
};

/// A record that opens each of these customers' accounts.
fn opened(customers: Range<i64>) -> Vec<KafkaRecord> {
    let of = |number: i64| record(&opening(number), &context(100 + number), 0, number);
    customers.map(of).collect()
}

fn opening(number: i64) -> Opened {
    Opened::new(&format!("c-{number}"), "a").note("n")
}

/// The tables, without what the clock wrote.
async fn tables(cloud: &Cloud) -> Vec<Vec<Item>> {
    let mut tables = Vec::new();
    for table in ["accounts-test", "applications-test", "error-logs-test", "kafka-events-test"] {
        let mut items = cloud.items(table).await;
        for item in &mut items {
            for name in ["appliedAt", "notifiedAt", "occurredAt"] {
                item.shift_remove(name);
            }
            if table != "accounts-test" {
                item.shift_remove("expiresAt");
            }
        }
        items.sort_by_key(|item| Value::Object(item.clone()).to_string());
        tables.push(items);
    }
    tables
}

/// What the same records leave in the tables of a new cloud when each comes in a batch of its own.
async fn one_by_one<E: Event>(before: &[KafkaRecord], records: &[KafkaRecord]) -> Vec<Vec<Item>> {
    let cloud = Cloud::start().await;
    for record in before {
        send::<Closed>(&cloud, vec![record.clone()]).await;
    }
    for record in records {
        assert_eq!(send::<E>(&cloud, vec![record.clone()]).await, BatchReply::default());
    }
    tables(&cloud).await
}

fn counts<const N: usize>(counts: [(&str, usize); N]) -> Vec<(String, usize)> {
    counts.map(|(operation, count)| (operation.to_owned(), count)).into()
}

#[tokio::test]
async fn twenty_five_records_are_written_by_two_calls() {
    let mut cloud = Cloud::start().await;
    connect(&cloud, "c-7", &["one", "two"]).await;
    let relay = Relay::before(&mut cloud).await;
    let measured = Measured::default();
    let records = opened(0..25);
    assert_eq!(send_measured::<Opened>(&cloud, records.clone(), &measured).await, BatchReply::default());
    // One look for all connections; one transaction applies, one remembers.
    assert_eq!(relay.asked(), counts([("BatchGetItem", 1), ("TransactWriteItems", 2)]));
    assert_eq!(measured.total(Metric::Applied), 25);
    assert_eq!(cloud.inside().sent.len(), 2);
    let events = cloud.items("kafka-events-test").await;
    assert!(events.iter().all(|item| item.contains_key("notifiedAt") && !item.contains_key("pending")));
    assert_eq!(tables(&cloud).await, one_by_one::<Opened>(&[], &records).await);

    // The same batch once more: one transaction that is cancelled, and one for each record.
    assert_eq!(send_measured::<Opened>(&cloud, records, &measured).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("TransactWriteItems", 26)]));
    assert_eq!((measured.total(Metric::Applied), measured.total(Metric::Duplicates)), (25, 25));
    assert_eq!(cloud.inside().sent.len(), 2);
}

#[tokio::test]
async fn a_hundred_records_are_written_by_eight_calls() {
    let mut cloud = Cloud::start().await;
    let relay = Relay::before(&mut cloud).await;
    assert_eq!(send::<Opened>(&cloud, opened(0..100)).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("BatchGetItem", 4), ("TransactWriteItems", 8)]));
    assert_eq!(cloud.items("accounts-test").await.len(), 100);
}

#[tokio::test]
async fn merges_look_at_their_items_and_are_written_by_two_calls() {
    // Some of the items are there already, one of them with a later event's status.
    let before: Vec<KafkaRecord> = (0..10)
        .map(|number| {
            let event = Closed::new(&format!("c-{number}"), "a").status("CLOSED");
            record(&event, &context(if number == 3 { 999 } else { number }), 0, number)
        })
        .collect();
    let records: Vec<KafkaRecord> = (0..25)
        .map(|number| {
            let event = Noted::new(&format!("c-{number}"), "a").status("NOTED").note("n");
            record(&event, &context(100 + number), 0, number)
        })
        .collect();
    let mut cloud = Cloud::start().await;
    assert_eq!(send::<Closed>(&cloud, before.clone()).await, BatchReply::default());
    let relay = Relay::before(&mut cloud).await;
    assert_eq!(send::<Noted>(&cloud, records.clone()).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("BatchGetItem", 1), ("GetItem", 25), ("TransactWriteItems", 2)]));
    let tables = tables(&cloud).await;
    assert_eq!(tables[1].iter().filter(|item| item["status"] == "CLOSED").count(), 1);
    assert_eq!(tables, one_by_one::<Noted>(&before, &records).await);
}

#[tokio::test]
async fn a_duplicate_in_a_run_is_found_and_the_rest_is_applied() {
    let mut cloud = Cloud::start().await;
    connect(&cloud, "c-12", &["one"]).await;
    let relay = Relay::before(&mut cloud).await;
    let measured = Measured::default();
    let records = opened(0..25);
    send_measured::<Opened>(&cloud, vec![records[12].clone()], &measured).await;
    relay.asked();
    assert_eq!(send_measured::<Opened>(&cloud, records.clone(), &measured).await, BatchReply::default());
    assert_eq!(
        relay.asked(),
        counts([("GetItem", 24), ("TransactWriteItems", 26), ("UpdateItem", 24)]),
        "one transaction for all is cancelled, then each goes by itself"
    );
    assert_eq!((measured.total(Metric::Applied), measured.total(Metric::Duplicates)), (25, 1));
    assert_eq!(cloud.inside().sent.len(), 1, "the duplicate was not pushed again");
    assert_eq!(tables(&cloud).await, one_by_one::<Opened>(&[], &records).await);
}

#[tokio::test]
async fn a_run_that_meets_a_later_event_and_a_record_that_is_too_large_loses_neither_nor_the_rest() {
    let cloud = Cloud::start().await;
    let late = Opened::new("c-3", "late");
    send::<Opened>(&cloud, vec![record(&late, &context(999), 1, 0)]).await;
    let mut records = opened(0..8);
    records[5] = record(&opening(5).note(&"x".repeat(450_000)), &context(105), 0, 5);
    assert_eq!(send::<Opened>(&cloud, records).await, BatchReply::default());
    let accounts = cloud.items("accounts-test").await;
    assert_eq!(accounts.len(), 7);
    let of = |customer: &str| accounts.iter().find(|item| item["customerId"] == customer);
    assert_eq!(of("c-3").expect("it is there")["applicationId"], "late");
    assert!(of("c-5").is_none());
    let heads: Vec<Item> = cloud.items("error-logs-test").await;
    assert!(heads.iter().any(|item| item.get("reason").is_some_and(|reason| reason == "NOT_WRITABLE")));
    assert_eq!(cloud.items("kafka-events-test").await.len(), 8);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_nothing_is_applied_twice() {
    let mut cloud = Cloud::start().await;
    connect(&cloud, "c-2", &["one"]).await;
    let relay = Relay::before(&mut cloud).await;
    let measured = Measured::default();
    let records = opened(0..5);
    // The SDK's second try has the first one's token, so DynamoDB knows it.
    relay.seen().lose = 1;
    assert_eq!(send_measured::<Opened>(&cloud, records.clone(), &measured).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("BatchGetItem", 1), ("TransactWriteItems", 3)]));
    assert_eq!((measured.total(Metric::Applied), measured.total(Metric::Duplicates)), (5, 0));
    assert_eq!(tables(&cloud).await, one_by_one::<Opened>(&[], &records).await);
}

#[tokio::test]
async fn connections_that_a_table_short_of_capacity_does_not_tell_are_looked_for_one_by_one() {
    let mut cloud = Cloud::start().await;
    connect(&cloud, "c-2", &["one", "two"]).await;
    connect(&cloud, "c-4", &["three"]).await;
    let relay = Relay::before(&mut cloud).await;
    relay.seen().throttle = 1;
    assert_eq!(send::<Opened>(&cloud, opened(0..5)).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("BatchGetItem", 1), ("GetItem", 5), ("TransactWriteItems", 2)]));
    assert_eq!(cloud.inside().sent.len(), 3);
}

#[tokio::test]
async fn a_run_whose_outcome_nobody_knows_is_told_by_its_markers() {
    let mut cloud = Cloud::start().await;
    connect(&cloud, "c-2", &["one"]).await;
    let relay = Relay::before(&mut cloud).await;
    let measured = Measured::default();
    let records = opened(0..5);
    // All of the SDK's tries.
    relay.seen().lose = 4;
    assert_eq!(send_measured::<Opened>(&cloud, records.clone(), &measured).await, BatchReply::default());
    assert_eq!(relay.asked(), counts([("GetItem", 5), ("TransactWriteItems", 9), ("UpdateItem", 5)]));
    assert_eq!((measured.total(Metric::Applied), measured.total(Metric::Duplicates)), (0, 5));
    assert_eq!(cloud.inside().sent.len(), 1, "what the lost answer left undone was done");
    assert_eq!(tables(&cloud).await, one_by_one::<Opened>(&[], &records).await);
}

#[tokio::test]
async fn markers_that_expired_are_not_made_anew_and_keep_no_other_from_being_done() {
    let cloud = Cloud::start().await;
    let store = Store::new(cloud.dynamodb.clone(), &cloud.settings).expect("all is told");
    let change = |number: i64| {
        let record = &opened(number..number + 1)[0];
        Change::new(&opening(number), context(100 + number), record).expect("it has its keys")
    };
    let changes: Vec<Change> = (0..3).map(change).collect();
    store.apply_together(&changes.iter().collect::<Vec<_>>()).await.expect("applied");
    let expired = cloud.items("kafka-events-test").await.remove(1);
    let key = |name: &str| {
        let text = expired[name].as_str().expect("it is text");
        aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned())
    };
    let delete = cloud.dynamodb.delete_item().table_name("kafka-events-test");
    let delete = delete.key("customerId", key("customerId")).key("eventId", key("eventId"));
    delete.send().await.expect("deleted");

    let done: Vec<(&Change, &[Step])> = changes.iter().map(|change| (change, &[Step::Push][..])).collect();
    store.done_together(&done).await.expect_err("one of them is not there");
    let pending = async || {
        let items = cloud.items("kafka-events-test").await;
        (items.len(), items.iter().filter(|item| item.contains_key("pending")).count())
    };
    assert_eq!(pending().await, (2, 2), "all or none");
    for (change, steps) in done {
        store.done(change, steps).await.expect("done, or not there");
    }
    assert_eq!(pending().await, (2, 0));
}
