//! What can go wrong around a function.

use std::{io, path::PathBuf, time::Duration};

/// What can go wrong around a function.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no zip.
    #[error("there is no {}: run `make build` first", .0.display())]
    NoZip(PathBuf),
    /// The zip isn't one.
    #[error("{} can't be unpacked: {reason}", path.display())]
    BadZip {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something on this machine can't be had.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Why it didn't work.
        source: io::Error,
    },
    /// The brokers, the tables or their contents.
    #[error("{0}")]
    World(String),
    /// The process ended instead of asking for work.
    #[error("the function ended before it asked for work; its log ends with:\n{0}")]
    Ended(String),
    /// It did nothing for too long.
    #[error("the function neither answered nor ended in {0:?}")]
    Silent(Duration),
}

impl Error {
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
