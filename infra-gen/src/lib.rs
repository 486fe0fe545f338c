//! The command line: topics.yaml in, infrastructure and code out.
//!
//! ```text
//! topics.yaml --manifest--> Model --render--> Tree --output--> generated/
//! ```
//!
//! Each command is a function in [`commands`] from its arguments to an [`Exit`]. What is made is rendered in
//! memory first, so a command that fails has changed nothing.

pub mod cli;
pub mod commands;
mod console;
mod diff;
pub mod drafts;
mod error;
mod exit;
mod input;
pub mod output;
mod rendered;
pub mod warnings;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

pub use console::Console;
pub use error::Error;
pub use exit::Exit;
pub use input::read_model;
pub use rendered::{Rendered, rendered};

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
    let mut console = Console::new();
    let exit = commands::run(&cli, &mut console)
        .unwrap_or_else(|error| error.report(cli.command.json(), &mut console));
    exit.into()
}
