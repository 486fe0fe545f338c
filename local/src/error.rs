//! Why the local run can't start, or stopped.

use std::{io, net::SocketAddr, path::PathBuf};

/// The local run can't start.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The manifest is wrong; the text is its diagnostics.
    #[error("the manifest can't be used:\n{0}")]
    Manifest(String),
    /// `--env` names what the manifest doesn't have.
    #[error("the manifest has no environment `{name}`; it has {known}")]
    Environment {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Another program has the port.
    #[error(
        "port {port} ({what}) is in use by another program; give another one with {flag}, or none and a free one is taken"
    )]
    PortInUse {
        /// The port.
        port: u16,
        /// What should listen there.
        what: &'static str,
        /// The option that chooses it.
        flag: &'static str,
    },
    /// A listener can't be made.
    #[error("{what} can't listen on {address}: {source}")]
    Listen {
        /// What should listen there.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// A function's program isn't built.
    #[error("function `{function}` isn't built: {path} is missing, or was built without it; run {command}")]
    Program {
        /// The function's name in the manifest.
        function: String,
        /// Where it should be, or be in.
        path: PathBuf,
        /// What builds it.
        command: &'static str,
    },
    /// The DynamoDB refuses something, or can't be reached.
    #[error("the tables can't be made ready: {0}")]
    Tables(String),
    /// The brokers can't be used.
    #[error("the Kafka brokers ({servers}) can't be used: {reason}")]
    Broker {
        /// The bootstrap servers.
        servers: String,
        /// What happened.
        reason: String,
    },
    /// What starts a real Kafka is missing or fails.
    #[error("a real Apache Kafka can't be started: {0}")]
    Kafka(String),
    /// A file or folder can't be used.
    #[error("{path} can't be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Options that contradict each other, or can't be followed.
    #[error("{0}")]
    Options(String),
    /// Another local run works in the data folder.
    #[error("{} is in use by another local run; stop that one, or give another folder", .0.display())]
    DataInUse(PathBuf),
    /// A function ended by itself.
    #[error("{0}")]
    Function(String),
    /// A bench was stopped, or lost something.
    #[error("{0}")]
    Bench(String),
}

impl LocalError {
    /// For `--help`.
    pub const EXIT_CODES: &str = "\
Exit codes:
  0  it was stopped, or the bench is done
  1  it failed: a port, a broker, a program that is missing
  2  the manifest or the arguments are wrong";

    /// The number that the shell sees: the generator's own.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Manifest(_) | Self::Environment { .. } | Self::Options(_) => 2,
            _ => 1,
        }
    }

    /// A file or folder that can't be used.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }
}
