//! The custom resource between a small MSK and a small CloudFormation.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_smithy_runtime_api::client::http::http_client_fn;
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use bootstrap::BootstrapBrokers;
use runtime::{Aws, Function, Invocation, Settings};
use serde_json::{Value, json};

#[derive(Default)]
struct Inside {
    /// What MSK answers: in order, the last one for ever.
    msk: Vec<(u16, &'static str, Value)>,
    asked: usize,
    /// What CloudFormation was told.
    told: Vec<Value>,
    /// The next so many answers are refused.
    refuse: usize,
}

#[derive(Clone, Default)]
struct World(Arc<Mutex<Inside>>);

impl World {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(
    State(world): State<World>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut inside = world.inside();
    if method == Method::PUT {
        if inside.refuse > 0 {
            inside.refuse -= 1;
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        assert_eq!(
            uri.path_and_query().map(ToString::to_string),
            Some("/answer%2Fhere?signature=a%2Bb".into())
        );
        assert_eq!(headers["content-type"], "", "the URL is signed for a request without one");
        assert!(body.len() <= 4096);
        inside.told.push(serde_json::from_slice(&body).expect("it is JSON"));
        return StatusCode::OK.into_response();
    }
    inside.asked += 1;
    let last = inside.msk.len() == 1;
    let (status, error, body) = if last { inside.msk[0].clone() } else { inside.msk.remove(0) };
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("x-amzn-errortype", error)], Json(body)).into_response()
}

/// The world's address.
async fn start(world: &World) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = Router::new().fallback(serve).with_state(world.clone());
    tokio::spawn(async move { axum::serve(listener, server).await });
    format!("http://{address}")
}

fn settings(endpoint: &str) -> Settings {
    Settings::from([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL_KAFKA", endpoint),
    ])
}

fn event(endpoint: &str, request: &str, properties: &Value) -> Value {
    let mut event = json!({
        "RequestType": request,
        "ResponseURL": format!("{endpoint}/answer%2Fhere?signature=a%2Bb"),
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/onboard-ai-dev/1",
        "RequestId": "r-1",
        "ResourceType": "Custom::BootstrapBrokers",
        "LogicalResourceId": "BootstrapBrokers",
        "ResourceProperties": properties,
    });
    if request != "Create" {
        event["PhysicalResourceId"] = "what-it-was".into();
    }
    event
}

async fn call(world: &World, request: &str, properties: Value, time: Duration) -> Value {
    let endpoint = start(world).await;
    let resource = BootstrapBrokers::new(&settings(&endpoint)).expect("all is told");
    answer(world, &resource, event(&endpoint, request, &properties), time).await
}

/// What CloudFormation is told, exactly once.
async fn answer(world: &World, resource: &BootstrapBrokers, event: Value, time: Duration) -> Value {
    let invocation = Invocation::within("onboard-ai-bootstrap-brokers-dev", "1", time);
    resource.call(event, invocation).await.expect("CloudFormation was answered");
    let told = world.inside().told.clone();
    assert_eq!(told.len(), 1, "exactly once");
    assert_eq!(told[0]["StackId"], "arn:aws:cloudformation:eu-west-1:123456789012:stack/onboard-ai-dev/1");
    assert_eq!(
        (&told[0]["RequestId"], &told[0]["LogicalResourceId"]),
        (&json!("r-1"), &json!("BootstrapBrokers"))
    );
    told[0].clone()
}

