//! `$default`: pings, what a client missed, and fresh tokens.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Timestamp;
use runtime::{Aws, Function, Invocation, secrets::Secrets, token::Tokens, websocket::default::Default};
use serde_json::{Value, json};

use crate::{
    consumer::{connect, send},
    support::{
        cloud::Cloud,
        events::{Closed, Opened, at, context, record},
    },
};

async fn say(cloud: &Cloud, customer: Option<&str>, body: &str) -> Vec<Value> {
    let authorizer = customer.map(|customer| json!({ "customerId": customer }));
    say_as(cloud, authorizer, body).await
}

/// Says `body` on a connection of which the authorizer said that.
async fn say_as(cloud: &Cloud, authorizer: Option<Value>, body: &str) -> Vec<Value> {
    let mut event = json!({
        "requestContext": { "routeKey": "$default", "connectionId": "me", "domainName": "localhost", "stage": "dev" },
        "body": body,
    });
    if let Some(authorizer) = authorizer {
        event["requestContext"]["authorizer"] = authorizer;
    }
    cloud.inside().sent.clear();
    let default = Default::new(&cloud.settings).expect("all is told");
    let invocation = Invocation::within("f", "1", Duration::from_secs(10));
    default.call(event, invocation).await.expect("it answers");
    cloud
        .inside()
        .sent
        .drain(..)
        .map(|(id, message)| {
            assert_eq!(id, "me");
            message
        })
        .collect()
}

#[tokio::test]
async fn a_ping_is_answered() {
    let cloud = Cloud::start().await;
    assert_eq!(say(&cloud, Some("c-1"), r#"{"action":"ping"}"#).await, [json!({ "type": "PONG" })]);
}

#[tokio::test]
async fn what_is_not_understood_is_told() {
    let cloud = Cloud::start().await;
    for body in ["", "hello", r#"{"action":"rm"}"#] {
        assert_eq!(say(&cloud, Some("c-1"), body).await[0]["type"], "ERROR");
    }
}

#[tokio::test]
async fn a_client_gets_what_it_missed_and_only_its_own() {
    let cloud = Cloud::start().await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "first"), &context(1), 0, 0)]).await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-2", "other"), &context(2), 0, 1)]).await;
    send::<Closed>(&cloud, vec![record(&Closed::new("c-1", "second"), &context(3), 0, 0)]).await;

    let all = say(&cloud, Some("c-1"), r#"{"action":"resume"}"#).await;
    let applications: Vec<&Value> = all.iter().map(|message| &message["data"]["applicationId"]).collect();
    assert_eq!(applications, [&json!("first"), &json!("second"), &Value::Null]);
    assert_eq!(
        (&all[2]["type"], &all[2]["count"], &all[2]["more"]),
        (&json!("RESUMED"), &json!(2), &json!(false))
    );
    assert!(
        all[2]["last"].as_str().is_some_and(|last| last.ends_with(&context(3).id.to_string())),
        "{}",
        all[2]
    );

    let after = json!({ "action": "resume", "after": context(1).id }).to_string();
    let rest = say(&cloud, Some("c-1"), &after).await;
    assert_eq!(rest[0]["id"], json!(context(3).id));
    assert_eq!(rest[1]["count"], 1);
}

#[tokio::test]
async fn an_older_event_that_was_applied_later_is_not_missed() {
    let cloud = Cloud::start().await;
    send::<Closed>(&cloud, vec![record(&Closed::new("c-1", "seen"), &context(9), 0, 0)]).await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "late"), &context(1), 0, 0)]).await;
    let after = json!({ "action": "resume", "after": context(9).id }).to_string();
    let rest = say(&cloud, Some("c-1"), &after).await;
    assert_eq!(rest[0]["data"]["applicationId"], "late");
}

