//! `quick-reference.md`: the commands and checklists that people keep open.

use model::{Auth, Environment, Function, Model, Role, Secret, TableRole, Targets, Topic};
use serde::Serialize;

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
    targets: TargetRow,
    targets_differ: bool,
    connection_ttl: String,
    alarm_channel: String,
    alarms: usize,
    kafka_version: String,
    audited: Option<String>,
    retained: Option<String>,
    protected: Option<String>,
}

/// The topic that commands show: the first with a producer and a consumer.
#[derive(Serialize)]
struct First {
    topic: String,
    producer: String,
    producer_function: String,
    producer_handler: String,
    consumer_function: String,
    consumer_handler: String,
    group: String,
    table: String,
    route: String,
    method: String,
    path: String,
    fixture: String,
    open: bool,
    key: String,
    push: Option<String>,
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

#[derive(Serialize, PartialEq)]
struct TargetRow {
    publish: String,
    consume: String,
    push: String,
    end_to_end: String,
}

pub(super) fn page(model: &Model) -> Page {
    let functions = |pick: fn(&Role) -> bool| -> Vec<&Function> {
        model.functions.iter().filter(|function| pick(&function.role)).collect()
    };
    let system = |role| model.system_table(role).name.name.clone();
    let targets: Vec<TargetRow> = model.topics.iter().map(|topic| target_row(topic.targets)).collect();
    let connection_ttl = model.system_table(TableRole::Connections).ttl.as_ref().map_or(0, |ttl| ttl.seconds);
    Page {
        app: model.app.name.clone(),
        environment: model.environments[0].name.clone(),
        environments: words::in_each_environment(model, |environment| environment.name.clone()),
        open: those(model, |environment| environment.auth == Auth::None),
        guarded: those(model, |environment| environment.auth == Auth::Token),
        first: model.topics.iter().find_map(|topic| first(model, topic)),
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
        targets_differ: targets.windows(2).any(|pair| pair[0] != pair[1]),
        targets: targets.into_iter().next().unwrap_or_else(|| target_row(NO_TARGETS)),
        connection_ttl: words::duration(connection_ttl * 1000),
        alarm_channel: model.alarm_channel().name.name.clone(),
        alarms: model.alarms.len(),
        kafka_version: model.cluster.kafka_version.clone(),
        audited: those(model, |environment| environment.audit),
        retained: those(model, |environment| environment.removal == model::Removal::Retain),
        protected: those(model, |environment| environment.deletion_protection),
    }
}

const NO_TARGETS: Targets = Targets { publish_ms: 0, consume_ms: 0, push_ms: 0, end_to_end_ms: 0 };

/// The environments of which this holds, as a phrase.
fn those(model: &Model, holds: impl Fn(&Environment) -> bool) -> Option<String> {
    let names: Vec<String> =
        model.environments.iter().filter(|environment| holds(environment)).map(|e| e.name.clone()).collect();
    if names.is_empty() { None } else { Some(words::and(&names)) }
}

fn first(model: &Model, topic: &Topic) -> Option<First> {
    let (producer, consumer) = (topic.producer.as_ref()?, topic.consumer.as_ref()?);
    let name = &topic.name.name;
    Some(First {
        topic: name.clone(),
        producer: producer.function.name.clone(),
        producer_function: variables::function(model, model.function(&Role::Producer(name.clone()))),
        producer_handler: producer.handler.name.clone(),
        consumer_function: variables::function(model, model.function(&Role::Consumer(name.clone()))),
        consumer_handler: consumer.handler.name.clone(),
        group: consumer.group.clone(),
        table: consumer.table.clone(),
        route: format!("{} {}", producer.method.as_str(), producer.path),
        method: producer.method.as_str().into(),
        path: producer.path.clone(),
        fixture: format!("generated/fixtures/{name}.request.json"),
        open: producer.open,
        key: topic.key.name.clone(),
        push: topic.push.as_ref().map(|push| push.event_type.clone()),
    })
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

fn target_row(targets: Targets) -> TargetRow {
    TargetRow {
        publish: words::duration(targets.publish_ms),
        consume: words::duration(targets.consume_ms),
        push: words::duration(targets.push_ms),
        end_to_end: words::duration(targets.end_to_end_ms),
    }
}
