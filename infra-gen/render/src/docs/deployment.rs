//! `deployment.md`: from a clone to a running backend, and what comes after.

use model::{
    Architecture, Auth, BrokerKind, Environment, Model, Protocol, Removal, Secret, TableRole, price, quota,
};
use serde::Serialize;

use super::first::{self, First};
use super::variables;
use super::words::{self, those};
use crate::template::escape::{code_span as code, markdown};

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    /// The environment that commands start with.
    environment: String,
    open: Option<String>,
    guarded: Option<String>,
    production: Option<String>,
    retained: Option<String>,
    destroyed: Option<String>,
    protected: Option<String>,
    audited: Option<String>,
    arm: bool,
    first: Option<First>,
    kafka_version: String,
    dead_letters: String,
    connections: String,
    errors: String,
    secrets: Vec<String>,
    alarm_channel: String,
    alarms: usize,
    mails: Vec<String>,
    environments: Vec<EnvironmentRow>,
    costs: Costs,
    topics: Vec<TopicRow>,
    pollers: Pollers,
    most_topics: usize,
    partitions_per_broker: u32,
    poller_maximum: u32,
    batch_maximum: u32,
    memory: [u32; 2],
}

/// One environment, in Markdown.
#[derive(Serialize)]
struct EnvironmentRow {
    name: String,
    brokers: String,
    zones: u8,
    copies: String,
    auth: &'static str,
    data: &'static str,
    protection: &'static str,
    recovery: String,
    logs: String,
    rate: u32,
    network: String,
    partitions: String,
}

