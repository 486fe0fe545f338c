//! The environment variables of functions, as a shell would set them.

use model::{Auth, EnvValue, Function, Model, Secret};

use super::ENVIRONMENT;

/// `KAFKA_TOPIC=user-info-submitted`, one for each variable. What only a deployment knows stands in brackets.
pub(super) fn lines(model: &Model, function: &Function) -> Vec<String> {
    let line = |variable: &model::EnvVar| format!("{}={}", variable.name, value(model, &variable.value));
    function.environment.iter().map(line).collect()
}

fn value(model: &Model, value: &EnvValue) -> String {
    match value {
        EnvValue::Text(text) => text.clone(),
        EnvValue::Environment => ENVIRONMENT.into(),
        EnvValue::AuthMode => auth_mode(model),
        EnvValue::BootstrapBrokers => "<output KafkaBootstrapServers>".into(),
        EnvValue::WebSocketEndpoint => "<output WebSocketApiEndpoint>".into(),
        EnvValue::TableName(table) => format!("{table}-{ENVIRONMENT}"),
        EnvValue::ChannelArn(channel) => {
            format!("<ARN of SNS topic {}-{channel}-{ENVIRONMENT}>", model.app.name)
        }
        EnvValue::SecretArn(secret) => format!("<ARN of secret {}>", self::secret(model, *secret)),
    }
}

/// `token`, or `<none in dev, else token>`.
fn auth_mode(model: &Model) -> String {
    let open: Vec<&str> = model
        .environments
        .iter()
        .filter(|environment| environment.auth == Auth::None)
        .map(|environment| environment.name.as_str())
        .collect();
    match open.len() {
        0 => "token".into(),
        all if all == model.environments.len() => "none".into(),
        _ => format!("<none in {}, else token>", open.join(", ")),
    }
}

/// The secret's name with the variable in place of the environment.
pub(super) fn secret(model: &Model, secret: Secret) -> String {
    let mut environment = model.environments[0].clone();
    environment.name = ENVIRONMENT.into();
    model.secret_name(secret, &environment)
}

/// The function's name with the variable in place of the environment.
pub(super) fn function(model: &Model, function: &Function) -> String {
    format!("{}-{}-{ENVIRONMENT}", model.app.name, function.name.name)
}
