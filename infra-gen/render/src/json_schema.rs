//! Field types as JSON Schema.
//!
//! The vocabulary is what 2020-12 and AsyncAPI's own schema object (draft-07 and more) have in common, so the
//! schema of an event and its copy in `asyncapi.yaml` differ in nothing but where shared types stand. A `$ref`
//! with more beside it is wrapped in `allOf`, for draft-07 ignores what stands beside a `$ref`.

use model::{Field, FieldType, Model, Topic};
use serde_json::{Map, Value, json};

use crate::pattern;

/// Where a reference finds shared types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refs {
    /// In the schema itself, under `$defs`.
    Definitions,
    /// In an AsyncAPI document, under `components`.
    Components,
}

/// The schema of a topic's event, complete in itself. Consumers pass over fields that it doesn't know, so that
/// a field can be added.
pub fn event(model: &Model, topic: &Topic) -> Value {
    let title = format!("{} event", topic.name.name);
    standalone(model, &event_id(model, topic), &title, &topic.description, &topic.fields, Map::new())
}

/// The schema of the request that a client may send: no computed fields, and nothing else. The key may be left
/// out, for the caller's token tells whose event it is.
pub fn request(model: &Model, topic: &Topic) -> Value {
    let taken = topic.fields.iter().filter(|field| !field.computed);
    let fields: Vec<Field> = taken
        .map(|field| Field { required: field.required && field.name != topic.key, ..field.clone() })
        .collect();
    let title = format!("{} request", topic.name.name);
    let closed = Map::from_iter([("additionalProperties".to_owned(), false.into())]);
    standalone(model, &request_id(model, topic), &title, &topic.description, &fields, closed)
}

/// `urn:schema:onboard-ai.user-info-submitted:1`: the CloudEvents `dataschema` of the event.
pub fn event_id(model: &Model, topic: &Topic) -> String {
    format!("urn:schema:{}.{}:{}", model.app.name, topic.name.name, topic.version)
}

/// `urn:schema:onboard-ai.user-info-submitted:1:request`.
pub fn request_id(model: &Model, topic: &Topic) -> String {
    format!("{}:request", event_id(model, topic))
}

/// The names of the shared types that these fields need, in the manifest's order.
pub fn shared<'a>(model: &'a Model, fields: impl IntoIterator<Item = &'a Field>) -> Vec<&'a str> {
    let mut found = vec![];
    fields.into_iter().for_each(|field| collect(model, &field.ty, &mut found));
    let order = |name: &&str| model.types.iter().position(|shared| shared.name.name == *name);
    found.sort_by_key(order);
    found
}

fn collect<'a>(model: &'a Model, ty: &'a FieldType, found: &mut Vec<&'a str>) {
    match ty {
        FieldType::Shared { name } if !found.contains(&name.as_str()) => {
            found.push(name);
            if let Some(shared) = model.shared_type(name) {
                collect(model, &shared.ty, found);
            }
        }
        FieldType::List { items, .. } => collect(model, items, found),
        FieldType::Object { fields } => fields.iter().for_each(|field| collect(model, &field.ty, found)),
        _ => {}
    }
}

fn standalone(
    model: &Model,
    id: &str,
    title: &str,
    description: &str,
    fields: &[Field],
    more: Map<String, Value>,
) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("$id".into(), id.into());
    schema.insert("title".into(), title.into());
    schema.insert("description".into(), description.into());
    schema.extend(Refs::Definitions.object(fields));
    schema.extend(more);
    let types: Map<String, Value> = shared(model, fields)
        .into_iter()
        .filter_map(|name| model.shared_type(name))
        .map(|shared| {
            (shared.name.name.clone(), Refs::Definitions.described(&shared.description, &shared.ty))
        })
        .collect();
    if !types.is_empty() {
        schema.insert("$defs".into(), types.into());
    }
    schema.into()
}

