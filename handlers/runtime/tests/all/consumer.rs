//! A consumer against DynamoDB, SNS and `@connections`.

use std::{collections::BTreeMap, time::Duration};

use contract::{Event, EventContext};
use runtime::{
    Function, Invocation,
    consumer::{BatchReply, Consumer, KafkaEvent, KafkaRecord},
    metrics::Metric,
};
use serde_json::{Value, json};

use crate::support::{
    Measured,
    cloud::Cloud,
    events::{Closed, Failed, Noted, Opened, Replaced, at, context, record},
};

pub(crate) async fn send<E: Event>(cloud: &Cloud, records: Vec<KafkaRecord>) -> BatchReply {
    send_measured::<E>(cloud, records, &Measured::default()).await
}

pub(crate) async fn send_measured<E: Event>(
    cloud: &Cloud,
    records: Vec<KafkaRecord>,
    measured: &Measured,
) -> BatchReply {
    let consumer = Consumer::<E>::new(&cloud.settings, measured.metrics()).expect("all is told");
    let mut partitions: BTreeMap<String, Vec<KafkaRecord>> = BTreeMap::new();
    for record in records {
        partitions.entry(format!("{}-{}", record.topic, record.partition)).or_default().push(record);
    }
    let event = KafkaEvent { event_source: "aws:kafka".into(), records: partitions };
    let event = serde_json::to_value(event).expect("it is JSON");
    let reply = consumer.call(event, Invocation::within("f", "1", Duration::from_mins(1))).await;
    serde_json::from_value(reply.expect("the call works")).expect("it is a reply")
}

pub(crate) async fn connect(cloud: &Cloud, customer: &str, ids: &[&str]) {
    let connections = runtime::websocket::Connections::new(cloud.dynamodb.clone(), &cloud.settings);
    for id in ids {
        connections
            .as_ref()
            .expect("told")
            .add(customer, id, contract::Timestamp::now())
            .await
            .expect("added");
    }
}

fn at_offset<E: Event>(event: &E, context: &EventContext, offset: i64) -> KafkaRecord {
    record(event, context, 0, offset)
}

#[tokio::test]
async fn an_event_is_applied_marked_told_and_pushed() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one", "two"]).await;
    let measured = Measured::default();
    let event = Opened { email: Some("jo@example.com".into()), ..Opened::new("c-1", "a-1").status("REVIEW") };
    let reply = send_measured::<Opened>(&cloud, vec![at_offset(&event, &context(1), 0)], &measured).await;
    assert_eq!(reply, BatchReply::default());

    let accounts = cloud.items("accounts-test").await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["email"], "jo@example.com");
    let expiry = (at(1).as_seconds() + 60).to_string();
    assert_eq!(accounts[0]["expiresAt"], expiry.as_str(), "from the event's time, not from now");

    let events = cloud.items("kafka-events-test").await;
    assert_eq!(events[0]["eventId"], context(1).id.as_str());
    assert_eq!(events[0]["topic"], "opened");
    assert!(!events[0].contains_key("pending"), "all is done: {events:?}");

    let inside = cloud.inside();
    assert_eq!(inside.told.len(), 1);
    assert_eq!(inside.told[0].dedupe_id, context(1).id.as_str());
    assert_eq!(inside.told[0].text, "Customer c-1 needs a review.");
    assert_eq!(inside.sent.len(), 2);
    let (_, message) = &inside.sent[0];
    assert_eq!(
        *message,
        json!({
            "type": "OPENED", "id": context(1).id, "time": at(1), "topic": "opened", "version": 1,
            "data": { "customerId": "c-1", "applicationId": "a-1", "status": "REVIEW" },
        }),
        "only what the browser may see"
    );
    drop(inside);
    assert_eq!(measured.total(Metric::Applied), 1);
}

#[tokio::test]
async fn an_event_that_comes_again_changes_and_tells_nothing() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one"]).await;
    let measured = Measured::default();
    let event = Opened::new("c-1", "a-1").status("REVIEW");
    // Once more at another offset, as a producer's retry leaves it, and once more in another batch.
    let records = vec![at_offset(&event, &context(1), 0), at_offset(&event, &context(1), 1)];
    send_measured::<Opened>(&cloud, records.clone(), &measured).await;
    let before = (cloud.items("accounts-test").await, cloud.items("kafka-events-test").await);
    send_measured::<Opened>(&cloud, records, &measured).await;
    assert_eq!((cloud.items("accounts-test").await, cloud.items("kafka-events-test").await), before);
    assert_eq!(cloud.inside().told.len(), 1);
    assert_eq!(cloud.inside().sent.len(), 1);
    assert_eq!((measured.total(Metric::Applied), measured.total(Metric::Duplicates)), (1, 3));
}

