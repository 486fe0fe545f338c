//! Exit codes.

use std::process::ExitCode;

/// How the program ended. Scripts may rely on the numbers; `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything was done.
    Done = 0,
    /// The machine failed: a disk, a permission.
    Failed = 1,
    /// The manifest or the arguments are wrong.
    BadInput = 2,
    /// `generated/` isn't what the manifest gives.
    Stale = 3,
    /// It would have destroyed something.
    Refused = 4,
}

impl Exit {
    /// For `--help`.
    pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  the machine failed: a disk, a permission
  2  the manifest or the arguments are wrong
  3  generated/ isn't what the manifest gives
  4  refused: it would have destroyed something";

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
        for exit in [Exit::Done, Exit::Failed, Exit::BadInput, Exit::Stale, Exit::Refused] {
            assert!(Exit::HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }
}