impl Refs {
    /// An object with these fields; other fields are let through.
    pub fn object<'a>(self, fields: impl IntoIterator<Item = &'a Field>) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut required = vec![];
        for field in fields {
            properties.insert(field.name.name.clone(), self.field(field));
            if field.required {
                required.push(Value::from(field.name.name.as_str()));
            }
        }
        let mut schema = Map::new();
        schema.insert("type".into(), "object".into());
        schema.insert("properties".into(), properties.into());
        if !required.is_empty() {
            schema.insert("required".into(), required.into());
        }
        schema
    }

    /// A type with a sentence about it.
    pub fn described(self, description: &str, ty: &FieldType) -> Value {
        self.annotated(description, ty, &[])
    }

    /// A field: its type, and what is true of the field alone.
    fn field(self, field: &Field) -> Value {
        let marks = [("readOnly", field.computed), ("x-pii", field.pii)];
        self.annotated(&field.description, &field.ty, &marks)
    }

    fn annotated(self, description: &str, ty: &FieldType, marks: &[(&str, bool)]) -> Value {
        let mut schema = Map::new();
        if !description.is_empty() {
            schema.insert("description".into(), description.into());
        }
        let marks =
            marks.iter().filter(|(_, holds)| *holds).map(|(name, _)| ((*name).to_owned(), true.into()));
        let marks: Vec<(String, Value)> = marks.collect();
        let ty = self.ty(ty);
        if ty.contains_key("$ref") && !(schema.is_empty() && marks.is_empty()) {
            schema.insert("allOf".into(), json!([ty]));
        } else {
            schema.extend(ty);
        }
        schema.extend(marks);
        schema.into()
    }

    fn ty(self, ty: &FieldType) -> Map<String, Value> {
        let schema = match ty {
            FieldType::String { min_length, max_length, pattern } => {
                let mut schema = json!({"type": "string"});
                if *min_length > 0 {
                    schema["minLength"] = json!(min_length);
                }
                schema["maxLength"] = json!(max_length);
                if let Some(pattern) = pattern {
                    schema["pattern"] = pattern::ecma(pattern).into();
                }
                schema
            }
            FieldType::Email => json!({"type": "string", "format": "email", "maxLength": 254}),
            FieldType::Uuid => json!({"type": "string", "format": "uuid"}),
            FieldType::Date => json!({"type": "string", "format": "date"}),
            // RFC 3339 knows other offsets; an event's instants are in UTC.
            FieldType::Timestamp => json!({"type": "string", "format": "date-time", "pattern": "Z$"}),
            FieldType::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
            FieldType::Decimal { min, max, scale } => decimal(min, max, *scale),
            FieldType::Boolean => json!({"type": "boolean"}),
            FieldType::Enum { values } => {
                let values: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
                json!({"type": "string", "enum": values})
            }
            FieldType::List { items, min_items, max_items } => {
                let mut schema = json!({"type": "array", "items": self.ty(items)});
                if *min_items > 0 {
                    schema["minItems"] = json!(min_items);
                }
                schema["maxItems"] = json!(max_items);
                schema
            }
            FieldType::Object { fields } => return self.object(fields),
            FieldType::Shared { name } => {
                let prefix = match self {
                    Self::Definitions => "#/$defs/",
                    Self::Components => "#/components/schemas/",
                };
                json!({"$ref": format!("{prefix}{name}")})
            }
        };
        let Value::Object(schema) = schema else { unreachable!("each arm above makes an object") };
        schema
    }
}

/// Decimal text. JSON Schema compares numbers only, so the pattern bounds the digits and two annotations tell
/// the exact range.
fn decimal(min: &str, max: &str, scale: u8) -> Value {
    let digits = [min, max].map(|bound| bound.trim_start_matches('-').split('.').next().map_or(1, str::len));
    let more = digits.into_iter().max().unwrap_or(1).saturating_sub(1);
    let sign = if min.starts_with('-') { "-?" } else { "" };
    let fraction = if scale == 0 { String::new() } else { format!(r"(\.[0-9]{{1,{scale}}})?") };
    let pattern = format!("^{sign}(0|[1-9][0-9]{{0,{more}}}){fraction}$");
    json!({"type": "string", "format": "decimal", "pattern": pattern, "x-minimum": min, "x-maximum": max})
}

#[cfg(test)]
mod tests;
