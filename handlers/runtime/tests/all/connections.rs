//! `$connect` and `$disconnect`.

use std::time::Duration;

use runtime::{
    Function, Invocation,
    websocket::{Connections, connect::Connect, disconnect::Disconnect},
};
use serde_json::{Value, json};

use crate::support::cloud::Cloud;

fn invocation() -> Invocation {
    Invocation::within("f", "1", Duration::from_secs(10))
}

fn event(customer: Option<&str>, id: &str) -> Value {
    let mut event = json!({
        "requestContext": { "routeKey": "$connect", "connectionId": id, "domainName": "localhost", "stage": "dev" },
        "queryStringParameters": { "customerId": "someone-else" },
        "isBase64Encoded": false,
    });
    if let Some(customer) = customer {
        event["requestContext"]["authorizer"] = json!({ "customerId": customer, "principalId": customer });
    }
    event
}

#[tokio::test]
async fn connections_come_and_go() {
    let cloud = Cloud::start().await;
    let connect = Connect::new(&cloud.settings).expect("all is told");
    let disconnect = Disconnect::new(&cloud.settings).expect("all is told");
    for id in ["one", "two"] {
        let answer = connect.call(event(Some("c-1"), id), invocation()).await.expect("it connects");
        assert_eq!(answer, json!({ "statusCode": 200 }));
    }
    assert_eq!(cloud.connections("c-1").await, ["one", "two"].map(str::to_owned).into());
    assert!(cloud.connections("someone-else").await.is_empty(), "the query string is the caller's own word");
    disconnect.call(event(Some("c-1"), "one"), invocation()).await.expect("it disconnects");
    // API Gateway may tell it twice.
    disconnect.call(event(Some("c-1"), "one"), invocation()).await.expect("it disconnects");
    assert_eq!(cloud.connections("c-1").await, ["two".to_owned()].into());
}

#[tokio::test]
async fn the_last_of_many_connections_resumes_and_all_stay_and_one_more_begins_anew() {
    let cloud = Cloud::start().await;
    let connections = Connections::new(cloud.dynamodb.clone(), &cloud.settings).expect("all is told");
    let add = async |id: String| {
        connections.add("c-1", &id, contract::Timestamp::now()).await.expect("added");
        cloud.connections("c-1").await.len()
    };
    for number in 0..50 {
        add(format!("n-{number}")).await;
    }
    assert_eq!(add("n-7".into()).await, 50, "it was known");
    assert_eq!(add("n-50".into()).await, 1);
}

#[tokio::test]
async fn the_seeds_own_key_finds_the_connections() {
    let cloud = Cloud::start().await;
    let connect = Connect::new(&cloud.settings).expect("all is told");
    connect.call(event(Some("test-123"), "one"), invocation()).await.expect("it connects");
    let key = aws_sdk_dynamodb::types::AttributeValue::S("test-123".into());
    let get = cloud.dynamodb.get_item().table_name("websocket-connections-test").key("customerId", key);
    assert!(get.send().await.expect("the key is the table's").item.is_some());
}

#[tokio::test]
async fn a_connection_without_a_customer_is_refused() {
    let cloud = Cloud::start().await;
    let connect = Connect::new(&cloud.settings).expect("all is told");
    let answer = connect.call(event(None, "one"), invocation()).await.expect("it answers");
    assert_eq!(answer, json!({ "statusCode": 401 }));
    assert!(cloud.items("websocket-connections-test").await.is_empty());
}

#[tokio::test]
async fn dead_connections_do_not_lock_a_customer_out() {
    let cloud = Cloud::start().await;
    let connections = Connections::new(cloud.dynamodb.clone(), &cloud.settings).expect("told");
    for number in 0..51 {
        connections.add("c-1", &number.to_string(), contract::Timestamp::now()).await.expect("added");
    }
    assert_eq!(cloud.connections("c-1").await, ["50".to_owned()].into());
}

#[tokio::test]
async fn an_expired_item_counts_as_gone() {
    let cloud = Cloud::start().await;
    let connections = Connections::new(cloud.dynamodb.clone(), &cloud.settings).expect("told");
    connections.add("c-1", "old", contract::Timestamp::EPOCH).await.expect("added");
    assert!(connections.of("c-1").await.expect("read").is_empty());
}
