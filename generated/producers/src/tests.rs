//! Every function starts with the environment that a deployment gives it.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::producer::{PublishError, Publisher};
use runtime::{Metrics, Settings};

/// Every function's environment, with what Lambda adds by itself.
fn environments() -> Vec<(&'static str, Settings)> {
    vec![
        (
            "generate-recommendations",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "policy-recommended"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("KYC_RESULTS_TABLE", "kyc-results-test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "perform-kyc",
            Settings::from([
                ("APPLICATIONS_TABLE", "applications-test"),
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "kyc-verified"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "process-documents",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "documents-processed"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("USERS_TABLE", "users-test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "submit-policy-selection",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "workflow-completed"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("KYC_RESULTS_TABLE", "kyc-results-test"),
                ("RECOMMENDATIONS_TABLE", "recommendations-test"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
        (
            "submit-user-info",
            Settings::from([
                ("APP_NAME", "onboard-ai"),
                ("AUTH_MODE", "token"),
                ("ENVIRONMENT", "test"),
                ("KAFKA_BROKERS", "localhost:9096"),
                ("KAFKA_ERROR_TOPIC", "workflow-errors"),
                ("KAFKA_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("KAFKA_TOPIC", "user-info-submitted"),
                ("KAFKA_USERNAME", "onboard-ai-producer"),
                ("TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"),
                ("WEBSOCKET_ENDPOINT", "wss://localhost/test"),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]),
        ),
    ]
}

/// Publishes nothing.
struct Nowhere;

impl Publisher for Nowhere {
    async fn publish(&self, _: &contract::Record, _: tokio::time::Instant) -> Result<(), PublishError> {
        Ok(())
    }
}

#[test]
fn every_function_starts() {
    let functions = crate::functions::<Nowhere>();
    let environments = environments();
    assert_eq!(functions.len(), environments.len());
    for ((name, make), (of, settings)) in functions.into_iter().zip(environments) {
        assert_eq!(name, of);
        if let Err(error) = make(Nowhere, &settings, Metrics::none()) {
            panic!("{name}: {error}");
        }
    }
}
