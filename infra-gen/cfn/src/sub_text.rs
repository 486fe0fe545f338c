//! The text of `Fn::Sub`: putting it together, JSON as such text, and the function itself.

use serde_json::{Map, Value as Raw, json};

use crate::node::{Node, Part};

/// A document as text, with its intrinsic functions as parts of an `Fn::Sub`.
pub(crate) fn json_text(document: Node) -> Node {
    let mut parts = Vec::new();
    write_json(document, &mut parts);
    sub_of(parts)
}

/// Joins parts to the simplest node that says the same.
pub(crate) fn sub_of(parts: Vec<Part>) -> Node {
    let mut flat: Vec<Part> = Vec::new();
    for part in parts {
        push_part(&mut flat, part);
    }
    match flat.len() {
        0 => Node::text(""),
        1 => match flat.remove(0) {
            Part::Text(text) => Node::Text(text),
            Part::Value(_, value) => value,
        },
        _ => Node::Sub(flat),
    }
}

fn push_part(flat: &mut Vec<Part>, part: Part) {
    match part {
        Part::Text(text) | Part::Value(_, Node::Text(text)) => push_text(flat, &text),
        Part::Value(_, Node::Number(n)) => push_text(flat, &n.to_string()),
        Part::Value(_, Node::Bool(b)) => push_text(flat, if b { "true" } else { "false" }),
        Part::Value(_, Node::Sub(inner)) => {
            for part in inner {
                push_part(flat, part);
            }
        }
        Part::Value(name, Node::Bare(inner)) => push_part(flat, Part::Value(name, *inner)),
        value @ Part::Value(..) => flat.push(value),
    }
}

fn push_text(flat: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Part::Text(last)) = flat.last_mut() {
        last.push_str(text);
    } else {
        flat.push(Part::Text(text.to_owned()));
    }
}

fn write_json(node: Node, parts: &mut Vec<Part>) {
    let text = |parts: &mut Vec<Part>, s: &str| push_text(parts, s);
    match node {
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => {
            text(parts, &node.render().to_string());
        }
        Node::Array(items) => {
            text(parts, "[");
            for (i, item) in items.into_iter().enumerate() {
                if i > 0 {
                    text(parts, ",");
                }
                write_json(item, parts);
            }
            text(parts, "]");
        }
        Node::Object(members) => {
            text(parts, "{");
            for (i, (key, value)) in members.into_iter().enumerate() {
                if i > 0 {
                    text(parts, ",");
                }
                text(parts, &Raw::String(key).to_string());
                text(parts, ":");
                write_json(value, parts);
            }
            text(parts, "}");
        }
        Node::Sub(inner) => {
            text(parts, "\"");
            for part in inner {
                match part {
                    // Escaped as JSON wants it, without the quotes.
                    Part::Text(s) => {
                        let quoted = Raw::String(s).to_string();
                        text(parts, &quoted[1..quoted.len() - 1]);
                    }
                    value @ Part::Value(..) => push_part(parts, value),
                }
            }
            text(parts, "\"");
        }
        Node::Bare(inner) => push_part(parts, Part::Value("Value".to_owned(), *inner)),
        Node::Pseudo("AWS::NoValue") => parts.push(Part::Value(
            "Value".to_owned(),
            Node::Invalid(
                "AWS::NoValue cannot leave a member out of JSON that is rendered as text".to_owned(),
            ),
        )),
        other => {
            text(parts, "\"");
            push_part(parts, Part::Value("Value".to_owned(), other));
            text(parts, "\"");
        }
    }
}

pub(crate) fn render(parts: &[Part]) -> Raw {
    // Names that the string already uses for resources, parameters and pseudo parameters.
    let used: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Value(_, Node::Ref(target) | Node::GetAtt(target, _)) => Some(&*target.id),
            _ => None,
        })
        .collect();
    let mut text = String::new();
    let mut map: Map<String, Raw> = Map::new();
    for part in parts {
        match part {
            Part::Text(t) => text.push_str(&t.replace("${", "${!")),
            Part::Value(_, Node::Pseudo(name)) => push_placeholder(&mut text, name),
            Part::Value(_, Node::Ref(target)) => push_placeholder(&mut text, &target.id),
            Part::Value(_, Node::GetAtt(target, attribute)) => {
                push_placeholder(&mut text, &format!("{}.{attribute}", target.id));
            }
            Part::Value(name, value) => {
                let rendered = value.render();
                let mut free = name.clone();
                let mut n = 1;
                while used.contains(&free.as_str()) || map.get(&free).is_some_and(|v| *v != rendered) {
                    n += 1;
                    free = format!("{name}{n}");
                }
                push_placeholder(&mut text, &free);
                map.insert(free, rendered);
            }
        }
    }
    if map.is_empty() { json!({ "Fn::Sub": text }) } else { json!({ "Fn::Sub": [text, map] }) }
}

fn push_placeholder(text: &mut String, name: &str) {
    text.push_str("${");
    text.push_str(name);
    text.push('}');
}