fn world(msk: Vec<(u16, &'static str, Value)>) -> World {
    let world = World::default();
    world.inside().msk = msk;
    world
}

fn cluster() -> Value {
    json!({ "ClusterArn": "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1", "ClusterVersion": "K1" })
}

const LONG: Duration = Duration::from_mins(1);
const SCRAM: &str = "b-1.c.kafka.eu-west-1.amazonaws.com:9096,b-2.c.kafka.eu-west-1.amazonaws.com:9096";

#[tokio::test]
async fn the_scram_listeners_are_the_attribute() {
    let world = world(vec![(200, "", json!({ "bootstrapBrokerStringSaslScram": SCRAM }))]);
    let told = call(&world, "Create", cluster(), LONG).await;
    assert_eq!(
        (&told["Status"], &told["Data"]["BootstrapBrokerStringSaslScram"]),
        (&json!("SUCCESS"), &json!(SCRAM))
    );
    assert_eq!(told["PhysicalResourceId"], "bootstrap-brokers");
}

#[tokio::test]
async fn an_update_replaces_nothing() {
    let world = world(vec![(200, "", json!({ "bootstrapBrokerStringSaslScram": SCRAM }))]);
    assert_eq!(call(&world, "Update", cluster(), LONG).await["PhysicalResourceId"], "what-it-was");
}

#[tokio::test]
async fn the_listener_that_is_off_is_named() {
    let brokers = json!({ "bootstrapBrokerStringSaslIam": "b-1:9098", "bootstrapBrokerStringSaslScram": "" });
    let told = call(&world(vec![(200, "", brokers)]), "Create", cluster(), LONG).await;
    assert_eq!(told["Status"], "FAILED");
    let reason = told["Reason"].as_str().expect("there is a reason");
    assert!(reason.contains("SCRAM authentication is off (on: SASL/IAM)"), "{reason}");
}

#[tokio::test]
async fn a_cluster_that_is_being_changed_is_asked_again() {
    let busy = || (409, "ConflictException", json!({ "message": "UPDATING" }));
    let world = world(vec![busy(), busy(), (200, "", json!({ "bootstrapBrokerStringSaslScram": SCRAM }))]);
    assert_eq!(call(&world, "Create", cluster(), LONG).await["Status"], "SUCCESS");
}

#[tokio::test]
async fn msks_own_words_are_the_reason() {
    let world = world(vec![(404, "NotFoundException", json!({ "message": "no such cluster" }))]);
    let told = call(&world, "Create", cluster(), LONG).await;
    assert_eq!(told["Status"], "FAILED");
    assert!(told["Reason"].as_str().is_some_and(|reason| reason.contains("no such cluster")), "{told}");
}

#[tokio::test]
async fn a_deletion_asks_nobody() {
    let world = world(vec![(404, "NotFoundException", json!({}))]);
    let told = call(&world, "Delete", json!({}), LONG).await;
    assert_eq!((&told["Status"], &told["PhysicalResourceId"]), (&json!("SUCCESS"), &json!("what-it-was")));
    assert_eq!(world.inside().asked, 0);
}

#[tokio::test]
async fn it_answers_before_lambda_stops_it() {
    // The cluster stays busy for ever.
    let world = world(vec![(409, "ConflictException", json!({ "message": "UPDATING" }))]);
    let told = call(&world, "Create", cluster(), Duration::from_secs(2)).await;
    assert_eq!(told["Status"], "FAILED");
    assert!(told["Reason"].as_str().is_some_and(|reason| reason.contains("in time")), "{told}");
}

#[tokio::test]
async fn a_missing_property_is_answered_too() {
    let told = call(&world(vec![]), "Create", json!({}), LONG).await;
    assert_eq!(
        (&told["Status"], &told["Reason"]),
        (&json!("FAILED"), &json!("the property ClusterArn is missing"))
    );
}

#[tokio::test]
async fn an_answer_that_does_not_arrive_is_sent_again() {
    let world = world(vec![(200, "", json!({ "bootstrapBrokerStringSaslScram": SCRAM }))]);
    world.inside().refuse = 2;
    assert_eq!(call(&world, "Create", cluster(), LONG).await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_panic_is_answered_too() {
    let world = world(vec![]);
    let endpoint = start(&world).await;
    let config = Aws::new(&settings(&endpoint)).expect("all is told").config("KAFKA");
    let config = aws_sdk_kafka::Config::from(&config).to_builder();
    let broken = http_client_fn(|_, _| panic!("a fault of a library"));
    let resource =
        BootstrapBrokers::with(aws_sdk_kafka::Client::from_conf(config.http_client(broken).build()));
    let told = answer(&world, &resource, event(&endpoint, "Create", &cluster()), LONG).await;
    assert_eq!(
        (&told["Status"], &told["Reason"]),
        (&json!("FAILED"), &json!("the function panicked; see its log"))
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_answered_too() {
    for spoil in ["RequestType", "ResourceProperties"] {
        let world = world(vec![]);
        let endpoint = start(&world).await;
        let mut event = event(&endpoint, "Update", &cluster());
        event[spoil] = 7.into();
        let resource = BootstrapBrokers::new(&settings(&endpoint)).expect("all is told");
        let told = answer(&world, &resource, event, LONG).await;
        assert_eq!((&told["Status"], &told["PhysicalResourceId"]), (&json!("FAILED"), &json!("what-it-was")));
        assert_eq!(world.inside().asked, 0);
    }
}

#[tokio::test]
async fn what_says_not_where_to_answer_is_an_error() {
    let resource = BootstrapBrokers::new(&settings("http://127.0.0.1:1")).expect("all is told");
    let invocation = Invocation::within("onboard-ai-bootstrap-brokers-dev", "1", LONG);
    assert!(resource.call(json!({ "RequestType": "Create" }), invocation).await.is_err());
}
