//! Clients of AWS, made from a function's own settings.
//!
//! Lambda puts region and credentials into the environment, so the SDK's chain of other providers (profiles,
//! IMDS, SSO) isn't linked.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

use crate::{Settings, SettingsError};

/// Makes clients; cheap to clone.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    settings: Settings,
}

impl Aws {
    /// Reads region, credentials and endpoints.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let credentials = Credentials::new(
            settings.need("AWS_ACCESS_KEY_ID")?,
            settings.need("AWS_SECRET_ACCESS_KEY")?,
            settings.get("AWS_SESSION_TOKEN").map(str::to_owned),
            None,
            "lambda environment",
        );
        let http = Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https();
        // A function has seconds, not minutes: fail an attempt soon, try again soon.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(5))
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(4)
            .with_initial_backoff(Duration::from_millis(50))
            .with_max_backoff(Duration::from_secs(2));
        let config = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(Region::new(settings.need("AWS_REGION")?.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .time_source(SharedTimeSource::new(SystemTimeSource::new()))
            .timeout_config(timeouts)
            .retry_config(retries)
            .build();
        Ok(Self { config, settings: settings.clone() })
    }

    /// The configuration for a service whose endpoint variable ends in `service` (`DYNAMODB`), for clients
    /// that this crate doesn't make.
    pub fn config(&self, service: &str) -> SdkConfig {
        let specific = format!("AWS_ENDPOINT_URL_{service}");
        let endpoint = self.settings.get(&specific).or_else(|| self.settings.get("AWS_ENDPOINT_URL"));
        let mut builder = self.config.to_builder();
        builder.set_endpoint_url(endpoint.map(str::to_owned));
        builder.build()
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config("DYNAMODB"))
    }

    /// SNS.
    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.config("SNS"))
    }

    /// Secrets Manager.
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config("SECRETS_MANAGER"))
    }

    /// `@connections` behind this endpoint (`https://.../stage`).
    pub fn connections(&self, endpoint: &str) -> aws_sdk_apigatewaymanagement::Client {
        let config = self.config.to_builder().endpoint_url(endpoint).build();
        aws_sdk_apigatewaymanagement::Client::new(&config)
    }
}

/// The SDK's errors in one line: code, message and cause, without the request.
pub(crate) fn describe<E>(error: &E) -> String
where
    E: std::error::Error,
{
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let line = error.to_string();
        if !text.contains(&line) {
            text = format!("{text}: {line}");
        }
        cause = error.source();
    }
    text
}

/// The write's condition doesn't hold.
pub(crate) fn condition_failed<E, R>(error: &SdkError<E, R>) -> bool
where
    E: ProvideErrorMetadata,
{
    error.code() == Some("ConditionalCheckFailedException")
}
