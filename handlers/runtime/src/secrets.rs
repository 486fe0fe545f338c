//! Secrets, fetched once and kept for a while.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_secretsmanager::Client;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::time::Instant;

use crate::aws::describe;

/// How long a secret is kept before it is read again.
const KEEP: Duration = Duration::from_mins(5);

/// One version of a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue {
    /// Secrets Manager's id of this version.
    pub version: String,
    /// The secret itself.
    pub text: String,
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretValue").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A secret can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager doesn't give it.
    #[error("the secret {arn} can't be read: {reason}")]
    Unreadable {
        /// The secret.
        arn: String,
        /// What happened.
        reason: String,
    },
    /// It isn't what it should be.
    #[error("the secret {arn} {detail}")]
    Malformed {
        /// The secret.
        arn: String,
        /// What is wrong with it.
        detail: &'static str,
    },
}

/// The stages of a secret's versions that are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What is true now.
    Current,
    /// What was true until the last rotation.
    Previous,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Current => "AWSCURRENT",
            Self::Previous => "AWSPREVIOUS",
        }
    }
}

/// What was fetched and when, by secret and stage; `None` where there was nothing.
type Cache = BTreeMap<(String, Stage), (Instant, Option<SecretValue>)>;

/// Reads secrets, and keeps them for five minutes.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
    cache: Arc<Mutex<Cache>>,
}

impl Secrets {
    /// Reads through this client.
    pub fn new(client: Client) -> Self {
        Self { client, cache: Arc::default() }
    }

    /// The secret; from memory when it was read in the last five minutes.
    pub async fn get(&self, arn: &str, stage: Stage) -> Result<SecretValue, SecretError> {
        self.get_within(arn, stage, KEEP).await
    }

    /// The secret as it is now: after a rotation, what is in memory doesn't open doors any more. It still isn't
    /// asked for twice in ten seconds, so that bad guesses by a caller can't make this a flood.
    pub async fn refresh(&self, arn: &str, stage: Stage) -> Result<SecretValue, SecretError> {
        self.get_within(arn, stage, Duration::from_secs(10)).await
    }

    async fn get_within(&self, arn: &str, stage: Stage, age: Duration) -> Result<SecretValue, SecretError> {
        let key = (arn.to_owned(), stage);
        let kept =
            self.lock().get(&key).filter(|(read, _)| read.elapsed() < age).map(|(_, value)| value.clone());
        match kept {
            Some(Some(value)) => return Ok(value),
            Some(None) => {
                return Err(SecretError::Malformed { arn: arn.to_owned(), detail: "has no such version" });
            }
            None => {}
        }
        let fetched = self.fetch(arn, stage).await;
        // A secret that was never rotated has no previous version, and isn't asked for it again and again. That
        // the current one can't be had passes.
        if fetched.is_ok() || stage == Stage::Previous {
            self.lock().insert(key, (Instant::now(), fetched.as_ref().ok().cloned()));
        }
        fetched
    }

    fn fetch<'a>(&'a self, arn: &'a str, stage: Stage) -> BoxFuture<'a, Result<SecretValue, SecretError>> {
        self.read(arn, stage).boxed()
    }

    async fn read(&self, arn: &str, stage: Stage) -> Result<SecretValue, SecretError> {
        let request = self.client.get_secret_value().secret_id(arn).version_stage(stage.as_str());
        let answer = request.send().await.map_err(|error| SecretError::Unreadable {
            arn: arn.to_owned(),
            reason: describe(&error.into_service_error()),
        })?;
        match (answer.version_id, answer.secret_string) {
            (Some(version), Some(text)) if !text.is_empty() => Ok(SecretValue { version, text }),
            _ => Err(SecretError::Malformed { arn: arn.to_owned(), detail: "has no text" }),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        // A panic while it was held can't have left it half-written: inserts are the last step.
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
