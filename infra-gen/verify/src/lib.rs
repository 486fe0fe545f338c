//! `make verify`: other people's checkers over the rendered templates, and the waivers of what they find.
//!
//! ```text
//! templates --checker, in Python or Node.js--> Report --waivers.yaml--> Outcome --> table or JSON
//! ```
//!
//! A crate of its own and no subcommand of `infra-gen`: it runs what others wrote, which synth never needs.

mod check;
mod checker;
mod cli;
mod exit;
pub mod guard;
mod install;
pub mod outcome;
pub mod report;
mod show;
mod templates;
pub mod waivers;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

pub use checker::Checker;
pub use exit::Exit;

/// Runs the program on these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match cli::Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // `--help` and `--version` come here as well; they are no errors. A closed pipe is nobody's loss.
            drop(usage.print());
            return if usage.use_stderr() { Exit::BadInput } else { Exit::Done }.into();
        }
    };
    check::run(&cli).into()
}
