//! Asking the authorizer, and reading its answer.

use serde_json::{Map, Value};

use super::Edge;

/// What the authorizer says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Let in, with what the functions are told of the caller.
    Allow(Map<String, Value>),
    /// Kept out.
    Deny,
    /// It said `Unauthorized`.
    Unauthorized,
    /// It failed.
    Failed,
}

/// An HTTP API's authorizer with simple answers.
pub(super) async fn simple(edge: &Edge, event: &Value) -> Decision {
    let answer = match ask(edge, event).await {
        Ok(answer) => answer,
        Err(decision) => return decision,
    };
    match answer["isAuthorized"].as_bool() {
        Some(true) => Decision::Allow(answer["context"].as_object().cloned().unwrap_or_default()),
        Some(false) => Decision::Deny,
        None => Decision::Failed,
    }
}

/// A WebSocket API's authorizer, which answers with a policy.
pub(super) async fn policy(edge: &Edge, event: &Value) -> Decision {
    let answer = match ask(edge, event).await {
        Ok(answer) => answer,
        Err(decision) => return decision,
    };
    let arn = event["methodArn"].as_str().unwrap_or_default();
    let Some(statements) = answer["policyDocument"]["Statement"].as_array() else { return Decision::Failed };
    let applies = |statement: &&Value| {
        covers(&statement["Resource"], arn) && covers(&statement["Action"], "execute-api:Invoke")
    };
    let has = |effect: &str| statements.iter().filter(applies).any(|statement| statement["Effect"] == effect);
    if has("Deny") || !has("Allow") {
        return Decision::Deny;
    }
    let mut context = answer["context"].as_object().cloned().unwrap_or_default();
    context.insert("principalId".into(), answer["principalId"].clone());
    Decision::Allow(context)
}

async fn ask(edge: &Edge, event: &Value) -> Result<Value, Decision> {
    match edge.functions.invoke(&edge.authorizer, event.to_string().into()).await {
        Ok(outcome) if outcome.is_ok() => {
            serde_json::from_slice(&outcome.payload).map_err(|_| Decision::Failed)
        }
        Ok(outcome) if outcome.error_line().ends_with("Unauthorized") => Err(Decision::Unauthorized),
        _ => Err(Decision::Failed),
    }
}

/// One pattern of IAM or several: `*` stands for any text.
fn covers(patterns: &Value, text: &str) -> bool {
    match patterns {
        Value::String(pattern) => matches(pattern, text),
        Value::Array(patterns) => patterns.iter().any(|pattern| covers(pattern, text)),
        _ => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => {
            let Some(left) = text.strip_prefix(start) else { return false };
            (0..=left.len()).filter(|at| left.is_char_boundary(*at)).any(|at| matches(rest, &left[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("*", "anything"));
        assert!(matches("a*c*", "abcd"));
        assert!(matches("a/b", "a/b"));
        assert!(!matches("a*d", "abc"));
    }
}
