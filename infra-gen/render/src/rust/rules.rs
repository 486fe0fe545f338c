//! Business rules: the list of their modules, which is generated, and first drafts, which are the user's.

use model::{Model, Topic};
use serde::Serialize;

use super::{
    events::TopicModule,
    file,
    names::{self, Module},
    types::Declaration,
    value::{Maker, Place},
};
use crate::File;

/// The list of the rules' modules. `handlers/rules/src/lib.rs` takes it in, so that a new topic changes no file
/// that a person wrote.
pub(super) fn render(model: &Model) -> Vec<File> {
    let mut modules: Vec<Module> = topics(model).map(names::module).collect();
    // As rustfmt has them.
    modules.sort();
    vec![file("rules/mod.rs", "rules/list.rs.j2", List { modules })]
}

/// A first draft of each topic's rule, by paths from the project's root.
pub(super) fn scaffolds(model: &Model) -> Vec<File> {
    let draft = |topic: &Topic| {
        let path = format!("handlers/rules/src/topics/{}.rs", names::module(topic).file);
        file(&path, "rules/rule.rs.j2", Draft::of(model, topic))
    };
    topics(model).map(draft).collect()
}

/// Topics that a function publishes.
fn topics(model: &Model) -> impl Iterator<Item = &Topic> {
    model.topics.iter().filter(|topic| topic.producer.is_some())
}

#[derive(Serialize)]
struct List {
    modules: Vec<Module>,
}

#[derive(Serialize)]
struct Draft {
    topic: String,
    imports: Vec<String>,
    event: String,
    request: String,
    /// With an underscore where it isn't used, and the next one, too.
    request_parameter: &'static str,
    context_parameter: &'static str,
    fields: Vec<Filled>,
}

#[derive(Serialize)]
struct Filled {
    name: String,
    value: String,
}

impl Draft {
    fn of(model: &Model, topic: &Topic) -> Self {
        let written = TopicModule::of(model, topic);
        let maker = Maker::new(model, topic, written.declarations(), Place::Rule);
        let fields = topic.fields.iter().zip(written.fields()).map(|(field, written)| {
            let value = if field.computed {
                maker.field(field, &written.ty)
            } else {
                format!("request.{}", written.name)
            };
            Filled { name: written.name.clone(), value }
        });
        let fields: Vec<Filled> = fields.collect();
        let words: Vec<&str> = fields.iter().flat_map(|field| words(&field.value)).collect();
        let (event, request) = (names::event(topic), names::request(topic));
        let mut types = vec![event.clone(), request.clone()];
        // The event comes first.
        let inline = written.declarations().iter().skip(1).map(Declaration::name);
        types.extend(inline.filter(|name| words.contains(name)).map(str::to_owned));
        types.sort();
        let mut imports = vec![
            "contract::{EventContext, Refusal, Tables}".to_owned(),
            format!("events::{}::{{{}}}", names::module(topic).name, types.join(", ")),
        ];
        imports.extend(words.contains(&"shared").then(|| "events::shared".to_owned()));
        Self {
            topic: topic.name.name.clone(),
            imports,
            event,
            request,
            request_parameter: if words.contains(&"request") { "request" } else { "_request" },
            context_parameter: if words.contains(&"context") { "context" } else { "_context" },
            fields,
        }
    }
}

/// The identifiers in an expression, and some words that are none.
fn words(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|c: char| !c.is_alphanumeric() && c != '_')
}
