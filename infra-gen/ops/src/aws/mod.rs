//! The account: clients, who asks, and what its errors mean.
//!
//! Credentials, Region and endpoints are found as every AWS tool finds them
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>): variables, profiles, SSO, `aws login`,
//! web identity, a process, containers and instances. `AWS_ENDPOINT_URL` and its kin per service lead to an emulator or
//! to the local run.

mod fault;

use std::{
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{Builder, tls};

use crate::Problem;
pub(crate) use fault::{Fault, Told, status};

/// Where `make dev` has the AWS APIs unless its port is taken.
const LOCAL: &str = "http://127.0.0.1:4566";

/// Long enough for a connection on this machine.
const KNOCK: Duration = Duration::from_secs(2);

/// Makes clients; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    config: SdkConfig,
    region: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Twelve digits.
    pub(crate) account: String,
    /// The user, or the session of a role.
    pub(crate) arn: String,
}

impl Aws {
    /// Finds Region and endpoints; credentials are looked for by the first call.
    ///
    /// # Errors
    /// There is no Region, or no local run.
    pub(crate) async fn load(local: bool) -> Result<Self, Problem> {
        let http = Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https();
        // A connection that dies midway is tried again; throttling is waited out, for about a minute in all.
        let attempts = std::env::var("AWS_MAX_ATTEMPTS").ok().and_then(|number| number.parse().ok());
        let attempts = attempts.filter(|number| *number > 0).unwrap_or(8);
        let retries =
            RetryConfig::standard().with_max_attempts(attempts).with_max_backoff(Duration::from_secs(20));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_mins(1))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .retry_config(retries)
            .timeout_config(timeouts);
        if local {
            let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| LOCAL.to_owned());
            if !is_listening(&endpoint) {
                return Err(Problem::failed(format!("no answer: the local run isn't at {endpoint}"))
                    .help("start it: make dev")
                    .help(
                        "where it has another port, it prints which: AWS_ENDPOINT_URL=http://127.0.0.1:PORT",
                    ));
            }
            loader = loader
                .endpoint_url(endpoint)
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new("local", "local", None, None, "the local run"));
        }
        let config = loader.load().await;
        let Some(region) = config.region().map(ToString::to_string) else {
            return Err(Problem::bad_input("no AWS Region is set")
                .note("looked in AWS_REGION and in the profile of the AWS configuration file")
                .help("say which: AWS_REGION=us-east-1, or `aws configure set region us-east-1`"));
        };
        if !is_region(&region) {
            return Err(Problem::bad_input(format!("`{region}` is no name of an AWS Region"))
                .help("look at AWS_REGION and at the profile's `region`; one such name is us-east-1"));
        }
        Ok(Self { config, region })
    }

    /// `us-east-1`.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Asks who asks, which is also the first use of the credentials.
    ///
    /// # Errors
    /// No credentials, or such that AWS doesn't take.
    pub(crate) async fn identity(&self) -> Result<Identity, Problem> {
        let told = self.sts().get_caller_identity().send().await.told("ask who the credentials belong to")?;
        let text = |field: Option<&str>| field.unwrap_or_default().to_owned();
        Ok(Identity { account: text(told.account()), arn: text(told.arn()) })
    }

    pub(crate) fn cloudcontrol(&self) -> aws_sdk_cloudcontrol::Client {
        aws_sdk_cloudcontrol::Client::new(&self.config)
    }

    pub(crate) fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.config)
    }

    pub(crate) fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config)
    }

    pub(crate) fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.config)
    }

    /// Of the WebSocket API whose stage is at this `wss://` endpoint.
    pub(crate) fn connections(&self, endpoint: &str) -> aws_sdk_apigatewaymanagement::Client {
        let url = match endpoint.strip_prefix("ws") {
            Some(rest) => format!("http{rest}"),
            None => endpoint.to_owned(),
        };
        let config =
            aws_sdk_apigatewaymanagement::config::Builder::from(&self.config).endpoint_url(url).build();
        aws_sdk_apigatewaymanagement::Client::from_conf(config)
    }

    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    pub(crate) fn kafka(&self) -> aws_sdk_kafka::Client {
        aws_sdk_kafka::Client::new(&self.config)
    }

    pub(crate) fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config)
    }

    /// Where CloudFormation finds an object.
    pub(crate) fn object_url(&self, bucket: &str, key: &str) -> String {
        let elsewhere =
            ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].iter().find_map(|name| std::env::var(name).ok());
        match elsewhere {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None if self.region.starts_with("cn-") => {
                format!("https://{bucket}.s3.{}.amazonaws.com.cn/{key}", self.region)
            }
            None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", self.region),
        }
    }

    /// With the bucket in the path where an endpoint is given, which is what emulators understand.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let elsewhere =
            ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].iter().any(|name| std::env::var_os(name).is_some());
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(elsewhere).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    pub(crate) fn secretsmanager(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.config)
    }
}

/// Whether it could be a Region: a part of the world, a place in it, and a number. With anything else no host answers.
fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let [first, middle @ .., last] = &parts[..] else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    first.len() <= 4 && is_word(first) && !middle.is_empty() && middle.iter().all(is_word) && is_number
}

/// Whether somebody listens there, as far as the address says where that is.
fn is_listening(endpoint: &str) -> bool {
    let authority = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let Ok(mut addresses) = authority.to_socket_addrs() else { return true };
    addresses.any(|address| TcpStream::connect_timeout(&address, KNOCK).is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn tells_regions_from_other_words() {
        for name in
            ["us-east-1", "eu-central-2", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1"]
        {
            assert!(is_region(name), "{name}");
        }
        for name in
            ["useast1", "us-east", "us-east-1a", "US-EAST-1", "us-1", "-east-1", "us east 1", "frankfurt"]
        {
            assert!(!is_region(name), "{name}");
        }
    }
}
