//! Where a function's program is: this program is every function, and there are the ones that are deployed.
//!
//! Both run the same entry points. Linking the fifteen programs one by one takes long, so `make dev` builds this one.

use std::path::PathBuf;

use crate::{LocalError, Options};

/// The subcommand of this program that runs a function.
pub const SUBCOMMAND: &str = "function";

/// The functions' programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Programs {
    /// This program, or another build of it, run as `<program> function <name>`.
    One(PathBuf),
    /// A folder with a program for each function, named as it is.
    Folder(PathBuf),
}

/// How one function is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<String>,
}

impl Programs {
    /// As the run is told.
    pub(crate) fn of(options: &Options) -> Self {
        match &options.functions {
            Some(folder) => Self::Folder(folder.clone()),
            None => Self::One(options.program.clone()),
        }
    }

    /// The program of this function.
    pub(super) fn find(&self, function: &str) -> Result<Program, LocalError> {
        match self {
            Self::One(path) if names().any(|name| name == function) => {
                Ok(Program { path: path.clone(), arguments: vec![SUBCOMMAND.into(), function.into()] })
            }
            Self::One(path) => Err(missing(function, path.clone(), "make synth, then make dev again")),
            Self::Folder(folder) => {
                let path = folder.join(format!("{function}{}", std::env::consts::EXE_SUFFIX));
                if path.is_file() {
                    return Ok(Program { path, arguments: vec![] });
                }
                Err(missing(function, path, "cargo build --release -p producers -p consumers -p edge"))
            }
        }
    }
}

fn missing(function: &str, path: PathBuf, command: &'static str) -> LocalError {
    LocalError::Program { function: function.into(), path, command }
}

fn names() -> impl Iterator<Item = &'static str> {
    [producers::NAMES, consumers::NAMES, edge::NAMES].into_iter().flatten().copied()
}

/// Runs a function as its own program does, until it is ended from outside.
///
/// The error is a text: the function's own, or that there is no such function.
pub async fn run(function: &str) -> Result<(), String> {
    let found = producers::run(function).or_else(|| consumers::run(function)).or_else(|| edge::run(function));
    let known = || names().collect::<Vec<_>>().join(", ");
    found
        .ok_or_else(|| format!("there is no function `{function}`; there are {}", known()))?
        .await
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_is_not_built_in_is_told_with_the_mend() {
        let one = Programs::One("local".into());
        let program = one.find("submit-user-info").expect("it is built in");
        assert_eq!(program.arguments, ["function", "submit-user-info"]);
        let error = one.find("no-such-function").expect_err("it isn't").to_string();
        assert!(error.contains("no-such-function") && error.contains("make synth"), "{error}");
        let folder = Programs::Folder("/nowhere".into());
        let error = folder.find("submit-user-info").expect_err("nothing is there").to_string();
        assert!(error.contains("cargo build"), "{error}");
    }
}
