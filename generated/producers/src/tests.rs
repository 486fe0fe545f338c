//! Every function starts with the environment that a deployment gives it, and refuses what it must.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use runtime::producer::{PublishError, Publisher};
use runtime::{Function, Invocation, Metrics, Settings};
use serde_json::{Map, Value, json};

/// Every function's environment, with what Lambda adds by itself.
fn environments() -> Vec<(&'static str, Settings)> {
    vec![
        (
            "generate-recommendations",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "policy-recommended"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("KYC_RESULTS_TABLE", "kyc-results-test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "perform-kyc",
            Settings::from([
                ("APPLICATIONS_TABLE", "applications-test"),
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "kyc-verified"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "process-documents",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "documents-processed"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "submit-policy-selection",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "workflow-completed"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("KYC_RESULTS_TABLE", "kyc-results-test"),
                ("RECOMMENDATIONS_TABLE", "recommendations-test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "submit-user-info",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "user-info-submitted"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
    ]
}

/// Remembers the topics that something was published to.
#[derive(Clone, Default)]
struct Topics(Arc<Mutex<Vec<&'static str>>>);

impl Publisher for Topics {
    async fn publish(&self, record: &contract::Record, _: tokio::time::Instant) -> Result<(), PublishError> {
        self.0.lock().expect("nobody panicked").push(record.topic);
        Ok(())
    }
}

#[test]
fn every_function_starts() {
    let functions = crate::functions::<Topics>();
    let environments = environments();
    assert_eq!(functions.len(), environments.len());
    for ((name, make), (of, settings)) in functions.into_iter().zip(environments) {
        assert_eq!(name, of);
        if let Err(error) = make(Topics::default(), &settings, Metrics::none()) {
            panic!("{name}: {error}");
        }
    }
}

/// A function, and a request that it takes.
struct Subject {
    name: &'static str,
    function: Box<dyn Function>,
    published: Topics,
    request: Map<String, Value>,
}

impl Subject {
    fn new(name: &'static str, make: crate::Constructor<Topics>, settings: &Settings) -> Self {
        let topic = settings.need("KAFKA_TOPIC").expect("a producer has one");
        let published = Topics::default();
        let function = make(published.clone(), settings, Metrics::none()).expect("it starts");
        let path = format!("{}/../fixtures/{topic}.request.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("each request has a fixture");
        let request = serde_json::from_str(&text).expect("a fixture is JSON");
        Self { name, function, published, request }
    }

    fn all() -> Vec<Self> {
        let functions = crate::functions::<Topics>().into_iter().zip(environments());
        functions.map(|((name, make), (_, settings))| Self::new(name, make, &settings)).collect()
    }

    /// What it answers; nothing may be in any topic then.
    async fn refuses(&self, event: Value) -> (u64, Value) {
        let invocation = Invocation::within(self.name, "1", Duration::from_secs(10));
        let answer = self.function.call(event, invocation).await.expect("it always answers");
        let status = answer["statusCode"].as_u64().expect("a status");
        assert!((400..500).contains(&status), "{}: {answer}", self.name);
        assert_eq!(answer["headers"]["content-type"], "application/problem+json", "{}", self.name);
        let published = self.published.0.lock().expect("nobody panicked");
        assert!(published.is_empty(), "{} published to {published:?}", self.name);
        (status, serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON"))
    }
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused() {
    let cases = [
        (json!({ "body": "{\"a\":" }), 400),
        (json!({ "body": "[]" }), 400),
        (json!({ "body": "" }), 400),
        (json!({}), 400),
        // Bytes that are no UTF-8, and text that is no base64.
        (json!({ "body": "//4=", "isBase64Encoded": true }), 400),
        (json!({ "body": "***", "isBase64Encoded": true }), 400),
        (json!({ "body": json!({ "a": "x".repeat(500_000) }) }), 413),
    ];
    for subject in Subject::all() {
        for (event, want) in &cases {
            let (status, body) = subject.refuses(event.clone()).await;
            assert_eq!(status, *want, "{}: {body}", subject.name);
        }
    }
}

/// Where the faults are.
fn pointers(body: &Value) -> BTreeSet<String> {
    let errors = body["errors"].as_array().expect("a list of faults");
    errors.iter().map(|fault| fault["pointer"].as_str().expect("a place").to_owned()).collect()
}

#[tokio::test]
async fn every_fault_of_a_request_is_told_at_once() {
    for subject in Subject::all() {
        // Of another type than it should be, whatever that is.
        let wrong = |value: &Value| if value.is_array() { json!({}) } else { json!([]) };
        let mut request: Map<String, Value> =
            subject.request.iter().map(|(name, value)| (name.clone(), wrong(value))).collect();
        let mut want: BTreeSet<String> = request.keys().map(|name| format!("#/{name}")).collect();
        request.insert("noSuchField".into(), 1.into());
        want.insert("#/noSuchField".into());
        let (status, body) = subject.refuses(json!({ "body": Value::Object(request).to_string() })).await;
        assert_eq!((status, body["code"].as_str()), (400, Some("INVALID_REQUEST")), "{}", subject.name);
        assert_eq!(pointers(&body), want, "{}", subject.name);
    }
}

#[tokio::test]
async fn fields_that_are_missing_are_told_by_name() {
    for subject in Subject::all() {
        let (_, body) = subject.refuses(json!({ "body": "{\"noSuchField\":1}" })).await;
        let fields: BTreeSet<String> = subject.request.keys().map(|name| format!("#/{name}")).collect();
        for fault in body["errors"].as_array().expect("a list of faults") {
            let pointer = fault["pointer"].as_str().expect("a place");
            if pointer != "#/noSuchField" {
                assert_eq!(fault["detail"], "is missing", "{}", subject.name);
                assert!(fields.contains(pointer), "{}: {pointer}", subject.name);
            }
        }
    }
}

#[tokio::test]
async fn over_http_nobody_acts_for_a_customer_without_a_token() {
    for subject in Subject::all() {
        let body = Value::Object(subject.request.clone()).to_string();
        let (status, body) = subject.refuses(json!({ "requestContext": {}, "body": body })).await;
        assert_eq!((status, body["code"].as_str()), (401, Some("TOKEN_MISSING")), "{}", subject.name);
    }
}
