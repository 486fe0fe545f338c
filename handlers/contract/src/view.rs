//! The part of an event that the browser may see.

use serde_json::{Map, Value};

/// Only what is listed: JSON pointers, `*` for every item of a list. A listed object is seen whole.
///
/// It is a list of what is shown, not of what is hidden, so that a new field is hidden until someone
/// says otherwise.
pub fn view(value: &Value, shown: &[&str]) -> Value {
    let paths: Vec<Vec<&str>> = shown.iter().map(|pointer| pointer.split('/').skip(1).collect()).collect();
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    keep(value, &paths).unwrap_or_else(|| Value::Object(Map::new()))
}

fn keep(value: &Value, paths: &[&[&str]]) -> Option<Value> {
    if paths.iter().any(|path| path.is_empty()) {
        return Some(value.clone());
    }
    let below = |step: &str| -> Vec<&[&str]> {
        paths.iter().filter(|path| path[0] == step).map(|path| &path[1..]).collect()
    };
    match value {
        Value::Object(object) => {
            let kept: Map<String, Value> = object
                .iter()
                .filter_map(|(name, value)| {
                    let paths = below(&name.replace('~', "~0").replace('/', "~1"));
                    if paths.is_empty() { None } else { Some((name.clone(), keep(value, &paths)?)) }
                })
                .collect();
            Some(Value::Object(kept))
        }
        Value::Array(items) => {
            let paths = below("*");
            if paths.is_empty() {
                return None;
            }
            Some(Value::Array(items.iter().filter_map(|item| keep(item, &paths)).collect()))
        }
        _ => None,
    }
}
