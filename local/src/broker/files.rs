//! Clients' configurations, for people: what `kafka-topics.sh --command-config` and `kcat -F` take.

use std::path::{Path, PathBuf};

use crate::{LocalError, private};

/// For Kafka's own commands.
pub(super) const JAVA_CLIENT: &str = "client.properties";
/// For kcat and whatever else is made of librdkafka.
const KCAT: &str = "kcat.conf";

/// Where both are in a folder.
pub(super) fn paths(folder: &Path) -> [PathBuf; 2] {
    [JAVA_CLIENT, KCAT].map(|name| folder.join(name))
}

/// Writes both, as this user. Without an authority the client's own are trusted.
pub(super) fn make(
    folder: &Path,
    servers: &str,
    (user, password): &(String, String),
    ca: Option<&Path>,
) -> Result<(), LocalError> {
    let mut java = format!(
        "security.protocol=SASL_SSL\n\
         sasl.mechanism=SCRAM-SHA-512\n\
         sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
         username=\"{user}\" password=\"{password}\";\n"
    );
    let mut kcat = format!(
        "bootstrap.servers={servers}\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanisms=SCRAM-SHA-512\n\
         sasl.username={user}\n\
         sasl.password={password}\n"
    );
    if let Some(ca) = ca {
        // People paste the commands in another folder.
        let ca = ca.canonicalize().map_err(LocalError::file(ca))?.display().to_string();
        java = format!("{java}ssl.truststore.type=PEM\nssl.truststore.location={ca}\n");
        kcat = format!("{kcat}ssl.ca.location={ca}\n");
    }
    private::write(&folder.join(JAVA_CLIENT), &java)?;
    private::write(&folder.join(KCAT), &kcat)
}
