//! What the package knows of this manifest: names, and where in the templates each of them is.

use model::{Function, Model, Role};
use serde::Serialize;
use serde_json::{Map, Value};

use super::template_file;
use crate::cloudformation::{code_parameters, root_parameters, topic_file, topic_stack};

/// `facts.json`.
#[derive(Serialize)]
pub(super) struct Facts {
    app: String,
    /// The root template's file.
    template: String,
    environments: Vec<Environment>,
    /// The root template's, except for the environment.
    pub(super) parameters: Vec<Parameter>,
    /// The functions whose zips each parameter names; `null` for one that isn't there.
    code: Map<String, Value>,
    /// Logical id in the root -> file without its ending.
    pub(super) stacks: Map<String, Value>,
    /// The SCRAM users.
    users: Users,
    pub(super) topics: Vec<Place>,
    pub(super) tables: Vec<Table>,
    pub(super) channels: Vec<Channel>,
    pub(super) functions: Vec<Place>,
}

#[derive(Serialize)]
struct Environment {
    name: String,
    /// Availability zones, and so subnets.
    zones: u8,
}

/// A parameter of the root template, and the property that gives it.
#[derive(Serialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) property: String,
    /// Whether it takes several values.
    pub(super) list: bool,
    /// What it may be; anything where this is empty.
    pub(super) allowed: Vec<String>,
    #[serde(skip)]
    pub(super) description: String,
}

#[derive(Serialize)]
struct Users {
    producer: String,
    consumer: String,
}

/// Where a named thing's resource is.
#[derive(Serialize)]
pub(super) struct Place {
    pub(super) name: String,
    /// Logical id of its nested stack in the root.
    pub(super) stack: String,
    /// Its own in that stack.
    pub(super) id: String,
}

#[derive(Serialize)]
pub(super) struct Table {
    #[serde(flatten)]
    pub(super) place: Place,
    /// The nested stack's output with its ARN.
    pub(super) output: String,
    indexes: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Channel {
    #[serde(flatten)]
    pub(super) place: Place,
    /// The nested stack's output with its ARN.
    pub(super) output: String,
}

impl Facts {
    pub(super) fn new(model: &Model) -> Self {
        let place =
            |name: &str, stack: &str, id: String| Place { name: name.into(), stack: stack.into(), id };
        let environments = model.environments.iter();
        Self {
            app: model.app.name.clone(),
            template: template_file(model),
            environments: environments
                .map(|environment| Environment { name: environment.name.clone(), zones: environment.zones })
                .collect(),
            parameters: root_parameters(model)
                .iter()
                .filter(|(name, _)| name != "Environment")
                .map(|(name, parameter)| Parameter::new(name, parameter))
                .collect(),
            code: code_parameters(model)
                .into_iter()
                .map(|(name, functions)| {
                    let names =
                        functions.into_iter().map(|function| function.map(|function| &*function.name.name));
                    (name, names.collect())
                })
                .collect(),
            stacks: stacks(model),
            users: Users { producer: model.producer_user(), consumer: model.consumer_user() },
            topics: model
                .topics
                .iter()
                .map(|topic| place(&topic.name.name, &topic_stack(topic), "Topic".into()))
                .collect(),
            tables: model
                .tables
                .iter()
                .map(|table| Table {
                    place: place(&table.name.name, "Data", format!("{}Table", table.name.pascal)),
                    output: format!("{}TableArn", table.name.pascal),
                    indexes: table.indexes.iter().map(|index| index.name.name.clone()).collect(),
                })
                .collect(),
            channels: model
                .channels
                .iter()
                .map(|channel| Channel {
                    place: place(&channel.name.name, "Foundation", format!("{}Channel", channel.name.pascal)),
                    output: format!("{}ChannelArn", channel.name.pascal),
                })
                .collect(),
            functions: model
                .functions
                .iter()
                .map(|function| {
                    let (stack, id) = resource(model, function);
                    place(&function.name.name, &stack, id.into())
                })
                .collect(),
        }
    }
}

impl Parameter {
    fn new(name: &str, parameter: &Value) -> Self {
        let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
        let allowed = parameter["AllowedValues"].as_array().into_iter().flatten();
        Self {
            name: name.into(),
            property: property(name),
            list: text("Type") == "CommaDelimitedList",
            allowed: allowed.filter_map(Value::as_str).map(str::to_owned).collect(),
            description: text("Description"),
        }
    }
}

/// `ExistingClusterArn` -> `existingClusterArn`. Only the first letter, so that no two become one.
fn property(parameter: &str) -> String {
    let mut characters = parameter.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

fn stacks(model: &Model) -> Map<String, Value> {
    let shared = [("Foundation", "foundation"), ("Data", "data"), ("Edge", "edge")];
    let shared = shared.map(|(id, file)| (id.to_owned(), file.into()));
    let topics = model.topics.iter().map(|topic| (topic_stack(topic), topic_file(topic).into()));
    shared.into_iter().chain(topics).collect()
}

/// The nested stack that a function is in, and its logical id there.
fn resource(model: &Model, function: &Function) -> (String, &'static str) {
    let of_topic = |name: &str| topic_stack(model.topic(name).expect("a function's topic is the model's"));
    match &function.role {
        Role::Producer(topic) => (of_topic(topic), "Producer"),
        Role::Consumer(topic) => (of_topic(topic), "Consumer"),
        Role::Authorizer => ("Edge".into(), "Authorizer"),
        Role::Connect => ("Edge".into(), "Connect"),
        Role::Disconnect => ("Edge".into(), "Disconnect"),
        Role::Default => ("Edge".into(), "Default"),
        Role::BootstrapBrokers => ("Foundation".into(), "BootstrapBrokers"),
    }
}
