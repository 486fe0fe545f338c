//! The whole journey of many customers at once: five steps over HTTP, and what becomes of each everywhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Local;

/// The five pushes of a journey, in its order.
pub const PUSHES: [&str; 5] = [
    "USER_INFO_SUBMITTED",
    "DOCUMENTS_PROCESSED",
    "KYC_VERIFIED",
    "POLICY_RECOMMENDED",
    "WORKFLOW_COMPLETED",
];

/// Sends all five steps, each after the push of the one before; returns the events' ids.
pub async fn journey(local: &Local, customer: &str) -> Vec<String> {
    let mut socket = local.connect(customer).await;
    let mut application = Value::Null;
    let mut ids = vec![];
    for (number, kind) in PUSHES.iter().enumerate() {
        let (path, body) = step(number, customer, &application);
        let (status, answer) = local.step(path, &body).await;
        assert_eq!(status, 202, "{path}: {answer}");
        assert_eq!(answer["customerId"], customer);
        let event = socket.json().await;
        assert_eq!(event["type"], *kind, "each event once, in order: {event}");
        assert_eq!(event["id"], answer["eventId"], "{event}");
        let data = event["data"].as_object().expect("an event has data");
        assert_eq!(data["customerId"], customer, "{event}");
        for hidden in ["riskScore", "dateOfBirth", "documentNumber", "documents", "age"] {
            assert!(!data.contains_key(hidden), "{hidden} is not for the browser: {event}");
        }
        application = data["applicationId"].clone();
        ids.push(event["id"].as_str().expect("an event has an id").to_owned());
    }
    socket.say(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.json().await["type"], "PONG", "nothing else was pushed");
    ids
}

fn step(number: usize, customer: &str, application: &Value) -> (&'static str, Value) {
    // On every day of this year she is 36.
    let born = format!("{}-01-01", jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).year() - 36);
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
                "fullName": "Ada Byron", "dateOfBirth": born, "nationality": "GB",
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

/// Sends `count` customers through it at the same time, and looks at everything that comes of it.
pub async fn many_customers(local: &Local, count: usize) {
    let customers: Vec<String> = (0..count).map(|number| format!("customer-{number}")).collect();
    let journeys = customers.iter().map(|customer| journey(local, customer));
    let ids = futures_util::future::join_all(journeys).await;

    for (customer, ids) in customers.iter().zip(&ids) {
        let history = local.history(customer).await;
        let found: Vec<&str> = history.iter().filter_map(|item| item["eventId"]["S"].as_str()).collect();
        let mut wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "the history of {customer}");
        let topics: BTreeSet<&str> = history.iter().filter_map(|item| item["topic"]["S"].as_str()).collect();
        assert_eq!(topics.len(), PUSHES.len(), "one event of each step: {history:?}");
    }
    // The last steps of an event, its alert among them, may follow its push. With no lag, nothing more comes.
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
    let alerts = local.get("/_local/alerts").await["alerts"].as_array().cloned().unwrap_or_default();
    assert_eq!(alerts.len(), count, "one for each completed journey");
    for customer in &customers {
        let own = |alert: &&Value| {
            alert["message"].as_str().is_some_and(|text| text.contains(&format!("{customer} ")))
        };
        let found: Vec<&Value> = alerts.iter().filter(own).collect();
        let [alert] = found[..] else { panic!("the alerts of {customer}: {found:?}") };
        assert_eq!(alert["channel"], "onboard-ai-email-dev", "{alert}");
    }
    for table in ["users-dev", "applications-dev", "kyc-results-dev", "recommendations-dev"] {
        let rows = local.rows(table).await;
        let whose: BTreeSet<&str> = rows.iter().filter_map(|row| row["customerId"]["S"].as_str()).collect();
        assert_eq!(whose, customers.iter().map(String::as_str).collect(), "{table}");
        assert_eq!(rows.len(), count, "{table}: one row for each customer");
    }
    assert_eq!(local.rows("kafka-events-dev").await.len(), 5 * count);
    assert!(local.rows("error-logs-dev").await.is_empty());
    for row in local.rows("users-dev").await {
        assert_eq!(row["email"]["S"], "ada@example.com", "{row}");
    }
    for row in local.rows("kyc-results-dev").await {
        assert_eq!(row["status"]["S"], "VERIFIED", "{row}");
    }
    for row in local.rows("recommendations-dev").await {
        assert!(row["recommendations"]["L"].as_array().is_some_and(|list| !list.is_empty()), "{row}");
    }
    for row in local.rows("applications-dev").await {
        assert_eq!(row["status"]["S"], "COMPLETED", "the last event is merged over the first: {row}");
        assert_eq!(row["documentCount"]["N"], "3", "and leaves its fields: {row}");
    }
}
