//! The rendered files, whole and in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::LISTING;

/// What the output folder is to hold, by path; the listing is not among it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

/// A renderer gave a path that no tree can have. A fault of the program, never of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Absolute, empty, with `..`, a backslash or the like.
    #[error("`{0}` is no plain relative path")]
    NotPlain(String),
    /// Two files of one path; or of paths that differ in case alone, which macOS takes for one.
    #[error("`{0}` was rendered twice")]
    Twice(String),
    /// `a` and `a/b`.
    #[error("`{0}` was rendered as a file and as a folder")]
    FileAndFolder(String),
}

impl Tree {
    /// Takes the files of which the tree is to consist.
    pub fn new(files: impl IntoIterator<Item = render::File>) -> Result<Self, TreeError> {
        let mut tree = Self::default();
        let mut spelled = BTreeSet::new();
        for render::File { path, contents } in files {
            if !is_plain(&path) {
                return Err(TreeError::NotPlain(path));
            }
            if !spelled.insert(path.to_lowercase()) {
                return Err(TreeError::Twice(path));
            }
            tree.files.insert(path, contents);
        }
        let above = tree.files.keys().flat_map(|path| ancestors(path));
        let clash = { above }.find(|folder| tree.files.contains_key(*folder)).map(str::to_owned);
        clash.map_or(Ok(tree), |folder| Err(TreeError::FileAndFolder(folder)))
    }

    /// Paths and contents, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, contents)| (path.as_str(), contents.as_str()))
    }

    /// The contents of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// No file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Names joined with slashes, and nothing that could lead out of the folder or mean another file elsewhere.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |name: &str| {
        !matches!(name, "" | "." | "..")
            && !name.contains(|c: char| matches!(c, '\\' | ':') || c.is_control())
    };
    path != LISTING && path.split('/').all(plain)
}

/// The folders that a path lies in: `a/b/c` gives `a/b`, then `a`.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(parent(path), |above| parent(above))
}

/// The folder that a path lies in, unless that is the root.
pub(super) fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(above, _)| above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Result<Tree, TreeError> {
        Tree::new(paths.iter().map(|path| render::File::new(*path, "")))
    }

    #[test]
    fn plain_paths_are_taken() {
        assert_eq!(tree(&["b/c.md", "a.json"]).map(|tree| tree.len()), Ok(2));
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for path in ["", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "c:a", "a\nb", LISTING]
        {
            assert_eq!(tree(&[path]), Err(TreeError::NotPlain(path.into())), "{path:?}");
        }
    }

    #[test]
    fn paths_that_some_file_system_takes_for_one_are_refused() {
        assert_eq!(tree(&["docs/A.md", "docs/a.md"]), Err(TreeError::Twice("docs/a.md".into())));
        assert_eq!(tree(&["a/b/c", "a/b"]), Err(TreeError::FileAndFolder("a/b".into())));
    }
}
