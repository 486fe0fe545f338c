//! Exit codes.

use std::process::ExitCode;

/// How the program ended, with `infra-gen`'s numbers as far as it has them. Scripts may rely on them; `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// It was done, or there was nothing to do.
    Done = 0,
    /// AWS, the network or this machine failed; what was begun is told.
    Failed = 1,
    /// The manifest, the arguments, the credentials or the Region are wrong; nothing was begun.
    BadInput = 2,
    /// `generated/` isn't what the manifest gives.
    Stale = 3,
    /// It would have destroyed something, or nobody said yes.
    Refused = 4,
    /// What was looked at is not well.
    Unwell = 5,
    /// There was nothing to do, and `--detailed-exitcode` asks for that to be told from what was done.
    Unchanged = 6,
}

impl Exit {
    /// For `--help`.
    pub(crate) const HELP: &str = "\
Exit codes:
  0  done, or there was nothing to do
  1  AWS, the network or this machine failed
  2  the manifest, the arguments, the credentials or the Region are wrong
  3  generated/ isn't what the manifest gives
  4  refused: it would have destroyed something, or nobody said yes
  5  what was looked at is not well
  6  there was nothing to do, with --detailed-exitcode; without it that is 0";

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// One word for `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::BadInput => "invalid",
            Self::Stale => "stale",
            Self::Refused => "refused",
            Self::Unwell => "unwell",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Whether a program has to tell what was done from what was done already. Not by default: make takes any other exit
/// code than 0 for a failure.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Detail {
    /// End with exit code 6 when there was nothing to do
    #[arg(long)]
    detailed_exitcode: bool,
}

impl Detail {
    /// How the program ends that had nothing to do.
    pub(crate) fn nothing_to_do(self) -> Exit {
        if self.detailed_exitcode { Exit::Unchanged } else { Exit::Done }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_code() {
        for exit in [
            Exit::Done,
            Exit::Failed,
            Exit::BadInput,
            Exit::Stale,
            Exit::Refused,
            Exit::Unwell,
            Exit::Unchanged,
        ] {
            assert!(Exit::HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }

    #[test]
    fn nothing_to_do_is_no_failure_unless_it_is_asked_for() {
        assert_eq!(Detail { detailed_exitcode: false }.nothing_to_do().code(), 0);
        assert_eq!(Detail { detailed_exitcode: true }.nothing_to_do().code(), 6);
    }
}