#[tokio::test]
async fn what_a_crash_left_undone_is_finished_and_nothing_more() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one"]).await;
    let event = Opened::new("c-1", "a-1").status("REVIEW");
    // The alert fails for good this time; the push works.
    cloud.inside().sns_fails = 100;
    let reply = send::<Opened>(&cloud, vec![at_offset(&event, &context(1), 0)]).await;
    assert_eq!(reply.batch_item_failures.len(), 1);
    assert_eq!(cloud.items("kafka-events-test").await[0]["pending"], json!(["ALERT"]));
    assert_eq!(cloud.inside().sent.len(), 1);

    cloud.inside().sns_fails = 0;
    let reply = send::<Opened>(&cloud, vec![at_offset(&event, &context(1), 0)]).await;
    assert_eq!(reply, BatchReply::default());
    assert_eq!(cloud.inside().told.len(), 1, "the alert was told now");
    assert_eq!(cloud.inside().sent.len(), 1, "the push was not sent again");
    assert!(!cloud.items("kafka-events-test").await[0].contains_key("pending"));
}

#[tokio::test]
async fn connections_that_are_gone_are_forgotten() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["good", "gone", "long", "never"]).await;
    cloud.inside().broken = BTreeMap::from([
        ("gone".into(), (410, "GoneException")),
        ("long".into(), (413, "PayloadTooLargeException")),
        ("never".into(), (400, "BadRequestException")),
    ]);
    let measured = Measured::default();
    let records = vec![at_offset(&Opened::new("c-1", "a-1"), &context(1), 0)];
    let reply = send_measured::<Opened>(&cloud, records, &measured).await;
    assert_eq!(reply, BatchReply::default());
    assert_eq!(cloud.connections("c-1").await, ["good", "long"].map(str::to_owned).into());
    assert_eq!(measured.total(Metric::Undelivered), 1);
}

/// The times that the SDK tries by itself.
const SDK_TRIES: usize = 4;

#[tokio::test]
async fn a_push_that_is_throttled_for_a_while_is_delivered_once() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one"]).await;
    cloud.inside().throttled = BTreeMap::from([("one".into(), SDK_TRIES)]);
    let measured = Measured::default();
    let records = vec![at_offset(&Opened::new("c-1", "a-1"), &context(1), 0)];
    assert_eq!(send_measured::<Opened>(&cloud, records, &measured).await, BatchReply::default());
    assert_eq!(cloud.inside().throttled["one"], 0, "it was throttled");
    assert_eq!(cloud.inside().sent.len(), 1);
    assert_eq!(measured.total(Metric::Undelivered), 0);
}

#[tokio::test]
async fn a_slow_connection_brings_the_record_back_once_and_holds_up_nobody_for_ever() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["slow"]).await;
    cloud.inside().throttled = BTreeMap::from([("slow".into(), usize::MAX)]);
    let measured = Measured::default();
    let records = vec![at_offset(&Opened::new("c-1", "a-1"), &context(1), 0)];
    let reply = send_measured::<Opened>(&cloud, records.clone(), &measured).await;
    assert_eq!(reply.batch_item_failures.len(), 1);
    assert_eq!(cloud.items("kafka-events-test").await[0]["pending"], json!(["PUSH"]));
    assert_eq!(send_measured::<Opened>(&cloud, records, &measured).await, BatchReply::default());
    assert!(!cloud.items("kafka-events-test").await[0].contains_key("pending"));
    assert_eq!(measured.total(Metric::Undelivered), 1);
}

#[tokio::test]
async fn a_fault_of_the_gateway_brings_the_record_back() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one"]).await;
    cloud.inside().broken = BTreeMap::from([("one".into(), (500, "InternalServerError"))]);
    let records = vec![at_offset(&Opened::new("c-1", "a-1"), &context(1), 0)];
    assert_eq!(send::<Opened>(&cloud, records.clone()).await.batch_item_failures.len(), 1);
    cloud.inside().broken.clear();
    assert_eq!(send::<Opened>(&cloud, records).await, BatchReply::default());
    assert_eq!(cloud.inside().sent.len(), 1);
}

