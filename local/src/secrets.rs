//! The secrets of a local run: made by chance, kept in the data folder where there is one.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use model::{Model, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{LocalError, private};

/// Every secret of the model.
pub const ALL: [Secret; 3] = [Secret::ProducerCredentials, Secret::ConsumerCredentials, Secret::TokenKey];

/// The secrets' values.
pub struct Secrets {
    all: Mutex<All>,
    /// Where they are kept.
    path: Option<PathBuf>,
}

#[derive(Default)]
struct All {
    /// The run's own.
    own: BTreeMap<Secret, Versions>,
    /// Another cluster's, in their place for this run; they are kept nowhere.
    given: BTreeMap<Secret, Versions>,
}

impl All {
    fn of(&self, secret: Secret) -> Option<&Versions> {
        self.given.get(&secret).or_else(|| self.own.get(&secret))
    }
}

/// A secret's versions in use.
#[derive(Clone, Serialize, Deserialize)]
struct Versions {
    #[serde(flatten)]
    current: Stored,
    /// What was current until it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Stored>,
}

/// One version of a secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Stored {
    /// Its id.
    pub version: String,
    /// Its text, JSON as Secrets Manager generates it.
    pub text: String,
    /// Milliseconds since 1970.
    pub created: i64,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().own.keys()).finish()
    }
}

impl Secrets {
    /// Reads them from the folder, or makes them anew.
    pub fn open(model: &Model, folder: Option<&Path>) -> Result<Self, LocalError> {
        let generated = Self::generate(model);
        let Some(folder) = folder else { return Ok(generated) };
        let path = folder.join("secrets.json");
        let kept = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "{}".into(),
            Err(error) => return Err(LocalError::file(&path)(error)),
        };
        // Others must not take their place: a broker's data beside them knows these.
        let kept: BTreeMap<String, Versions> = serde_json::from_str(&kept).map_err(|error| {
            LocalError::Options(format!(
                "{} is not what was written there: {error}; start with --fresh",
                path.display()
            ))
        })?;
        for (secret, versions) in &mut generated.lock().own {
            if let Some(kept) = kept.get(&name(*secret)) {
                *versions = kept.clone();
            }
        }
        let secrets = Self { path: Some(path), ..generated };
        secrets.keep(&secrets.lock().own)?;
        Ok(secrets)
    }

    fn keep(&self, own: &BTreeMap<Secret, Versions>) -> Result<(), LocalError> {
        let Some(path) = &self.path else { return Ok(()) };
        let all: BTreeMap<String, &Versions> =
            own.iter().map(|(secret, versions)| (name(*secret), versions)).collect();
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        private::write(path, &text)
    }

    fn generate(model: &Model) -> Self {
        let user = |user: String| json!({ "username": user, "password": chance() }).to_string();
        let text = |secret| match secret {
            Secret::ProducerCredentials => user(model.producer_user()),
            Secret::ConsumerCredentials => user(model.consumer_user()),
            Secret::TokenKey => json!({ "key": format!("{}{}", chance(), chance()) }).to_string(),
        };
        let versions = |secret| Versions { current: Stored::new(text(secret)), previous: None };
        let own = ALL.into_iter().map(|secret| (secret, versions(secret))).collect();
        Self { all: Mutex::new(All { own, ..All::default() }), path: None }
    }

    /// What the secret is now.
    ///
    /// # Panics
    /// Never: every secret is made at the start.
    pub fn get(&self, secret: Secret) -> Stored {
        self.lock().of(secret).expect("every secret is made at the start").current.clone()
    }

    /// What it was until it was changed last.
    pub fn previous(&self, secret: Secret) -> Option<Stored> {
        self.lock().of(secret)?.previous.clone()
    }

    /// Changes it under this version; what it was becomes the previous one. A version that is there stays as it is.
    pub fn put(&self, secret: Secret, version: &str, text: String) -> Result<(), LocalError> {
        let mut all = self.lock();
        let All { own, given } = &mut *all;
        if let Some(versions) = given.get_mut(&secret).or_else(|| own.get_mut(&secret))
            && versions.current.version != version
        {
            let new = Stored { version: version.to_owned(), ..Stored::new(text) };
            versions.previous = Some(std::mem::replace(&mut versions.current, new));
        }
        self.keep(own)
    }

    /// Makes this the user of producers and mappings alike, for this run: another cluster has its own users.
    pub fn set_credentials(&self, username: &str, password: &str) {
        let text = json!({ "username": username, "password": password }).to_string();
        for secret in [Secret::ProducerCredentials, Secret::ConsumerCredentials] {
            let versions = Versions { current: Stored::new(text.clone()), previous: None };
            self.lock().given.insert(secret, versions);
        }
    }

    /// User and password of a SCRAM secret.
    pub fn credentials(&self, secret: Secret) -> (String, String) {
        let value: serde_json::Value = serde_json::from_str(&self.get(secret).text).unwrap_or_default();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (text("username"), text("password"))
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    fn new(text: String) -> Self {
        Self { version: uuid::Uuid::new_v4().to_string(), text, created: crate::clock::millis() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../topics.yaml");
        manifest::read_file(path).expect("the manifest is good")
    }

    #[test]
    fn another_clusters_user_takes_the_place_of_the_runs_own_and_is_kept_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Secrets::open(&model(), Some(folder.path())).expect("it can");
        let own = open().credentials(Secret::ConsumerCredentials);
        let secrets = open();
        secrets.set_credentials("other", "their-password");
        let given = ("other".to_owned(), "their-password".to_owned());
        assert_eq!(secrets.credentials(Secret::ConsumerCredentials), given);
        assert_eq!(secrets.credentials(Secret::ProducerCredentials), given);
        // Changing any secret writes the file.
        secrets.put(Secret::TokenKey, "v-2", r#"{"key":"k"}"#.into()).expect("it can");
        let kept = fs::read_to_string(folder.path().join("secrets.json")).expect("it is there");
        assert!(kept.contains("v-2") && !kept.contains("their-password"), "the file has the key alone");
        assert_eq!(open().credentials(Secret::ConsumerCredentials), own);
    }

    #[test]
    fn a_version_that_is_put_makes_the_one_before_it_the_previous() {
        let secrets = Secrets::open(&model(), None).expect("it can");
        let first = secrets.get(Secret::TokenKey);
        secrets.put(Secret::TokenKey, "v-2", "two".into()).expect("it can");
        secrets.put(Secret::TokenKey, "v-2", "three".into()).expect("it can");
        assert_eq!(secrets.get(Secret::TokenKey).text, "two", "a version is never changed");
        assert_eq!(secrets.previous(Secret::TokenKey).map(|stored| stored.text), Some(first.text));
    }
}
