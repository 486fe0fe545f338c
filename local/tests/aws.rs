//! The AWS APIs, where their answers differ from what is easily given.

mod support;

use axum::http::{HeaderMap, Method};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use support::Local;

const FUNCTION: &str = "onboard-ai-submit-user-info-dev";

async fn invoke(local: &Local, function: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Value) {
    let event = json!({ "body": r#"{"customerId":"c-1","email":"a@example.com","firstName":"Ada"}"# });
    let url = format!("{}/2015-03-31/functions/{function}", local.address("aws"));
    let (status, headers, text) = local.send(Method::POST, &url, headers, event.to_string()).await;
    (status, headers, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{function} answered {text:?}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calls_log_has_what_the_function_wrote_last() {
    let local = Local::start(&[]);
    let function = format!("{FUNCTION}/invocations");
    let calls = (0..20).map(|_| invoke(&local, &function, &[("x-amz-log-type", "Tail")]));
    for (status, headers, answer) in futures_util::future::join_all(calls).await {
        assert_eq!(status, 200, "{answer}");
        let log = STANDARD.decode(&headers["x-amz-log-result"]).expect("it is base64");
        let log = String::from_utf8(log).expect("it is text");
        let id = headers["x-amzn-requestid"].to_str().expect("it is text");
        let lines: Vec<&str> = log.lines().collect();
        let [start, said @ .., end, report] = &lines[..] else { panic!("{log}") };
        assert!(start.starts_with(&format!("START RequestId: {id} ")), "{log}");
        assert!(
            *end == format!("END RequestId: {id}")
                && report.starts_with(&format!("REPORT RequestId: {id}\t"))
        );
        let own: Vec<Value> = said.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert_eq!(own.len(), said.len(), "the function writes JSON: {log}");
        let event: Value =
            serde_json::from_str(answer["body"].as_str().expect("it has a body")).expect("it is JSON");
        let event_id = event["eventId"].as_str().expect("it is published");
        assert!(
            own.iter().any(|line| line["requestId"] == id && line.to_string().contains(event_id)),
            "{log}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lambda_would_refuse_is_refused() {
    let local = Local::start(&[]);
    for (function, headers, wanted) in [
        (
            format!("{FUNCTION}/invocations"),
            [("x-amz-invocation-type", "Later")],
            (400, "InvalidParameterValue"),
        ),
        (format!("{FUNCTION}/invocations?Qualifier=9"), [("accept", "*/*")], (404, "ResourceNotFound")),
        (
            "onboard-ai-bootstrap-brokers-dev/invocations".into(),
            [("accept", "*/*")],
            (400, "InvalidRequestContent"),
        ),
        ("no-such-function/invocations".into(), [("accept", "*/*")], (404, "ResourceNotFound")),
    ] {
        let (status, headers, answer) = invoke(&local, &function, &headers).await;
        let kind = headers.get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        assert_eq!((status, kind.contains(wanted.1)), (wanted.0, true), "{function}: {kind}: {answer}");
    }
    let url = format!("{}/2019-09-30/functions/{FUNCTION}/concurrency", local.address("aws"));
    let put = |body: &str| {
        let url = url.replace("2019-09-30", "2017-10-31");
        let (local, body) = (&local, body.to_owned());
        async move { local.send(Method::PUT, &url, &[], body).await }
    };
    let get = async || local.send(Method::GET, &url, &[], "").await.2;
    assert_eq!(get().await, "{}");
    assert_eq!(put(r#"{"ReservedConcurrentExecutions":3}"#).await.0, 200);
    assert_eq!(get().await, r#"{"ReservedConcurrentExecutions":3}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_not_there_and_a_pattern_that_is_not_known_are_no_empty_answers() {
    let local = Local::start(&[]);
    let group = format!("/aws/lambda/{FUNCTION}");
    for (operation, asked, told) in [
        (
            "FilterLogEvents",
            json!({ "logGroupName": group, "filterPattern": "{ $.level = \"INFO\" }" }),
            "InvalidParameter",
        ),
        ("GetLogEvents", json!({ "logGroupName": group, "logStreamName": "none" }), "ResourceNotFound"),
        (
            "FilterLogEvents",
            json!({ "logGroupName": "/none", "filterPattern": "{ $.status = \"5*\" }" }),
            "ResourceNotFound",
        ),
    ] {
        let (status, answer) = local.aws(&format!("Logs_20140328.{operation}"), &asked).await;
        assert_eq!(status, 400, "{asked}: {answer}");
        assert!(answer["__type"].as_str().is_some_and(|kind| kind.contains(told)), "{asked}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_nobody_waits_for_waits_while_the_function_is_throttled() {
    let local = Local::start(&[]);
    let url = format!("{}/2017-10-31/functions/{FUNCTION}/concurrency", local.address("aws"));
    let limit = |body: &'static str| local.send(Method::PUT, &url, &[], body);
    let calls = async || {
        let asked = json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}"), "filterPattern": "REPORT" });
        let (_, answer) = local.aws("Logs_20140328.FilterLogEvents", &asked).await;
        answer["events"].as_array().expect("it has events").len()
    };
    assert_eq!(limit(r#"{"ReservedConcurrentExecutions":0}"#).await.0, 200);
    let url = format!("{}/2015-03-31/functions/{FUNCTION}/invocations", local.address("aws"));
    let event = json!({ "body": r#"{"email":"a@example.com","firstName":"Ada"}"# }).to_string();
    let (status, ..) =
        local.send(Method::POST, &url, &[("x-amz-invocation-type", "Event")], event.clone()).await;
    assert_eq!(status, 202);
    // Throttled at once, where somebody waits.
    assert_eq!(local.send(Method::POST, &url, &[], event).await.0, 429);
    assert_eq!(calls().await, 0);
    assert_eq!(limit(r#"{"ReservedConcurrentExecutions":1}"#).await.0, 200);
    local.until("the call is made", async |_| (calls().await == 1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_is_found_by_its_id() {
    let local = Local::start(&[]);
    let url = format!("{}/2015-03-31/event-source-mappings/", local.address("aws"));
    let get = async |url: &str| {
        let (status, _, text) = local.send(Method::GET, url, &[], "").await;
        (status, serde_json::from_str::<Value>(&text).expect("it is JSON"))
    };
    let (_, listed) = get(&url).await;
    let listed = listed["EventSourceMappings"].as_array().expect("it is a list");
    assert!(listed.len() > 1);
    for mapping in listed {
        let id = mapping["UUID"].as_str().expect("it has an id");
        assert_eq!(get(&format!("{url}{id}")).await, (200, mapping.clone()));
    }
    assert_eq!(get(&format!("{url}none")).await.0, 404);
}
