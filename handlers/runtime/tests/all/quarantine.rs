//! Records that can't be used.

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Item;
use runtime::consumer::{BatchReply, KafkaRecord, restore};
use serde_json::{Value, json};

use crate::{
    consumer::send,
    support::{
        cloud::Cloud,
        events::{Opened, context, record},
    },
};

fn poison(value: &[u8], offset: i64) -> KafkaRecord {
    record(&Opened::new("c-1", "a"), &context(offset), 0, offset).with(Some(b"c-1"), Some(value))
}

async fn quarantined(cloud: &Cloud) -> Vec<Item> {
    let numbers = ["partition", "offset", "timestamp", "parts"];
    let items = cloud.items("error-logs-test").await.into_iter().map(|mut item| {
        // The support code reads numbers as text.
        for name in numbers {
            if let Some(number) =
                item.get(name).and_then(Value::as_str).and_then(|text| text.parse::<i64>().ok())
            {
                item.insert(name.into(), number.into());
            }
        }
        item
    });
    items.collect()
}

fn head(items: &[Item]) -> &Item {
    items.iter().find(|item| item["kind"] == "QUARANTINED").expect("it was quarantined")
}

fn restored(items: &[Item]) -> KafkaRecord {
    restore(head(items), |id| items.iter().find(|item| item["errorId"] == id).cloned())
        .expect("it is all there")
}

#[tokio::test]
async fn a_poison_record_is_kept_whole_told_once_and_blocks_nobody() {
    let cloud = Cloud::start().await;
    let bad = poison(b"{\"customerId\": \"jo@example.com\"", 0).header("odd", &[0, 200, 255]);
    let good = record(&Opened::new("c-2", "a"), &context(1), 0, 1);
    let reply = send::<Opened>(&cloud, vec![bad.clone(), good]).await;
    assert_eq!(reply, BatchReply::default());
    assert_eq!(cloud.items("accounts-test").await.len(), 1, "the next record was applied");

    let items = quarantined(&cloud).await;
    assert_eq!(head(&items)["reason"], "NOT_JSON");
    assert_eq!(restored(&items), bad);
    assert!(!head(&items).contains_key("pending"));

    // It comes again: nothing changes.
    send::<Opened>(&cloud, vec![bad]).await;
    assert_eq!(quarantined(&cloud).await, items);
    let inside = cloud.inside();
    assert_eq!(inside.told.len(), 1);
    assert_eq!(inside.told[0].channel, "arn:aws:sns:eu-west-1:1:support");
    assert_eq!(Value::from(inside.told[0].dedupe_id.as_str()), head(&items)["errorId"]);
    assert!(!inside.told[0].text.contains("jo@"), "no personal data: {}", inside.told[0].text);
}

#[tokio::test]
async fn support_is_told_after_a_crash_between_keeping_and_telling() {
    let cloud = Cloud::start().await;
    cloud.inside().sns_fails = 100;
    let reply = send::<Opened>(&cloud, vec![poison(b"[]", 0)]).await;
    assert_eq!(reply.batch_item_failures.len(), 1, "it comes again until support knows");
    assert_eq!(head(&quarantined(&cloud).await)["pending"], json!(["TELL"]));
    cloud.inside().sns_fails = 0;
    assert_eq!(send::<Opened>(&cloud, vec![poison(b"[]", 0)]).await, BatchReply::default());
    assert_eq!(cloud.inside().told.len(), 1);
}

#[tokio::test]
async fn a_record_that_is_put_back_in_vain_has_its_new_reason_and_no_second_message() {
    let cloud = Cloud::start().await;
    let bad = || vec![poison(b"[]", 0)];
    send::<Opened>(&cloud, bad()).await;
    let id = head(&quarantined(&cloud).await)["errorId"].as_str().expect("text").to_owned();
    let pending = AttributeValue::Ss(vec!["REDRIVE".into()]);
    cloud
        .dynamodb
        .update_item()
        .table_name("error-logs-test")
        .key("errorId", AttributeValue::S(id.clone()))
        .update_expression("SET reason = :reason ADD pending :pending")
        .expression_attribute_values(":reason", AttributeValue::S("OF_LAST_WEEK".into()))
        .expression_attribute_values(":pending", pending)
        .send()
        .await
        .expect("it is written");
    assert_eq!(send::<Opened>(&cloud, bad()).await, BatchReply::default());
    let items = quarantined(&cloud).await;
    let now = head(&items);
    assert_eq!((now["errorId"].as_str(), now["reason"].as_str()), (Some(id.as_str()), Some("INVALID_EVENT")));
    assert!(now.contains_key("failedAgainAt") && !now.contains_key("pending"), "{now:?}");
    assert_eq!(cloud.inside().told.len(), 1);
}

#[tokio::test]
async fn a_record_larger_than_an_item_is_kept_in_parts() {
    let cloud = Cloud::start().await;
    let big: Vec<u8> = (0..1_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    assert_eq!(send::<Opened>(&cloud, vec![poison(&big, 0)]).await, BatchReply::default());
    let items = quarantined(&cloud).await;
    assert!(items.len() > 3, "{}", items.len());
    assert_eq!(restored(&items), poison(&big, 0));
}

#[tokio::test]
async fn every_reason_has_its_word() {
    let cloud = Cloud::start().await;
    let good = |offset| record(&Opened::new("c-1", "a"), &context(offset), 0, offset);
    let without = |offset, name: &str| {
        let mut record = good(offset);
        record.headers.retain(|header| !header.contains_key(name));
        record
    };
    let too_big = Opened::new("c-1", "a").note(&"x".repeat(450_000));
    let records = vec![
        good(0).with(None, None),
        poison(b"{}", 1),
        poison(&[0xff, 0xfe], 2),
        without(3, "ce_id"),
        without(4, "ce_type").header("ce_type", b"test.closed"),
        without(5, "ce_specversion").header("ce_specversion", b"0.3"),
        without(6, "ce_time").header("ce_time", b"yesterday"),
        without(7, "ce_id").header("ce_id", b""),
        KafkaRecord { value: Some("***".into()), ..good(8) },
        record(&too_big, &context(9), 0, 9),
    ];
    assert_eq!(send::<Opened>(&cloud, records).await, BatchReply::default());
    let items = quarantined(&cloud).await;
    let mut reasons: Vec<(i64, &str)> = items
        .iter()
        .filter(|item| item["kind"] == "QUARANTINED")
        .map(|item| (item["offset"].as_i64().expect("a number"), item["reason"].as_str().expect("text")))
        .collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            (0, "NO_VALUE"),
            (1, "INVALID_EVENT"),
            (2, "NOT_JSON"),
            (3, "NOT_A_CLOUD_EVENT"),
            (4, "NOT_A_CLOUD_EVENT"),
            (5, "NOT_A_CLOUD_EVENT"),
            (6, "NOT_A_CLOUD_EVENT"),
            (7, "NOT_A_CLOUD_EVENT"),
            (8, "NOT_BASE64"),
            (9, "NOT_WRITABLE"),
        ]
    );
    let detail = items.iter().find(|item| item["offset"] == 1).expect("it is kept");
    assert_eq!(detail["detail"], "/customerId is missing; /applicationId is missing");
}

#[tokio::test]
async fn an_event_of_a_newer_version_is_read_as_far_as_it_is_known() {
    let cloud = Cloud::start().await;
    let newer = br#"{"customerId":"c-1","applicationId":"a","since":"version 2"}"#;
    assert_eq!(send::<Opened>(&cloud, vec![poison(newer, 0)]).await, BatchReply::default());
    assert_eq!(cloud.items("accounts-test").await.len(), 1);
}
