//! A step that fails, and what becomes of the failure everywhere.

use serde_json::{Value, json};

use super::Local;

const TOPIC: &str = "workflow-errors";

/// Sends a customer's documents before the customer's details: the rule refuses that. The refusal must be an event,
/// a row, an alert and a push.
pub async fn refused_step(local: &Local, customer: &str) {
    let mut socket = local.connect(customer).await;
    let body = json!({
        "customerId": customer,
        "applicationId": "01a20949-2553-7481-8c3a-ce41fe2f6d04",
        "documents": [{ "documentId": "d-1", "fileName": "a.pdf", "kind": "PASSPORT" }],
    });
    let (status, answer) = local.step("/documents", &body).await;
    assert_eq!((status, &answer["code"]), (409, &json!("CUSTOMER_UNKNOWN")), "{answer}");

    let push = socket.event("WORKFLOW_ERROR").await;
    let event_id = push["id"].as_str().expect("an event has an id");
    assert_eq!(push["topic"], TOPIC, "{push}");
    let data = &push["data"];
    let told = json!({
        "customerId": customer, "errorId": data["errorId"], "function": "onboard-ai-process-documents-dev",
        "topic": "documents-processed", "code": "CUSTOMER_UNKNOWN", "retryable": true,
        "occurredAt": data["occurredAt"],
    });
    assert_eq!(*data, told, "the browser's fields alone");

    let records = local
        .until("the event is in its topic", async |local| {
            let answer = local.get(&format!("/_local/topics/{TOPIC}")).await;
            let records = answer["records"].as_array()?.clone();
            (!records.is_empty()).then_some(records)
        })
        .await;
    assert_eq!(records.len(), 1, "one failure is one event: {records:?}");
    assert_eq!(records[0]["key"], customer);
    let value: Value = serde_json::from_str(records[0]["value"].as_str().expect("it is text")).expect("JSON");
    assert_eq!(value["errorId"], data["errorId"], "{value}");

    let rows: Vec<Value> = local.rows("error-logs-dev").await;
    let own: Vec<&Value> = rows.iter().filter(|row| row["customerId"]["S"] == customer).collect();
    assert_eq!(own.len(), 1, "{rows:?}");
    assert_eq!(own[0]["errorId"]["S"], data["errorId"], "{}", own[0]);
    assert_eq!(own[0]["code"]["S"], "CUSTOMER_UNKNOWN");
    assert_eq!(own[0]["message"]["S"], value["message"], "support reads the whole message");
    let history = local.history(customer).await;
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(history[0]["eventId"]["S"], event_id);

    let wanted = format!(
        "onboard-ai-process-documents-dev failed with CUSTOMER_UNKNOWN for customer {customer} on \
         documents-processed."
    );
    let alerts = local
        .until("support is told", async |local| {
            let alerts = local.get("/_local/alerts").await["alerts"].as_array()?.clone();
            let own = alerts.into_iter().filter(|alert| alert["channel"] == "onboard-ai-support-dev");
            let own: Vec<Value> = own.collect();
            (!own.is_empty()).then_some(own)
        })
        .await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0]["message"].as_str().is_some_and(|text| text.contains(&wanted)), "{}", alerts[0]);
}
