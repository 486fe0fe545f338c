//! `kafka.md`: the cluster, the events in it, and how both change.

use model::{BrokerKind, Model, Secret, TableRole};
use serde::Serialize;

use super::first::{self, First};
use super::{variables, words};
use crate::template::escape::code_span as code;

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    /// The environment that commands start with.
    environment: String,
    version: String,
    clusters: Vec<Cluster>,
    express: bool,
    users: Vec<User>,
    topics: Vec<TopicRow>,
    /// The topic of the examples.
    topic: Option<String>,
    first: Option<First>,
    record: Option<Record>,
    errors: Option<String>,
    dead_letters: String,
    dead_letter_retention: String,
    consumer_secret: String,
    tables: Tables,
    alarm_channel: String,
}

#[derive(Serialize)]
struct Cluster {
    environment: String,
    brokers: String,
    copies: u16,
    in_sync: u16,
}

#[derive(Serialize)]
struct User {
    name: String,
    secret: String,
    used_by: &'static str,
}

#[derive(Serialize)]
struct TopicRow {
    name: String,
    partitions: u32,
    retention: String,
    key: String,
    group: String,
    version: String,
}

/// A record of the first topic with a producer, as an example of all.
#[derive(Serialize)]
struct Record {
    topic: String,
    version: u32,
    key: String,
    source: String,
}

#[derive(Serialize)]
struct Tables {
    events: String,
    errors: String,
}

pub(super) fn page(model: &Model) -> Page {
    let system = |role| model.system_table(role).name.name.clone();
    let first = first::find(model);
    Page {
        app: model.app.name.clone(),
        environment: model.environments[0].name.clone(),
        version: model.cluster.kafka_version.clone(),
        clusters: clusters(model),
        express: model.environments.iter().any(|one| one.brokers.kind() == BrokerKind::Express),
        users: vec![
            User {
                name: code(&model.producer_user()),
                secret: code(&variables::secret(model, Secret::ProducerCredentials)),
                used_by: "producers: they publish",
            },
            User {
                name: code(&model.consumer_user()),
                secret: code(&variables::secret(model, Secret::ConsumerCredentials)),
                used_by: "event source mappings: they read, commit and write dead letters",
            },
        ],
        topics: topics(model),
        topic: model.topics.first().map(|topic| topic.name.name.clone()),
        record: model.topics.iter().find_map(|topic| record(model, topic)),
        first,
        errors: model.topics.iter().find(|topic| topic.collects_errors).map(|topic| topic.name.name.clone()),
        dead_letters: model.cluster.dead_letter_topic.clone(),
        dead_letter_retention: words::duration(model.cluster.dead_letter_retention_ms),
        consumer_secret: variables::secret(model, Secret::ConsumerCredentials),
        tables: Tables { events: system(TableRole::Events), errors: system(TableRole::Errors) },
        alarm_channel: model.alarm_channel().name.name.clone(),
    }
}

fn record(model: &Model, topic: &model::Topic) -> Option<Record> {
    let producer = topic.producer.as_ref()?;
    Some(Record {
        topic: topic.name.name.clone(),
        version: topic.version,
        key: topic.key.name.clone(),
        source: format!("/{}-{}-{}", model.app.name, producer.function.name, model.environments[0].name),
    })
}

fn clusters(model: &Model) -> Vec<Cluster> {
    let cluster = |environment: &model::Environment| {
        let brokers = &environment.brokers;
        let (count, ty) = (brokers.count, code(&brokers.instance_type));
        Cluster {
            environment: code(&environment.name),
            brokers: format!("{count} × {ty} in {} zones", environment.zones),
            copies: brokers.replication,
            in_sync: brokers.min_insync(),
        }
    };
    model.environments.iter().map(cluster).collect()
}

fn topics(model: &Model) -> Vec<TopicRow> {
    let row = |topic: &model::Topic| TopicRow {
        name: code(&topic.name.name),
        partitions: topic.partitions,
        retention: words::duration(topic.retention_ms),
        key: code(&topic.key.name),
        group: topic.consumer.as_ref().map_or("–".to_owned(), |consumer| code(&consumer.group)),
        version: topic.version.to_string(),
    };
    let cluster = &model.cluster;
    let dead_letters = TopicRow {
        name: code(&cluster.dead_letter_topic),
        partitions: cluster.dead_letter_partitions,
        retention: words::duration(cluster.dead_letter_retention_ms),
        key: "the record's".into(),
        group: "–".into(),
        version: "–".into(),
    };
    model.topics.iter().map(row).chain([dead_letters]).collect()
}
