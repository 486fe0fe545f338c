//! `$default`: pings, and what a client missed.

use std::time::Duration;

use runtime::{Function, Invocation, websocket::default::Default};
use serde_json::{Value, json};

use crate::{
    consumer::send,
    support::{
        cloud::Cloud,
        events::{Closed, Opened, context, record},
    },
};

async fn say(cloud: &Cloud, customer: Option<&str>, body: &str) -> Vec<Value> {
    let mut event = json!({
        "requestContext": { "routeKey": "$default", "connectionId": "me", "domainName": "localhost", "stage": "dev" },
        "body": body,
    });
    if let Some(customer) = customer {
        event["requestContext"]["authorizer"] = json!({ "customerId": customer });
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
    assert_eq!(all[2], json!({ "type": "RESUMED", "count": 2, "more": false }));

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
async fn a_connection_of_nobody_gets_nothing() {
    let cloud = Cloud::start().await;
    send::<Opened>(&cloud, vec![record(&Opened::new("c-1", "a"), &context(1), 0, 0)]).await;
    let answer = say(&cloud, None, r#"{"action":"resume"}"#).await;
    assert_eq!((answer.len(), &answer[0]["type"]), (1, &json!("ERROR")));
}
