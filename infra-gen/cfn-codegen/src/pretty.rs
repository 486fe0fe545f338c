//! JSON that diffs well: a value stands on one line if it fits, else each member on its own.

use std::fmt::Write as _;

use serde_json::Value;

const WIDTH: usize = 120;

/// The text of `value`, with a line feed at the end.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, indent: usize, used: usize) {
    let flat = flat(value);
    if indent + used + flat.len() < WIDTH && indent > 0 {
        out.push_str(&flat);
        return;
    }
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                separate(out, i, indent + 1);
                write(out, item, indent + 1, 0);
            }
            separate(out, 0, indent);
            out.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (i, (key, member)) in members.iter().enumerate() {
                separate(out, i, indent + 1);
                let key = Value::from(key.as_str()).to_string();
                let _ = write!(out, "{key}: ");
                write(out, member, indent + 1, key.len() + 2);
            }
            separate(out, 0, indent);
            out.push('}');
        }
        _ => out.push_str(&flat),
    }
}

fn separate(out: &mut String, position: usize, indent: usize) {
    if position > 0 {
        out.push(',');
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flat).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(k, v)| format!("{}: {}", Value::from(k.as_str()), flat(v))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
