//! Who may do what: what the manifest's edges need, and nothing else.

use std::{collections::BTreeSet, path::Path};

use model::{Model, Secret};

use super::{Java, admin, process};
use crate::{LocalError, broker::kafka::certificates, secrets::Secrets};

const TOOL: &str = "kafka.admin.AclCommand";

/// Allows producers to write the topics that functions publish, and mappings to read those that have a consumer, to
/// commit as their groups, and to write dead letters. Said twice, it is the same.
pub(super) async fn allow(
    java: &Java,
    folder: &Path,
    port: u16,
    model: &Model,
    secrets: &Secrets,
) -> Result<(), LocalError> {
    let (user, password) = admin(secrets);
    let config = folder.join("admin.properties");
    let text = format!(
        "security.protocol=SASL_SSL\n\
         sasl.mechanism=SCRAM-SHA-512\n\
         sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
         username=\"{user}\" password=\"{password}\";\n\
         ssl.truststore.type=PEM\n\
         ssl.truststore.location={}/{}\n",
        folder.display(),
        certificates::CA,
    );
    std::fs::write(&config, text).map_err(LocalError::file(&config))?;
    let (producer, _) = secrets.credentials(Secret::ProducerCredentials);
    let (consumer, _) = secrets.credentials(Secret::ConsumerCredentials);

    let published = model.topics.iter().filter(|topic| topic.producer.is_some());
    let written: BTreeSet<&str> = published
        .flat_map(|topic| [Some(topic.name.name.as_str()), topic.error_topic.as_deref()])
        .flatten()
        .collect();
    let fed = || model.topics.iter().filter_map(|topic| Some((topic, topic.consumer.as_ref()?)));
    let read: BTreeSet<&str> = fed().map(|(topic, _)| topic.name.name.as_str()).collect();
    let groups: BTreeSet<&str> = fed().map(|(_, reader)| reader.group.as_str()).collect();
    let dead = BTreeSet::from([model.cluster.dead_letter_topic.as_str()]);

    let rules = [
        (&producer, "--topic", &written, ["Write", "Describe"].as_slice()),
        (&consumer, "--topic", &read, &["Read", "Describe"]),
        (&consumer, "--group", &groups, &["Read", "Describe"]),
        (&consumer, "--topic", &dead, &["Write", "Describe"]),
    ];
    let server = format!("localhost:{port}");
    let commands = rules.into_iter().filter(|(_, _, names, _)| !names.is_empty()).map(
        |(user, kind, names, operations)| {
            let mut arguments: Vec<String> =
                ["--bootstrap-server", &server, "--command-config"].map(str::to_owned).to_vec();
            arguments.push(config.display().to_string());
            arguments.extend(["--add".into(), "--allow-principal".into(), format!("User:{user}")]);
            arguments.extend(
                operations.iter().flat_map(|operation| ["--operation".to_owned(), (*operation).to_owned()]),
            );
            arguments.extend(names.iter().flat_map(|name| [kind.to_owned(), (*name).to_owned()]));
            arguments
        },
    );
    let commands: Vec<Vec<String>> = commands.collect();
    // Each is a Java of its own: together they take as long as one.
    let running = commands.iter().map(|arguments| process::tool(java, TOOL, arguments));
    futures_util::future::try_join_all(running).await.map(|_| ())
}
