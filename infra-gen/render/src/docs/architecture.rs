//! `architecture.md`: the diagram, the stacks, and who may do what.

use model::{Alarm, AlarmSource, Function, Grant, Model, Network, Role, TableRole};
use serde::Serialize;

use super::alarms::when;
use super::{mermaid, targets, variables, words};
use crate::template::escape::{code_span as code, markdown};

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    description: String,
    diagram: String,
    alarm_channel: String,
    stacks: Vec<Stack>,
    functions: Vec<FunctionRow>,
    cluster_alarms: Vec<AlarmRow>,
    topic_alarms: Matrix,
    targets: Vec<targets::Row>,
    events: String,
    errors: String,
    connections: String,
    dead_letters: String,
}

#[derive(Serialize)]
struct Stack {
    name: String,
    holds: String,
    changes: &'static str,
}

#[derive(Serialize)]
struct FunctionRow {
    name: String,
    network: &'static str,
    reads: String,
    writes: String,
    sends: String,
    secrets: String,
}

#[derive(Serialize)]
struct AlarmRow {
    name: String,
    meaning: String,
    when: String,
}

/// The alarms that topics have alike: a column for each alarm.
#[derive(Serialize)]
struct Matrix {
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

pub(super) fn page(model: &Model) -> Page {
    let system = |role| model.system_table(role).name.name.clone();
    Page {
        app: model.app.name.clone(),
        description: model.description.clone(),
        diagram: mermaid::diagram(model),
        alarm_channel: model.alarm_channel().name.name.clone(),
        stacks: stacks(model),
        functions: model.functions.iter().map(|function| function_row(model, function)).collect(),
        cluster_alarms: model
            .alarms
            .iter()
            .filter(|alarm| !matches!(alarm.source, AlarmSource::Topic(_)))
            .map(alarm_row)
            .collect(),
        topic_alarms: topic_alarms(model),
        targets: targets::rows(model),
        events: system(TableRole::Events),
        errors: system(TableRole::Errors),
        connections: system(TableRole::Connections),
        dead_letters: model.cluster.dead_letter_topic.clone(),
    }
}

fn stacks(model: &Model) -> Vec<Stack> {
    let codes =
        |names: Vec<&String>| words::and(&names.into_iter().map(|name| code(name)).collect::<Vec<_>>());
    let tables = codes(model.tables.iter().map(|table| &table.name.name).collect());
    let channels = codes(model.channels.iter().map(|channel| &channel.name.name).collect());
    let mut stacks = vec![
        Stack {
            name: "Foundation".into(),
            holds: format!("VPC, security groups, keys, MSK cluster, secrets, channels {channels}"),
            changes: "rarely",
        },
        Stack {
            name: "Data".into(),
            holds: format!("tables {tables}, topic {}, audit trail", code(&model.cluster.dead_letter_topic)),
            changes: "with a table",
        },
        Stack {
            name: "Edge".into(),
            holds: "HTTP API, WebSocket API, authorizer, connection functions".into(),
            changes: "rarely",
        },
    ];
    stacks.extend(model.topics.iter().map(|topic| {
        let functions: Vec<String> = [
            topic.producer.as_ref().map(|producer| &producer.function),
            topic.consumer.as_ref().map(|consumer| &consumer.function),
        ]
        .into_iter()
        .flatten()
        .map(|function| code(&function.name))
        .collect();
        let mut parts = vec![format!("topic {}", code(&topic.name.name))];
        match functions.as_slice() {
            [] => {}
            [one] => parts.push(format!("function {one}")),
            _ => parts.push(format!("functions {}", words::and(&functions))),
        }
        parts.extend(topic.consumer.as_ref().map(|_| "event source mapping".to_owned()));
        parts.push("alarms".into());
        Stack {
            name: format!("{}Topic", topic.name.pascal),
            holds: parts.join(", "),
            changes: "with its topic",
        }
    }));
    stacks
}

fn once(list: &mut Vec<String>, name: String) {
    if !list.contains(&name) {
        list.push(name);
    }
}

fn function_row(model: &Model, function: &Function) -> FunctionRow {
    let mut row = Columns::default();
    // Kafka's own rights hang on the SCRAM user, so no grant of the role names the topics.
    if let Role::Producer(name) = &function.role {
        let errors = model.topic(name).and_then(|topic| topic.error_topic.as_ref());
        row.sends.extend([name].into_iter().chain(errors).map(|topic| format!("topic {}", code(topic))));
    }
    for grant in &function.grants {
        match grant {
            // What Lambda needs to run the function where it runs, not what the function does.
            Grant::NetworkInterfaces | Grant::PollCluster => {}
            Grant::BootstrapBrokers => row.reads.push("the cluster's bootstrap brokers".into()),
            Grant::DeadLetters => {
                row.sends.push(format!("topic {} (by Lambda)", code(&model.cluster.dead_letter_topic)));
            }
            Grant::ReadSecret(secret) => row.secrets.push(code(&variables::secret(model, *secret))),
            Grant::GetItems(table) | Grant::BatchGetItems(table) | Grant::QueryItems(table) => {
                once(&mut row.reads, code(table));
            }
            Grant::PutItems(table) | Grant::UpdateItems(table) => once(&mut row.writes, code(table)),
            Grant::Publish(channel) => row.sends.push(format!("channel {}", code(channel))),
            Grant::PostToConnections => row.sends.push("WebSocket connections".into()),
        }
    }
    row.reads.sort();
    row.writes.sort();
    let cell = |words: Vec<String>| if words.is_empty() { "–".to_owned() } else { words.join(", ") };
    FunctionRow {
        name: code(&function.name.name),
        network: match function.network {
            Network::Vpc => "VPC",
            Network::Lambda => "Lambda's",
        },
        reads: cell(row.reads),
        writes: cell(row.writes),
        sends: cell(row.sends),
        secrets: cell(row.secrets),
    }
}

#[derive(Default)]
struct Columns {
    reads: Vec<String>,
    writes: Vec<String>,
    sends: Vec<String>,
    secrets: Vec<String>,
}

fn alarm_row(alarm: &Alarm) -> AlarmRow {
    let source = if alarm.source == AlarmSource::Edge { "edge" } else { "cluster" };
    AlarmRow {
        name: code(&format!("{source}-{}", alarm.id)),
        meaning: markdown(&alarm.description),
        when: when(alarm),
    }
}

fn topic_alarms(model: &Model) -> Matrix {
    let mut columns: Vec<String> = vec![];
    for alarm in model.alarms.iter().filter(|alarm| matches!(alarm.source, AlarmSource::Topic(_))) {
        if !columns.contains(&alarm.id) {
            columns.push(alarm.id.clone());
        }
    }
    let cells = |topic: &model::Topic| -> Vec<String> {
        let source = AlarmSource::Topic(topic.name.name.clone());
        let cell = |column: &String| {
            let alarm = model.alarms.iter().find(|alarm| alarm.source == source && alarm.id == *column);
            alarm.map_or("–".to_owned(), when)
        };
        columns.iter().map(cell).collect()
    };
    // Most topics keep the defaults: those that are alike share a row.
    let mut rows: Vec<(String, Vec<String>)> = vec![];
    for topic in &model.topics {
        let (name, cells) = (&topic.name.name, cells(topic));
        match rows.iter_mut().find(|(_, others)| *others == cells) {
            Some((names, _)) => names.extend([", ", name]),
            None => rows.push((name.clone(), cells)),
        }
    }
    Matrix { columns, rows }
}
