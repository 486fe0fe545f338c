//! Secrets Manager, as far as secrets are read and changed.

use model::Secret;
use serde_json::{Value, json};

use super::{Aws, Request, reply::Fault};
use crate::secrets::{self, Stored};

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

pub(super) fn call(aws: &Aws, operation: &str, request: &Request) -> Result<Value, Fault> {
    let asked = request.json()?;
    match operation {
        "GetSecretValue" => value(aws, &asked),
        "PutSecretValue" => put(aws, &asked),
        "GetRandomPassword" => random(&asked),
        "DescribeSecret" => Ok(describe(aws, find(aws, &asked)?)),
        "ListSecrets" => {
            let list: Vec<Value> = secrets::ALL.into_iter().map(|secret| describe(aws, secret)).collect();
            Ok(json!({ "SecretList": list }))
        }
        _ => Err(Fault::missing(&format!("secretsmanager {operation}"))),
    }
}

fn value(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let secret = find(aws, asked)?;
    let secrets = &aws.deployment.secrets;
    let stage = asked["VersionStage"].as_str();
    let version = asked["VersionId"].as_str();
    let fits = |(label, stored): &(&str, Stored)| {
        // Without either it is the current one.
        let stage = stage.or(if version.is_none() { Some(CURRENT) } else { None });
        stage.is_none_or(|stage| stage == *label) && version.is_none_or(|version| version == stored.version)
    };
    let previous = secrets.previous(secret).map(|stored| (PREVIOUS, stored));
    let found = std::iter::once((CURRENT, secrets.get(secret))).chain(previous).find(fits);
    let Some((label, stored)) = found else {
        return Err(Fault::not_found(format!(
            "Secrets Manager can't find the specified secret value for staging label: {}",
            stage.unwrap_or(CURRENT)
        )));
    };
    Ok(json!({
        "ARN": aws.deployment.secret_arn(secret),
        "Name": name(aws, secret),
        "VersionId": stored.version,
        "SecretString": stored.text,
        "VersionStages": [label],
        "CreatedDate": seconds(stored.created),
    }))
}

fn put(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let secret = find(aws, asked)?;
    let text = asked["SecretString"].as_str().ok_or_else(|| Fault::invalid("SecretString is missing"))?;
    let fresh = uuid::Uuid::new_v4().to_string();
    let version = asked["ClientRequestToken"].as_str().unwrap_or(&fresh);
    // A real Kafka was given its users when it was made. Saying yes would be a lie: on MSK they follow the secret.
    if secret != Secret::TokenKey && aws.deployment.has_users() {
        let message =
            "the users of the local run's Kafka don't follow their secrets; `--fresh` makes new ones";
        return Err(Fault::new(400, "InvalidRequestException", message));
    }
    let kept = aws.deployment.secrets.put(secret, version, text.to_owned());
    kept.map_err(|error| Fault::new(500, "InternalServiceError", error.to_string()))?;
    Ok(json!({
        "ARN": aws.deployment.secret_arn(secret),
        "Name": name(aws, secret),
        "VersionId": version,
        "VersionStages": [CURRENT],
    }))
}

/// Letters and digits, each as likely as the others.
fn random(asked: &Value) -> Result<Value, Fault> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if asked["ExcludePunctuation"] != true {
        return Err(Fault::missing("secretsmanager GetRandomPassword with punctuation"));
    }
    let length = asked["PasswordLength"].as_u64().unwrap_or(32);
    let length = usize::try_from(length).ok().filter(|length| (4..=4096).contains(length));
    let length = length.ok_or_else(|| Fault::invalid("PasswordLength must be between 4 and 4096"))?;
    let mut password = String::with_capacity(length);
    while password.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes)
            .map_err(|error| Fault::new(500, "InternalServiceError", error.to_string()))?;
        // 248 is four times 62; what is above would make some more likely.
        let letters = bytes.iter().filter(|byte| **byte < 248).map(|byte| LETTERS[usize::from(*byte) % 62]);
        password.extend(letters.take(length - password.len()).map(char::from));
    }
    Ok(json!({ "RandomPassword": password }))
}

fn find(aws: &Aws, asked: &Value) -> Result<Secret, Fault> {
    let id = asked["SecretId"].as_str().ok_or_else(|| Fault::invalid("SecretId is missing"))?;
    let is = |secret: &Secret| id == name(aws, *secret) || id == aws.deployment.secret_arn(*secret);
    secrets::ALL
        .into_iter()
        .find(is)
        .ok_or_else(|| Fault::not_found("Secrets Manager can't find the specified secret."))
}

fn describe(aws: &Aws, secret: Secret) -> Value {
    let stored = aws.deployment.secrets.get(secret);
    let mut versions = json!({ stored.version.as_str(): [CURRENT] });
    if let Some(previous) = aws.deployment.secrets.previous(secret) {
        versions[previous.version] = json!([PREVIOUS]);
    }
    json!({
        "ARN": aws.deployment.secret_arn(secret),
        "Name": name(aws, secret),
        "LastChangedDate": seconds(stored.created),
        "VersionIdsToStages": versions,
    })
}

fn name(aws: &Aws, secret: Secret) -> String {
    aws.deployment.model.secret_name(secret, &aws.deployment.environment)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of this age fit")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
