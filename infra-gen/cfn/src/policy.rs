//! Policy documents of IAM.

use crate::attr::Attr;
use crate::node::Node;
use crate::value::{Json, List, Literal, Val};

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

    fn render(self, principal: Option<bool>) -> Node {
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
        let trust =
            !self.principals.is_empty() && self.actions.iter().all(|action| action.text.starts_with("sts:"));
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
            put("Principal", render_principals(self.principals));
        }
        let actions = self.actions.into_iter().map(Action::render).collect();
        put(if self.not_actions { "NotAction" } else { "Action" }, Node::Array(actions));
        if !no_resource {
            put("Resource", self.resources);
        }
        if !self.conditions.is_empty() {
            put("Condition", render_conditions(self.conditions));
        }
        Node::Object(members)
    }
}

/// An action, as `sns:Publish`, `s3:Get*` or `*`. One of another form is a mistake that `finish` reports where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    text: String,
}

/// A text that is no action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no action: it has to be `service:Verb`, as `sns:Publish` or `s3:Get*`")]
pub struct InvalidAction(String);

impl Action {
    /// Checks the form.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidAction> {
        let action = Self { text: text.into() };
        match action.check() {
            Ok(()) => Ok(action),
            Err(error) => Err(error),
        }
    }

    fn check(&self) -> Result<(), InvalidAction> {
        let legal = self.text == "*"
            || self.text.split_once(':').is_some_and(|(service, verb)| {
                let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                let verbs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?');
                !service.is_empty()
                    && service.chars().all(name)
                    && !verb.is_empty()
                    && verb.chars().all(verbs)
                    && verb.starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, '*' | '?'))
            });
        if legal { Ok(()) } else { Err(InvalidAction(self.text.clone())) }
    }

    fn render(self) -> Node {
        match self.check() {
            Ok(()) => Node::Text(self.text),
            Err(error) => Node::Invalid(error.to_string()),
        }
    }
}

impl From<&str> for Action {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

impl From<String> for Action {
    fn from(text: String) -> Self {
        Self { text }
    }
}

impl From<&String> for Action {
    fn from(text: &String) -> Self {
        Self { text: text.clone() }
    }
}

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

fn render_principals(principals: Vec<Principal>) -> Node {
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

/// A condition of a statement: operator, key, and the values of which one has to match.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    operator: String,
    key: String,
    values: Node,
}

macro_rules! operators {
    ($($(#[$doc:meta])* $function:ident = $operator:literal;)*) => {$(
        $(#[$doc])*
        pub fn $function(key: impl Into<String>, value: impl Into<Val<String>>) -> Self {
            Self::one($operator, key.into(), value.into().node)
        }
    )*};
}

impl Condition {
    fn one(operator: &str, key: String, values: Node) -> Self {
        Self { operator: operator.to_owned(), key, values }
    }

    /// Any operator, as `ForAllValues:StringEquals`, with any number of values.
    pub fn new(
        operator: impl Into<String>,
        key: impl Into<String>,
        values: impl Into<List<Val<String>>>,
    ) -> Self {
        Self { operator: operator.into(), key: key.into(), values: values.into().node }
    }

    operators! {
        /// `StringEquals`.
        string_equals = "StringEquals";
        /// `StringNotEquals`.
        string_not_equals = "StringNotEquals";
        /// `StringLike`: with `*` and `?`.
        string_like = "StringLike";
        /// `StringNotLike`.
        string_not_like = "StringNotLike";
        /// `ArnEquals`.
        arn_equals = "ArnEquals";
        /// `ArnLike`: with `*` and `?` in the parts of the ARN.
        arn_like = "ArnLike";
        /// `ArnNotEquals`.
        arn_not_equals = "ArnNotEquals";
        /// `IpAddress`: a block in CIDR notation.
        ip_address = "IpAddress";
    }

    /// `Bool`.
    pub fn bool(key: impl Into<String>, value: bool) -> Self {
        Self::one("Bool", key.into(), Node::text(if value { "true" } else { "false" }))
    }

    /// `Null`: whether the key is absent.
    pub fn null(key: impl Into<String>, absent: bool) -> Self {
        Self::one("Null", key.into(), Node::text(if absent { "true" } else { "false" }))
    }

    /// `NumericLessThanEquals`.
    pub fn numeric_at_most(key: impl Into<String>, value: i64) -> Self {
        Self::one("NumericLessThanEquals", key.into(), Node::Text(value.to_string()))
    }
}

fn render_conditions(conditions: Vec<Condition>) -> Node {
    let mut operators: Vec<(String, Vec<(String, Node)>)> = Vec::new();
    for Condition { operator, key, values } in conditions {
        let at = operators.iter().position(|(name, _)| *name == operator).unwrap_or_else(|| {
            operators.push((operator, Vec::new()));
            operators.len() - 1
        });
        let keys = &mut operators[at].1;
        if keys.iter().any(|(name, _)| *name == key) {
            keys.push((
                key.clone(),
                Node::Invalid(format!(
                    "the condition on `{key}` stands twice with one operator; give it several values"
                )),
            ));
        } else {
            keys.push((key, values));
        }
    }
    Node::Object(operators.into_iter().map(|(operator, keys)| (operator, Node::Object(keys))).collect())
}
