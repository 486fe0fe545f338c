//! Secrets Manager, as far as it is read.

use model::Secret;
use serde_json::{Value, json};

use super::{Aws, Request, reply::Fault};
use crate::secrets;

pub(super) fn call(aws: &Aws, operation: &str, request: &Request) -> Result<Value, Fault> {
    let asked = request.json()?;
    match operation {
        "GetSecretValue" => {
            let secret = find(aws, &asked)?;
            let stored = aws.deployment.secrets.get(secret);
            let stage = asked["VersionStage"].as_str().unwrap_or("AWSCURRENT");
            let version = asked["VersionId"].as_str().unwrap_or(&stored.version);
            if stage != "AWSCURRENT" || version != stored.version {
                return Err(Fault::not_found(format!(
                    "Secrets Manager can't find the specified secret value for staging label: {stage}"
                )));
            }
            Ok(json!({
                "ARN": aws.deployment.secret_arn(secret),
                "Name": name(aws, secret),
                "VersionId": stored.version,
                "SecretString": stored.text,
                "VersionStages": ["AWSCURRENT"],
                "CreatedDate": seconds(stored.created),
            }))
        }
        "DescribeSecret" => Ok(describe(aws, find(aws, &asked)?)),
        "ListSecrets" => {
            let list: Vec<Value> = secrets::ALL.into_iter().map(|secret| describe(aws, secret)).collect();
            Ok(json!({ "SecretList": list }))
        }
        _ => Err(Fault::missing(&format!("secretsmanager {operation}"))),
    }
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
    json!({
        "ARN": aws.deployment.secret_arn(secret),
        "Name": name(aws, secret),
        "CreatedDate": seconds(stored.created),
        "LastChangedDate": seconds(stored.created),
        "VersionIdsToStages": { stored.version.as_str(): ["AWSCURRENT"] },
    })
}

fn name(aws: &Aws, secret: Secret) -> String {
    aws.deployment.model.secret_name(secret, &aws.deployment.environment)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of this age fit")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
