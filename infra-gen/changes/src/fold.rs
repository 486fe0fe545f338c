//! Functions whose arguments are all known, computed.

use serde_json::Value;

use crate::expand::placeholders;

/// The value of a function whose arguments are folded already; what can't be known yet stays as it is.
pub(crate) fn fold(value: Value) -> Value {
    let Value::Object(mut members) = value else { return value };
    if let (1, Some((name, argument))) = (members.len(), members.iter().next())
        && let Some(known) = computed(name, argument)
    {
        return known;
    }
    members.retain(|_, value| value["Ref"] != "AWS::NoValue");
    Value::Object(members)
}

fn computed(function: &str, argument: &Value) -> Option<Value> {
    let arguments = || argument.as_array().map(Vec::as_slice);
    match (function, argument) {
        ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
            [Value::Bool(true), yes, _] => Some(yes.clone()),
            [Value::Bool(false), _, no] => Some(no.clone()),
            _ => None,
        },
        ("Fn::Equals", Value::Array(parts)) => match parts.as_slice() {
            [one, other] if is_plain(one) && is_plain(other) => Some(Value::Bool(one == other)),
            _ => None,
        },
        ("Fn::Not", Value::Array(parts)) => match parts.as_slice() {
            [Value::Bool(of)] => Some(Value::Bool(!of)),
            _ => None,
        },
        ("Fn::And", _) => all(arguments()?, true),
        ("Fn::Or", _) => all(arguments()?, false),
        ("Fn::Select", Value::Array(parts)) => match parts.as_slice() {
            [at, Value::Array(items)] => {
                let at = at.as_u64().or_else(|| at.as_str()?.parse().ok())?;
                items.get(usize::try_from(at).ok()?).cloned()
            }
            _ => None,
        },
        ("Fn::Split", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(at), Value::String(text)] => {
                Some(text.split(at.as_str()).map(Value::from).collect())
            }
            _ => None,
        },
        ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(with), Value::Array(items)] => {
                let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                Some(items?.join(with).into())
            }
            _ => None,
        },
        ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(text), Value::Object(values)] => substituted(text, values),
            _ => None,
        },
        _ => None,
    }
}

/// No function is left in it.
fn is_plain(value: &Value) -> bool {
    !value.is_object() && value.as_array().is_none_or(|items| items.iter().all(is_plain))
}

/// `Fn::And` looks for a false one, `Fn::Or` for a true one.
fn all(parts: &[Value], wanted: bool) -> Option<Value> {
    if parts.contains(&Value::Bool(!wanted)) {
        return Some(Value::Bool(!wanted));
    }
    parts.iter().all(|part| *part == Value::Bool(wanted)).then_some(Value::Bool(wanted))
}

fn substituted(text: &str, values: &serde_json::Map<String, Value>) -> Option<Value> {
    let mut done = text.to_owned();
    for place in placeholders(text) {
        let value = match values.get(place)? {
            Value::String(value) => value.clone(),
            Value::Number(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return None,
        };
        done = done.replace(&format!("${{{place}}}"), &value);
    }
    Some(done.replace("${!", "${").into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_known_is_computed_and_the_rest_stays() {
        for (function, value) in [
            (json!({ "Fn::Equals": ["", ""] }), json!(true)),
            (json!({ "Fn::Not": [false] }), json!(true)),
            (json!({ "Fn::And": [{ "Ref": "X" }, false] }), json!(false)),
            (json!({ "Fn::Or": [false, false] }), json!(false)),
            (json!({ "Fn::If": [false, "yes", { "Ref": "No" }] }), json!({ "Ref": "No" })),
            (json!({ "Fn::Select": ["1", ["a", "b"]] }), json!("b")),
            (json!({ "Fn::Join": ["-", ["a", "b"]] }), json!("a-b")),
            (json!({ "Fn::Split": ["/", "a/b"] }), json!(["a", "b"])),
            (json!({ "Fn::Sub": ["${a}-${!b}", { "a": 1 }] }), json!("1-${b}")),
            (json!({ "kept": 1, "gone": { "Ref": "AWS::NoValue" } }), json!({ "kept": 1 })),
        ] {
            assert_eq!(fold(function.clone()), value, "{function}");
        }
        for unknown in [
            json!({ "Fn::Equals": [{ "Ref": "X" }, ""] }),
            json!({ "Fn::And": [{ "Ref": "X" }, true] }),
            json!({ "Fn::If": [{ "Fn::Equals": [{ "Ref": "X" }, ""] }, 1, 2] }),
            json!({ "Fn::Select": [7, ["a"]] }),
            json!({ "Fn::Join": ["-", [{ "Ref": "X" }]] }),
            json!({ "Fn::Sub": ["${AWS::Region}", {}] }),
        ] {
            assert_eq!(fold(unknown.clone()), unknown);
        }
    }
}
