//! What runs the system in an AWS account: deploy, and the day's work after it.
//!
//! ```text
//! topics.yaml -> Model -> Target: the names of one environment --SDK--> the account, an emulator, or the local run
//! ```
//!
//! A crate of its own and no subcommand of `infra-gen`: it talks to AWS, which synth never does, and its SDK takes
//! minutes to compile.

mod after;
mod aws;
mod cli;
mod connections;
mod console;
mod deploy;
mod destroy;
mod doctor;
mod events;
mod exit;
mod lag;
mod logs;
mod problem;
mod redrive;
mod rotate;
mod rows;
mod smoke;
mod stack;
mod status;
mod stop;
mod target;
mod text;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

pub use exit::Exit;
pub use problem::Problem;

use console::Console;

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
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return Problem::failed(format!("can't start: {error}")).report(false, &mut console).into();
        }
    };
    let json = cli.command.at().json;
    let ended = runtime.block_on(cli.command.run(&mut console));
    // After Ctrl-C a thread may still wait for an answer at the terminal, or for cargo.
    runtime.shutdown_background();
    ended.unwrap_or_else(|problem| problem.report(json, &mut console)).into()
}
