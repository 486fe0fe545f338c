//! `generated/events`: the types of every topic.

use model::{FieldType, Model, TableRole, Topic, Write};
use serde::Serialize;

use super::{
    alert,
    cases::{self, Case, Cases},
    doc, failure, file, layout,
    names::{self, Module},
    seen,
    types::{Declaration, Object, ObjectField, Path, Pattern, Scope, resolve},
};
use crate::File;

/// Every file of the crate.
pub(super) fn render(model: &Model) -> Vec<File> {
    let krate = Crate::of(model);
    let mut files = vec![
        file("events/Cargo.toml", "events/Cargo.toml.j2", ()),
        file("events/src/lib.rs", "events/lib.rs.j2", &krate),
        file("events/src/shared.rs", "events/shared.rs.j2", Shared::of(model)),
        file("events/src/tables.rs", "events/tables.rs.j2", Tables::of(model)),
        file("events/tests/events/main.rs", "events/tests/main.rs.j2", &krate),
        file("events/tests/events/support.rs", "events/tests/support.rs.j2", ()),
    ];
    for topic in &model.topics {
        let module = names::module(topic);
        let event = TopicModule::of(model, topic);
        let source = format!("events/src/{}.rs", module.file);
        let tests = format!("events/tests/events/{}.rs", module.file);
        files.push(file(&tests, "events/tests/topic.rs.j2", Tests::of(model, topic, module, &event)));
        files.push(file(&source, "events/topic.rs.j2", event));
    }
    files
}

#[derive(Serialize)]
struct Crate {
    modules: Vec<Module>,
}

impl Crate {
    fn of(model: &Model) -> Self {
        let mut modules: Vec<Module> = model.topics.iter().map(names::module).collect();
        // As rustfmt has them.
        modules.sort();
        Self { modules }
    }
}

/// The module of the types that have a name in the manifest.
#[derive(Serialize)]
struct Shared {
    /// Some declaration has a check.
    checks: bool,
    declarations: Vec<Declaration>,
    patterns: Vec<Pattern>,
}

impl Shared {
    fn of(model: &Model) -> Self {
        let Scope { declarations, patterns, .. } = Scope::shared(model);
        let checks = declarations.iter().any(|declaration| match declaration {
            Declaration::Object(object) => object.fields.iter().any(|field| field.check.contains("check::")),
            Declaration::Enum(_) => false,
            Declaration::Alias(alias) => alias.function.is_some(),
        });
        Self { checks, declarations, patterns }
    }
}

/// The tables as constants.
#[derive(Serialize)]
struct Tables {
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    constant: String,
    name: String,
    env: String,
    key: String,
    /// An `Option` in Rust.
    sort: String,
    /// An `Option` in Rust.
    ttl: String,
}

impl Tables {
    fn of(model: &Model) -> Self {
        let tables = model.tables.iter().map(|table| Table {
            constant: table.name.shouty.clone(),
            name: table.name.name.clone(),
            env: table.env_var(),
            key: table.key.name.clone(),
            sort: option(table.sort.as_ref().map(|sort| format!("{:?}", sort.name))),
            ttl: option(table.ttl.as_ref().map(|ttl| {
                let model::TimeToLive { attribute, seconds } = ttl;
                format!("contract::TimeToLive {{ attribute: {attribute:?}, seconds: {seconds} }}")
            })),
        });
        Self { tables: tables.collect() }
    }
}

/// An `Option` as Rust writes it.
fn option(value: Option<String>) -> String {
    value.map_or("None".into(), |value| format!("Some({value})"))
}

/// The module of one topic.
#[derive(Serialize)]
pub(super) struct TopicModule {
    topic: String,
    /// Modules of the crate that it uses.
    uses: Vec<&'static str>,
    declarations: Vec<Declaration>,
    request: Option<Object>,
    patterns: Vec<Pattern>,
    event: Event,
}

/// What `contract::Event` is told.
#[derive(Serialize)]
struct Event {
    name: String,
    version: u32,
    ty: String,
    key: String,
    sink: Option<Sink>,
    push: Option<String>,
    browser: Vec<String>,
    request: String,
    key_value: String,
    alert: Option<Alert>,
    failure: Option<Vec<failure::Filled>>,
}

#[derive(Serialize)]
struct Sink {
    table: String,
    write: &'static str,
    marks: Vec<[String; 2]>,
}

#[derive(Serialize)]
struct Alert {
    /// Always without it.
    when: Option<String>,
    message: String,
    /// The message has fields in it.
    shows: bool,
    /// Condition and message share a line, as rustfmt has them where they fit.
    short: bool,
}

