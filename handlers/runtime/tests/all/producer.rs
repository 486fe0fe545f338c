//! A producer from the request to the answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contract::{
    Event, EventContext, Fields, Item, Key, Object, Record, Refusal, Rule, Tables, Timestamp, check,
};
use runtime::{
    Aws, Function, Invocation, Metrics, Settings,
    consumer::BatchReply,
    producer::{Access, ErrorTopic, Producer, PublishError, Publisher},
    secrets::Secrets,
    token::Tokens,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    consumer::send,
    support::{
        cloud::Cloud,
        events::{ACCOUNTS, Failed, OpenRequest, Opened, context, record},
    },
};

/// What was published, and what goes wrong.
#[derive(Debug, Clone, Default)]
struct Topic(Arc<Mutex<(Vec<Record>, Option<PublishError>)>>);

impl Topic {
    fn records(&self) -> Vec<Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn of(&self, topic: &str) -> Vec<Item> {
        let records = self.records().into_iter().filter(|record| record.topic == topic);
        records.map(|record| serde_json::from_slice(&record.value).expect("events are JSON")).collect()
    }

    fn breaks(self, error: PublishError) -> Self {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(error);
        self
    }
}

impl Publisher for Topic {
    async fn publish(&self, record: &Record, _: Instant) -> Result<(), PublishError> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(error), "opened") = (&inside.1, record.topic) {
            return Err(error.clone());
        }
        inside.0.push(record.clone());
        Ok(())
    }
}

/// Does what the note says.
struct Open;

impl Rule for Open {
    type Event = Opened;
    async fn decide<T: Tables>(
        &self,
        request: OpenRequest,
        context: &EventContext,
        tables: &T,
    ) -> Result<Opened, Refusal> {
        let mut event = Opened::new(&request.customer_id, &context.uuid("applicationId").to_string());
        match request.note.as_deref() {
            Some("refuse") => return Err(Refusal::field("/note", "is not what it seems")),
            Some("wait") => return Err(Refusal::not_yet("NOT_YET", "the first step has not arrived")),
            Some("silent") => return Err(Refusal::NoAnswer("the list of names")),
            Some("panic") => panic!("a rule's own fault"),
            Some("hang") => std::future::pending().await,
            Some("bad") => event.status = Some("x".repeat(21)),
            Some("other") => event.customer_id = "somebody-else".into(),
            Some("read") => {
                let found = tables.get(&ACCOUNTS, Key::new(request.customer_id.as_str())).await?;
                event.status = found.and_then(|item| Some(item.get("status")?.as_str()?.to_owned()));
            }
            _ => {}
        }
        event.note = request.note;
        event.email = Some(request.email);
        Ok(event)
    }
}

/// An event whose key is a number.
#[derive(Debug, Clone, serde::Serialize)]
struct Counted {
    number: i64,
}

impl Object for Counted {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { number: fields.required("number", &check::integer(0, 9))? })
    }
}

impl Event for Counted {
    const TOPIC: &'static str = "counted";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "test.counted";
    const KEY: &'static str = "number";
    type Request = Self;
    fn key(&self) -> std::borrow::Cow<'_, str> {
        self.number.to_string().into()
    }
}

struct Count;

impl Rule for Count {
    type Event = Counted;
    async fn decide<T: Tables>(&self, request: Counted, _: &EventContext, _: &T) -> Result<Counted, Refusal> {
        Ok(request)
    }
}

fn producer(access: Access, topic: &Topic, settings: &Settings) -> Producer<Open, Topic> {
    Producer::new(Open, access, ErrorTopic::of::<Failed>(), topic.clone(), settings, Metrics::none())
        .expect("all is told")
}

async fn call(producer: &Producer<Open, Topic>, event: Value) -> (u64, Value, Value) {
    let invocation = Invocation::within("app-open-test", "1", Duration::from_secs(10));
    let answer = producer.call(event, invocation).await.expect("it always answers");
    let body = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).expect("a JSON body");
    (answer["statusCode"].as_u64().expect("a status"), body, answer["headers"].clone())
}

fn http(body: &str, headers: Value) -> Value {
    let mut request = json!({
        "version": "2.0", "routeKey": "POST /open", "rawPath": "/open",
        "requestContext": { "http": { "method": "POST" } }, "body": body, "isBase64Encoded": false,
    });
    request["headers"] = headers;
    request
}

async fn bearer(cloud: &Cloud, customer: &str) -> Value {
    let secrets = Secrets::new(Aws::new(&cloud.settings).expect("told").secrets());
    let tokens = Tokens::new(secrets, &cloud.settings).expect("told");
    let token = tokens.sign(customer, Timestamp::now()).await.expect("signed").text;
    json!({ "Authorization": format!("Bearer {token}") })
}

