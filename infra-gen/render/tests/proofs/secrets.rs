//! No secret and no personal data in a template.

use regex::Regex;

use crate::assembly::Deployment;
use crate::{finds, holds, members};

/// What looks like a secret: a key, a password, a token, or a dynamic reference that would write one out.
fn leaks(deployment: &Deployment) -> Vec<String> {
    let patterns = [
        r"AKIA[0-9A-Z]{16}",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.",
        r"\{\{resolve:(secretsmanager|ssm-secure)",
        r#""(?i:password|secretstring)"\s*:\s*"[^"]"#,
    ];
    let patterns = patterns.map(|pattern| Regex::new(pattern).expect("a pattern"));
    let mut wrong = vec![];
    for (stack, id, resource) in deployment.resources() {
        let text = resource.to_string();
        for pattern in &patterns {
            if let Some(found) = pattern.find(&text) {
                wrong.push(format!("{stack}/{id} has {}", found.as_str()));
            }
        }
        for (name, value) in members(&resource["Properties"]["Environment"]["Variables"]) {
            let value = deployment.text(stack, value);
            let secret =
                ["PASSWORD", "PRIVATE", "CREDENTIAL", "API_KEY"].iter().any(|word| name.contains(word));
            let named = name.contains("SECRET") && !name.ends_with("_ARN");
            if secret || named {
                wrong.push(format!("{stack}/{id} has the variable {name}"));
            }
            // Mail addresses are somebody's.
            if value.contains('@') {
                wrong.push(format!("{stack}/{id}: {name} is {value}"));
            }
        }
    }
    wrong
}

#[test]
fn no_template_holds_a_secret() {
    holds(leaks);
    let variable = |name: &'static str, value: &'static str| {
        move |one: &mut Deployment| {
            one.spoil("Edge", "Connect")["Properties"]["Environment"]["Variables"][name] = value.into();
        }
    };
    finds(leaks, variable("KAFKA_PASSWORD", "x"), "the variable KAFKA_PASSWORD");
    finds(leaks, variable("OWNER", "jo@example.com"), "OWNER is jo@example.com");
    finds(leaks, variable("K", "{{resolve:secretsmanager:a:SecretString}}"), "{{resolve:secretsmanager");
    finds(
        leaks,
        |one| one.spoil("Foundation", "TokenKey")["Properties"]["SecretString"] = "hunter2".into(),
        "Foundation/TokenKey",
    );
}
