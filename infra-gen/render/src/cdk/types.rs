//! `index.d.ts`: the names as types.

use model::Model;
use serde::Serialize;

use super::facts::{Facts, Parameter};
use crate::template::escape;

/// What the declarations' template takes. Texts are ready to stand where they belong.
#[derive(Serialize)]
pub(super) struct Types {
    app: String,
    class: String,
    environments: String,
    topics: String,
    tables: String,
    channels: String,
    functions: String,
    parameters: Vec<Property>,
}

#[derive(Serialize)]
struct Property {
    name: String,
    ty: String,
    description: String,
}

impl Types {
    pub(super) fn new(model: &Model, facts: &Facts) -> Self {
        let names = |idents: Vec<&model::Ident>| union(idents.into_iter().map(|ident| ident.name.as_str()));
        Self {
            app: model.app.name.clone(),
            class: model.app.pascal.clone(),
            environments: union(model.environments.iter().map(|environment| environment.name.as_str())),
            topics: names(model.topics.iter().map(|topic| &topic.name).collect()),
            tables: names(model.tables.iter().map(|table| &table.name).collect()),
            channels: names(model.channels.iter().map(|channel| &channel.name).collect()),
            functions: names(model.functions.iter().map(|function| &function.name).collect()),
            parameters: facts.parameters.iter().map(Property::new).collect(),
        }
    }
}

impl Property {
    fn new(parameter: &Parameter) -> Self {
        let ty = if parameter.list {
            "readonly string[]".into()
        } else if parameter.allowed.is_empty() {
            "string".into()
        } else {
            inline_union(parameter.allowed.iter().map(String::as_str))
        };
        Self { name: parameter.property.clone(), ty, description: parameter.description.clone() }
    }
}

/// A literal a line; `never` without any.
fn union<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let literals: String = names.flat_map(|name| ["\n  | ".to_owned(), escape::json_str(name)]).collect();
    if literals.is_empty() { " never".into() } else { literals }
}

fn inline_union<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.map(escape::json_str).collect::<Vec<_>>().join(" | ")
}
