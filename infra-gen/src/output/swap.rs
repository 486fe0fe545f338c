//! Puts the new folder in the old one's place.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::discard::remove;
use super::error::{At as _, Error};
use super::work::Work;

/// Exchanges the two in one step where the system can. On an error the old folder is in its place.
pub(super) fn swap(work: &Work, live: &Path) -> Result<(), Error> {
    if !exists(live) {
        fs::rename(&work.new, live).at("rename", &work.new)
    } else if exchange(&work.new, live)? {
        Ok(())
    } else {
        two_renames(&work.new, live, &work.old)
    }
}

/// Makes the swap last through a power cut, and calls the old folder old.
pub(super) fn settle(work: &Work, live: &Path) -> Result<(), Error> {
    if exists(&work.new) {
        fs::rename(&work.new, &work.old).at("rename", &work.new)?;
    }
    let parent = live.parent().unwrap_or(live);
    File::open(parent).and_then(|folder| folder.sync_all()).at("sync", parent)
}

/// `false` when this system or file system can't.
fn exchange(new: &Path, live: &Path) -> Result<bool, Error> {
    match renameat_with(CWD, new, CWD, live, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(io::Error::from(error)).at("replace", live),
    }
}

/// Between the two, the folder is missing. [`recover`] mends it if the program is stopped right there.
fn two_renames(new: &Path, live: &Path, old: &Path) -> Result<(), Error> {
    fs::rename(live, old).at("rename", live)?;
    if let Err(error) = fs::rename(new, live) {
        fs::rename(old, live).at("put back", live)?;
        return Err(error).at("replace", live);
    }
    Ok(())
}

/// Clears what a stopped run left; `true` when the old folder had to be put back.
pub(super) fn recover(work: &Work, live: &Path) -> Result<bool, Error> {
    let put_back = !exists(live) && exists(&work.old);
    if put_back {
        fs::rename(&work.old, live).at("put back", live)?;
    }
    for left_over in [&work.new, &work.old] {
        if exists(left_over) {
            remove(left_over)?;
        }
    }
    Ok(put_back)
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
