//! A rendered file.

/// One file under `generated/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Relative to `generated/`, with forward slashes: `docs/topics.md`.
    pub path: String,
    /// The whole text, ending in a newline.
    pub contents: String,
}

impl File {
    /// A file with these contents.
    pub fn new(path: impl Into<String>, contents: impl Into<String>) -> Self {
        Self { path: path.into(), contents: contents.into() }
    }
}