impl TopicModule {
    pub(super) fn of(model: &Model, topic: &Topic) -> Self {
        let mut scope = Scope::topic(model);
        let name = scope.claim(&names::event(topic));
        let request_name = scope.claim(&names::request(topic));
        let fields = scope.fields(&topic.fields, |field| Path::field(&name, field));
        let asked: Vec<ObjectField> = fields.iter().filter(|field| !field.computed).cloned().collect();
        let computed = fields.iter().filter(|field| field.computed).map(|field| field.json.clone());
        let request = topic.producer.is_some().then(|| Object {
            name: request_name,
            doc: format!(
                "What a caller sends: the event of `{}` without its computed fields.",
                topic.name.name
            ),
            fields: asked,
            computed: computed.collect(),
            serialized: false,
        });
        let event = Event::of(model, topic, &name, request.as_ref(), &fields, &scope.declarations);
        let doc = doc(&topic.description);
        let object = Object { name, doc, fields, computed: vec![], serialized: true };
        let declarations: Vec<Declaration> =
            [Declaration::Object(object)].into_iter().chain(scope.declarations).collect();
        let shared = declarations.iter().any(|declaration| match declaration {
            Declaration::Object(object) => object.fields.iter().any(|field| field.ty.contains("shared::")),
            Declaration::Enum(_) | Declaration::Alias(_) => false,
        });
        let uses = [(shared, "shared"), (event.sink.is_some(), "tables")];
        Self {
            topic: topic.name.name.clone(),
            uses: uses.into_iter().filter(|(used, _)| *used).map(|(_, module)| module).collect(),
            declarations,
            request,
            patterns: scope.patterns,
            event,
        }
    }

    /// The event's type, and then those that it needs of its own.
    pub(super) fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// The fields of the event.
    pub(super) fn fields(&self) -> &[ObjectField] {
        match self.declarations.first() {
            Some(Declaration::Object(event)) => &event.fields,
            _ => unreachable!("the event comes first"),
        }
    }
}

impl Event {
    fn of(
        model: &Model,
        topic: &Topic,
        name: &str,
        request: Option<&Object>,
        fields: &[ObjectField],
        declared: &[Declaration],
    ) -> Self {
        let key = &topic.key.name;
        Self {
            name: name.into(),
            version: topic.version,
            ty: format!("{}.{}", model.app.name, topic.name.name),
            key: key.clone(),
            sink: sink(model, topic),
            push: topic.push.as_ref().map(|push| push.event_type.clone()),
            browser: seen::pointers(model, topic),
            request: request.map_or_else(|| "contract::Nothing".into(), |request| request.name.clone()),
            key_value: as_text(model, topic, key),
            alert: topic.alert.as_ref().map(|alert| {
                let message = alert::message(topic, fields, alert);
                let when = alert.when.as_ref().map(|when| alert::condition(model, topic, fields, when));
                let line = format!(
                    "        if {} {{ Some({message}) }} else {{ None }}",
                    when.as_deref().unwrap_or_default()
                );
                let short = line.chars().count() <= layout::WIDTH;
                Alert { when, shows: !message.starts_with('"'), short, message }
            }),
            failure: topic.collects_errors.then(|| failure::fields(model, topic, declared, fields)),
        }
    }
}

fn sink(model: &Model, topic: &Topic) -> Option<Sink> {
    let consumer = topic.consumer.as_ref()?;
    let table = model.table(&consumer.table).expect("the manifest resolves every table");
    let write = match consumer.write {
        Write::Put => "Put",
        Write::Merge => "Merge",
    };
    let mut marks = vec![];
    // The table's index `by-kind` tells workflow errors from quarantined records.
    if table.role == TableRole::Errors && !topic.fields.iter().any(|field| field.name.name == "kind") {
        let kind = topic.push.as_ref().map_or(&topic.name.shouty, |push| &push.event_type);
        marks.push(["kind".into(), kind.clone()]);
    }
    Some(Sink { table: table.name.shouty.clone(), write, marks })
}

/// A field's value as `Cow<str>`.
fn as_text(model: &Model, topic: &Topic, name: &str) -> String {
    let field =
        topic.fields.iter().find(|field| field.name.name == name).expect("the manifest resolves every key");
    let place = format!("self.{}", field.name.rust());
    match resolve(model, &field.ty) {
        FieldType::String { .. } | FieldType::Email => format!("std::borrow::Cow::Borrowed(&{place})"),
        FieldType::Enum { .. } => format!("std::borrow::Cow::Borrowed(contract::Word::word(&{place}))"),
        _ => format!("std::borrow::Cow::Owned({place}.to_string())"),
    }
}

/// The tests of one topic's types.
#[derive(Serialize)]
struct Tests {
    topic: String,
    module: Module,
    event: String,
    request: Option<String>,
    cases: Cases,
    computed: Vec<Case>,
    /// Fields that debugging output shows as personal.
    personal: Vec<String>,
    required: Vec<String>,
    asked: Vec<String>,
}

impl Tests {
    fn of(model: &Model, topic: &Topic, module: Module, written: &TopicModule) -> Self {
        let pointers = |computed: bool| {
            let fields =
                topic.fields.iter().filter(move |field| field.required && (computed || !field.computed));
            fields.map(|field| format!("/{}", field.name.name)).collect()
        };
        let personal = written.fields().iter().filter(|field| field.pii);
        Self {
            topic: topic.name.name.clone(),
            module,
            event: written.event.name.clone(),
            request: written.request.as_ref().map(|request| request.name.clone()),
            cases: cases::of(model, topic),
            computed: cases::computed(model, topic),
            personal: personal.map(|field| field.shown.clone()).collect(),
            required: pointers(true),
            asked: pointers(false),
        }
    }
}