#[tokio::test]
async fn the_seeds_own_payload_is_accepted() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let producer = producer(Access::Open, &topic, &cloud.settings);
    let (status, body, _) = call(&producer, json!({ "body": "{\"email\":\"test@example.com\"}" })).await;
    assert_eq!(status, 202, "{body}");
    let record = &topic.records()[0];
    let header =
        |name: &str| record.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str());
    assert_eq!(header("ce_id"), body["eventId"].as_str());
    assert_eq!(header("ce_source"), Some("/app-open-test"));
    assert_eq!(header("ce_type"), Some("test.opened"));
    assert_eq!(header("ce_schemaversion"), Some("1"));
    assert_eq!(Some(record.key.as_str()), body["customerId"].as_str());
    let url = body["websocketUrl"].as_str().expect("where to connect");
    let (token, customer) = (body["token"].as_str().expect("a token"), &record.key);
    assert!(url.ends_with(&format!("/dev?customerId={customer}&token={token}")), "{url}");
}

#[tokio::test]
async fn the_callers_trace_goes_on_if_it_is_one() {
    let cloud = Cloud::start().await;
    let (callers, own) = (
        "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
    );
    let zero = "00-00000000000000000000000000000000-53995c3f42cd8ad8-01";
    for (header, want) in
        [(Some(callers), callers), (None, own), (Some("jo@example.com"), own), (Some(zero), own)]
    {
        let topic = Topic::default();
        let headers = header.map_or_else(|| json!({}), |header| json!({ "traceparent": header }));
        let mut invocation = Invocation::within("app-open-test", "1", Duration::from_secs(10));
        invocation.traceparent = Some(own.into());
        let open = producer(Access::Open, &topic, &cloud.settings);
        // The failure belongs to the same trace.
        for body in [r#"{"email":"a@example.com"}"#, r#"{"email":"a@example.com","note":"panic"}"#] {
            open.call(http(body, headers.clone()), invocation.clone()).await.expect("it answers");
        }
        let records = topic.records();
        assert_eq!(records.iter().map(|record| record.topic).collect::<Vec<_>>(), ["opened", "failed"]);
        for record in records {
            let trace = record.headers.iter().find(|(name, _)| *name == "traceparent");
            assert_eq!(trace.map(|(_, value)| value.as_str()), Some(want), "{header:?}");
        }
    }
}

