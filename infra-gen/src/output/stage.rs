//! Builds the new folder.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown, symlink};
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_OMIT, utimensat};

use super::LISTING;
use super::carried::{Carried, Seen};
use super::compare::Comparison;
use super::error::{At as _, Error};
use super::listing::Listing;
use super::tree::Tree;

/// Builds in `dir` what `live` is to become: the tree, and whatever infra-gen doesn't own. Syncs it to disk.
pub(super) fn build(live: &Path, dir: &Path, tree: &Tree, comparison: &Comparison) -> Result<Carried, Error> {
    fs::create_dir(dir).at("make the folder", dir)?;
    let mut stage = Stage {
        live,
        dir,
        tree,
        comparison,
        folders: vec![],
        touched: BTreeSet::new(),
        unsynced: vec![],
        carried: Carried::new(),
    };
    if live.is_dir() {
        stage.carry(Path::new(""))?;
    }
    for (path, contents) in tree.iter().filter(|(path, _)| !comparison.same.contains(*path)) {
        stage.write(path, contents)?;
    }
    stage.write(LISTING, &Listing::text(tree))?;
    stage.finish()
}

struct Stage<'a> {
    live: &'a Path,
    dir: &'a Path,
    tree: &'a Tree,
    comparison: &'a Comparison,
    /// Folders of the old tree, each after those in it.
    folders: Vec<(PathBuf, Metadata)>,
    /// Folders that gain, lose or change a file.
    touched: BTreeSet<PathBuf>,
    /// Files whose bytes may not be on disk yet.
    unsynced: Vec<PathBuf>,
    /// Other people's files.
    carried: Carried,
}

