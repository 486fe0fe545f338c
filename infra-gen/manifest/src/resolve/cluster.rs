//! The cluster.

use model::{BrokerKind, Cluster, Environment};

use super::{Context, number::clamp, topic};
use crate::{code::Code, diagnostic::Diagnostic};

pub(super) fn resolve(context: &mut Context<'_>, environments: &[Environment]) -> Cluster {
    let raw = &context.manifest.cluster;
    let letters = &raw.dead_letters;
    let place = context.root.get("cluster");
    version(context, &raw.kafka, environments);
    topic::check_retention(context, &letters.retention, place.get("dead_letters").get("retention"));
    Cluster {
        kafka_version: raw.kafka.to_string(),
        dead_letter_topic: letters
            .topic
            .as_ref()
            .map_or_else(|| format!("{}-dead-letters", &*context.manifest.app), |topic| topic.to_string()),
        dead_letter_partitions: clamp(letters.partitions),
        dead_letter_retention_ms: letters.retention.milliseconds().unwrap_or_default(),
    }
}

/// Refuses brokers that don't run the version. Express brokers run some, and the newest runs on them alone.
fn version(context: &mut Context<'_>, version: &str, environments: &[Environment]) {
    const EXPRESS: &[&str] = &["3.8.x", "3.8.x.kraft", "3.9.x.kraft", "4.2.x.kraft"];
    const EXPRESS_ONLY: &[&str] = &["4.2.x.kraft"];
    let place = context.root.get("cluster").get("kafka");
    for environment in environments {
        let (message, help) = match environment.brokers.kind() {
            BrokerKind::Express if !EXPRESS.contains(&version) => (
                format!("Express brokers don't run Kafka `{version}`"),
                "write `kafka: 3.9.x.kraft`, or use `kafka.m7g` brokers",
            ),
            BrokerKind::Standard if EXPRESS_ONLY.contains(&version) => (
                format!("only Express brokers run Kafka `{version}`"),
                "write `kafka: 4.1.x.kraft`, or use `express.m7g` brokers",
            ),
            _ => continue,
        };
        let brokers = context.root.get("environments").get(&environment.name).get("brokers").get("type");
        context.push(
            Diagnostic::new(Code::KafkaVersion, brokers.span(), message)
                .label(format!("the brokers of `{}`", environment.name))
                .also(place.span(), "the version")
                .note("MSK would refuse the cluster")
                .help(help),
        );
    }
}
