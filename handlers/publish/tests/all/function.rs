//! A generated function with the publisher that it has in Lambda: from the seed's own call to the record in Kafka.

use std::time::Duration;

use publish::KafkaPublisher;
use rdkafka::mocking::MockCluster;
use runtime::{Function, Invocation, Metrics, Settings};
use serde_json::{Value, json};

use crate::support::{Brokers, read, switch};

const NAME: &str = "submit-user-info";
const TOPIC: &str = "user-info-submitted";
const ERRORS: &str = "workflow-errors";

/// The function, and its brokers.
struct Running {
    brokers: Brokers,
    function: Box<dyn Function>,
}

impl Running {
    async fn start() -> Self {
        let brokers = MockCluster::new(3).expect("brokers in this process");
        for topic in [TOPIC, ERRORS] {
            brokers.create_topic(topic, 6, 3).expect("a topic");
        }
        Self::start_with(brokers, &[("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")]).await
    }

    /// With these settings, too.
    async fn start_with(brokers: Brokers, more: &[(&str, &str)]) -> Self {
        let servers = brokers.bootstrap_servers();
        let settings = [
            ("AUTH_MODE", "none"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("KAFKA_BROKERS", servers.as_str()),
            ("KAFKA_ERROR_TOPIC", ERRORS),
            ("KAFKA_TOPIC", TOPIC),
            ("WEBSOCKET_ENDPOINT", "wss://localhost/dev"),
        ];
        let settings: Settings =
            settings.iter().chain(more).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let publisher = KafkaPublisher::connect(&settings).await.expect("a client");
        let mut functions = producers::functions::<KafkaPublisher>().into_iter();
        let (_, make) = functions.find(|(name, _)| *name == NAME).expect("the manifest has it");
        Self { brokers, function: make(publisher, &settings, Metrics::none()).expect("it starts") }
    }

    /// Status, headers and body of the answer.
    async fn call(&self, event: Value) -> (u64, Value, Value) {
        let invocation = Invocation::within(NAME, "1", Duration::from_secs(4));
        let answer = self.function.call(event, invocation.clone()).await.expect("it always answers");
        assert!(!invocation.remaining().is_zero(), "Lambda would have stopped it");
        let body = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok());
        (
            answer["statusCode"].as_u64().expect("a status"),
            answer["headers"].clone(),
            body.expect("a JSON body"),
        )
    }
}

/// What the seed has for `aws lambda invoke --payload`.
fn seeds_call() -> Value {
    serde_json::from_str(r#"{"body": "{\"email\":\"test@example.com\",\"firstName\":\"John\"}"}"#)
        .expect("it is JSON")
}

#[tokio::test]
async fn the_seeds_own_call_becomes_a_cloud_event() {
    let running = Running::start().await;
    let (status, _, answer) = running.call(seeds_call()).await;
    assert_eq!(status, 202, "{answer}");
    let found = read(&running.brokers, TOPIC, 1);
    assert_eq!(found.len(), 1);
    let (key, value, headers) = &found[0];
    assert_eq!(Some(key.as_str()), answer["customerId"].as_str());
    let event: Value = serde_json::from_slice(value).expect("the event is JSON");
    assert_eq!((&event["email"], &event["firstName"]), (&json!("test@example.com"), &json!("John")));
    assert_eq!(event["customerId"], answer["customerId"]);
    for (name, want) in [
        ("ce_specversion", "1.0"),
        ("ce_type", "onboard-ai.user-info-submitted"),
        ("ce_id", answer["eventId"].as_str().expect("an id")),
        ("ce_subject", key),
        ("ce_source", "/submit-user-info"),
        ("ce_schemaversion", "1"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(headers.get(name).map(String::as_str), Some(want), "{name}");
    }
    assert_eq!(headers.get("ce_time").map(String::as_str), event["submittedAt"].as_str());
    let url = answer["websocketUrl"].as_str().expect("where to listen");
    assert_eq!(url, format!("wss://localhost/dev?customerId={key}"));
}

#[tokio::test]
async fn brokers_that_are_down_are_a_503_in_time_and_a_retry_is_the_same_event() {
    let running = Running::start().await;
    switch(&running.brokers, false);
    let (status, headers, problem) = running.call(seeds_call()).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("BROKER_UNREACHABLE")), "{problem}");
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(headers["retry-after"], "1");
    switch(&running.brokers, true);
    let mut retry = seeds_call();
    retry["headers"] = json!({ "Idempotency-Key": problem["idempotencyKey"] });
    let (status, _, first) = running.call(retry.clone()).await;
    assert_eq!(status, 202, "{first}");
    let (_, _, second) = running.call(retry).await;
    assert_eq!(first["eventId"], second["eventId"]);
    assert!(first["customerId"].is_string(), "{first}");
    assert_eq!(first["customerId"], second["customerId"]);
    // Nothing of the call that failed was sent behind the caller's back: there are the two retries.
    let ids: Vec<Option<String>> = read(&running.brokers, TOPIC, 2)
        .into_iter()
        .map(|(_, _, headers)| headers.get("ce_id").cloned())
        .collect();
    assert_eq!(ids, vec![first["eventId"].as_str().map(str::to_owned); 2]);
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_a_503_and_not_the_end_of_the_process() {
    let brokers = MockCluster::new(1).expect("brokers in this process");
    let nobody = [("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1"), ("KAFKA_SECRET_ARN", "secret")];
    let running = Running::start_with(brokers, &nobody).await;
    let (status, headers, problem) = running.call(seeds_call()).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("BROKER_UNREACHABLE")), "{problem}");
    assert_eq!(headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_refused_request_leaves_nothing_in_the_topic() {
    let running = Running::start().await;
    for (body, want) in [
        (json!("{\"email\":"), 400),
        (json!("[]"), 400),
        (json!({ "email": 7, "firstName": "John" }), 400),
        (json!({ "email": "test@example.com" }), 400),
        (json!({ "email": "test@example.com", "firstName": "John", "fristName": "John" }), 400),
        (json!("x".repeat(500_000)), 413),
    ] {
        let (status, headers, problem) = running.call(json!({ "body": body })).await;
        assert_eq!(status, want, "{problem}");
        assert_eq!(headers["content-type"], "application/problem+json");
    }
    // So the first record there is the first good request's.
    let (_, _, answer) = running.call(seeds_call()).await;
    let found = read(&running.brokers, TOPIC, 1);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].2.get("ce_id").map(String::as_str), answer["eventId"].as_str());
}
