//! Conditions as logic: whether a reference may point at a resource that is not there.
//!
//! A condition is a formula over comparisons. Each thing that is compared with literals is a variable whose values are
//! those literals and "something else" (or the allowed values, if it is a parameter that has them); any other comparison
//! is a variable that is true or false. The formulas of a template are small, so all cases are tried.

use std::collections::BTreeMap;

use crate::node::{Kind, Node};
use crate::template::Template;

/// The number of cases beyond which nothing is claimed.
const CASES: usize = 10_000;

/// Something that must hold: a condition by name, and whether it is true.
pub(crate) type Fact = (String, bool);

/// A case in which all `facts` hold and `wanted` does not, in words; `None` if there is none.
pub(crate) fn counterexample(template: &Template, facts: &[Fact], wanted: &str) -> Option<String> {
    let mut variables = BTreeMap::new();
    for name in facts.iter().map(|(name, _)| name.as_str()).chain([wanted]) {
        collect(template, condition(template, name)?, &mut variables);
    }
    for (name, values) in &mut variables {
        match allowed_values(template, name) {
            Some(allowed) => *values = allowed,
            None => values.push(None),
        }
    }
    let total = variables.values().try_fold(1usize, |n, values| n.checked_mul(values.len()))?;
    (total <= CASES).then_some(())?;
    (0..total).find_map(|case| {
        let mut rest = case;
        let chosen: BTreeMap<&str, Option<&str>> = variables
            .iter()
            .map(|(name, values)| {
                let value = &values[rest % values.len()];
                rest /= values.len();
                (name.as_str(), value.as_deref())
            })
            .collect();
        let holds = |name: &str| condition(template, name).is_none_or(|test| holds(template, test, &chosen));
        let counter = facts.iter().all(|(name, value)| holds(name) == *value) && !holds(wanted);
        counter.then(|| {
            let words: Vec<String> = chosen
                .iter()
                .map(|(name, value)| match value {
                    Some(value) => format!("{name} is `{value}`"),
                    None => format!("{name} is something else"),
                })
                .collect();
            words.join(", ")
        })
    })
}

fn condition<'a>(template: &'a Template, name: &str) -> Option<&'a Node> {
    template.conditions.iter().find(|(id, _)| **id == *name).map(|(_, test)| test)
}

/// A comparison as a variable and the value that makes it true; two literals are no variable.
fn comparison(arguments: &Node) -> Option<(String, Option<String>)> {
    let Node::Array(sides) = arguments else { return None };
    let [left, right] = &sides[..] else { return None };
    let literal = |node: &Node| match node {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        Node::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let name = |node: &Node| match node {
        Node::Ref(target) => target.id.to_string(),
        other => other.render().to_string(),
    };
    match (literal(left), literal(right)) {
        (Some(_), Some(_)) => None,
        (None, Some(value)) => Some((name(left), Some(value))),
        (Some(value), None) => Some((name(right), Some(value))),
        (None, None) => Some((format!("{} = {}", name(left), name(right)), Some("true".to_owned()))),
    }
}

fn collect(template: &Template, test: &Node, variables: &mut BTreeMap<String, Vec<Option<String>>>) {
    match test {
        Node::Call("Fn::Equals", arguments) => {
            if let Some((name, value)) = comparison(arguments) {
                let values = variables.entry(name).or_default();
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        Node::Call(_, arguments) => collect(template, arguments, variables),
        Node::Array(tests) => tests.iter().for_each(|test| collect(template, test, variables)),
        Node::Condition(target) => {
            if let Some(test) = condition(template, &target.id) {
                collect(template, test, variables);
            }
        }
        _ => {}
    }
}

fn allowed_values(template: &Template, parameter: &str) -> Option<Vec<Option<String>>> {
    let (_, spec) = template.parameters.iter().find(|(name, _)| **name == *parameter)?;
    let allowed = spec.allowed_texts();
    (!allowed.is_empty()).then(|| allowed.into_iter().map(Some).collect())
}

fn holds(template: &Template, test: &Node, chosen: &BTreeMap<&str, Option<&str>>) -> bool {
    let all = |arguments: &Node| -> Vec<bool> {
        match arguments {
            Node::Array(tests) => tests.iter().map(|test| holds(template, test, chosen)).collect(),
            other => vec![holds(template, other, chosen)],
        }
    };
    match test {
        Node::Call("Fn::Equals", arguments) => match comparison(arguments) {
            Some((name, value)) => chosen.get(name.as_str()).is_some_and(|c| *c == value.as_deref()),
            None => matches!(&**arguments, Node::Array(sides) if sides.len() == 2 && sides[0] == sides[1]),
        },
        Node::Call("Fn::And", arguments) => all(arguments).into_iter().all(|holds| holds),
        Node::Call("Fn::Or", arguments) => all(arguments).into_iter().any(|holds| holds),
        Node::Call("Fn::Not", arguments) => !all(arguments).into_iter().any(|holds| holds),
        Node::Condition(target) if target.kind == Kind::Condition => {
            condition(template, &target.id).is_some_and(|test| holds(template, test, chosen))
        }
        _ => true,
    }
}
