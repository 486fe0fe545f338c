//! Ctrl-C, whenever it comes.

use crate::{Problem, target::Target};

/// How far the change of a stack has come, which decides what the end of the program leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    /// Nothing was changed.
    #[default]
    Before,
    /// Nothing was changed, but there may be a change set.
    Prepared,
    /// Objects in buckets are being deleted.
    Emptying,
    /// CloudFormation was asked to begin, and has not answered.
    Asked,
    /// CloudFormation is at work.
    Going,
    /// The stack is done, and what runs in it is looked at.
    Checking,
}

impl Phase {
    /// What the end of the program means now, and how to go on.
    pub(crate) fn stopped(self, target: &Target, again: &str) -> Problem {
        let what = match self {
            Self::Before => "stopped; this run has changed nothing",
            Self::Prepared => {
                "stopped; this run has changed nothing, and the next deployment removes its change set"
            }
            Self::Emptying => "stopped while buckets were emptied; the stack itself is as it was",
            Self::Asked => "stopped before CloudFormation answered; if it has begun, it goes on",
            Self::Going => "stopped watching; CloudFormation goes on with it",
            Self::Checking => "stopped before the checks were through; the deployment itself is complete",
        };
        let problem = Problem::failed(what);
        match self {
            Self::Before | Self::Prepared | Self::Emptying => problem,
            Self::Asked | Self::Going => problem.help(format!("follow it again: {again}")),
            Self::Checking => {
                let (doctor, smoke) = (target.make("doctor", &[]), target.make("smoke", &[]));
                problem.help(format!("look later: {doctor}, {smoke}"))
            }
        }
    }
}

/// Does the work, unless Ctrl-C ends it first.
///
/// # Errors
/// Those of the work, or what `stopped` says of its end.
pub(crate) async fn unless<T>(
    work: impl Future<Output = Result<T, Problem>>,
    stopped: impl FnOnce() -> Problem,
) -> Result<T, Problem> {
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => Err(stopped()),
    }
}
