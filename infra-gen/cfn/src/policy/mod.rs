//! Policy documents of IAM.

mod action;
mod condition;
mod principal;
mod statement;

use crate::node::Node;
use crate::value::{Json, Literal, Val};

pub use action::{Action, InvalidAction};
pub use condition::Condition;
pub use principal::Principal;
pub use statement::Statement;

/// A policy document: statements in order.
/// ```
/// use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
/// let trust = PolicyDocument::of([Statement::allow()
///     .by(Principal::service("lambda.amazonaws.com"))
///     .actions(["sts:AssumeRole"])
///     .when(Condition::string_equals("aws:SourceAccount", cfn::aws::account_id()))]);
/// let role = cfn::iam::Role::new(trust);
/// # let _ = role;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct PolicyDocument {
    statements: Vec<Statement>,
    raw: Option<Json>,
}

impl PolicyDocument {
    /// An empty document.
    pub fn new() -> Self {
        Self::default()
    }

    /// A document of these statements.
    pub fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect(), raw: None }
    }

    /// A document that this crate cannot express. Nothing checks it.
    pub fn raw(document: impl Into<Json>) -> Self {
        Self { statements: Vec::new(), raw: Some(document.into()) }
    }

    /// Adds a statement.
    pub fn statement(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    /// Adds statements.
    pub fn statements(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.statements.extend(statements);
        self
    }

    fn render(self, principal: Option<bool>) -> Json {
        if let Some(raw) = self.raw {
            return raw;
        }
        if self.statements.is_empty() {
            return Json(Node::Invalid("the policy document has no statement".to_owned()));
        }
        let statements = self.statements.into_iter().map(|statement| Json(statement.render(principal)));
        Json::object([("Version", Json::from("2012-10-17")), ("Statement", Json::array(statements))])
    }
}

impl From<PolicyDocument> for Json {
    fn from(document: PolicyDocument) -> Self {
        document.render(None)
    }
}

/// A policy of an identity, in which no statement has a principal; made from a [`PolicyDocument`].
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityPolicy(PolicyDocument);

/// A policy of a resource (or the trust policy of a role), in which each statement has a principal; made from a
/// [`PolicyDocument`].
#[derive(Clone, Debug, PartialEq)]
pub struct ResourcePolicy(PolicyDocument);

impl Literal for IdentityPolicy {
    fn into_literal(self) -> Json {
        self.0.render(Some(false))
    }
}

impl Literal for ResourcePolicy {
    fn into_literal(self) -> Json {
        self.0.render(Some(true))
    }
}

impl From<PolicyDocument> for Val<IdentityPolicy> {
    fn from(document: PolicyDocument) -> Self {
        IdentityPolicy(document).into()
    }
}

impl From<PolicyDocument> for Val<ResourcePolicy> {
    fn from(document: PolicyDocument) -> Self {
        ResourcePolicy(document).into()
    }
}
