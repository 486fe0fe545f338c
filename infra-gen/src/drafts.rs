//! First drafts: files that are written where they are missing, and then belong to the user.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::output;

/// The drafts whose files are missing, by their paths from the folder that the output folder `out` is in.
///
/// A draft belongs into a folder of drafts in one of the user's own, such as `topics` in `handlers/rules/src`. Where
/// the latter isn't, the output isn't part of a project, and nothing is missing.
pub fn missing<'a>(out: &Path, drafts: &'a [render::File]) -> Vec<&'a render::File> {
    let Some(root) = root(out) else { return vec![] };
    let is_missing = |draft: &&render::File| {
        let path = root.join(&draft.path);
        let of_the_user = path.parent().and_then(Path::parent);
        of_the_user.is_some_and(Path::is_dir) && fs::symlink_metadata(&path).is_err()
    };
    drafts.iter().filter(is_missing).collect()
}

/// Writes what is [`missing`] and says which. A file that is there is never touched.
pub fn write(out: &Path, drafts: &[render::File]) -> Result<Vec<String>, output::Error> {
    let mut written = vec![];
    for draft in missing(out, drafts) {
        let Some(root) = root(out) else { break };
        let path = root.join(&draft.path);
        match create(&path, &draft.contents) {
            Ok(()) => written.push(draft.path.clone()),
            // Someone was faster; theirs it is.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(output::Error::Io { doing: "write", path, source }),
        }
    }
    Ok(written)
}

fn root(out: &Path) -> Option<PathBuf> {
    std::path::absolute(out).ok()?.parent().map(Path::to_owned)
}

/// Makes the file in one step: half a draft, left by a run that was killed, would never be made whole.
fn create(path: &Path, contents: &str) -> io::Result<()> {
    // Version control keeps no empty folder, and there may be no draft yet.
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut new = path.to_owned().into_os_string();
    new.push(".new");
    fs::write(&new, contents)?;
    // A link is never made over a file that is there.
    let made = match fs::hard_link(&new, path) {
        // No links on this file system.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) =>
        {
            File::create_new(path).and_then(|mut file| file.write_all(contents.as_bytes()))
        }
        other => other,
    };
    fs::remove_file(&new)?;
    made
}
