//! The secrets of a local run: made by chance, kept in the data folder where there is one.

use std::{collections::BTreeMap, fmt, fs, io::Write, path::Path};

use model::{Model, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::LocalError;

/// Every secret of the model.
pub const ALL: [Secret; 3] = [Secret::ProducerCredentials, Secret::ConsumerCredentials, Secret::TokenKey];

/// The secrets' values.
#[derive(Clone)]
pub struct Secrets(BTreeMap<Secret, Stored>);

/// One secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Stored {
    /// Its version.
    pub version: String,
    /// Its text, JSON as Secrets Manager generates it.
    pub text: String,
    /// Milliseconds since 1970.
    pub created: i64,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Secrets {
    /// Reads them from the folder, or makes them anew.
    pub fn open(model: &Model, folder: Option<&Path>) -> Result<Self, LocalError> {
        let Some(folder) = folder else { return Ok(Self::generate(model)) };
        let path = folder.join("secrets.json");
        let mut secrets = Self::generate(model);
        let kept = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "{}".into(),
            Err(error) => return Err(LocalError::file(&path)(error)),
        };
        // Others must not take their place: a broker's data beside them knows these.
        let kept: BTreeMap<String, Stored> = serde_json::from_str(&kept).map_err(|error| {
            LocalError::Options(format!(
                "{} is not what was written there: {error}; start with --fresh",
                path.display()
            ))
        })?;
        for (secret, stored) in &mut secrets.0 {
            if let Some(kept) = kept.get(&name(*secret)) {
                *stored = kept.clone();
            }
        }
        let all: BTreeMap<String, &Stored> =
            secrets.0.iter().map(|(secret, stored)| (name(*secret), stored)).collect();
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        write_private(&path, &text).map_err(LocalError::file(&path))?;
        Ok(secrets)
    }

    fn generate(model: &Model) -> Self {
        let user = |user: String| json!({ "username": user, "password": chance() }).to_string();
        let text = |secret| match secret {
            Secret::ProducerCredentials => user(model.producer_user()),
            Secret::ConsumerCredentials => user(model.consumer_user()),
            Secret::TokenKey => json!({ "key": format!("{}{}", chance(), chance()) }).to_string(),
        };
        let stored = |secret| Stored {
            version: uuid::Uuid::new_v4().to_string(),
            text: text(secret),
            created: crate::clock::millis(),
        };
        Self(ALL.into_iter().map(|secret| (secret, stored(secret))).collect())
    }

    /// The secret.
    ///
    /// # Panics
    /// Never: every secret is made at the start.
    pub fn get(&self, secret: Secret) -> &Stored {
        self.0.get(&secret).expect("every secret is made at the start")
    }

    /// Makes this the user of producers and mappings alike: another cluster has its own users.
    pub fn set_credentials(&mut self, username: &str, password: &str) {
        for secret in [Secret::ProducerCredentials, Secret::ConsumerCredentials] {
            if let Some(stored) = self.0.get_mut(&secret) {
                stored.text = json!({ "username": username, "password": password }).to_string();
            }
        }
    }

    /// User and password of a SCRAM secret.
    pub fn credentials(&self, secret: Secret) -> (String, String) {
        let value: serde_json::Value = serde_json::from_str(&self.get(secret).text).unwrap_or_default();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (text("username"), text("password"))
    }
}

fn name(secret: Secret) -> String {
    format!("{secret:?}")
}

/// Letters and digits from 20 bytes of chance.
fn chance() -> String {
    use std::fmt::Write;
    let mut bytes = [0_u8; 20];
    // Without a source of chance nothing on this machine works.
    getrandom::fill(&mut bytes).expect("the operating system has a source of chance");
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
