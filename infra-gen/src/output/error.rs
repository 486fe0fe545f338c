//! What can go wrong with the output folder.

use std::io;
use std::path::{Path, PathBuf};

/// Why the output folder couldn't be compared or written. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file, or a link that leads nowhere, has the folder's name.
    #[error("{} is no folder", .0.display())]
    NotAFolder(PathBuf),
    /// `/`, `..` and the like have no place beside them to build a new folder in.
    #[error("{} can't be replaced by another folder", .0.display())]
    NoFolder(PathBuf),
    /// Files that infra-gen didn't write are where it has to write.
    #[error("{} has files of yours where the generated ones belong: {}", .out.display(), .paths.join(", "))]
    InTheWay {
        /// The output folder.
        out: PathBuf,
        /// The files, relative to it.
        paths: Vec<String>,
    },
    /// The file system said no.
    #[error("can't {doing} {}: {source}", .path.display())]
    Io {
        /// `read`, `write`, ...
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl Error {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::NotAFolder(_) => "move it away, or name another folder with --out".into(),
            Self::NoFolder(_) => "name a folder inside another one with --out".into(),
            Self::InTheWay { .. } => {
                "move them away, or delete them if they came from an earlier synth, and run it again".into()
            }
            Self::Io { source, path, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space and run it again; the folder is as it was".into()
                }
                io::ErrorKind::ReadOnlyFilesystem => "the file system is mounted read-only".into(),
                io::ErrorKind::PermissionDenied => format!(
                    "synth needs to write the output folder and the folder that it lies in; see `ls -ld {}`",
                    path.parent().unwrap_or(path).display()
                ),
                // A mount point can't be renamed.
                io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => {
                    "if it is a mount point, name a folder below it with --out".into()
                }
                _ => return None,
            },
        };
        Some(text)
    }
}

/// Says what was being done to which path.
pub(super) trait At<T> {
    /// Names the doing and the path of an I/O error.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { doing, path: path.into(), source })
    }
}
