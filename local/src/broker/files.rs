//! Clients' configurations, for people: what `kafka-topics.sh --command-config` and `kcat -F` take.

use std::{fs, io::Write, path::Path};

use super::{admin, certificates};
use crate::{LocalError, secrets::Secrets};

/// For Kafka's own commands.
pub(super) const JAVA_CLIENT: &str = "client.properties";
/// For kcat and whatever else is made of librdkafka.
pub(super) const KCAT: &str = "kcat.conf";

/// Writes both, as the user that may do everything.
pub(super) fn make(folder: &Path, port: u16, secrets: &Secrets) -> Result<(), LocalError> {
    let (user, password) = admin(secrets);
    let ca = folder.join(certificates::CA).display().to_string();
    let java = format!(
        "security.protocol=SASL_SSL\n\
         sasl.mechanism=SCRAM-SHA-512\n\
         sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
         username=\"{user}\" password=\"{password}\";\n\
         ssl.truststore.type=PEM\n\
         ssl.truststore.location={ca}\n"
    );
    let kcat = format!(
        "bootstrap.servers=localhost:{port}\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanisms=SCRAM-SHA-512\n\
         sasl.username={user}\n\
         sasl.password={password}\n\
         ssl.ca.location={ca}\n"
    );
    private(&folder.join(JAVA_CLIENT), &java)?;
    private(&folder.join(KCAT), &kcat)
}

/// A file that its owner alone may read.
pub(super) fn private(path: &Path, text: &str) -> Result<(), LocalError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(LocalError::file(path))?;
    file.write_all(text.as_bytes()).map_err(LocalError::file(path))
}
