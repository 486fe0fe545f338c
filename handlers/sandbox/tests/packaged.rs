//! The zips that `make build` made, run as Lambda runs them. `tests/full/functions.sh` builds them first.

use std::time::Duration;

use sandbox::{Error, Packages, Sandbox, World};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(10);

async fn start() -> (World, Packages) {
    let world = World::start().await.unwrap_or_else(|error| panic!("{error}"));
    (world, Packages::built().unwrap_or_else(|error| panic!("{error}")))
}

async fn sandbox(world: &World, packages: &Packages, function: &str) -> Sandbox {
    let function = world.model().functions.iter().find(|other| other.name.name == function);
    let function = function.expect("the manifest has it");
    world.sandbox(packages, function).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn call(sandbox: &mut Sandbox, event: &Value) -> Value {
    let answer = sandbox.call(event, LIMIT).await.unwrap_or_else(|error| panic!("{error}"));
    answer.outcome.unwrap_or_else(|error| panic!("{error}"))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON")
}

/// What the seed has for `aws lambda invoke --payload`.
fn seeds_call() -> Value {
    json!({ "body": "{\"email\":\"test@example.com\",\"firstName\":\"John\"}" })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the zips of `make build`"]
async fn every_function_starts_and_asks_for_work() {
    let (world, packages) = start().await;
    for function in &world.model().functions {
        let name = &function.name.name;
        let sandbox =
            world.sandbox(&packages, function).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(sandbox.peak_memory().is_none_or(|bytes| bytes > 0), "{name}");
        for line in sandbox.stop().await {
            assert!(serde_json::from_str::<Value>(&line).is_ok(), "{name} logs no JSON: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the zips of `make build`"]
async fn the_seeds_call_reaches_table_and_browser() {
    let (world, packages) = start().await;
    let topic = world.model().topic("user-info-submitted").expect("the manifest has it");
    let mut producer = sandbox(&world, &packages, "submit-user-info").await;
    let answer = call(&mut producer, &seeds_call()).await;
    assert_eq!(answer["statusCode"], 202, "{answer}");
    let accepted = body(&answer);
    let customer = accepted["customerId"].as_str().expect("a customer");

    let batch = world.consume(&topic.name.name).unwrap_or_else(|error| panic!("{error}"));
    world.connect(customer, "one").expect("a connection");
    let mut consumer = sandbox(&world, &packages, &world.consumer(topic).name.name).await;
    // Once more, as at-least-once delivery has it.
    for _ in 0..2 {
        assert_eq!(call(&mut consumer, &batch).await, json!({ "batchItemFailures": [] }));
    }
    assert_eq!(world.count("users").expect("a table"), 1);
    assert_eq!(world.count("kafka-events").expect("a table"), 1);
    let pushed = world.pushed();
    assert_eq!(pushed.len(), 1, "{pushed:?}");
    assert_eq!(pushed[0].connection, "one");
    assert_eq!(pushed[0].message["type"], "USER_INFO_SUBMITTED");
    assert_eq!(pushed[0].message["id"], accepted["eventId"]);
    for log in [producer.stop().await, consumer.stop().await] {
        assert!(!log.is_empty());
        assert!(
            !log.iter().any(|line| line.contains("test@example.com") || line.contains("John")),
            "{log:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the zips of `make build`"]
async fn an_event_of_another_kind_is_the_functions_error_and_not_its_end() {
    let (world, packages) = start().await;
    let mut consumer = sandbox(&world, &packages, "consumer-user-info-submitted").await;
    let answer =
        consumer.call(&json!({ "records": 7 }), LIMIT).await.unwrap_or_else(|error| panic!("{error}"));
    let error = answer.outcome.expect_err("it is no batch");
    assert_eq!(error["errorType"], "NotMyEvent", "{error}");
    let empty = json!({ "eventSource": "aws:kafka", "records": {} });
    assert_eq!(call(&mut consumer, &empty).await, json!({ "batchItemFailures": [] }));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the zips of `make build`"]
async fn brokers_that_are_away_are_a_503_inside_the_functions_own_time() {
    let (world, packages) = start().await;
    let mut producer = sandbox(&world, &packages, "submit-user-info").await;
    world.switch_brokers(false).expect("they go");
    let limit = Duration::from_secs(5);
    let answer = producer.call(&seeds_call(), limit).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(answer.took < limit, "Lambda would have stopped it: {:?}", answer.took);
    let answer = answer.outcome.expect("an answer");
    assert_eq!(answer["statusCode"], 503, "{answer}");
    assert_eq!(body(&answer)["code"], "BROKER_UNREACHABLE");
    world.switch_brokers(true).expect("they come back");
    assert_eq!(call(&mut producer, &seeds_call()).await["statusCode"], 202);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the zips of `make build`"]
async fn what_a_function_is_not_told_it_asks_for_when_it_starts() {
    let (world, packages) = start().await;
    let function = world.producer(world.model().topic("kyc-verified").expect("the manifest has it"));
    let mut variables = world.variables(function);
    variables.remove("KAFKA_BROKERS");
    let program = packages.program(&function.name.name).expect("a program");
    let error = Sandbox::start("perform-kyc", &program, &variables).await.expect_err("it can't start");
    assert!(matches!(&error, Error::Ended(log) if log.contains("KAFKA_BROKERS")), "{error}");
}
