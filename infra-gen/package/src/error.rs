//! Why functions couldn't be packaged.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use crate::{Fault, cargo::MISSING_TARGET};

/// Why functions couldn't be packaged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Rust can't build for the manifest's processor on this machine.
    #[error("Rust's target {0}, which the manifest's `architecture` needs, is not installed")]
    NoTarget(String),
    /// A program that is needed can't be run.
    #[error("{program} can't be run: {reason}")]
    NoTool {
        /// `cargo`.
        program: String,
        /// What happened.
        reason: String,
    },
    /// The workspace has no program for a function.
    #[error("the workspace has no program {0}, which the manifest names")]
    NotRendered(String),
    /// Cargo has said why.
    #[error("cargo could not build the functions")]
    Build {
        /// The prefix of the compiler's programs (`aarch64-linux-gnu-`), where it was to be another processor's.
        cross: Option<String>,
    },
    /// What cargo built is no program for Linux.
    #[error("{} is no program that can be looked into: {reason}", path.display())]
    NoProgram {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Programs that would not work in Lambda.
    #[error("{}", faults(.0))]
    Unfit(Vec<(String, Fault)>),
    /// A zip can't be made.
    #[error("a zip could not be made: {source}")]
    Zip {
        /// What happened.
        source: zip::result::ZipError,
    },
    /// The disk.
    #[error("can't {doing} {}: {source}", path.display())]
    Io {
        /// `write`.
        doing: &'static str,
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }

    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoTarget(triple) => Some(MISSING_TARGET.replace("{triple}", triple)),
            Self::Build { cross: Some(prefix) } => Some(format!(
                "for the manifest's processor it takes {prefix}gcc, {prefix}g++ and {prefix}ar (Debian: \
                 g++-{}),\nunless CC, CXX, AR and cargo's linker variable name others; or build on such a machine",
                prefix.trim_end_matches('-')
            )),
            Self::NotRendered(_) => Some("run `make synth`".into()),
            Self::Unfit(faults) => {
                let mut helps: Vec<&str> = faults.iter().filter_map(|(_, fault)| fault.help()).collect();
                helps.sort_unstable();
                helps.dedup();
                (!helps.is_empty()).then(|| helps.join("\n"))
            }
            _ => None,
        }
    }
}

fn faults(faults: &[(String, Fault)]) -> String {
    let mut text = String::from("programs that would not work in Lambda:");
    for (function, fault) in faults {
        // Writing to a string can't fail.
        let _ = write!(text, "\n  {function}: {fault}");
    }
    text
}
