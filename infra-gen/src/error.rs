//! Why a command couldn't do what it was asked for.

use std::io;
use std::path::PathBuf;

use manifest::{Code, Diagnostics};
use serde_json::{Value, json};

use crate::console::{BAD, HINT, styled};
use crate::{Console, Exit, output};

/// Why a command couldn't do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest can't be read, or says something that can't be.
    #[error("the manifest has errors")]
    Manifest(Diagnostics),
    /// There is no manifest.
    #[error("there is no {} (looked in {})", .path.display(), .looked_in.display())]
    NoManifest {
        /// As it was given.
        path: PathBuf,
        /// The folder that it would be in.
        looked_in: PathBuf,
        /// Another one nearby.
        nearby: Option<PathBuf>,
    },
    /// The manifest is a folder.
    #[error("{} is no file", .0.display())]
    NoFile(PathBuf),
    /// The output folder is where the manifest is.
    #[error("the output folder {} holds the manifest", .0.display())]
    OutHoldsManifest(PathBuf),
    /// A renderer is at fault: of a template.
    #[error("{0}; this is a fault of infra-gen, please report it with the manifest")]
    Template(#[from] render::Error),
    /// A renderer is at fault: of a path.
    #[error("{0}; this is a fault of infra-gen, please report it with the manifest")]
    Render(#[from] output::TreeError),
    /// The output folder can't be read or written.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// The output can't be printed.
    #[error("can't write to standard output: {0}")]
    Print(#[from] io::Error),
}

impl Error {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Manifest(diagnostics) if diagnostics.iter().any(|one| one.code() == Code::Unreadable) => {
                Exit::Failed
            }
            Self::Manifest(_)
            | Self::NoManifest { .. }
            | Self::NoFile(_)
            | Self::OutHoldsManifest(_)
            | Self::Output(output::Error::NotAFolder(_) | output::Error::NoFolder(_)) => Exit::BadInput,
            Self::Output(output::Error::InTheWay { .. }) => Exit::Refused,
            // The reader has seen enough: `infra-gen model | head`.
            Self::Print(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Template(_) | Self::Render(_) | Self::Output(_) | Self::Print(_) => Exit::Failed,
        }
    }

    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoManifest { nearby: Some(nearby), .. } => {
                Some(format!("say --manifest {}", nearby.display()))
            }
            Self::NoManifest { .. } => Some("run it in the project's folder, or say --manifest FILE".into()),
            Self::NoFile(_) => Some("name the manifest itself with --manifest".into()),
            Self::OutHoldsManifest(_) => Some("name a folder of its own with --out".into()),
            Self::Output(error) => error.help(),
            Self::Manifest(_) | Self::Template(_) | Self::Render(_) | Self::Print(_) => None,
        }
    }

    /// Tells it, to a program on standard output or to a person on standard error.
    pub(crate) fn report(&self, json: bool, console: &mut Console) -> Exit {
        let exit = self.exit();
        if exit == Exit::Done {
            return exit;
        }
        if json {
            // When standard output is what failed, the exit code has to do.
            drop(console.data(&format!("{:#}\n", self.to_json())));
            return exit;
        }
        if let Self::Manifest(diagnostics) = self {
            console.say(diagnostics.render(console.colours()).trim_end());
        } else {
            console.say(&format!("{}: {self}", styled(BAD, "error")));
        }
        if let Some(help) = self.help() {
            console.say(&format!("  {}: {help}", styled(HINT, "help")));
        }
        exit
    }

    fn to_json(&self) -> Value {
        let exit = self.exit();
        let mut object =
            json!({ "status": exit.word(), "exit_code": exit.code(), "message": self.to_string() });
        if let Some(help) = self.help() {
            object["help"] = help.into();
        }
        if let Self::Manifest(diagnostics) = self {
            object["diagnostics"] = diagnostics.to_json();
        }
        object
    }
}
