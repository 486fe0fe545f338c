//! `runbook.md`: what to do when an alarm goes off, a section for each kind of alarm.
//!
//! The metric picks the section's words, so that an alarm without them does not compile; which functions, groups and
//! tables it is about comes from the model.

use model::{Alarm, AlarmMetric, AlarmSource, Model, Role, TableRole, Topic};
use serde::Serialize;

use super::alarms::when;
use super::{ENVIRONMENT, variables, words};
use crate::template::escape::{code_span as code, markdown};

/// Where somebody who got this alarm reads on, from the project's root.
pub(crate) fn place(alarm: &Alarm) -> String {
    format!("generated/docs/runbook.md#{}", alarm.id.to_lowercase())
}

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    environment: String,
    alarm_channel: String,
    connections: String,
    events: String,
    errors: String,
    dead_letters: String,
    sections: Vec<Section>,
}

/// All alarms of one id.
#[derive(Serialize)]
struct Section {
    id: String,
    /// Template with the words.
    words: &'static str,
    /// What is watched, and how.
    metric: &'static str,
    statistic: &'static str,
    rows: Vec<Row>,
    /// What commands show: that of the first alarm.
    example: Example,
}

#[derive(Serialize)]
struct Row {
    name: String,
    watches: String,
    when: String,
    means: String,
}

/// Real names to put into commands; empty where an alarm has none.
#[derive(Serialize, Default)]
struct Example {
    function: String,
    topic: String,
    group: String,
    table: String,
}

pub(super) fn page(model: &Model) -> Page {
    let system = |role| model.system_table(role).name.name.clone();
    let mut sections: Vec<Section> = vec![];
    for alarm in &model.alarms {
        let row = row(model, alarm);
        match sections.iter_mut().find(|section| section.id == alarm.id) {
            Some(section) => section.rows.push(row),
            None => sections.push(section(model, alarm, row)),
        }
    }
    Page {
        app: model.app.name.clone(),
        environment: model.environments[0].name.clone(),
        alarm_channel: model.alarm_channel().name.name.clone(),
        connections: system(TableRole::Connections),
        events: system(TableRole::Events),
        errors: system(TableRole::Errors),
        dead_letters: model.cluster.dead_letter_topic.clone(),
        sections,
    }
}

fn section(model: &Model, alarm: &Alarm, row: Row) -> Section {
    let (words, metric) = match &alarm.metric {
        AlarmMetric::FunctionFailures(Role::Producer(_)) => ("producer-failures", FAILURES),
        AlarmMetric::FunctionFailures(Role::Consumer(_)) => ("consumer-failures", FAILURES),
        AlarmMetric::FunctionFailures(_) => ("edge-failures", FAILURES),
        AlarmMetric::FunctionDuration(Role::Consumer(_)) => ("consumer-duration", "`AWS/Lambda` `Duration`"),
        AlarmMetric::FunctionDuration(_) => ("producer-duration", "`AWS/Lambda` `Duration`"),
        AlarmMetric::ConsumerLag(_) => ("consumer-lag", "`AWS/Kafka` `MaxOffsetLag`"),
        AlarmMetric::DeadLetters(_) => {
            ("dead-letters", "`AWS/Lambda` `OnFailureDestinationDeliveredEventCount`")
        }
        AlarmMetric::BrokerDisk => ("broker-disk", "`AWS/Kafka` `KafkaDataLogsDiskUsed`"),
        AlarmMetric::OfflinePartitions => ("offline-partitions", "`AWS/Kafka` `OfflinePartitionsCount`"),
        AlarmMetric::ActiveController => ("active-controller", "`AWS/Kafka` `ActiveControllerCount`"),
        AlarmMetric::HttpServerErrors => ("http-server-errors", "`AWS/ApiGateway` `5xx`"),
        AlarmMetric::WebSocketErrors => ("web-socket-errors", "`AWS/ApiGateway` `IntegrationError`"),
    };
    Section {
        id: alarm.id.clone(),
        words,
        metric,
        statistic: alarm.statistic,
        rows: vec![row],
        example: example(model, alarm),
    }
}

const FAILURES: &str = "`AWS/Lambda` `Errors` plus `Throttles`";

fn row(model: &Model, alarm: &Alarm) -> Row {
    let source = match &alarm.source {
        AlarmSource::Cluster => "cluster",
        AlarmSource::Edge => "edge",
        AlarmSource::Topic(topic) => topic,
    };
    let example = example(model, alarm);
    let watches = match &alarm.metric {
        AlarmMetric::FunctionFailures(_) | AlarmMetric::FunctionDuration(_) => code(&example.function),
        AlarmMetric::ConsumerLag(_) => {
            format!("group {}, topic {}", code(&example.group), code(&example.topic))
        }
        AlarmMetric::DeadLetters(_) => format!("event source mapping of {}", code(&example.function)),
        AlarmMetric::BrokerDisk => "the fullest broker".into(),
        AlarmMetric::OfflinePartitions | AlarmMetric::ActiveController => "the cluster".into(),
        AlarmMetric::HttpServerErrors => "the HTTP API".into(),
        AlarmMetric::WebSocketErrors => "the WebSocket API".into(),
    };
    let somewhere: Vec<String> = model
        .environments
        .iter()
        .filter(|environment| alarm.applies_to(environment))
        .map(|environment| code(&environment.name))
        .collect();
    let limits = match somewhere.len() {
        all if all == model.environments.len() => String::new(),
        0 => " (in no environment)".into(),
        _ => format!(" (in {})", words::and(&somewhere)),
    };
    Row {
        name: code(&format!("{}-{ENVIRONMENT}-{source}-{}", model.app.name, alarm.id)),
        watches,
        when: format!("{}{limits}", when(alarm)),
        means: markdown(&alarm.description),
    }
}

fn example(model: &Model, alarm: &Alarm) -> Example {
    let of_function = |role: &Role| Example {
        function: variables::function(model, model.function(role)),
        ..match role {
            Role::Producer(topic) | Role::Consumer(topic) => of_topic(model.topic(topic)),
            _ => Example::default(),
        }
    };
    match &alarm.metric {
        AlarmMetric::FunctionFailures(role) | AlarmMetric::FunctionDuration(role) => of_function(role),
        AlarmMetric::ConsumerLag(topic) | AlarmMetric::DeadLetters(topic) => {
            of_function(&Role::Consumer(topic.clone()))
        }
        _ => Example::default(),
    }
}

fn of_topic(topic: Option<&Topic>) -> Example {
    let consumer = topic.and_then(|topic| topic.consumer.as_ref());
    Example {
        function: String::new(),
        topic: topic.map(|topic| topic.name.name.clone()).unwrap_or_default(),
        group: consumer.map(|consumer| consumer.group.clone()).unwrap_or_default(),
        table: consumer.map(|consumer| consumer.table.clone()).unwrap_or_default(),
    }
}
