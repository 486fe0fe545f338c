//! Every function starts with the environment that a deployment gives it.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Metrics, Settings};

/// Every function's environment, with what Lambda adds by itself.
fn environments() -> Vec<(&'static str, Settings)> {
    vec![
        (
            "websocket-authorizer",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "websocket-connect",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "websocket-default",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "websocket-disconnect",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
    ]
}

#[test]
fn every_function_starts() {
    let functions = crate::functions();
    let environments = environments();
    assert_eq!(functions.len(), environments.len());
    for ((name, make), (of, settings)) in functions.into_iter().zip(environments) {
        assert_eq!(name, of);
        if let Err(error) = make(&settings, Metrics::none()) {
            panic!("{name}: {error}");
        }
    }
}