impl Stage<'_> {
    /// Links what stays of this folder of the old tree.
    ///
    /// A folder in which nothing stays isn't made, unless it was empty to begin with: then it is someone's.
    fn carry(&mut self, folder: &Path) -> Result<(), Error> {
        let from = self.live.join(folder);
        let to = self.dir.join(folder);
        // Somebody may be removing files of theirs just now; what is gone needs no carrying.
        let Some(metadata) = unless_gone(fs::symlink_metadata(&from)).at("look at", &from)? else {
            return Ok(());
        };
        let Some(entries) = unless_gone(fs::read_dir(&from)).at("read", &from)? else { return Ok(()) };
        let mut made = false;
        let mut empty = true;
        for entry in entries {
            let entry = entry.at("read", &from)?;
            empty = false;
            let path = folder.join(entry.file_name());
            let is_dir = entry.file_type().at("look at", &entry.path())?.is_dir();
            if is_dir && !self.is_rendered(&path) {
                self.carry(&path)?;
            } else if !is_dir && self.stays(&path) {
                if !made {
                    fs::create_dir_all(&to).at("make the folder", &to)?;
                    made = true;
                }
                self.link(&entry.path(), path)?;
            } else {
                self.touched.insert(folder.into());
            }
        }
        if empty {
            fs::create_dir_all(&to).at("make the folder", &to)?;
        }
        self.folders.push((to, metadata));
        Ok(())
    }

    fn is_rendered(&self, path: &Path) -> bool {
        path.to_str().is_some_and(|path| self.tree.get(path).is_some())
    }

    /// An unchanged file of ours, or a file of someone else's.
    fn stays(&self, path: &Path) -> bool {
        match path.to_str() {
            Some(LISTING) => false,
            Some(path) if self.tree.get(path).is_some() => self.comparison.same.contains(path),
            Some(path) => !self.comparison.owned(path),
            None => true,
        }
    }

    fn link(&mut self, from: &Path, path: PathBuf) -> Result<(), Error> {
        use io::ErrorKind::{CrossesDevices, PermissionDenied, TooManyLinks, Unsupported};
        let to = self.dir.join(&path);
        let seen = match fs::hard_link(from, &to) {
            // No links on this file system, or none to other people's files.
            Err(error)
                if matches!(error.kind(), CrossesDevices | PermissionDenied | TooManyLinks | Unsupported) =>
            {
                self.copy(from, &to)?;
                Seen::copied
            }
            other => match unless_gone(other).at("link", from)? {
                Some(()) => Seen::linked,
                None => return Ok(()),
            },
        };
        if !self.is_rendered(&path) {
            self.carried.insert(path, seen(&fs::symlink_metadata(&to).at("look at", &to)?));
        }
        Ok(())
    }

    fn copy(&mut self, from: &Path, to: &Path) -> Result<(), Error> {
        let metadata = fs::symlink_metadata(from).at("look at", from)?;
        if metadata.is_symlink() {
            let target = fs::read_link(from).at("read the link", from)?;
            symlink(target, to).at("make the link", to)?;
        } else if metadata.is_file() {
            fs::copy(from, to).at("copy", from)?;
            self.unsynced.push(to.into());
        } else {
            // Copying a pipe would wait for its other end.
            return Err(io::Error::from(io::ErrorKind::Unsupported)).at("copy", from);
        }
        set_time(to, &metadata).at("set the time of", to)
    }

    fn write(&mut self, path: &str, contents: &str) -> Result<(), Error> {
        let to = self.dir.join(path);
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let above = self.dir.join(folder);
        fs::create_dir_all(&above).at("make the folder", &above)?;
        File::create_new(&to).and_then(|mut file| file.write_all(contents.as_bytes())).at("write", &to)?;
        self.touched.insert(folder.into());
        self.unsynced.push(to);
        Ok(())
    }

    fn finish(mut self) -> Result<Carried, Error> {
        let folders = std::mem::take(&mut self.folders);
        for (to, metadata) in &folders {
            let Ok(relative) = to.strip_prefix(self.dir) else { continue };
            let Some(folder) = unless_gone(File::open(to)).at("open", to)? else { continue };
            // For root, who would else take the folder from its owner; nobody else may, nor needs to.
            drop(fchown(&folder, Some(metadata.uid()), Some(metadata.gid())));
            folder.set_permissions(metadata.permissions()).at("set the permissions of", to)?;
            // The times of untouched folders stay as well; npm for one goes by them.
            if !self.touched.contains(relative) {
                set_time(to, metadata).at("set the time of", to)?;
            }
        }
        self.unsynced.extend(folders_below(self.dir)?);
        sync(&self.unsynced)?;
        Ok(self.carried)
    }
}

/// `None` when there is no such file.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives the file, or the link itself, the time at which the other was last changed.
fn set_time(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let same = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
    let modified = Timespec { tv_sec: metadata.mtime(), tv_nsec: metadata.mtime_nsec() };
    let times = Timestamps { last_access: same, last_modification: modified };
    Ok(utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// The folder and every one in it.
fn folders_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(folder) = found.get(next).cloned() {
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let entry = entry.at("read", &folder)?;
            if entry.file_type().at("look at", &entry.path())?.is_dir() {
                found.push(entry.path());
            }
        }
        next += 1;
    }
    Ok(found)
}

/// Brings the bytes to disk, so that a power cut after the exchange finds the new folder whole.
///
/// Several threads, because the file system's journal takes many syncs for the price of one.
fn sync(paths: &[PathBuf]) -> Result<(), Error> {
    const THREADS: usize = 8;
    let sync = |paths: &[PathBuf]| {
        paths.iter().try_for_each(|path| File::open(path).and_then(|file| file.sync_all()).at("sync", path))
    };
    if paths.len() <= THREADS {
        return sync(paths);
    }
    thread::scope(|scope| {
        let share = paths.len().div_ceil(THREADS);
        let running: Vec<_> = paths.chunks(share).map(|paths| scope.spawn(move || sync(paths))).collect();
        running.into_iter().try_for_each(|thread| thread.join().expect("syncing doesn't panic"))
    })
}
