//! Statements: who may do what to what, and when.

use super::action::Action;
use super::condition::{self, Condition};
use super::principal::{self, Principal};
use crate::node::Node;
use crate::value::{List, Val};

/// A statement of a policy document.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Statement {
    allow: bool,
    sid: Option<String>,
    principals: Vec<Principal>,
    actions: Vec<Action>,
    not_actions: bool,
    resources: Node,
    conditions: Vec<Condition>,
}

impl Statement {
    fn new(allow: bool) -> Self {
        Self {
            allow,
            sid: None,
            principals: Vec::new(),
            actions: Vec::new(),
            not_actions: false,
            resources: Node::Array(Vec::new()),
            conditions: Vec::new(),
        }
    }

    /// A statement that allows.
    pub fn allow() -> Self {
        Self::new(true)
    }

    /// A statement that denies.
    pub fn deny() -> Self {
        Self::new(false)
    }

    /// Its id: letters and digits.
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// Adds a principal; only in the policy of a resource.
    pub fn by(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
    }

    /// Adds actions, as `"sns:Publish"`.
    pub fn actions<A: Into<Action>>(mut self, actions: impl IntoIterator<Item = A>) -> Self {
        self.actions.extend(actions.into_iter().map(Into::into));
        self
    }

    /// The actions are those that the statement is *not* about (`NotAction`).
    pub fn all_actions_but<A: Into<Action>>(mut self, actions: impl IntoIterator<Item = A>) -> Self {
        self.not_actions = true;
        self.actions(actions)
    }

    /// Adds resources: ARNs, or patterns of them.
    pub fn on(mut self, resources: impl Into<List<Val<String>>>) -> Self {
        self.resources = match (self.resources, resources.into().node) {
            (Node::Array(mut so_far), Node::Array(more)) => {
                so_far.extend(more);
                Node::Array(so_far)
            }
            (Node::Array(so_far), list) if so_far.is_empty() => list,
            (invalid @ Node::Invalid(_), _) => invalid,
            _ => Node::Invalid("resources are added to a list that a function yields".to_owned()),
        };
        self
    }

    /// On all resources: `*`.
    pub fn on_any(self) -> Self {
        self.on(["*"])
    }

    /// Adds a condition; all have to hold.
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// `principal`: whether there has to be one, or must not be.
    pub(super) fn render(self, principal: Option<bool>) -> Node {
        let label = self.sid.clone().unwrap_or_else(|| "without Sid".to_owned());
        match principal {
            Some(true) if self.principals.is_empty() => {
                return Node::Invalid(format!(
                    "the statement {label} has no principal, which the policy of a resource needs: `.by(Principal::...)`"
                ));
            }
            Some(false) if !self.principals.is_empty() => {
                return Node::Invalid(format!(
                    "the statement {label} has a principal, which the policy of an identity must not have"
                ));
            }
            _ => {}
        }
        if self.actions.is_empty() {
            return Node::Invalid(format!("the statement {label} has no action"));
        }
        // A trust policy has no resource: it is about the role itself.
        let trust = !self.principals.is_empty() && self.actions.iter().all(|action| action.is_of("sts"));
        let no_resource = matches!(&self.resources, Node::Array(list) if list.is_empty());
        if no_resource && !trust {
            return Node::Invalid(format!(
                "the statement {label} has no resource: `.on([...])` or `.on_any()`"
            ));
        }
        let mut members = Vec::new();
        let mut put = |name: &str, node: Node| members.push((name.to_owned(), node));
        if let Some(sid) = self.sid {
            put(
                "Sid",
                if sid.chars().all(|c| c.is_ascii_alphanumeric()) && !sid.is_empty() {
                    Node::Text(sid)
                } else {
                    Node::Invalid(format!("the Sid `{sid}` is not made of letters and digits"))
                },
            );
        }
        put("Effect", Node::text(if self.allow { "Allow" } else { "Deny" }));
        if !self.principals.is_empty() {
            put("Principal", principal::render(self.principals));
        }
        let actions = self.actions.into_iter().map(Action::render).collect();
        put(if self.not_actions { "NotAction" } else { "Action" }, Node::Array(actions));
        if !no_resource {
            put("Resource", self.resources);
        }
        if !self.conditions.is_empty() {
            put("Condition", condition::render(self.conditions));
        }
        Node::Object(members)
    }
}
