//! Exit codes.

use std::process::ExitCode;

/// How the program ended, with `infra-gen`'s numbers as far as it has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Nothing was found that is not waived.
    Done = 0,
    /// The machine failed, or a checker did.
    Failed = 1,
    /// The arguments, the templates' folder or the waivers file are wrong.
    BadInput = 2,
    /// There are findings, or waivers that are over or of no use.
    Findings = 3,
    /// Python or Node.js is missing.
    ToolMissing = 5,
}

impl Exit {
    /// For `--help`.
    pub(crate) const HELP: &str = "\
Exit codes:
  0  nothing was found that is not waived
  1  the machine failed, or a checker did
  2  the arguments, the templates or the waivers file are wrong
  3  there are findings, or waivers that are over or of no use
  5  Python or Node.js is missing";

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
            Self::Findings => "findings",
            Self::ToolMissing => "tool-missing",
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
        for exit in [Exit::Done, Exit::Failed, Exit::BadInput, Exit::Findings, Exit::ToolMissing] {
            assert!(Exit::HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }
}