#[tokio::test]
async fn a_new_customer_gets_a_token_that_later_steps_take() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let (_, first, _) = call(
        &producer(Access::Open, &topic, &cloud.settings),
        http(r#"{"email":"a@example.com"}"#, json!({})),
    )
    .await;
    let headers = json!({ "authorization": format!("bearer {}", first["token"].as_str().expect("a token")) });
    let closed = producer(Access::Customer, &topic, &cloud.settings);
    let (status, second, _) = call(&closed, http(r#"{"email":"a@example.com"}"#, headers)).await;
    assert_eq!(status, 202, "{second}");
    assert_eq!(first["customerId"], second["customerId"]);
}

#[tokio::test]
async fn nobody_acts_for_another_customer() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let mine = bearer(&cloud, "c-1").await;
    let named = r#"{"customerId":"c-2","email":"a@example.com"}"#;
    let unnamed = r#"{"email":"a@example.com"}"#;
    for (access, body, headers, want) in [
        (Access::Open, named, json!({}), 401),
        (Access::Open, named, mine.clone(), 403),
        (Access::Open, unnamed, json!({ "authorization": "Bearer v1.x.y.z" }), 401),
        (Access::Customer, unnamed, json!({}), 401),
        (Access::Customer, named, mine.clone(), 403),
        (Access::Customer, unnamed, mine, 202),
    ] {
        let (status, answer, headers) =
            call(&producer(access, &topic, &cloud.settings), http(body, headers)).await;
        assert_eq!(status, want, "{access:?} {body}: {answer}");
        assert_eq!(headers.get("www-authenticate").is_some(), want == 401);
    }
    assert_eq!(topic.of("opened").len(), 1);
    assert!(topic.of("opened").iter().all(|event| event["customerId"] == "c-1"));
}

#[tokio::test]
async fn the_authorizers_word_is_taken() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let mut event = http(r#"{"email":"a@example.com"}"#, json!({}));
    event["requestContext"]["authorizer"] = json!({ "lambda": { "customerId": "c-9" } });
    let (status, body, _) = call(&producer(Access::Customer, &topic, &cloud.settings), event).await;
    assert_eq!((status, &body["customerId"]), (202, &json!("c-9")));
}

#[tokio::test]
async fn without_auth_the_body_names_the_customer() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let settings = cloud.setting("AUTH_MODE", "none");
    let closed = producer(Access::Customer, &topic, &settings);
    let body = r#"{"customerId":"test-123","email":"a@example.com"}"#;
    assert_eq!(call(&closed, http(body, json!({}))).await.0, 202);
    let (status, body, _) = call(&closed, http(r#"{"email":"a@example.com"}"#, json!({}))).await;
    assert_eq!(status, 400);
    assert_eq!(body["errors"][0], json!({ "pointer": "#/customerId", "detail": "is missing" }));
}

#[tokio::test]
async fn a_key_may_be_a_number() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let count = |settings: &Settings| {
        Producer::new(Count, Access::Customer, ErrorTopic::none(), topic.clone(), settings, Metrics::none())
            .expect("all is told")
    };
    let invocation = Invocation::within("app-count-test", "1", Duration::from_secs(10));
    let request = http(r#"{"number":7}"#, json!({}));
    let answer = count(&cloud.setting("AUTH_MODE", "none")).call(request.clone(), invocation.clone()).await;
    assert_eq!(answer.expect("an answer")["statusCode"], 202);
    assert_eq!(topic.records()[0].key, "7");
    let answer = count(&cloud.settings).call(request.clone(), invocation.clone()).await;
    assert_eq!(answer.expect("an answer")["statusCode"], 401, "nobody acts for seven without its token");
    let mut request = request;
    request["headers"] = bearer(&cloud, "7").await;
    let answer = count(&cloud.settings).call(request, invocation).await;
    assert_eq!(answer.expect("an answer")["statusCode"], 202);
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_no_value_is() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let body = r#"{"email":"secret-mail","note":7,"status":"x","emial":"y"}"#;
    let (status, answer, headers) =
        call(&producer(Access::Open, &topic, &cloud.settings), http(body, json!({}))).await;
    assert_eq!(status, 400);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(answer["code"], "INVALID_REQUEST");
    assert_eq!(
        answer["errors"],
        json!([
            { "pointer": "#/note", "detail": "must be a string" },
            { "pointer": "#/email", "detail": "is not a mail address" },
            { "pointer": "#/status", "detail": "is set by the server and can't be sent" },
            { "pointer": "#/emial", "detail": "is not a field of this request" },
        ])
    );
    assert!(topic.records().is_empty(), "a bad request publishes nothing: {:?}", topic.records());
}

#[tokio::test]
async fn what_names_no_customer_that_can_be_is_no_failure_event() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &cloud.setting("AUTH_MODE", "none"));
    let of = |customer: &str| json!({ "body": { "customerId": customer, "email": "a@example.com", "note": "refuse" } });
    assert_eq!(call(&open, of(&"x".repeat(65))).await.0, 422);
    assert!(topic.of("failed").is_empty(), "its consumer could only quarantine it");
    assert_eq!(call(&open, of("c-1")).await.0, 422);
    // By the key of the event that failed.
    assert_eq!(topic.records().iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["c-1"]);
}

#[tokio::test]
async fn bodies_that_are_no_request() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &cloud.settings);
    let encoded = |text: &str| json!({ "body": text, "isBase64Encoded": true, "requestContext": {} });
    for (event, want, code) in [
        (http("", json!({})), 400, "MALFORMED_BODY"),
        (http("{\"email\":", json!({})), 400, "MALFORMED_BODY"),
        (http("[]", json!({})), 400, "MALFORMED_BODY"),
        (encoded("***"), 400, "MALFORMED_BODY"),
        (encoded("//4="), 400, "MALFORMED_BODY"),
        (http(&format!("{{\"note\":\"{}\"}}", "x".repeat(500_000)), json!({})), 413, "BODY_TOO_LONG"),
        (http("{}", json!({ "Idempotency-Key": "42" })), 400, "BAD_IDEMPOTENCY_KEY"),
    ] {
        let (status, body, _) = call(&open, event).await;
        assert_eq!((status, body["code"].as_str()), (want, Some(code)), "{body}");
    }
    let base64 = "eyJlbWFpbCI6ImFAZXhhbXBsZS5jb20ifQ==";
    assert_eq!(call(&open, encoded(base64)).await.0, 202);
    assert!(topic.of("failed").is_empty(), "a bad request publishes nothing");
}

