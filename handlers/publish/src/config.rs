//! What librdkafka is told.

use std::path::Path;

use rdkafka::ClientConfig;
use runtime::{Error, Settings};

/// Where systems keep their certificate authorities: Amazon Linux (and so Lambda), Debian, Alpine, Fedora, SUSE.
const AUTHORITIES: &[&str] = &[
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];

/// Name and password of a SCRAM user.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// How to speak to the brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// TLS and SCRAM-SHA-512, as on MSK.
    SaslSsl,
    /// Neither: brokers in the same process or on the same machine.
    Plaintext,
}

impl Protocol {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Error> {
        match settings.get("KAFKA_SECURITY_PROTOCOL") {
            None | Some("SASL_SSL") => Ok(Self::SaslSsl),
            Some("PLAINTEXT") => Ok(Self::Plaintext),
            Some(_) => Err(Error::Kafka("KAFKA_SECURITY_PROTOCOL is neither SASL_SSL nor PLAINTEXT".into())),
        }
    }
}

/// A client's whole configuration; `credentials` are for [`Protocol::SaslSsl`].
pub(crate) fn client(settings: &Settings, credentials: Option<&Credentials>) -> Result<ClientConfig, Error> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", settings.need("KAFKA_BROKERS")?)
        .set("client.id", settings.get("AWS_LAMBDA_FUNCTION_NAME").unwrap_or("publish"))
        // No record is lost with a broker, and none is doubled or overtaken by a retry inside the client.
        .set("acks", "all")
        .set("enable.idempotence", "true")
        // A request waits for its record, so waiting for more records to send with it is only delay.
        .set("linger.ms", "0")
        // The same partition for the same key as Kafka's own Java clients choose.
        .set("partitioner", "murmur2_random")
        // The least that a record is tried for; each call gives up when its own time is over.
        .set("delivery.timeout.ms", "30000")
        .set("request.timeout.ms", "5000")
        .set("retry.backoff.ms", "50")
        .set("retry.backoff.max.ms", "500")
        // A thawed sandbox finds its connections closed; it should be back in a moment.
        .set("reconnect.backoff.ms", "20")
        .set("reconnect.backoff.max.ms", "500")
        .set("socket.connection.setup.timeout.ms", "3000")
        .set("socket.keepalive.enable", "true")
        .set("socket.nagle.disable", "true")
        .set("log.connection.close", "false")
        // Topics come from the template; one that isn't there is a fault and is reported soon.
        .set("allow.auto.create.topics", "false")
        .set("topic.metadata.propagation.max.ms", "2000");
    match (Protocol::of(settings)?, credentials) {
        (Protocol::Plaintext, _) => {
            config.set("security.protocol", "PLAINTEXT");
        }
        (Protocol::SaslSsl, Some(Credentials { username, password })) => {
            config
                .set("security.protocol", "SASL_SSL")
                .set("sasl.mechanisms", "SCRAM-SHA-512")
                .set("sasl.username", username)
                .set("sasl.password", password)
                .set("ssl.ca.location", authorities(settings, AUTHORITIES)?);
        }
        (Protocol::SaslSsl, None) => {
            return Err(Error::Kafka("there are no credentials: set KAFKA_SECRET_ARN".into()));
        }
    }
    Ok(config)
}

/// The file with the certificate authorities. The OpenSSL that is built in would look where it was built,
/// find nothing, and hang (rust-rdkafka 594).
fn authorities(settings: &Settings, known: &[&str]) -> Result<String, Error> {
    let told = settings.get("KAFKA_CA_FILE").or_else(|| settings.get("SSL_CERT_FILE"));
    match told {
        Some(path) if Path::new(path).is_file() => Ok(path.to_owned()),
        Some(path) => Err(Error::Kafka(format!("there is no file with certificate authorities at {path}"))),
        None => {
            known.iter().find(|path| Path::new(path).is_file()).map(|path| (*path).to_owned()).ok_or_else(
                || {
                    let looked = known.join(", ");
                    Error::Kafka(format!("no certificate authorities found at {looked}; set KAFKA_CA_FILE"))
                },
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Credentials {
        Credentials { username: "onboard-ai-producer".into(), password: "secret".into() }
    }

    fn with_ca(path: &str) -> Settings {
        Settings::from([("KAFKA_BROKERS", "b-1:9096"), ("KAFKA_CA_FILE", path)])
    }

    #[test]
    fn speaks_scram_over_tls_unless_it_is_told_otherwise() {
        let path = format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let config = client(&with_ca(&path), Some(&user())).expect("it is complete");
        assert_eq!(config.get("security.protocol"), Some("SASL_SSL"));
        assert_eq!(config.get("sasl.mechanisms"), Some("SCRAM-SHA-512"));
        assert_eq!(config.get("ssl.ca.location"), Some(path.as_str()));
        assert_eq!(config.get("acks"), Some("all"));
        assert_eq!(config.get("enable.idempotence"), Some("true"));
    }

    #[test]
    fn missing_authorities_are_told_by_path() {
        let error = client(&with_ca("/nowhere/ca.pem"), Some(&user())).expect_err("there is no such file");
        assert!(error.to_string().contains("/nowhere/ca.pem"), "{error}");
        let error =
            authorities(&Settings::default(), &["/nowhere/a", "/nowhere/b"]).expect_err("neither is there");
        assert!(error.to_string().contains("/nowhere/a, /nowhere/b"), "{error}");
    }

    #[test]
    fn credentials_are_needed() {
        let error = client(&with_ca("/nowhere"), None).expect_err("SASL needs them");
        assert!(error.to_string().contains("KAFKA_SECRET_ARN"), "{error}");
    }
}
