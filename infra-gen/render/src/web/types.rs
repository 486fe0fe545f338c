//! Field types in TypeScript.

use std::collections::BTreeMap;

use model::{Field, FieldType, Ident, Model};
use serde::Serialize;

use super::{facts, layout, names::Names};
use crate::json_schema;

/// A type with a name and a comment.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    pub(super) doc: String,
    pub(super) text: String,
}

/// The types that fields are written with: the manifest's shared ones, and one for each list of words.
#[derive(Debug)]
pub(super) struct Types<'a> {
    model: &'a Model,
    shared: BTreeMap<&'a str, String>,
    words: Vec<Words>,
}

/// The words of one field that has no shared type.
#[derive(Debug)]
struct Words {
    /// Where the field is: topic or shared type, field, field in it.
    path: Vec<String>,
    name: String,
    values: Vec<String>,
}

impl<'a> Types<'a> {
    pub(super) fn new(model: &'a Model, names: &mut Names) -> Self {
        let shared =
            model.types.iter().map(|shared| (shared.name.name.as_str(), names.claim(&shared.name.pascal)));
        Self { model, shared: shared.collect(), words: vec![] }
    }

    /// The body of an interface. `left_out` is the field that may be, although the event has it always.
    pub(super) fn body(
        &mut self,
        names: &mut Names,
        owner: &Ident,
        fields: &[Field],
        left_out: Option<(&Ident, &str)>,
    ) -> String {
        self.braced(names, &[owner], 0, fields, left_out)
    }

    /// The shared types that these fields need, in the manifest's order.
    pub(super) fn shared(&mut self, names: &mut Names, fields: &[Field]) -> Vec<Named> {
        let needed = json_schema::shared(self.model, fields);
        let needed = needed.into_iter().filter_map(|name| self.model.shared_type(name));
        let declarations = needed.map(|shared| {
            let name = self.shared[shared.name.name.as_str()].clone();
            let text = match &shared.ty {
                FieldType::Object { fields } => {
                    format!("export interface {name} {}", self.body(names, &shared.name, fields, None))
                }
                FieldType::Enum { values } => layout::alias(&name, &literals(values)),
                other => layout::alias(&name, &[self.text(names, &[&shared.name], 0, other)]),
            };
            Named { doc: layout::doc(0, &facts::shared(&shared.description, &shared.ty)), text }
        });
        declarations.collect()
    }

    /// The types of words, in the order in which they were met.
    pub(super) fn words(&self) -> Vec<Named> {
        let named = self.words.iter().map(|words| Named {
            doc: layout::doc(0, &format!("The words of `{}`.", words.path.join("."))),
            text: layout::alias(&words.name, &words.values),
        });
        named.collect()
    }

    fn braced(
        &mut self,
        names: &mut Names,
        path: &[&Ident],
        indent: usize,
        fields: &[Field],
        left_out: Option<(&Ident, &str)>,
    ) -> String {
        if fields.is_empty() {
            return "{}".into();
        }
        let pad = " ".repeat(indent);
        let inside = indent + 2;
        let mut out = "{\n".to_owned();
        for field in fields {
            let path: Vec<&Ident> = path.iter().copied().chain([&field.name]).collect();
            let why = left_out.filter(|(name, _)| **name == field.name).map(|(_, why)| why);
            out.push_str(&layout::doc(
                inside,
                &facts::sentences([&*facts::field(field), why.unwrap_or_default()]),
            ));
            let optional = if field.required && why.is_none() { "" } else { "?" };
            let ty = self.text(names, &path, inside, &field.ty);
            out.extend([&pad, "  readonly ", &field.name.name, optional, ": ", &ty, ";\n"]);
        }
        out + &pad + "}"
    }

    fn text(&mut self, names: &mut Names, path: &[&Ident], indent: usize, ty: &FieldType) -> String {
        match ty {
            FieldType::String { .. }
            | FieldType::Email
            | FieldType::Uuid
            | FieldType::Date
            | FieldType::Timestamp
            | FieldType::Decimal { .. } => "string".into(),
            FieldType::Integer { .. } => "number".into(),
            FieldType::Boolean => "boolean".into(),
            FieldType::Enum { values } => self.name_of_words(names, path, values),
            FieldType::List { items, .. } => {
                let item = self.text(names, path, indent, items);
                if item.starts_with("readonly ") {
                    format!("readonly ({item})[]")
                } else {
                    format!("readonly {item}[]")
                }
            }
            FieldType::Object { fields } => self.braced(names, path, indent, fields, None),
            FieldType::Shared { name } => self.shared[name.as_str()].clone(),
        }
    }

    /// The type of a field's words, the same for the event and the request that share the field.
    fn name_of_words(&mut self, names: &mut Names, path: &[&Ident], values: &[Ident]) -> String {
        let place: Vec<String> = path.iter().map(|ident| ident.name.clone()).collect();
        let values = literals(values);
        // A topic and a shared type may have one name and a field of one name.
        if let Some(known) = self.words.iter().find(|words| words.path == place && words.values == values) {
            return known.name.clone();
        }
        let name = names.claim(path.iter().map(|ident| ident.pascal.as_str()).collect::<String>());
        self.words.push(Words { path: place, name: name.clone(), values });
        name
    }
}

fn literals(values: &[Ident]) -> Vec<String> {
    values.iter().map(|value| layout::string(&value.name)).collect()
}
