//! Removes the old folder, but nothing of anyone else's.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::carried::Carried;
use super::error::{At as _, Error};

/// Removes the old folder after the exchange.
///
/// Somebody else may have worked in it while the new one was built: `npm install`, say, or an editor. What they
/// wrote since then is moved to the new folder and told of; what they removed is removed there too.
pub(super) fn discard(
    old: &Path,
    live: &Path,
    ours: &dyn Fn(&Path) -> bool,
    mut carried: Carried,
    salvaged: &mut dyn FnMut(PathBuf),
) -> Result<(), Error> {
    let mut sort = |path: &Path| {
        let seen = carried.remove(path);
        let (from, to) = (old.join(path), live.join(path));
        let found = fs::symlink_metadata(&from).at("look at", &from)?;
        if ours(path) || seen.is_some_and(|seen| seen.is(&found)) {
            return Ok(());
        }
        match fs::symlink_metadata(&to) {
            // Theirs as well, and written after the exchange.
            Ok(newer) if !seen.is_some_and(|seen| seen.is(&newer)) => return Ok(()),
            _ => {}
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).at("make the folder", folder)?;
        }
        fs::rename(&from, &to).at("move", &from)?;
        salvaged(path.into());
        Ok(())
    };
    if fs::symlink_metadata(old).is_ok() {
        remove_sorted(old, Path::new(""), &mut sort)?;
    }
    for (path, seen) in carried {
        let path = live.join(path);
        if fs::symlink_metadata(&path).is_ok_and(|found| seen.is(&found)) {
            fs::remove_file(&path).at("remove", &path)?;
        }
    }
    Ok(())
}

/// Removes a folder with everything in it.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    remove_sorted(folder, Path::new(""), &mut |_| Ok(()))
}

/// Removes a folder; `sort` sees every file first and may take it away.
fn remove_sorted(
    root: &Path,
    folder: &Path,
    sort: &mut dyn FnMut(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let full = root.join(folder);
    let permissions = fs::symlink_metadata(&full).at("look at", &full)?.permissions();
    if permissions.mode() & 0o700 != 0o700 {
        // Nothing can be removed from a folder that can't be written.
        fs::set_permissions(&full, Permissions::from_mode(0o700)).at("set the permissions of", &full)?;
    }
    for entry in fs::read_dir(&full).at("read", &full)? {
        let entry = entry.at("read", &full)?;
        let path = folder.join(entry.file_name());
        if entry.file_type().at("look at", &entry.path())?.is_dir() {
            remove_sorted(root, &path, sort)?;
        } else {
            sort(&path)?;
            match fs::remove_file(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).at("remove", &entry.path());
                }
                _ => {}
            }
        }
    }
    fs::remove_dir(&full).at("remove", &full)
}
