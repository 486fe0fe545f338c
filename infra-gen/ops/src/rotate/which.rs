//! The secrets, and what changing each means.

use std::time::Duration;

use clap::ValueEnum;
use model::Secret;

/// A secret that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// The producers' SCRAM user
    Producer,
    /// The mappings' SCRAM user
    Consumer,
    /// The key that signs connect tokens
    Token,
}

impl Which {
    /// Each of them.
    pub(super) const ALL: [Self; 3] = [Self::Producer, Self::Consumer, Self::Token];

    /// In the model.
    pub(super) fn secret(self) -> Secret {
        match self {
            Self::Producer => Secret::ProducerCredentials,
            Self::Consumer => Secret::ConsumerCredentials,
            Self::Token => Secret::TokenKey,
        }
    }

    /// What of the secret's JSON is new, and its length, as the template has it.
    pub(super) fn field(self) -> (&'static str, i64) {
        match self {
            Self::Producer | Self::Consumer => ("password", 40),
            Self::Token => ("key", 64),
        }
    }

    /// Until a change has reached everyone: MSK's ten minutes; the hour that a token is good.
    pub(super) fn settles(self) -> Duration {
        match self {
            Self::Producer | Self::Consumer => MSK,
            Self::Token => Duration::from_hours(1),
        }
    }

    /// What a second rotation would do.
    pub(super) fn recent(self) -> &'static str {
        match self {
            Self::Producer | Self::Consumer => {
                "MSK may not have that change yet; after another one it would know neither of the secret's two versions"
            }
            Self::Token => {
                "tokens that were signed before that change are good for an hour; after another one they would be refused"
            }
        }
    }

    /// What happens next, for whoever wonders.
    pub(super) fn follows(self) -> &'static str {
        match self {
            Self::Producer => "MSK takes it within ten minutes; producers use whichever password is taken",
            Self::Consumer => "MSK takes it within ten minutes; mappings keep their connections",
            Self::Token => "tokens of the old key are good until they expire; browsers stay connected",
        }
    }
}

/// How long MSK takes at most.
pub(super) const MSK: Duration = Duration::from_mins(10);
