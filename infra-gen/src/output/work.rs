//! The folder beside the output in which a new one is built, and the lock on it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::error::{At as _, Error};

/// `.generated.synth`, held by one run at a time.
///
/// It lies beside the output so that both are in one file system, which renames and hard links need.
pub(super) struct Work {
    dir: PathBuf,
    lock: PathBuf,
    /// Where the new folder is built.
    pub(super) new: PathBuf,
    /// Where the old folder goes.
    pub(super) old: PathBuf,
    /// Holds the lock until it is dropped.
    _held: File,
}

impl Work {
    /// A run is at work, or was stopped before it was done.
    pub(super) fn left_over(live: &Path) -> bool {
        fs::symlink_metadata(dir(live)).is_ok()
    }

    /// Takes the lock. Calls `waiting` once when another run has it.
    pub(super) fn begin(live: &Path, waiting: &mut dyn FnMut()) -> Result<Self, Error> {
        let dir = dir(live);
        let lock = dir.join("lock");
        // Each turn is another run that came and went at just this moment; a bound, lest odd file systems trap us.
        for _ in 0..1000 {
            match fs::create_dir(&dir) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(error).at("make the folder", &dir);
                }
                _ => {}
            }
            let file = match File::options().create(true).truncate(false).write(true).open(&lock) {
                // The run that had it is done, and took the folder away between the two calls.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.at("open", &lock)?,
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    waiting();
                    file.lock().at("lock", &lock)?;
                }
                // Better unlocked than not at all on a file system without locks.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(error).at("lock", &lock),
            }
            // The run that had it took the file away: what was locked is no longer what others will lock.
            let locked = file.metadata().at("look at", &lock)?;
            if fs::symlink_metadata(&lock).is_ok_and(|found| same_file(&found, &locked)) {
                return Ok(Self { new: dir.join("new"), old: dir.join("old"), dir, lock, _held: file });
            }
        }
        Err(io::Error::from(io::ErrorKind::TimedOut)).at("lock", &lock)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What is left is cleared by the next run. The folder stays when it has anything in it.
        drop(fs::remove_file(&self.lock));
        drop(fs::remove_dir(&self.dir));
    }
}

fn dir(live: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(live.file_name().unwrap_or_default());
    name.push(".synth");
    live.with_file_name(name)
}

/// What changes when the folder at this path is exchanged for another.
pub(super) fn identity(path: &Path) -> Option<(u64, u64, i64, i64)> {
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino(), found.ctime(), found.ctime_nsec()))
}

/// Both are of one inode.
pub(super) fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}
