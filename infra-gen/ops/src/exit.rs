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
  5  what was looked at is not well";

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
        }
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
        for exit in [Exit::Done, Exit::Failed, Exit::BadInput, Exit::Stale, Exit::Refused, Exit::Unwell] {
            assert!(Exit::HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }
}
