//! The manifest's JSON Schema, for editors and for the check of its shape.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};

use crate::raw::Manifest;

/// The JSON Schema (draft 2020-12) of `topics.yaml`, always the same.
///
/// It is made from the structs that the manifest is read into. Editors get descriptions, defaults and enums from
/// it: put `# yaml-language-server: $schema=...` on top of the file.
pub fn json_schema() -> Value {
    let mut schema = schema_of::<Manifest>();
    if let Value::Object(root) = &mut schema {
        root.insert("title".into(), "Event-driven backend on Amazon MSK".into());
    }
    schema
}

pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let mut schema = Value::from(schema);
    polish(&mut schema);
    schema
}

/// Takes out what Rust's types have and a manifest hasn't.
fn polish(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            not_null(object);
            // That an integer is an `i64` is said by its bounds.
            object.shift_remove("format");
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            object.values_mut().for_each(polish);
        }
        Value::Array(items) => items.iter_mut().for_each(polish),
        _ => {}
    }
}

/// An option that isn't wanted is left out; schemars would also let it be null.
fn not_null(object: &mut Map<String, Value>) {
    if object.get("default") == Some(&Value::Null) {
        object.shift_remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|ty| ty != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type").is_none_or(|ty| ty != "null"));
    if choices.len() == 1
        && let Some(Value::Object(only)) = choices.pop()
    {
        object.shift_remove("anyOf");
        for (key, value) in only {
            // The property's own description says more than its type's.
            object.entry(key).or_insert(value);
        }
    }
}
