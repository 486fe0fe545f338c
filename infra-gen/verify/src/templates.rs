//! The templates that are checked.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Every template of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Templates {
    /// The folder, without links and dots.
    root: PathBuf,
    /// The files, without links and dots, in order.
    pub(crate) files: Vec<PathBuf>,
}

impl Templates {
    /// Those in this folder and in its folders.
    pub(crate) fn find(folder: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(folder)?;
        let mut files = vec![];
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().ends_with(".template.json") {
                    files.push(path);
                }
            }
        }
        files.sort();
        Ok(Self { root, files })
    }

    /// `dev/edge.template.json`; a path outside of the folder stays whole.
    pub(crate) fn short(&self, path: &str) -> String {
        let path = Path::new(path);
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }
}
