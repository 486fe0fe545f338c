//! Actions.

use crate::node::Node;

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

    pub(super) fn is_of(&self, service: &str) -> bool {
        self.text.split_once(':').is_some_and(|(own, _)| own == service)
    }

    pub(super) fn render(self) -> Node {
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
