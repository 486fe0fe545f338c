//! `quick-reference.md`: the commands and checklists that people keep open.

use model::{Auth, Function, Model, Role, Secret, TableRole};
use serde::Serialize;

use super::first::{self, First};
use super::targets::{self, Row as TargetRow};
use super::words::those;
use super::{variables, words};

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    /// The environment that commands start with.
    environment: String,
    environments: String,
    open: Option<String>,
    guarded: Option<String>,
    first: Option<First>,
    errors: Option<String>,
    dead_letters: String,
    producers: Variables,
    consumers: Variables,
    secrets: Secrets,
    topic: String,
    tables: Tables,
    targets: Option<TargetRow>,
    targets_differ: bool,
    connection_ttl: String,
    alarm_channel: String,
    alarms: usize,
    kafka_version: String,
    audited: Option<String>,
    retained: Option<String>,
    protected: Option<String>,
}

#[derive(Serialize)]
struct Variables {
    common: Vec<String>,
    /// Functions that have more, and what.
    more: Vec<(String, Vec<String>)>,
}

#[derive(Serialize)]
struct Secrets {
    producer: String,
    consumer: String,
}

#[derive(Serialize)]
struct Tables {
    events: String,
    errors: String,
    connections: String,
    domain: Option<String>,
}

pub(super) fn page(model: &Model) -> Page {
    let functions = |pick: fn(&Role) -> bool| -> Vec<&Function> {
        model.functions.iter().filter(|function| pick(&function.role)).collect()
    };
    let system = |role| model.system_table(role).name.name.clone();
    let mut targets = targets::rows(model);
    let connection_ttl = model.system_table(TableRole::Connections).ttl.as_ref().map_or(0, |ttl| ttl.seconds);
    Page {
        app: model.app.name.clone(),
        environment: model.environments[0].name.clone(),
        environments: words::in_each_environment(model, |environment| environment.name.clone()),
        open: those(model, |environment| environment.auth == Auth::None),
        guarded: those(model, |environment| environment.auth == Auth::Token),
        first: first::find(model),
        errors: model.topics.iter().find(|topic| topic.collects_errors).map(|topic| topic.name.name.clone()),
        dead_letters: model.cluster.dead_letter_topic.clone(),
        producers: shared_variables(model, &functions(|role| matches!(role, Role::Producer(_)))),
        consumers: shared_variables(model, &functions(|role| matches!(role, Role::Consumer(_)))),
        secrets: Secrets {
            producer: variables::secret(model, Secret::ProducerCredentials),
            consumer: variables::secret(model, Secret::ConsumerCredentials),
        },
        topic: model.topics.first().map_or_else(String::new, |topic| topic.name.name.clone()),
        tables: Tables {
            events: system(TableRole::Events),
            errors: system(TableRole::Errors),
            connections: system(TableRole::Connections),
            domain: model
                .tables
                .iter()
                .find(|table| table.role == TableRole::Domain)
                .map(|table| table.name.name.clone()),
        },
        targets_differ: targets.len() > 1,
        targets: if targets.is_empty() { None } else { Some(targets.swap_remove(0)) },
        connection_ttl: words::duration(connection_ttl * 1000),
        alarm_channel: model.alarm_channel().name.name.clone(),
        alarms: model.alarms.len(),
        kafka_version: model.cluster.kafka_version.clone(),
        audited: those(model, |environment| environment.audit),
        retained: those(model, |environment| environment.removal == model::Removal::Retain),
        protected: those(model, |environment| environment.deletion_protection),
    }
}

/// What all of these functions are told, and what single ones are told besides.
fn shared_variables(model: &Model, functions: &[&Function]) -> Variables {
    let lines: Vec<Vec<String>> =
        functions.iter().map(|function| variables::lines(model, function)).collect();
    // A topic's name is a variable of each, with another value; it reads best among what all have.
    let topic = |line: &String| line.starts_with("KAFKA_TOPIC=");
    let everyone = |line: &&String| lines.iter().all(|other| other.contains(line));
    let first = lines.first().map(Vec::as_slice).unwrap_or_default();
    let common: Vec<String> = first
        .iter()
        .filter(|line| topic(line) || everyone(line))
        .map(|line| if topic(line) { "KAFKA_TOPIC=<the function's topic>".into() } else { line.clone() })
        .collect();
    let more = functions
        .iter()
        .zip(&lines)
        .map(|(function, lines)| {
            let own = lines.iter().filter(|line| !topic(line) && !everyone(line)).cloned().collect();
            (variables::function(model, function), own)
        })
        .filter(|(_, own): &(_, Vec<String>)| !own.is_empty())
        .collect();
    Variables { common, more }
}
