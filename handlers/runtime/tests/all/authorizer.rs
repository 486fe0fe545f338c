//! Who is let in.

use std::time::Duration;

use contract::Timestamp;
use runtime::{
    Aws, Function, Invocation, Settings,
    authorizer::Authorizer,
    secrets::Secrets,
    token::{TokenError, Tokens},
};
use serde_json::{Value, json};

use crate::support::{cloud::Cloud, events::at};

const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:abc/dev/$connect";

fn tokens(cloud: &Cloud) -> Tokens {
    let secrets = Secrets::new(Aws::new(&cloud.settings).expect("all is told").secrets());
    Tokens::new(secrets, &cloud.settings).expect("all is told")
}

async fn ask(settings: &Settings, event: Value) -> Value {
    let authorizer = Authorizer::new(settings).expect("all is told");
    authorizer.call(event, Invocation::within("f", "1", Duration::from_secs(10))).await.expect("it answers")
}

fn websocket(query: &Value) -> Value {
    json!({ "type": "REQUEST", "methodArn": ARN, "headers": { "Host": "x" }, "queryStringParameters": query })
}

fn http(authorization: &str) -> Value {
    json!({ "version": "2.0", "type": "REQUEST", "routeArn": "arn", "headers": { "authorization": authorization } })
}

fn effect(answer: &Value) -> &str {
    answer["policyDocument"]["Statement"][0]["Effect"].as_str().expect("it is a policy")
}

#[tokio::test]
async fn a_token_opens_the_websocket_for_its_customer_only() {
    let cloud = Cloud::start().await;
    let token = tokens(&cloud).sign("c-1", Timestamp::now()).await.expect("signed").text;
    let answer = ask(&cloud.settings, websocket(&json!({ "customerId": "c-1", "token": token }))).await;
    assert_eq!(effect(&answer), "Allow");
    assert_eq!(answer["policyDocument"]["Statement"][0]["Resource"], ARN);
    assert_eq!(answer["context"]["customerId"], "c-1");
    let began = answer["context"]["sessionBegan"].as_str().map(str::parse::<Timestamp>);
    assert!(matches!(began, Some(Ok(began)) if began <= Timestamp::now()), "the session is told: {answer}");
    let answer = ask(&cloud.settings, websocket(&json!({ "token": token }))).await;
    assert_eq!(answer["context"]["customerId"], "c-1", "the name may be left out");
    for query in [
        json!({ "customerId": "c-2", "token": token }),
        json!({ "customerId": "c-1" }),
        json!({ "customerId": "c-1", "token": "" }),
        json!({ "customerId": "c-1", "token": format!("{token}x") }),
        Value::Null,
    ] {
        let answer = ask(&cloud.settings, websocket(&query)).await;
        assert_eq!(effect(&answer), "Deny", "{query}");
        assert!(answer.get("context").is_none());
    }
}

#[tokio::test]
async fn a_token_opens_http_routes() {
    let cloud = Cloud::start().await;
    let token = tokens(&cloud).sign("c-1", Timestamp::now()).await.expect("signed").text;
    let answer = ask(&cloud.settings, http(&format!("Bearer {token}"))).await;
    assert_eq!(answer, json!({ "isAuthorized": true, "context": { "customerId": "c-1" } }));
    for header in ["", "Bearer", "Bearer nonsense", &format!("Basic {token}"), &token] {
        assert_eq!(ask(&cloud.settings, http(header)).await, json!({ "isAuthorized": false }), "{header}");
    }
}

#[tokio::test]
async fn without_auth_the_query_string_names_the_customer() {
    let cloud = Cloud::start().await;
    let settings = cloud.setting("AUTH_MODE", "none");
    let answer = ask(&settings, websocket(&json!({ "customerId": "test-123" }))).await;
    assert_eq!((effect(&answer), &answer["context"]["customerId"]), ("Allow", &json!("test-123")));
    assert_eq!(effect(&ask(&settings, websocket(&Value::Null)).await), "Deny");
    assert_eq!(effect(&ask(&settings, websocket(&json!({ "customerId": "a b" }))).await), "Deny");
    assert_eq!(ask(&settings, http("")).await, json!({ "isAuthorized": true }));
}