/// What each environment costs a month: a row for each thing, a column for each environment.
#[derive(Serialize)]
struct Costs {
    rows: Vec<(&'static str, Vec<String>)>,
    totals: Vec<String>,
}

/// What is set for topics that have it alike.
#[derive(Serialize)]
struct TopicRow {
    topics: String,
    partitions: u32,
    batch: String,
    pollers: String,
    producer: String,
    consumer: String,
}

#[derive(Serialize)]
struct Pollers {
    kept: u32,
    units: u32,
    per_unit: u32,
}

pub(super) fn page(model: &Model) -> Page {
    let system = |role| model.system_table(role).name.name.clone();
    let [memory_min, memory_max] = [*quota::FUNCTION_MEMORY_MIB.start(), *quota::FUNCTION_MEMORY_MIB.end()];
    Page {
        app: model.app.name.clone(),
        environment: model.environments[0].name.clone(),
        open: those(model, |environment| environment.auth == Auth::None),
        guarded: those(model, |environment| environment.auth == Auth::Token),
        production: those(model, |environment| environment.production),
        retained: those(model, |environment| environment.removal == Removal::Retain),
        destroyed: those(model, |environment| environment.removal == Removal::Destroy),
        protected: those(model, |environment| environment.deletion_protection),
        audited: those(model, |environment| environment.audit),
        arm: model.architecture == Architecture::Arm64,
        first: first::find(model),
        kafka_version: model.cluster.kafka_version.clone(),
        dead_letters: model.cluster.dead_letter_topic.clone(),
        connections: system(TableRole::Connections),
        errors: system(TableRole::Errors),
        secrets: [Secret::ProducerCredentials, Secret::ConsumerCredentials, Secret::TokenKey]
            .map(|secret| code(&variables::secret(model, secret)))
            .to_vec(),
        alarm_channel: model.alarm_channel().name.name.clone(),
        alarms: model.alarms.len(),
        mails: mails(model),
        environments: model.environments.iter().map(|environment| row(model, environment)).collect(),
        costs: costs(model),
        topics: topics(model),
        pollers: Pollers {
            kept: price::pollers(model),
            units: price::poller_units(model),
            per_unit: price::POLLERS_PER_UNIT,
        },
        most_topics: (quota::OPERATION_RESOURCES - quota::BASE_RESOURCES) / quota::TOPIC_RESOURCES,
        partitions_per_broker: quota::PARTITIONS_PER_BROKER,
        poller_maximum: quota::POLLERS_MAX,
        batch_maximum: quota::BATCH_SIZE,
        memory: [memory_min, memory_max],
    }
}

/// Who has to confirm a mail, for each channel that has such a subscriber.
fn mails(model: &Model) -> Vec<String> {
    let mut mails = vec![];
    for channel in &model.channels {
        for subscriber in channel.subscribers.iter().filter(|one| one.protocol == Protocol::Email) {
            let (endpoint, name) = (code(&subscriber.endpoint), code(&channel.name.name));
            let somewhere: Vec<String> = subscriber.environments.iter().map(|name| code(name)).collect();
            mails.push(format!("{endpoint} of channel {name} in {}", words::and(&somewhere)));
        }
    }
    mails
}

fn row(model: &Model, environment: &Environment) -> EnvironmentRow {
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let brokers = &environment.brokers;
    let storage = match brokers.kind() {
        BrokerKind::Standard => format!("{} GiB each", brokers.storage_gib),
        BrokerKind::Express => "storage of their own".into(),
    };
    let partitions: u32 =
        model.topics.iter().map(|topic| topic.partitions).sum::<u32>() + model.cluster.dead_letter_partitions;
    let each = (partitions * u32::from(brokers.replication)).div_ceil(u32::from(brokers.count));
    EnvironmentRow {
        name: code(&environment.name),
        brokers: format!("{} × {}, {storage}", brokers.count, code(&brokers.instance_type)),
        zones: environment.zones,
        copies: format!("{}, {} in sync", brokers.replication, brokers.min_insync()),
        auth: match environment.auth {
            Auth::None => "none",
            Auth::Token => "token",
        },
        data: match environment.removal {
            Removal::Destroy => "goes with the stack",
            Removal::Retain => "stays",
        },
        protection: yes(environment.deletion_protection),
        recovery: words::count(u64::from(environment.recovery_days), "day"),
        logs: words::count(u64::from(environment.log_retention_days), "day"),
        rate: environment.http_rate,
        network: format!("{}.0.0/16", environment.network),
        partitions: format!("{partitions} × {} / {} = {each}", brokers.replication, brokers.count),
    }
}

fn costs(model: &Model) -> Costs {
    let bills: Vec<Vec<price::Charge>> =
        model.environments.iter().map(|environment| price::standing(model, environment)).collect();
    let mut names: Vec<&'static str> = vec![];
    for charge in bills.iter().flatten() {
        if !names.contains(&charge.what) {
            names.push(charge.what);
        }
    }
    let cell = |bill: &Vec<price::Charge>, name: &str| {
        let charge = bill.iter().find(|charge| charge.what == name);
        charge.map_or("–".to_owned(), |charge| {
            let price = charge.cents.map_or("price not known here".into(), dollars);
            format!("{}: {price}", markdown(&charge.how_many))
        })
    };
    let rows = names.into_iter().map(|name| (name, bills.iter().map(|bill| cell(bill, name)).collect()));
    let total = |bill: &Vec<price::Charge>| {
        let sum: u64 = bill.iter().filter_map(|charge| charge.cents).sum();
        let more = if bill.iter().any(|charge| charge.cents.is_none()) { " and more" } else { "" };
        format!("{}{more}", dollars(sum))
    };
    Costs { rows: rows.collect(), totals: bills.iter().map(total).collect() }
}

/// `297.84`.
fn dollars(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn topics(model: &Model) -> Vec<TopicRow> {
    let mut rows: Vec<TopicRow> = vec![];
    for topic in &model.topics {
        let none = || "–".to_owned();
        let function = |memory: u32, timeout: u32| format!("{memory} MiB, {timeout} s");
        let row = TopicRow {
            topics: topic.name.name.clone(),
            partitions: topic.partitions,
            batch: topic.consumer.as_ref().map_or_else(none, |consumer| {
                format!("{}, {}", consumer.batch.size, words::duration(consumer.batch.window_ms))
            }),
            pollers: topic.consumer.as_ref().map_or_else(none, |consumer| {
                format!("{} to {}", consumer.pollers.min, consumer.pollers.max)
            }),
            producer: topic
                .producer
                .as_ref()
                .map_or_else(none, |one| function(one.memory_mib, one.timeout_seconds)),
            consumer: topic
                .consumer
                .as_ref()
                .map_or_else(none, |one| function(one.memory_mib, one.timeout_seconds)),
        };
        match rows.iter_mut().find(|other| other.alike(&row)) {
            Some(other) => other.topics.extend([", ", &row.topics]),
            None => rows.push(row),
        }
    }
    rows
}

impl TopicRow {
    fn alike(&self, other: &Self) -> bool {
        (self.partitions, &self.batch, &self.pollers, &self.producer, &self.consumer)
            == (other.partitions, &other.batch, &other.pollers, &other.producer, &other.consumer)
    }
}
