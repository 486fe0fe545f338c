//! A topic that the project doesn't ship: an entry in the manifest, and its event passes through everything.

mod support;

use serde_json::{Map, Value, json};
use support::Local;

/// The customer of the rendered examples.
const CUSTOMER: &str = "test-123";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a topic that synth has just rendered; tests/full/seventh-topic.sh names it in TOPIC"]
async fn its_event_passes_through_everything() {
    let topic = std::env::var("TOPIC").expect("TOPIC names the topic");
    let fields =
        std::env::var("FIELDS").expect("FIELDS has fields of its request that are other than in the example");
    let local = Local::start(&[]);
    let model = local.get("/_local/model").await;
    let topics = model["model"]["topics"].as_array().expect("there are topics");
    let entry =
        topics.iter().find(|entry| entry["name"]["name"] == topic.as_str()).expect("it is in the model");

    let example = support::root().join(format!("generated/fixtures/{topic}.request.json"));
    let example = std::fs::read_to_string(example).expect("there is an example of its request");
    let mut request: Value = serde_json::from_str(&example).expect("it is JSON");
    let others: Map<String, Value> = serde_json::from_str(&fields).expect("FIELDS is a JSON object");
    for (name, value) in &others {
        request[name] = value.clone();
    }

    let mut socket = local.connect(CUSTOMER).await;
    let path = entry["producer"]["path"].as_str().expect("it has a route");
    let (status, answer) = local.step(path, &request).await;
    assert_eq!(status, 202, "{answer}");
    let event = socket.json().await;
    assert_eq!(event["id"], answer["eventId"], "{event}");
    assert_eq!(event["type"], entry["push"]["event_type"], "{event}");

    let history = local.history(CUSTOMER).await;
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(history[0]["topic"]["S"], topic.as_str());
    let table = entry["consumer"]["table"].as_str().expect("its consumer writes a table");
    let rows = local.rows(model["names"]["tables"][table].as_str().expect("the table has a name")).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    for (name, value) in &others {
        assert_eq!(rows[0][name]["S"], *value, "{rows:?}");
    }
    let alerts = local
        .until("its alert", async |local| {
            let alerts = local.get("/_local/alerts").await["alerts"].as_array().cloned()?;
            (!alerts.is_empty()).then_some(alerts)
        })
        .await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0]["message"].as_str().is_some_and(|text| text.contains(CUSTOMER)), "{alerts:?}");

    // What the page draws and what the commands of AWS and Kafka see.
    let state = local.get("/_local/state").await;
    assert!(state["topics"][&topic].is_object(), "{state}");
    let mapping = entry["consumer"]["function"]["name"].as_str().expect("it has a consumer");
    let mapping = model["names"]["functions"][mapping].as_str().expect("the function has a name");
    let functions = state["functions"].as_array().expect("functions are listed");
    assert!(functions.iter().any(|function| function["name"] == mapping), "{state}");
    let (status, groups) = local.aws("Logs_20140328.DescribeLogGroups", &json!({})).await;
    assert_eq!(status, 200, "{groups}");
    assert!(groups.to_string().contains(mapping), "{groups}");
    assert!(local.stop().success());
}
