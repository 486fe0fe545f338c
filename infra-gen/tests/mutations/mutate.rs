//! Every manifest that differs from a given one in a single value, as far as the schema knows what could stand there.

use std::collections::BTreeSet;

use serde_json::Value as Schema;
use serde_yaml::{Mapping, Value};

/// A manifest with one change.
pub(crate) struct Mutation {
    /// `environments.dev.zones: 2 -> 3`
    pub(crate) title: String,
    /// Its text: thousands of values would take gigabytes.
    pub(crate) manifest: String,
}

/// One step into the manifest.
#[derive(Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// All of them, of those environments and topics that stand for the others; of each other one, one `valid` change of each
/// value.
pub(crate) fn mutations(manifest: &Value, schema: &Schema, valid: &dyn Fn(&str) -> bool) -> Vec<Mutation> {
    let mut walk = Walk {
        root: manifest,
        schema,
        valid,
        once: false,
        done: BTreeSet::new(),
        path: vec![],
        found: vec![],
    };
    walk.node(manifest, schema);
    walk.found
}

/// A manifest as text.
pub(crate) fn text(manifest: &Value) -> String {
    serde_yaml::to_string(manifest).expect("a value is YAML")
}

struct Walk<'a> {
    root: &'a Value,
    schema: &'a Schema,
    valid: &'a dyn Fn(&str) -> bool,
    /// One change of each value is enough.
    once: bool,
    /// Where there is that one change.
    done: BTreeSet<String>,
    path: Vec<Step>,
    found: Vec<Mutation>,
}

