//! `topics.md`: the reference of every topic.

use model::{Auth, FieldType, Function, Model, Producer, Role, SharedType, Topic};
use serde::Serialize;
use serde_json::{Value, json};

use super::{facts, fields, fields::Row, variables, words};
use crate::{
    example,
    template::escape::{code_span as code, markdown},
};

#[derive(Serialize)]
pub(super) struct Page {
    app: String,
    count: String,
    environments: String,
    open_note: String,
    topics: Vec<Section>,
    types: Vec<Type>,
}

/// One row of the table, and the section below it.
#[derive(Serialize)]
struct Section {
    number: usize,
    name: String,
    slug: String,
    description: String,
    producer: String,
    consumer: String,
    table: String,
    alert: String,
    facts: Vec<(String, String)>,
    fields: Vec<Row>,
    request: Option<Request>,
    push: Option<String>,
    functions: Functions,
    commands: Commands,
}

#[derive(Serialize)]
struct Request {
    route: String,
    caller: String,
    body: String,
    answer: String,
}

/// The topic's functions: a column each, a row for each environment.
#[derive(Serialize)]
struct Functions {
    titles: Vec<&'static str>,
    names: Vec<(String, Vec<String>)>,
    variables: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Commands {
    topic: String,
    group: Option<String>,
    functions: Vec<String>,
}

#[derive(Serialize)]
struct Type {
    name: String,
    id: String,
    description: String,
    words: String,
    fields: Vec<Row>,
}

pub(super) fn page(model: &Model) -> Page {
    Page {
        app: model.app.name.clone(),
        count: words::count(model.topics.len() as u64, "topic"),
        environments: words::in_each_environment(model, |environment| environment.name.clone()),
        open_note: open_note(model),
        topics: model.topics.iter().enumerate().map(|(at, topic)| section(model, at + 1, topic)).collect(),
        types: model.types.iter().map(shared_type).collect(),
    }
}

/// Where no token is needed.
fn open_note(model: &Model) -> String {
    let open = model.environments.iter().filter(|environment| environment.auth == Auth::None);
    let names: Vec<String> = open.map(|environment| code(&environment.name)).collect();
    if names.is_empty() { String::new() } else { format!("; in {} none is needed", words::and(&names)) }
}

fn section(model: &Model, number: usize, topic: &Topic) -> Section {
    let name = &topic.name.name;
    let roles = [
        topic.producer.as_ref().map(|_| ("Producer", Role::Producer(name.clone()))),
        topic.consumer.as_ref().map(|_| ("Consumer", Role::Consumer(name.clone()))),
    ];
    let functions: Vec<(&'static str, &Function)> =
        roles.into_iter().flatten().map(|(title, role)| (title, model.function(&role))).collect();
    let set_by = if topic.producer.is_some() { "caller" } else { "publisher" };
    Section {
        number,
        name: name.clone(),
        slug: slug(&format!("{number}. {name}")),
        description: topic.description.clone(),
        producer: words::producer_cell(topic),
        consumer: topic.consumer.as_ref().map_or("None".into(), |consumer| markdown(&consumer.handler.name)),
        table: topic.consumer.as_ref().map_or("None".into(), |consumer| format!("{} table", consumer.table)),
        alert: words::alert_cell(topic),
        facts: facts::of(model, topic),
        fields: fields::rows(&topic.fields, set_by, topic.push.is_some()),
        request: topic.producer.as_ref().map(|producer| request(model, topic, producer)),
        push: example::push(model, topic).map(|push| format!("{push:#}")),
        functions: columns(model, &functions),
        commands: Commands {
            topic: name.clone(),
            group: topic.consumer.as_ref().map(|consumer| consumer.group.clone()),
            functions: functions.iter().map(|(_, function)| variables::function(model, function)).collect(),
        },
    }
}

fn request(model: &Model, topic: &Topic, producer: &Producer) -> Request {
    Request {
        route: format!("{} {}", producer.method.as_str(), producer.path),
        caller: caller(topic, producer),
        body: format!("{:#}", example::request(model, topic)),
        answer: format!("{:#}", answer(model, topic)),
    }
}

fn caller(topic: &Topic, producer: &Producer) -> String {
    let key = code(&topic.key.name);
    if producer.open {
        format!(
            "Anyone may call it. Without {key} it makes a new customer; with it, the customer's token is needed."
        )
    } else {
        format!("It needs the customer's token; {key} may be left out, for the token tells it.")
    }
}

/// What a producer answers when the brokers have the event.
fn answer(model: &Model, topic: &Topic) -> Value {
    let stage = &model.environments[0].name;
    let customer = &example::event(model, topic)[&topic.key.name];
    let endpoint = format!("wss://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{stage}");
    json!({
        "eventId": example::EVENT_ID,
        "customerId": customer,
        "websocketUrl": format!("{endpoint}?customerId={}&token=v1...", customer.as_str().unwrap_or_default()),
        "token": "v1...",
        "tokenExpiresAt": "2026-11-23T13:00:00.000Z",
    })
}

fn columns(model: &Model, functions: &[(&'static str, &Function)]) -> Functions {
    let names = |environment: &model::Environment| {
        functions.iter().map(|(_, function)| model.function_name(function, environment)).collect()
    };
    Functions {
        titles: functions.iter().map(|(title, _)| *title).collect(),
        names: model
            .environments
            .iter()
            .map(|environment| (environment.name.clone(), names(environment)))
            .collect(),
        variables: functions.iter().map(|(_, function)| variables::lines(model, function)).collect(),
    }
}

fn shared_type(shared: &SharedType) -> Type {
    let fields = match &shared.ty {
        FieldType::Object { fields } => fields::rows(fields, "", false),
        _ => vec![],
    };
    Type {
        name: shared.name.name.clone(),
        id: shared.name.name.to_lowercase(),
        description: shared.description.clone(),
        words: words::field_type(&shared.ty),
        fields,
    }
}

/// The anchor that GitHub gives a heading.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'))
        .map(|character| if character == ' ' { '-' } else { character })
        .collect()
}
