//! The whole journey of many customers at once: five steps over HTTP, and what becomes of each everywhere.

mod support;

use serde_json::{Value, json};
use support::Local;

/// The five pushes of a journey, in its order.
const PUSHES: [&str; 5] = [
    "USER_INFO_SUBMITTED",
    "DOCUMENTS_PROCESSED",
    "KYC_VERIFIED",
    "POLICY_RECOMMENDED",
    "WORKFLOW_COMPLETED",
];

/// Sends all five steps, each after the push of the one before; returns the events' ids.
async fn journey(local: &Local, customer: &str) -> Vec<String> {
    let mut socket = local.connect(customer).await;
    let mut application = Value::Null;
    let mut ids = vec![];
    for (number, kind) in PUSHES.iter().enumerate() {
        let (path, body) = step(number, customer, &application);
        let (status, answer) = local.step(path, &body).await;
        assert_eq!(status, 202, "{path}: {answer}");
        assert_eq!(answer["customerId"], customer);
        let event = socket.event(kind).await;
        assert_eq!(event["id"], answer["eventId"], "{event}");
        application = event["data"]["applicationId"].clone();
        ids.push(event["id"].as_str().expect("an event has an id").to_owned());
    }
    ids
}

fn step(number: usize, customer: &str, application: &Value) -> (&'static str, Value) {
    let (path, mut body) = match number {
        0 => (
            "/user-info",
            json!({ "email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "insurance": "LIFE" }),
        ),
        1 => (
            "/documents",
            json!({ "documents": [
                { "documentId": "d-1", "fileName": "a.pdf", "kind": "PASSPORT" },
                { "documentId": "d-2", "fileName": "b.pdf", "kind": "PROOF_OF_ADDRESS" },
                { "documentId": "d-3", "fileName": "c.pdf", "kind": "PROOF_OF_INCOME" },
            ] }),
        ),
        2 => (
            "/kyc",
            json!({
                "fullName": "Ada Byron", "dateOfBirth": "1990-05-17", "nationality": "GB",
                "documentKind": "PASSPORT", "documentNumber": "X1234567", "documentName": "BYRON, ADA",
                "documentExpiresOn": "2099-01-01",
            }),
        ),
        3 => ("/recommendations", json!({ "insurance": "LIFE", "age": 36, "cover": "250000.00" })),
        _ => ("/policy-selection", json!({ "policyId": "LIFE-TERM-20" })),
    };
    body["customerId"] = customer.into();
    if number > 0 {
        body["applicationId"] = application.clone();
    }
    (path, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_customers_at_once() {
    const CUSTOMERS: usize = 25;
    let local = Local::start(&[]);
    let customers: Vec<String> = (0..CUSTOMERS).map(|number| format!("customer-{number}")).collect();
    let journeys = customers.iter().map(|customer| journey(&local, customer));
    let ids = futures_util::future::join_all(journeys).await;

    for (customer, ids) in customers.iter().zip(&ids) {
        let history = local.history(customer).await;
        let found: Vec<&str> = history.iter().filter_map(|item| item["eventId"]["S"].as_str()).collect();
        let mut wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "the history of {customer}");
    }
    // The last steps of an event, its alert among them, may follow its push.
    let alerts = local
        .until("every alert", async |local| {
            let alerts = local.get("/_local/alerts").await["alerts"].as_array().cloned()?;
            (alerts.len() >= CUSTOMERS).then_some(alerts)
        })
        .await;
    assert_eq!(alerts.len(), CUSTOMERS, "one for each completed journey");
    for customer in &customers {
        let own = |alert: &&Value| {
            alert["message"].as_str().is_some_and(|text| text.contains(&format!("{customer} ")))
        };
        assert_eq!(alerts.iter().filter(own).count(), 1, "the alerts of {customer}");
    }
    for table in ["users-dev", "applications-dev", "kyc-results-dev", "recommendations-dev"] {
        assert_eq!(local.rows(table).await.len(), CUSTOMERS, "{table}");
    }
    assert_eq!(local.rows("kafka-events-dev").await.len(), 5 * CUSTOMERS);
    assert!(local.rows("error-logs-dev").await.is_empty());
    for row in local.rows("applications-dev").await {
        assert_eq!(row["status"]["S"], "COMPLETED", "the last event is merged over the first: {row}");
        assert_eq!(row["documentCount"]["N"], "3", "and leaves its fields: {row}");
    }
    let state = local
        .until("no lag", async |local| {
            let state = local.get("/_local/state").await;
            let topics = state["topics"].as_object()?.clone();
            topics.values().all(|topic| topic["totalLag"] == 0).then_some(state)
        })
        .await;
    assert_eq!(state["deadLetters"], 0);
    for function in state["functions"].as_array().expect("functions are listed") {
        assert_eq!(function["errors"], 0, "{function}");
    }
    assert!(local.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_gets_what_it_missed() {
    let local = Local::start(&[]);
    let body = json!({ "customerId": "away", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    local
        .until("the event is applied", async |local| (!local.history("away").await.is_empty()).then_some(()))
        .await;
    let mut socket = local.connect("away").await;
    socket.say(r#"{"action":"resume"}"#).await;
    assert_eq!(socket.json().await["id"], answer["eventId"]);
    let resumed = socket.json().await;
    assert_eq!(
        (&resumed["type"], &resumed["count"], &resumed["more"]),
        (&json!("RESUMED"), &json!(1), &json!(false))
    );
    socket.say(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.json().await["type"], "PONG");
    drop(socket);
    local
        .until("the connection is forgotten", async |local| {
            let rows = local.rows("websocket-connections-dev").await;
            rows.iter().all(|row| row.get("connectionIds").is_none()).then_some(())
        })
        .await;
}
