//! What CloudFormation Guard says: `cfn-guard validate --structured --output-format json`.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::report::{Fault, Finding, Report};

/// One template's part of the output.
#[derive(Debug, Deserialize)]
struct File {
    name: String,
    not_compliant: Vec<Value>,
    not_applicable: Vec<String>,
    compliant: Vec<String>,
}

/// The names of the rules in a text of Guard's language.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("rule ")?.split_whitespace().next())
}

/// Reads its output. Rules that have nothing to say of a template count as well.
///
/// # Errors
/// It is no output of Guard; or one of the `wanted` rules is not in it: of a file that it can't read Guard only complains
/// on standard error, and goes on without it.
pub fn parse<'a>(
    version: &str,
    output: &str,
    wanted: impl IntoIterator<Item = &'a str>,
) -> Result<Report, Fault> {
    let wrong = |what: String| Fault::NoReport(what);
    let files: Vec<File> = serde_json::from_str(output).map_err(|error| wrong(error.to_string()))?;
    let (mut rules, mut templates, mut findings) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for file in files {
        rules.extend(file.not_applicable);
        rules.extend(file.compliant);
        for failed in &file.not_compliant {
            let rule = failed["Rule"]["name"]
                .as_str()
                .ok_or_else(|| wrong(format!("a rule has no name in {}", file.name)))?;
            rules.insert(rule.to_owned());
            let mut checks = vec![];
            clauses(&failed["Rule"]["checks"], &mut checks);
            if checks.is_empty() {
                checks.push((String::new(), String::new()));
            }
            for (resource, message) in checks {
                findings.insert(Finding {
                    rule: rule.into(),
                    template: file.name.clone(),
                    resource,
                    message: if message.is_empty() { format!("it breaks the rule {rule}") } else { message },
                });
            }
        }
        templates.insert(file.name);
    }
    let unread: Vec<_> =
        wanted.into_iter().filter(|rule| !rules.contains(*rule)).map(str::to_owned).collect();
    if !unread.is_empty() {
        return Err(Fault::Unread(unread));
    }
    Ok(Report { version: version.into(), rules: Some(rules.len()), templates, findings })
}

/// The resource and the message of each failed clause, however deep it is.
fn clauses(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| clauses(item, found)),
        Value::Object(object) => {
            if let Some(messages) = object.get("messages").filter(|_| !object.contains_key("checks")) {
                let text = |key: &str| messages[key].as_str().filter(|text| !text.is_empty());
                let message = text("custom_message").or_else(|| text("error_message")).unwrap_or_default();
                let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
                let path = object.values().find_map(path).unwrap_or_default();
                let resource = path.strip_prefix("/Resources/").unwrap_or_default();
                let resource = resource.split('/').next().unwrap_or_default();
                found.push((resource.into(), message));
            } else {
                object.values().for_each(|inner| clauses(inner, found));
            }
        }
        _ => {}
    }
}

/// The first place in the template that a clause names.
fn path(check: &Value) -> Option<&str> {
    match check {
        Value::Object(object) => match object.get("path") {
            Some(Value::String(path)) if !path.is_empty() => Some(path),
            _ => object.values().find_map(path),
        },
        Value::Array(items) => items.iter().find_map(path),
        _ => None,
    }
}