#[test]
fn an_environment_that_says_nothing_needs_tokens() {
    assert_eq!(Settings::default().auth_mode(), Ok(runtime::AuthMode::Token));
    assert!(Settings::from([("AUTH_MODE", "open")]).auth_mode().is_err());
}

#[tokio::test]
async fn tokens_expire() {
    let cloud = Cloud::start().await;
    let tokens = tokens(&cloud);
    let token = tokens.sign("c-1", at(0)).await.expect("signed");
    assert_eq!(token.expires_at, at(3_600_000));
    assert_eq!(tokens.verify(&token.text, at(3_599_000)).await, Ok("c-1".into()));
    assert_eq!(tokens.verify(&token.text, at(3_600_000)).await, Err(TokenError::Expired));
}

#[tokio::test]
async fn renewing_does_not_outlast_the_session() {
    let cloud = Cloud::start().await;
    let tokens = tokens(&cloud);
    let (hour, end) = (3_600_000, 12 * 3_600_000);
    let first = tokens.sign("c-1", at(0)).await.expect("signed");
    let mut session = tokens.session(&first.text, at(1_000)).await.expect("good");
    for number in 1..12 {
        let now = at(number * hour - 1_000);
        let token = tokens.renew(&session, now).await.expect("renewed");
        session = tokens.session(&token.text, now).await.expect("good");
        assert_eq!(token.expires_at, at(((number + 1) * hour - 1_000).min(end)));
    }
    let last = tokens.renew(&session, at(end - 1_000)).await.expect("renewed");
    assert_eq!(last.expires_at, at(end));
    assert_eq!(tokens.renew(&session, at(end)).await, Err(TokenError::SessionOver));
    assert_eq!(tokens.verify(&last.text, at(end)).await, Err(TokenError::Expired));
}

#[tokio::test]
async fn every_changed_character_is_noticed() {
    let cloud = Cloud::start().await;
    let tokens = tokens(&cloud);
    let token = tokens.sign("c-1", at(0)).await.expect("signed").text;
    for place in 0..token.len() {
        for other in ["A", "_", "."] {
            let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            // The last character of base64 has bits that say nothing; they are refused, too.
            if changed != token {
                assert_eq!(tokens.verify(&changed, at(1)).await, Err(TokenError::Invalid), "{changed}");
            }
        }
    }
}

#[tokio::test]
async fn a_rotation_interrupts_nobody() {
    let cloud = Cloud::start().await;
    let (issuer, verifier) = (tokens(&cloud), tokens(&cloud));
    let first = issuer.sign("c-1", at(0)).await.expect("signed").text;
    assert_eq!(verifier.verify(&first, at(1)).await, Ok("c-1".into()));
    cloud.rotate("key-2", "second key");
    // A function that starts now signs with the new key, and takes tokens of the old one.
    let fresh = tokens(&cloud);
    let second = fresh.sign("c-2", at(0)).await.expect("signed").text;
    assert_eq!(fresh.verify(&first, at(1)).await, Ok("c-1".into()));
    assert_eq!(fresh.verify(&second, at(1)).await, Ok("c-2".into()));
    // After the next rotation, the first key is good for nothing.
    cloud.rotate("key-3", "third key");
    assert_eq!(tokens(&cloud).verify(&first, at(1)).await, Err(TokenError::Invalid));
    assert_eq!(tokens(&cloud).verify(&second, at(1)).await, Ok("c-2".into()));
}

#[tokio::test]
async fn guessed_key_versions_do_not_become_a_flood_of_reads() {
    let cloud = Cloud::start().await;
    let tokens = tokens(&cloud);
    for number in 0..50 {
        assert_eq!(
            tokens.verify(&format!("v1.guess-{number}.e30.AAAA"), at(0)).await,
            Err(TokenError::Invalid)
        );
    }
    // Each stage once.
    let reads = cloud.inside().secret_reads;
    assert!(reads <= 2, "{reads}");
}