#[tokio::test]
async fn a_push_before_the_connection_stands_makes_no_client_deaf() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["me"]).await;
    cloud.inside().broken = BTreeMap::from([("me".into(), (410, "GoneException"))]);
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "first"), &context(1), 0, 0)]).await;
    assert!(cloud.connections("c-1").await.is_empty());
    cloud.inside().broken.clear();
    let missed = say(&cloud, Some("c-1"), r#"{"action":"resume"}"#).await;
    assert_eq!(missed[0]["id"], json!(context(1).id));
    cloud.inside().sent.clear();
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "second"), &context(2), 0, 1)]).await;
    let sent: Vec<_> = cloud.inside().sent.iter().map(|(_, message)| message["id"].clone()).collect();
    assert_eq!(sent, [json!(context(2).id)]);
}

#[tokio::test]
async fn a_resume_that_is_throttled_fails_so_that_the_client_asks_again() {
    let cloud = Cloud::start().await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "first"), &context(1), 0, 0)]).await;
    cloud.inside().throttled = BTreeMap::from([("me".into(), usize::MAX)]);
    let event = json!({
        "requestContext": { "connectionId": "me", "authorizer": { "customerId": "c-1" } },
        "body": r#"{"action":"resume"}"#,
    });
    let default = Default::new(&cloud.settings).expect("all is told");
    let invocation = Invocation::within("f", "1", Duration::from_secs(10));
    let fault = default.call(event, invocation).await.expect_err("it is not answered");
    assert!(fault.to_string().contains("takes no more messages"), "{fault}");
}

#[tokio::test]
async fn a_connection_of_nobody_gets_nothing() {
    let cloud = Cloud::start().await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "a"), &context(1), 0, 0)]).await;
    let answer = say(&cloud, None, r#"{"action":"resume"}"#).await;
    assert_eq!((answer.len(), &answer[0]["type"]), (1, &json!("ERROR")));
}

#[tokio::test]
async fn nothing_missed_has_no_last() {
    let cloud = Cloud::start().await;
    let answer = say(&cloud, Some("c-1"), r#"{"action":"resume"}"#).await;
    assert_eq!(answer, [json!({ "type": "RESUMED", "count": 0, "last": null, "more": false })]);
}

/// Puts an event into the history as a consumer does, with a push so long.
async fn applied(cloud: &Cloud, number: i64, at: Timestamp, length: usize) -> String {
    let id = context(number).id.to_string();
    let push = json!({ "id": id, "data": "x".repeat(length) }).to_string();
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let put = cloud.dynamodb.put_item().table_name("kafka-events-test").item("customerId", text("c-1"));
    let put =
        put.item("eventId", text(&id)).item("appliedAt", text(&at.to_string())).item("push", text(&push));
    put.send().await.expect("it is put");
    id
}

/// What a client gets that asks until there is no more: each page's ids.
async fn pages(cloud: &Cloud, after: Option<&str>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = after.map(str::to_owned);
    loop {
        let ask = match &after {
            Some(after) => json!({ "action": "resume", "after": after }),
            None => json!({ "action": "resume" }),
        };
        let mut page = say(cloud, Some("c-1"), &ask.to_string()).await;
        let end = page.pop().expect("an answer");
        assert_eq!((&end["type"], &end["count"]), (&json!("RESUMED"), &json!(page.len())));
        pages.push(page.iter().map(|event| event["id"].as_str().expect("an id").to_owned()).collect());
        if end["more"] == json!(false) {
            return pages;
        }
        let last = end["last"].as_str().expect("where there is more, it is said from where").to_owned();
        assert_ne!(after.as_ref(), Some(&last), "it goes on");
        after = Some(last);
    }
}

#[tokio::test]
async fn a_long_history_comes_in_pages_oldest_first() {
    let cloud = Cloud::start().await;
    let mut ids = Vec::new();
    // Applied in the opposite order of their ids, all but the last at moments that the slack of a resume covers, and
    // two at each moment; longer together than what one read of DynamoDB gives.
    for number in (0..250_i64).rev() {
        ids.push(applied(&cloud, number, at((250 - number) / 2), 5_000).await);
    }
    ids.push(applied(&cloud, 300, at(60_000), 10).await);
    let all = pages(&cloud, None).await;
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 51]);
    let got: Vec<String> = all.concat();
    let (mut once, mut made) = (got.clone(), ids.clone());
    once.sort_unstable();
    made.sort_unstable();
    assert_eq!(once, made, "each once, none lost");
    let order: Vec<usize> =
        got.iter().map(|id| ids.iter().position(|made| made == id).unwrap_or(0) / 2).collect();
    assert!(order.windows(2).all(|pair| pair[0] <= pair[1] + 1), "oldest first: {order:?}");

    // From an event on: all that the slack covers is sent again.
    let rest = pages(&cloud, Some(&ids[200])).await;
    assert!(!rest[0].contains(&ids[200]));
    assert!(ids[201..].iter().all(|id| rest.concat().contains(id)));
    let late = pages(&cloud, Some(&ids[250])).await.concat();
    assert!(late.is_empty(), "{late:?}");
}

