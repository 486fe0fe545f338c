//! What a function is told: its environment variables.

use std::collections::BTreeMap;

use contract::Table;

/// A function's environment variables. The local run gives each function a map of its own; in Lambda it is
/// the process's environment.
///
/// | variable | what it tells |
/// | --- | --- |
/// | `APP_NAME`, `ENVIRONMENT` | the metrics' namespace and dimension |
/// | `AUTH_MODE` | `none` or `token` |
/// | `<NAME>_TABLE` | the real name of a table; `WEBSOCKET_TABLE` for connections |
/// | `KAFKA_BROKERS`, `KAFKA_TOPIC`, `KAFKA_ERROR_TOPIC` | where to publish |
/// | `KAFKA_SECRET_ARN` | the secret with `username` and `password` |
/// | `TOKEN_SECRET_ARN` | the secret that signs connect tokens |
/// | `WEBSOCKET_ENDPOINT` | `wss://...`, where clients connect and pushes go |
/// | `MARKER_SECONDS` | how long an event is known to be applied, where 90 days aren't enough |
/// | `ALERT_CHANNEL_ARN`, `QUARANTINE_CHANNEL_ARN` | SNS topics |
///
/// Some are for other clusters and local runs only, and never in a template: `KAFKA_USERNAME` with
/// `KAFKA_PASSWORD` instead of a secret, `KAFKA_SECURITY_PROTOCOL=PLAINTEXT`, `KAFKA_CA_FILE`, and the SDKs' own
/// `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` (`DYNAMODB`, `SNS`, `SECRETS_MANAGER`, `KAFKA`,
/// `APIGATEWAYMANAGEMENTAPI`). `LOG_LEVEL`, `TOKEN_TTL_SECONDS` and `SESSION_SECONDS` have defaults.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<String, String>);

/// A function can't start as it was told to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable isn't there.
    #[error("the environment variable {0} is not set")]
    Missing(String),
    /// A variable's value can't be right.
    #[error("the environment variable {name} {detail}")]
    Bad {
        /// The variable.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl SettingsError {
    /// A variable's value can't be right.
    pub fn bad(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Bad { name: name.into(), detail: detail.into() }
    }
}

/// Who may act and listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// The customer id is taken on trust. For development.
    None,
    /// A signed token binds the caller to one customer.
    Token,
}

impl Settings {
    /// The process's own environment; what isn't Unicode isn't ours.
    pub fn from_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The value, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value, which must be there.
    pub fn need(&self, name: &str) -> Result<&str, SettingsError> {
        self.get(name).ok_or_else(|| SettingsError::Missing(name.to_owned()))
    }

    /// A whole number, or the default where the variable is absent.
    pub fn number(&self, name: &str, default: u64) -> Result<u64, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(default) };
        text.parse().map_err(|_| SettingsError::bad(name, "is not a whole number"))
    }

    /// The real name of this table.
    pub fn table(&self, table: &Table) -> Result<&str, SettingsError> {
        self.need(table.env)
    }

    /// Who may act and listen. What is absent is safe: a token is needed.
    pub fn auth_mode(&self) -> Result<AuthMode, SettingsError> {
        match self.get("AUTH_MODE") {
            Some("none") => Ok(AuthMode::None),
            Some("token") | None => Ok(AuthMode::Token),
            Some(_) => Err(SettingsError::bad("AUTH_MODE", "is neither none nor token")),
        }
    }

    /// Refuses a function that was built for another topic than the one it is told of.
    pub fn check_topic(&self, name: &str, built_for: &str) -> Result<(), SettingsError> {
        match self.get(name) {
            Some(told) if told != built_for => Err(SettingsError::bad(
                name,
                format!("is {told}, but this function was built for {built_for}"),
            )),
            _ => Ok(()),
        }
    }
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Settings {
    fn from(variables: [(&str, &str); N]) -> Self {
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: credentials are among the values.
        f.debug_set().entries(self.0.keys()).finish()
    }
}