#[tokio::test]
async fn nobody_is_connected_and_all_is_well() {
    let cloud = Cloud::start().await;
    let reply = send::<Opened>(&cloud, vec![at_offset(&Opened::new("c-1", "a-1"), &context(1), 0)]).await;
    assert_eq!(reply, BatchReply::default());
}

#[tokio::test]
async fn a_late_event_does_not_undo_a_later_one() {
    let cloud = Cloud::start().await;
    let early = at_offset(&Opened::new("c-1", "early").note("early"), &context(1), 0);
    let late = at_offset(&Opened::new("c-1", "late"), &context(2), 1);
    send::<Opened>(&cloud, vec![late]).await;
    send::<Opened>(&cloud, vec![early]).await;
    let accounts = cloud.items("accounts-test").await;
    assert_eq!(accounts[0]["applicationId"], "late");
    assert!(!accounts[0].contains_key("note"));
    assert_eq!(cloud.items("kafka-events-test").await.len(), 2, "both events are on record");
}

#[tokio::test]
async fn topics_that_share_an_item_meet_in_it_in_either_order() {
    let noted = record(&Noted::new("c-1", "a-1").status("NOTED").note("n"), &context(1), 0, 0);
    let closed = record(&Closed::new("c-1", "a-1").status("CLOSED"), &context(2), 0, 0);
    let forth = Cloud::start().await;
    send::<Noted>(&forth, vec![noted.clone()]).await;
    send::<Closed>(&forth, vec![closed.clone()]).await;
    let back = Cloud::start().await;
    send::<Closed>(&back, vec![closed]).await;
    send::<Noted>(&back, vec![noted]).await;
    let item = &forth.items("applications-test").await[0];
    assert_eq!((&item["status"], &item["note"]), (&Value::from("CLOSED"), &Value::from("n")));
    assert_eq!(forth.items("applications-test").await, back.items("applications-test").await);
}

async fn until_done<E: Event>(cloud: &Cloud, record: KafkaRecord) {
    while send::<E>(cloud, vec![record.clone()]).await != BatchReply::default() {}
}

#[tokio::test]
async fn many_writers_of_one_item_lose_nothing() {
    let cloud = Cloud::start().await;
    // Every merge changes the item's history, so each but one of them must look again.
    let notes: Vec<_> = (0..6)
        .map(|number| {
            record(&Noted::new("c-1", "a-1").note(&number.to_string()), &context(2 * number), 0, number)
        })
        .collect();
    let closed = record(&Closed::new("c-1", "a-1").status("CLOSED"), &context(20), 0, 0);
    let replaced = record(&Replaced::new("c-1", "a-1"), &context(3), 0, 0);
    // Whoever finds the item changed too often is left for the next try.
    let notes = notes.into_iter().map(|record| until_done::<Noted>(&cloud, record));
    tokio::join!(
        until_done::<Closed>(&cloud, closed),
        until_done::<Replaced>(&cloud, replaced),
        futures_util::future::join_all(notes),
    );
    let item = &cloud.items("applications-test").await[0];
    assert_eq!((&item["note"], &item["status"]), (&Value::from("5"), &Value::from("CLOSED")));
    assert_eq!(cloud.items("kafka-events-test").await.len(), 8);
}

#[tokio::test]
async fn a_failure_event_is_indexed_by_kind() {
    let cloud = Cloud::start().await;
    let failed = Failed {
        customer_id: "c-1".into(),
        error_id: "0193a000-0000-7000-8000-000000000001".into(),
        code: "X".into(),
        message: "m".into(),
        retryable: false,
    };
    send::<Failed>(&cloud, vec![at_offset(&failed, &context(1), 0)]).await;
    assert_eq!(cloud.items("error-logs-test").await[0]["kind"], "WORKFLOW_ERROR");
}

#[tokio::test]
async fn what_is_no_batch_is_refused_without_being_quoted() {
    let cloud = Cloud::start().await;
    let consumer = Consumer::<Opened>::new(&cloud.settings, runtime::Metrics::none()).expect("all is told");
    let invocation = Invocation::within("f", "1", Duration::from_secs(1));
    let fault =
        consumer.call(json!({ "records": "jo@example.com" }), invocation).await.expect_err("no batch");
    assert!(!fault.to_string().contains("jo@"), "{fault}");
}

#[test]
fn a_function_built_for_another_topic_does_not_start() {
    let settings = runtime::Settings::from([("KAFKA_TOPIC", "closed")]);
    let error =
        Consumer::<Opened>::new(&settings, runtime::Metrics::none()).expect_err("it is the wrong one");
    assert!(error.to_string().contains("built for opened"), "{error}");
}
