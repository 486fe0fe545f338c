//! What is wrong with a request or an event: every fault, each with its place.

use std::fmt;

use serde::Serialize;

/// One fault. It never holds the value itself, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901): `/address/postcode`; empty for the document itself.
    pub pointer: String,
    /// What is wrong, for people: `is longer than 12 characters`.
    pub detail: String,
    /// The pointer's last step is a name that only the caller uses, and so may be anything: a mail address.
    #[serde(skip)]
    pub(crate) is_foreign: bool,
}

/// Every fault of one document, in the order in which it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// One fault.
    pub fn one(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut violations = Self::default();
        violations.push(pointer, detail);
        violations
    }

    /// Adds a fault.
    pub fn push(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Violation { pointer: pointer.into(), detail: detail.into(), is_foreign: false });
    }

    /// Adds a field that isn't known, so that its name is the caller's own text.
    pub(crate) fn push_foreign(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Violation { pointer: pointer.into(), detail: detail.into(), is_foreign: true });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many faults there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The faults, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// `Ok` when nothing is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One line for logs: names of fields that only the caller uses are left out.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place =
            |pointer: &str| if pointer.is_empty() { "the document".into() } else { pointer.to_owned() };
        for (index, Violation { pointer, detail, is_foreign }) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            if *is_foreign {
                let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
                write!(f, "{comma}{} has an unknown field", place(parent))?;
            } else {
                write!(f, "{comma}{} {detail}", place(pointer))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
