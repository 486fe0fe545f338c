//! Other people's files, as they were when they were carried over.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// What was carried over, by path. Tells later what somebody did meanwhile.
pub(super) type Carried = BTreeMap<PathBuf, Seen>;

/// What tells one version of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A hard link: writing to one is writing to the other, so only another inode is another file.
    Linked { dev: u64, ino: u64 },
    /// A copy, which has the original's time.
    Copied { len: u64, modified: (i64, i64) },
}

impl Seen {
    pub(super) fn linked(metadata: &Metadata) -> Self {
        Self::Linked { dev: metadata.dev(), ino: metadata.ino() }
    }

    pub(super) fn copied(metadata: &Metadata) -> Self {
        Self::Copied { len: metadata.len(), modified: (metadata.mtime(), metadata.mtime_nsec()) }
    }

    /// This is the file that was carried over, or what was made of it.
    pub(super) fn is(&self, metadata: &Metadata) -> bool {
        match self {
            Self::Linked { .. } => *self == Self::linked(metadata),
            Self::Copied { .. } => *self == Self::copied(metadata),
        }
    }
}
