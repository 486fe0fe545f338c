//! Principals: who a statement is about.

use crate::attr::Attr;
use crate::node::Node;
use crate::value::Val;

/// Who a statement is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    kind: &'static str,
    value: Node,
}

impl Principal {
    /// A service, as `lambda.amazonaws.com`.
    pub fn service(name: impl Into<Val<String>>) -> Self {
        Self { kind: "Service", value: name.into().node }
    }

    /// An account, by its number: whoever that account allows.
    pub fn account(account: impl Into<Val<String>>) -> Self {
        let account = account.into();
        Self { kind: "AWS", value: crate::sub!("arn:${AWS::Partition}:iam::${account}:root", account).node }
    }

    /// The account that the stack is in.
    pub fn this_account() -> Self {
        Self::account(crate::aws::account_id())
    }

    /// A role.
    pub fn role(arn: impl Into<Attr<crate::iam::role::Arn>>) -> Self {
        Self { kind: "AWS", value: arn.into().node }
    }

    /// An identity by its ARN.
    pub fn arn(arn: impl Into<Val<String>>) -> Self {
        Self { kind: "AWS", value: arn.into().node }
    }

    /// Everybody; a condition should narrow it.
    pub fn any() -> Self {
        Self { kind: "*", value: Node::text("*") }
    }
}

pub(super) fn render(principals: Vec<Principal>) -> Node {
    if principals.iter().any(|p| p.kind == "*") {
        return if principals.len() == 1 {
            Node::text("*")
        } else {
            Node::Invalid("the principal `*` stands with others, which it includes".to_owned())
        };
    }
    let mut kinds: Vec<(String, Vec<Node>)> = Vec::new();
    for principal in principals {
        match kinds.iter_mut().find(|(kind, _)| kind == principal.kind) {
            Some((_, values)) => values.push(principal.value),
            None => kinds.push((principal.kind.to_owned(), vec![principal.value])),
        }
    }
    Node::Object(kinds.into_iter().map(|(kind, values)| (kind, one_or_all(values))).collect())
}

fn one_or_all(mut values: Vec<Node>) -> Node {
    if values.len() == 1 { values.remove(0) } else { Node::Array(values) }
}
