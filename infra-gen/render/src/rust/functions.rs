//! The generated crates of functions: `producers`, `consumers`, `edge` and `bootstrap-brokers`.
//!
//! Each function is a program of a few lines, and a module of its crate's library, so that the local run calls
//! the same function in process.

use model::{EnvValue, EnvVar, Function, Model, Role, Topic};
use serde::Serialize;

use super::{
    doc, file,
    names::{self, Module},
};
use crate::File;

/// Every file of the four crates.
pub(super) fn render(model: &Model) -> Vec<File> {
    let mut files = vec![];
    let producers = |role: &Role| matches!(role, Role::Producer(_));
    let consumers = |role: &Role| matches!(role, Role::Consumer(_));
    files.extend(render_crate(model, "producers", producers, producer));
    files.extend(render_crate(model, "consumers", consumers, consumer));
    files.extend(render_crate(model, "edge", |role| edge_parts(role).is_some(), edge));
    let bootstrap = described(model.function(&Role::BootstrapBrokers));
    files.push(file("bootstrap/Cargo.toml", "bootstrap/Cargo.toml.j2", ()));
    files.push(file("bootstrap/src/main.rs", "bootstrap/main.rs.j2", bootstrap));
    files
}

/// A function as every template sees it.
#[derive(Serialize)]
struct Described {
    name: String,
    description: String,
    module: Module,
    environment: Vec<Variable>,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Crate<'a> {
    krate: &'a str,
    functions: Vec<&'a Described>,
}

#[derive(Serialize)]
struct Program<'a> {
    krate: &'a str,
    function: &'a Described,
}

#[derive(Serialize)]
struct WithFunction<'a, T> {
    function: &'a Described,
    #[serde(flatten)]
    more: T,
}

fn render_crate<T: Serialize>(
    model: &Model,
    krate: &str,
    belongs: impl Fn(&Role) -> bool,
    more: impl Fn(&Model, &Role) -> T,
) -> Vec<File> {
    let functions = model.functions.iter().filter(|function| belongs(&function.role));
    let mut functions: Vec<(&Function, Described)> =
        functions.map(|function| (function, described(function))).collect();
    // As rustfmt has the modules.
    functions.sort_by(|(_, one), (_, other)| one.module.cmp(&other.module));
    let all = Crate { krate, functions: functions.iter().map(|(_, described)| described).collect() };
    let mut files = vec![
        file(&format!("{krate}/Cargo.toml"), &format!("{krate}/Cargo.toml.j2"), &all),
        file(&format!("{krate}/src/lib.rs"), &format!("{krate}/lib.rs.j2"), &all),
        file(&format!("{krate}/src/tests.rs"), "tests.rs.j2", &all),
    ];
    for (function, described) in &functions {
        let program = format!("{krate}/src/bin/{}.rs", described.name);
        files.push(file(&program, "main.rs.j2", Program { krate, function: described }));
        let module = format!("{krate}/src/{}.rs", described.module.file);
        let context = WithFunction { function: described, more: more(model, &function.role) };
        files.push(file(&module, &format!("{krate}/function.rs.j2"), context));
    }
    files
}

fn described(function: &Function) -> Described {
    Described {
        name: function.name.name.clone(),
        description: doc(&function.description),
        module: names::function_module(&function.name),
        environment: function.environment.iter().map(sample).chain(lambda()).collect(),
    }
}

/// What Lambda sets by itself.
fn lambda() -> impl Iterator<Item = Variable> {
    let variables =
        [("AWS_ACCESS_KEY_ID", "test"), ("AWS_REGION", "us-east-1"), ("AWS_SECRET_ACCESS_KEY", "test")];
    variables.into_iter().map(|(name, value)| Variable { name: name.into(), value: value.into() })
}

/// The variable with a value that a test can do with.
fn sample(variable: &EnvVar) -> Variable {
    let arn = |service: &str, name: &str| format!("arn:aws:{service}:us-east-1:000000000000:{name}");
    let value = match &variable.value {
        EnvValue::Text(text) => text.clone(),
        EnvValue::Environment => "test".into(),
        EnvValue::AuthMode => "token".into(),
        EnvValue::BootstrapBrokers => "localhost:9096".into(),
        EnvValue::WebSocketEndpoint => "wss://localhost/test".into(),
        EnvValue::TableName(name) => format!("{name}-test"),
        EnvValue::ChannelArn(name) => arn("sns", name),
        EnvValue::SecretArn(_) => arn("secretsmanager", "secret:test"),
    };
    Variable { name: variable.name.clone(), value }
}

#[derive(Serialize)]
struct ProducerParts {
    access: &'static str,
    event: String,
    rule: String,
    errors: Option<String>,
}

fn producer(model: &Model, role: &Role) -> ProducerParts {
    let topic = topic_of(model, role);
    let open = topic.producer.as_ref().is_some_and(|producer| producer.open);
    let errors = topic.error_topic.as_deref();
    let errors = errors.map(|name| model.topic(name).expect("the manifest resolves every topic"));
    ProducerParts {
        access: if open { "Open" } else { "Customer" },
        event: event_path(topic),
        rule: names::module(topic).name,
        errors: errors.map(event_path),
    }
}

#[derive(Serialize)]
struct ConsumerParts {
    event: String,
}

fn consumer(model: &Model, role: &Role) -> ConsumerParts {
    ConsumerParts { event: event_path(topic_of(model, role)) }
}

/// Which part of the runtime an edge function is.
#[derive(Serialize)]
struct EdgeParts {
    runtime: &'static str,
    ty: &'static str,
}

fn edge(_: &Model, role: &Role) -> EdgeParts {
    edge_parts(role).expect("only the edge's functions come here")
}

fn edge_parts(role: &Role) -> Option<EdgeParts> {
    let (runtime, ty) = match role {
        Role::Authorizer => ("authorizer", "Authorizer"),
        Role::Connect => ("websocket::connect", "Connect"),
        Role::Disconnect => ("websocket::disconnect", "Disconnect"),
        Role::Default => ("websocket::default", "Default"),
        Role::Producer(_) | Role::Consumer(_) | Role::BootstrapBrokers => return None,
    };
    Some(EdgeParts { runtime, ty })
}

fn topic_of<'a>(model: &'a Model, role: &Role) -> &'a Topic {
    let (Role::Producer(name) | Role::Consumer(name)) = role else {
        unreachable!("the others have no topic")
    };
    model.topic(name).expect("every function's topic is there")
}

/// `events::kyc_verified::KycVerified`
fn event_path(topic: &Topic) -> String {
    format!("events::{}::{}", names::module(topic).name, names::event(topic))
}
