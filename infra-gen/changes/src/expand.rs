//! Values as they are once every parameter of a nested stack is what the root passes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::assembly::Deployment;
use crate::fold::fold;

/// References in an expanded value: `Foundation/Cluster`, and `/Dashboard` in the root.
pub(crate) fn qualified(stack: &str, id: &str) -> String {
    format!("{stack}/{id}")
}

/// Expands the values of one deployment.
pub(crate) struct Expander<'a> {
    deployment: &'a Deployment,
    /// What the root passes, by stack and parameter.
    passed: BTreeMap<(String, String), Value>,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(deployment: &'a Deployment) -> Self {
        let mut expander = Self { deployment, passed: BTreeMap::new() };
        // A sibling's output may itself come from a parameter, so siblings are expanded as they are met.
        let ids: Vec<&String> = deployment.stacks.keys().filter(|id| !id.is_empty()).collect();
        for id in ids {
            for name in deployment.stacks[id].section("Parameters").keys() {
                let value = expander.parameter(id, name);
                expander.passed.insert((id.clone(), name.clone()), value);
            }
        }
        expander
    }

    /// The parameters of every nested stack, expanded, by stack and name.
    pub(crate) fn passed(self) -> BTreeMap<(String, String), Value> {
        self.passed
    }

    /// The parameters of a stack, expanded.
    pub(crate) fn parameters(&self, stack: &str) -> Vec<(&str, &Value)> {
        let from = (stack.to_owned(), String::new());
        let of_stack = self.passed.range(from..).take_while(|((other, _), _)| other == stack);
        of_stack.map(|((_, name), value)| (name.as_str(), value)).collect()
    }

    fn parameter(&self, stack: &str, name: &str) -> Value {
        if let Some(known) = self.passed.get(&(stack.to_owned(), name.to_owned())) {
            return known.clone();
        }
        let root = &self.deployment.stacks[""];
        match &root.section("Resources").get(stack).map(|nested| &nested["Properties"]["Parameters"][name]) {
            Some(value) if !value.is_null() => self.value("", value),
            _ => json!({ "Ref": name }),
        }
    }

    /// The value in this stack.
    pub(crate) fn value(&self, stack: &str, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.value(stack, item)).collect(),
            Value::Object(members) => fold(self.object(stack, members)),
            other => other.clone(),
        }
    }

    fn object(&self, stack: &str, members: &Map<String, Value>) -> Value {
        if let (1, Some((name, argument))) = (members.len(), members.iter().next()) {
            match (name.as_str(), argument) {
                ("Ref", Value::String(id)) => return self.reference(stack, id),
                ("Fn::GetAtt", Value::Array(parts)) => {
                    if let [Value::String(id), Value::String(attribute)] = parts.as_slice() {
                        return self.attribute(stack, id, attribute);
                    }
                }
                ("Fn::Sub", argument) => return self.substitute(stack, argument),
                ("Fn::If", Value::Array(parts)) => {
                    let mut parts = parts.clone();
                    if let Some(Value::String(condition)) = parts.first() {
                        parts[0] = self.condition(stack, condition);
                    }
                    let rest = parts.iter().skip(1).map(|part| self.value(stack, part));
                    let parts: Vec<Value> = parts.iter().take(1).cloned().chain(rest).collect();
                    return json!({ "Fn::If": parts });
                }
                ("Condition", Value::String(condition)) => return self.condition(stack, condition),
                ("Fn::FindInMap", Value::Array(_)) => {
                    let keys = self.value(stack, argument);
                    let path: Vec<&str> =
                        keys.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                    let found = match path.as_slice() {
                        [map, row, column] => {
                            let maps = self.deployment.stacks[stack].section("Mappings");
                            maps.get(*map).and_then(|map| map.get(*row)?.get(*column))
                        }
                        _ => None,
                    };
                    return found.cloned().unwrap_or_else(|| json!({ "Fn::FindInMap": keys }));
                }
                _ => {}
            }
        }
        members.iter().map(|(name, value)| (name.clone(), self.value(stack, value))).collect()
    }

    /// A condition of this stack, written out.
    pub(crate) fn condition(&self, stack: &str, name: &str) -> Value {
        match self.deployment.stacks[stack].section("Conditions").get(name) {
            Some(test) => self.value(stack, test),
            None => name.into(),
        }
    }

    /// Its condition doesn't keep it away, as far as that can be known.
    pub(crate) fn exists(&self, stack: &str, resource: &Value) -> bool {
        resource["Condition"].as_str().is_none_or(|name| self.condition(stack, name) != Value::Bool(false))
    }

    fn reference(&self, stack: &str, id: &str) -> Value {
        let here = &self.deployment.stacks[stack];
        if here.section("Resources").contains_key(id) {
            json!({ "Ref": qualified(stack, id) })
        } else if !stack.is_empty() && here.section("Parameters").contains_key(id) {
            self.parameter(stack, id)
        } else if let (true, Some(value)) = (stack.is_empty(), self.deployment.parameters.get(id)) {
            value.clone()
        } else {
            json!({ "Ref": id })
        }
    }

    fn attribute(&self, stack: &str, id: &str, attribute: &str) -> Value {
        if let (true, Some(output)) = (stack.is_empty(), attribute.strip_prefix("Outputs."))
            && let Some(nested) = self.deployment.stacks.get(id).filter(|_| !id.is_empty())
            && let Some(output) = nested.section("Outputs").get(output)
        {
            return self.value(id, &output["Value"]);
        }
        json!({ "Fn::GetAtt": [qualified(stack, id), attribute] })
    }

    fn substitute(&self, stack: &str, argument: &Value) -> Value {
        let (text, given) = match argument {
            Value::Array(parts) => {
                (parts.first().and_then(Value::as_str), parts.get(1).and_then(Value::as_object))
            }
            other => (other.as_str(), None),
        };
        let text = text.unwrap_or_default();
        let mut values = Map::new();
        for place in placeholders(text) {
            let value = match (given.and_then(|given| given.get(place)), place.split_once('.')) {
                (Some(value), _) => self.value(stack, value),
                (None, _) if place.starts_with("AWS::") => continue,
                (None, Some((id, attribute))) => self.attribute(stack, id, attribute),
                (None, None) => self.reference(stack, place),
            };
            values.insert(place.to_owned(), value);
        }
        json!({ "Fn::Sub": [text, values] })
    }
}

/// The names in `${...}`; `${!...}` is text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let name = rest.split_once('}')?.0;
        (!name.starts_with('!')).then_some(name)
    })
}

/// Calls `found` with each resource that an expanded value refers to.
pub(crate) fn references(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            for (name, argument) in members {
                let target = match name.as_str() {
                    "Ref" => argument.as_str(),
                    "Fn::GetAtt" => argument.get(0).and_then(Value::as_str),
                    _ => None,
                };
                match target.filter(|target| target.contains('/')) {
                    Some(target) => found(target),
                    None => references(argument, found),
                }
            }
        }
        _ => {}
    }
}
