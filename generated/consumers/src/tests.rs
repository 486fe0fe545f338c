//! Every function starts with the environment that a deployment gives it.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Metrics, Settings};

/// Every function's environment, with what Lambda adds by itself.
fn environments() -> Vec<(&'static str, Settings)> {
    vec![
        (
            "consumer-documents-processed",
            Settings::from([
                ("APPLICATIONS_TABLE", "applications-test"),
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "documents-processed"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "consumer-kyc-verified",
            Settings::from([
                ("ALERT_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "kyc-verified"),
                ("KYC_RESULTS_TABLE", "kyc-results-test"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "consumer-policy-recommended",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "policy-recommended"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("RECOMMENDATIONS_TABLE", "recommendations-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "consumer-user-info-submitted",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "user-info-submitted"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "consumer-workflow-completed",
            Settings::from([
                ("ALERT_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:email"),
                ("APPLICATIONS_TABLE", "applications-test"),
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "workflow-completed"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("WEBSOCKET_TABLE", "websocket-connections-test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "consumer-workflow-errors",
            Settings::from([
                ("ALERT_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("APP_NAME", "onboard-ai"),
                ("ENVIRONMENT", "test"),
                ("ERROR_LOGS_TABLE", "error-logs-test"),
                ("KAFKA_EVENTS_TABLE", "kafka-events-test"),
                ("KAFKA_TOPIC", "workflow-errors"),
                ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:us-east-1:000000000000:support"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
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
