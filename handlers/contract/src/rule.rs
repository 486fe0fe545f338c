//! Business rules: what turns a request into an event.

use std::future::Future;

use crate::{Event, EventContext, TableError, Tables, Violations};

/// The business rule of one topic: a checked request in, an event or a refusal out.
///
/// A rule has no effects: it reads tables and thinks. Publishing, writing and telling is the runtime's work,
/// so a rule can be run again at any time. What must be random comes from [`EventContext::uuid`], what must
/// be now from [`EventContext::time`].
pub trait Rule: Send + Sync + 'static {
    /// The event that it makes.
    type Event: Event;

    /// Decides. The request has passed its checks; what this makes is checked again.
    fn decide<T: Tables>(
        &self,
        request: <Self::Event as Event>::Request,
        context: &EventContext,
        tables: &T,
    ) -> impl Future<Output = Result<Self::Event, Refusal>> + Send;
}

/// Why a rule makes no event. Texts reach callers, logs and alerts: no personal data in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request contradicts itself or what is known; sending it again won't help.
    #[error("{0}")]
    Invalid(Violations),
    /// The customer isn't where this step starts.
    #[error("{message}")]
    Conflict {
        /// A word for programs: `KYC_NOT_VERIFIED`.
        code: &'static str,
        /// A sentence for people.
        message: String,
        /// It may be so soon: an earlier step is still on its way through the tables.
        retryable: bool,
    },
    /// A table couldn't be read.
    #[error(transparent)]
    Unavailable(#[from] TableError),
    /// A provider that the rule asks doesn't answer.
    #[error("{0} does not answer")]
    NoAnswer(
        /// Which: `the sanctions list`.
        &'static str,
    ),
}

impl Refusal {
    /// One field is at fault.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(Violations::one(pointer, detail))
    }

    /// The customer isn't where this step starts, and waiting won't help.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), retryable: false }
    }

    /// An earlier step hasn't arrived yet; the caller should try again in a moment.
    pub fn not_yet(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), retryable: true }
    }
}

impl From<Violations> for Refusal {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}