impl<'a> Walk<'a> {
    fn resolved(&self, schema: &'a Schema) -> &'a Schema {
        let target = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
        target.and_then(|pointer| self.schema.pointer(pointer)).unwrap_or(schema)
    }

    fn node(&mut self, value: &Value, schema: &'a Schema) {
        let schema = self.resolved(schema);
        match value {
            Value::Mapping(members) => self.map(members, schema),
            Value::Sequence(items) => self.list(items, schema),
            leaf => {
                for other in others(leaf, schema) {
                    let title = format!("{} -> {}", show(leaf), show(&other));
                    self.push(&title, |at| *at = other.clone());
                }
            }
        }
    }

    fn map(&mut self, members: &Mapping, schema: &'a Schema) {
        // Of a field, the templates see no more than its type, where a table's key is of it.
        let of_field = schema["properties"].get("min_items").is_some();
        // Rendering takes long: of the environments and topics, the first and the last are changed in every way.
        let alike =
            matches!(self.path.as_slice(), [Step::Key(key)] if key == "topics" || key == "environments");
        let stands = |at: usize| at == 0 || at == members.len() - 1;
        for (at, (key, value)) in
            members.iter().enumerate().filter(|(_, (key, _))| !of_field || **key == "type")
        {
            if alike {
                self.once = !stands(at);
            }
            let key = key.as_str().expect("keys are names").to_owned();
            let own = schema["properties"].get(&key);
            let below = own.unwrap_or(&schema["additionalProperties"]);
            self.path.push(Step::Key(key.clone()));
            self.node(value, below);
            self.path.pop();
            self.push_at(&key, "taken out", |map| {
                map.shift_remove(key.as_str());
            });
            if own.is_none() {
                self.named(&key, value);
            }
            if alike {
                self.once = false;
            }
        }
        if members.len() > 1 && schema["properties"].is_null() {
            self.push("in another order", |at| {
                let map = at.as_mapping_mut().expect("it is a map");
                let first = map.iter().next().map(|(key, value)| (key.clone(), value.clone()));
                let (key, value) = first.expect("it has entries");
                map.shift_remove(&key);
                map.insert(key, value);
            });
        }
        let absent = schema["properties"].as_object().into_iter().flatten().filter(|_| !of_field);
        for (key, below) in absent.filter(|(key, _)| !members.contains_key(key.as_str())) {
            for value in self.possible(below, 0) {
                let title = format!("added: {}", show(&value));
                self.push_at(key, &title, |map| {
                    map.insert(key.as_str().into(), value.clone());
                });
            }
        }
    }

    /// An entry with a name of its own: under another one, and a second one like it.
    fn named(&mut self, key: &str, value: &Value) {
        let other = format!("{key}x");
        self.push_at(key, &format!("renamed to {other}"), |map| {
            // In its place: the order is to stay.
            let entries: Vec<(Value, Value)> = map.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            map.clear();
            for (name, value) in entries {
                let name = if name == key { other.as_str().into() } else { name };
                map.insert(name, value);
            }
        });
        if let Some(renamed) =
            self.found.last().filter(|last| last.title.ends_with(&format!("renamed to {other}")))
        {
            let mut everywhere = serde_yaml::from_str(&renamed.manifest).expect("it was a value");
            rename(&mut everywhere, key, &other);
            let title = format!("{}, and wherever it is named", renamed.title);
            self.found.push(Mutation { title, manifest: text(&everywhere) });
        }
        self.push_at(key, &format!("once more as {other}"), |map| {
            map.insert(other.as_str().into(), value.clone());
        });
    }

    fn list(&mut self, items: &[Value], schema: &'a Schema) {
        for (at, item) in items.iter().enumerate() {
            self.path.push(Step::Item(at));
            self.node(item, &schema["items"]);
            self.path.pop();
            self.push(&format!("{} taken out", show(item)), |list| {
                list.as_sequence_mut().expect("it is a list").remove(at);
            });
        }
        if let [first, .., last] = items
            && first != last
        {
            self.push("in another order", |list| {
                list.as_sequence_mut().expect("it is a list").rotate_left(1);
            });
        }
    }

    /// Values that the schema lets stand where nothing stands now.
    fn possible(&self, schema: &'a Schema, depth: usize) -> Vec<Value> {
        let schema = self.resolved(schema);
        if let Some(members) = schema["properties"].as_object() {
            // A list's items may be lists.
            if depth > 1 {
                return vec![];
            }
            let one = |(key, below): (&String, &'a Schema)| {
                let values = self.possible(below, depth + 1);
                let key = key.clone();
                values
                    .into_iter()
                    .map(move |value| Value::Mapping(std::iter::once((key.as_str().into(), value)).collect()))
            };
            return members.iter().flat_map(one).collect();
        }
        let list = |name: &str| schema[name].as_array().cloned().unwrap_or_default();
        let known = |name: &str| few(&list(name));
        let mut values: Vec<Value> = ["enum", "examples"]
            .into_iter()
            .flat_map(known)
            .chain(["minimum", "maximum", "default"].iter().map(|name| yaml(&schema[*name])))
            .filter(|value| !value.is_null())
            .collect();
        if schema["type"] == "boolean" {
            values.extend([true.into(), false.into()]);
        }
        values.dedup();
        values
    }

    fn push(&mut self, what: &str, change: impl FnOnce(&mut Value)) {
        self.add(&self.path.clone(), what, change);
    }

    fn push_at(&mut self, key: &str, what: &str, change: impl FnOnce(&mut Mapping)) {
        let place = self.path.iter().cloned().chain([Step::Key(key.into())]).collect::<Vec<_>>();
        self.add(&place, what, |at| change(at.as_mapping_mut().expect("it is a map")));
    }

    /// Changes the value that the walk is at, in the name of a place.
    fn add(&mut self, place: &[Step], what: &str, change: impl FnOnce(&mut Value)) {
        let place = path(place);
        if self.once && self.done.contains(&place) {
            return;
        }
        let mut manifest = self.root.clone();
        let mut at = &mut manifest;
        for step in &self.path {
            at = match step {
                Step::Key(key) => &mut at[key.as_str()],
                Step::Item(index) => &mut at[*index],
            };
        }
        change(at);
        let manifest = text(&manifest);
        if self.once {
            if !(self.valid)(&manifest) {
                return;
            }
            self.done.insert(place.clone());
        }
        self.found.push(Mutation { title: format!("{place}: {what}"), manifest });
    }
}

fn yaml(value: &Schema) -> Value {
    serde_yaml::to_value(value).expect("JSON is YAML")
}

/// Of a long list of values the first, the last and one of each family: `kafka.m5`, `kafka.m7g`, `express.m7g`.
fn few(values: &[Schema]) -> Vec<Value> {
    let family =
        |value: &Schema| value.as_str().and_then(|text| text.rsplit_once('.')).map(|(of, _)| of.to_owned());
    let last = values.len().saturating_sub(1);
    let taken = values.iter().enumerate().filter(|(at, value)| {
        values.len() < 8 || *at == last || *at == 0 || family(&values[at - 1]) != family(value)
    });
    taken.map(|(_, value)| yaml(value)).collect()
}

/// Values of the same kind that could stand here instead.
fn others(leaf: &Value, schema: &Schema) -> Vec<Value> {
    let mut values: Vec<Value> = match leaf {
        Value::Bool(flag) => vec![(!flag).into()],
        Value::Number(number) => match number.as_i64() {
            Some(number) => vec![(number + 1).into(), (number * 2).into(), (number - 1).into()],
            None => vec![],
        },
        Value::String(text) => match schema["enum"].as_array() {
            Some(values) => few(values),
            None => altered(text),
        },
        _ => vec![],
    };
    values.retain(|value| value != leaf);
    values
}

/// Text of the same kind: twice as long a time, another method, another field's type, or a letter more.
fn altered(text: &str) -> Vec<Value> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if let (Ok(number), unit @ ("ms" | "s" | "m" | "h" | "d")) =
        (text[..digits].parse::<u64>(), &text[digits..])
    {
        let steps = [number * 2, number + 1, 30, 60, 90];
        return steps.into_iter().map(|number| format!("{number}{unit}").into()).collect();
    }
    let mut values: Vec<Value> = vec![format!("{text}x").into()];
    if let Some(path) = text.strip_prefix("POST ") {
        values.push(format!("PUT {path}").into());
    }
    if matches!(text, "string" | "integer" | "uuid" | "timestamp" | "date" | "boolean" | "email") {
        values.extend(["string", "integer", "timestamp"].map(Value::from));
    }
    // Fields and tables that others could be meant to be.
    if text.ends_with("Id") {
        values.extend(["customerId", "applicationId", "verificationId", "policyId"].map(Value::from));
    }
    values
}

/// Writes the new name wherever a value is the old one.
fn rename(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => *text = new.into(),
        Value::Sequence(items) => items.iter_mut().for_each(|item| rename(item, old, new)),
        Value::Mapping(members) => members.iter_mut().for_each(|(_, value)| rename(value, old, new)),
        _ => {}
    }
}

fn path(steps: &[Step]) -> String {
    let names = steps.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Item(at) => at.to_string(),
    });
    names.collect::<Vec<_>>().join(".")
}

/// On one line.
fn show(value: &Value) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    if text.chars().count() > 60 { text.chars().take(57).chain("...".chars()).collect() } else { text }
}