#[tokio::test]
async fn a_place_that_was_not_given_out_breaks_nothing() {
    let cloud = Cloud::start().await;
    let id = applied(&cloud, 1, at(0), 10).await;
    let long = "x".repeat(5_000);
    for after in ["unknown", "9999-99-99/x", "/", "1970-01-01T00:00:00Z/", "", &long] {
        assert_eq!(pages(&cloud, Some(after)).await, [vec![id.clone()]], "{after}");
    }
}

fn session(customer: &str, began: Timestamp) -> Value {
    json!({ "customerId": customer, "sessionBegan": began.to_string() })
}

fn tokens(cloud: &Cloud) -> Tokens {
    let secrets = Secrets::new(Aws::new(&cloud.settings).expect("all is told").secrets());
    Tokens::new(secrets, &cloud.settings).expect("all is told")
}

#[tokio::test]
async fn a_token_is_renewed_for_the_same_customer_and_session() {
    let cloud = Cloud::start().await;
    let now = Timestamp::now();
    let began =
        Timestamp::from_millis((now.as_seconds() - 11 * 60 * 60 - 1_800) * 1_000).expect("an instant");
    let answer = say_as(&cloud, Some(session("c-1", began)), r#"{"action":"renew"}"#).await.remove(0);
    assert_eq!(answer["type"], "TOKEN");
    let token = answer["token"].as_str().expect("a token");
    let found = tokens(&cloud).session(token, now).await.expect("it is good");
    assert_eq!((found.customer_id.as_str(), found.began), ("c-1", began), "the session is no younger");
    let seconds = answer["expiresIn"].as_i64().expect("a number");
    assert!(
        (1_700..=1_800).contains(&seconds),
        "no longer than the session, which has half an hour: {seconds}"
    );
    let expires: Timestamp =
        answer["tokenExpiresAt"].as_str().expect("an instant").parse().expect("an instant");
    assert_eq!(expires.as_seconds(), began.as_seconds() + 12 * 60 * 60);
}

#[tokio::test]
async fn a_session_that_is_over_gets_no_token() {
    let cloud = Cloud::start().await;
    let began =
        Timestamp::from_millis((Timestamp::now().as_seconds() - 12 * 60 * 60) * 1_000).expect("an instant");
    let answer = say_as(&cloud, Some(session("c-1", began)), r#"{"action":"renew"}"#).await;
    assert_eq!(answer, [json!({ "type": "ERROR", "detail": "the session is over" })]);
}

#[tokio::test]
async fn a_connection_without_a_token_gets_none() {
    let cloud = Cloud::start().await;
    let renew = r#"{"action":"renew"}"#;
    for authorizer in [None, Some(json!({ "customerId": "c-1" })), Some(json!({ "sessionBegan": at(0) }))] {
        assert_eq!(say_as(&cloud, authorizer, renew).await, [json!({ "type": "TOKEN" })]);
    }
}
