//! Writes into a folder that belongs to somebody else.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use super::error::{At as _, Error};
use super::tree::Tree;

/// Writes the files of one of the tree's folders into `dir`, leaving out the folder's name.
///
/// For the CDK toolkit's `cdk.out`: it keeps its locks there, so the folder can't be exchanged as a whole.
/// Each file is replaced in one step, and only when its contents differ.
pub fn write_into(dir: &Path, tree: &Tree, folder: &str) -> Result<(), Error> {
    fs::create_dir_all(dir).at("make the folder", dir)?;
    for (path, contents) in tree.iter() {
        let Some(path) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let to = dir.join(path);
        if fs::read(&to).is_ok_and(|found| found == contents.as_bytes()) {
            continue;
        }
        if let Some(above) = to.parent() {
            fs::create_dir_all(above).at("make the folder", above)?;
        }
        let mut new = to.clone().into_os_string();
        new.push(".new");
        let new = Path::new(&new);
        File::create(new).and_then(|mut file| file.write_all(contents.as_bytes())).at("write", new)?;
        fs::rename(new, &to).at("replace", &to)?;
    }
    Ok(())
}
