//! The whole journey of many customers at once, and a client that was away.

mod support;

use serde_json::json;
use support::Local;

#[tokio::test(flavor = "multi_thread")]
async fn many_customers_at_once() {
    let local = Local::start(&[]);
    support::journey::many_customers(&local, 25).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_mailed_is_mailed_where_there_is_a_server() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let server = format!("smtp://{}", listener.local_addr().expect("it is bound"));
    let local = Local::start(&["--deliver", &server]);
    let poison = json!({ "kind": "poison", "topic": "user-info-submitted", "key": "a@example.com" });
    let (status, placed) = local.step("/_local/fault", &poison).await;
    assert_eq!(status, 200, "{placed}");
    let said = tokio::time::timeout(support::PATIENCE, support::mail::receive(&listener)).await;
    let said = said.expect("a mail comes").join("\n");
    assert!(said.contains("RCPT TO:<onboard-ai-support-dev@localhost>"), "{said}");
    assert!(said.contains("Subject: ") && said.contains("user-info-submitted"), "{said}");
    assert!(!said.contains("a@example.com"), "a notification tells no personal data: {said}");
    assert!(local.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of `make build`, in the folder that FUNCTIONS names"]
async fn the_programs_that_are_deployed_do_the_same() {
    let programs = std::env::var("FUNCTIONS").expect("FUNCTIONS names the programs' folder");
    let local = Local::start(&["--functions", &programs]);
    support::journey::many_customers(&local, 5).await;
    assert!(local.stop().success());
}