#[tokio::test]
async fn an_event_that_its_table_could_not_hold_is_not_published() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &cloud.settings);
    // Without the note, the event has about 170 bytes.
    let of = |length: usize| json!({ "email": "a@example.com", "note": "x".repeat(length) }).to_string();
    let (status, body, _) = call(&open, http(&of(256 * 1024), json!({}))).await;
    assert_eq!((status, &body["detail"]), (413, &json!("the event is longer than 262144 bytes")), "{body}");
    assert!(topic.records().is_empty());
    assert_eq!(call(&open, http(&of(255 * 1024), json!({}))).await.0, 202);
    // And what is published fits.
    let records = topic.records();
    let published = records.iter().find(|record| record.topic == "opened").expect("it is published");
    let event: Opened = contract::read_event(&published.value).expect("it is an event");
    let known = record(&event, &context(1), 0, 0);
    assert_eq!(send::<Opened>(&cloud, vec![known]).await, BatchReply::default());
    assert!(cloud.items("error-logs-test").await.is_empty());
    assert_eq!(cloud.items("accounts-test").await.len(), 1);
}

#[tokio::test]
async fn a_retry_with_the_same_key_is_the_same_event() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Customer, &topic, &cloud.settings);
    let mut headers = bearer(&cloud, "c-1").await;
    headers["idempotency-key"] = "0193A000-0000-7000-8000-000000000001".into();
    let request = http(r#"{"email":"a@example.com"}"#, headers.clone());
    let (_, first, _) = call(&open, request.clone()).await;
    let (_, second, _) = call(&open, request).await;
    assert_eq!(first["eventId"], second["eventId"]);
    let events = topic.of("opened");
    assert_eq!(events[0], events[1], "computed ids follow from the event's id");
    let (_, third, _) = call(&open, http(r#"{"email":"b@example.com"}"#, headers)).await;
    assert_ne!(first["eventId"], third["eventId"], "another body is another event");
}

#[tokio::test]
async fn a_retry_of_the_first_step_is_the_same_customer() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &cloud.settings);
    let key = |last: u8| json!({ "idempotency-key": format!("0193a000-0000-7000-8000-00000000000{last}") });
    let (body, other) = (r#"{"email":"a@example.com"}"#, r#"{"email":"b@example.com"}"#);
    let (_, first, _) = call(&open, http(body, key(1))).await;
    let (_, second, _) = call(&open, http(body, key(1))).await;
    assert!(first["customerId"].is_string(), "{first}");
    assert_eq!(first["customerId"], second["customerId"]);
    assert_eq!(topic.of("opened")[0], topic.of("opened")[1]);
    for strangers in [http(body, key(2)), http(other, key(1)), http(body, json!({}))] {
        let (_, stranger, _) = call(&open, strangers).await;
        assert_ne!(first["customerId"], stranger["customerId"]);
    }
}

#[tokio::test]
async fn a_rules_refusals_have_their_status_and_become_failures() {
    let cloud = Cloud::start().await;
    for (note, want, code, retryable) in [
        ("refuse", 422, "REFUSED", false),
        ("wait", 409, "NOT_YET", true),
        ("silent", 503, "PROVIDER_UNAVAILABLE", true),
        ("panic", 500, "INTERNAL", false),
        ("bad", 500, "INTERNAL", false),
        ("other", 500, "INTERNAL", false),
    ] {
        let topic = Topic::default();
        let open = producer(Access::Customer, &topic, &cloud.settings);
        let body = json!({ "email": "a@example.com", "note": note }).to_string();
        let (status, answer, headers) = call(&open, http(&body, bearer(&cloud, "c-1").await)).await;
        assert_eq!((status, answer["code"].as_str()), (want, Some(code)), "{answer}");
        assert_eq!(headers.get("retry-after").is_some(), retryable);
        assert!(topic.of("opened").is_empty());
        let failure = &topic.of("failed")[0];
        assert_eq!((&failure["customerId"], &failure["code"]), (&json!("c-1"), &json!(code)));
        assert_eq!(failure["retryable"], retryable);
    }
}

#[tokio::test]
async fn nobody_who_is_no_customer_yet_makes_failures_of_what_a_rule_refuses() {
    let cloud = Cloud::start().await;
    for (note, want, failures) in [("refuse", 422, 0), ("wait", 409, 0), ("panic", 500, 1)] {
        let topic = Topic::default();
        let body = json!({ "email": "a@example.com", "note": note }).to_string();
        let (status, answer, _) =
            call(&producer(Access::Open, &topic, &cloud.settings), http(&body, json!({}))).await;
        assert_eq!((status, topic.records().len()), (want, failures), "{note}: {answer}");
    }
}

#[tokio::test]
async fn a_rule_reads_tables() {
    let cloud = Cloud::start().await;
    // The first has expired, but DynamoDB has not yet taken it away.
    let fresh = EventContext::new("/test", Timestamp::now());
    for (context, want) in [(context(1), None), (fresh, Some(json!("KNOWN")))] {
        let known = record(&Opened::new("c-1", "a").status("KNOWN"), &context, 0, 0);
        assert_eq!(send::<Opened>(&cloud, vec![known]).await, BatchReply::default());
        assert_eq!(cloud.items("accounts-test").await[0]["status"], "KNOWN");
        let topic = Topic::default();
        let body = r#"{"email":"a@example.com","note":"read"}"#;
        let request = http(body, bearer(&cloud, "c-1").await);
        assert_eq!(call(&producer(Access::Customer, &topic, &cloud.settings), request).await.0, 202);
        assert_eq!(topic.of("opened")[0].get("status"), want.as_ref());
    }
}

#[tokio::test]
async fn brokers_that_are_away_are_told_with_a_hint() {
    let cloud = Cloud::start().await;
    let topic = Topic::default().breaks(PublishError::Unreachable("b-1 is down".into()));
    let request = http(r#"{"email":"a@example.com"}"#, bearer(&cloud, "c-1").await);
    let (status, body, headers) =
        call(&producer(Access::Customer, &topic, &cloud.settings), request.clone()).await;
    assert_eq!((status, body["code"].as_str()), (503, Some("BROKER_UNREACHABLE")));
    assert_eq!(headers["retry-after"], "1");
    // The retry can be the same event although the caller chose no key.
    let mut retry = request.clone();
    retry["headers"]["idempotency-key"] = body["idempotencyKey"].clone();
    let topic = Topic::default();
    let (_, first, _) = call(&producer(Access::Customer, &topic, &cloud.settings), retry.clone()).await;
    let (_, second, _) = call(&producer(Access::Customer, &topic, &cloud.settings), retry).await;
    assert_eq!(first["eventId"], second["eventId"]);
    assert!(!body.to_string().contains("b-1"), "the inside is not the caller's business");

    let topic = Topic::default().breaks(PublishError::Refused("too large".into()));
    let (status, _, _) = call(&producer(Access::Customer, &topic, &cloud.settings), request).await;
    assert_eq!((status, topic.of("failed").len()), (500, 1));
}

#[tokio::test]
async fn a_step_that_hangs_is_answered_in_time() {
    let cloud = Cloud::start().await;
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &cloud.settings);
    // The time is virtual from here on: nothing else is under way.
    tokio::time::pause();
    let request = json!({ "body": { "email": "a@example.com", "note": "hang", "customerId": "c-1" } });
    let start = Instant::now();
    let (status, body, _) = call(&open, request).await;
    assert_eq!((status, body["code"].as_str()), (503, Some("OUT_OF_TIME")));
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(topic.of("failed")[0]["code"], "OUT_OF_TIME");
}

#[tokio::test]
async fn no_token_is_no_reason_to_lose_a_step() {
    let cloud = Cloud::start().await;
    cloud.inside().secrets.clear();
    let topic = Topic::default();
    let (status, body, _) = call(
        &producer(Access::Open, &topic, &cloud.settings),
        http(r#"{"email":"a@example.com"}"#, json!({})),
    )
    .await;
    assert_eq!(status, 202, "the event is published: {body}");
    assert!(body.get("token").is_none());
}

#[tokio::test]
async fn a_token_that_takes_too_long_is_no_reason_to_say_nothing_of_a_published_event() {
    let cloud = Cloud::start().await;
    // It is connected to, and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = silent.local_addr().expect("it is bound");
    let settings = cloud.setting("AWS_ENDPOINT_URL_SECRETS_MANAGER", &format!("http://{address}"));
    let topic = Topic::default();
    let open = producer(Access::Open, &topic, &settings);
    tokio::time::pause();
    let start = Instant::now();
    let (status, body, _) = call(&open, http(r#"{"email":"a@example.com"}"#, json!({}))).await;
    assert_eq!((status, topic.of("opened").len()), (202, 1), "{body}");
    assert!(body["eventId"].is_string() && body.get("token").is_none(), "{body}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_function_built_for_another_topic_does_not_start() {
    let settings = Settings::from([("KAFKA_TOPIC", "closed")]);
    let made =
        Producer::new(Open, Access::Open, ErrorTopic::none(), Topic::default(), &settings, Metrics::none());
    assert!(made.is_err());
    assert_eq!(Opened::TOPIC, "opened");
}
