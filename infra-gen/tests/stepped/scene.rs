//! A folder with an output folder in it, which is at one of two versions.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use infra_gen::output::{self, Tree};
use tempfile::TempDir;

use crate::tree::{Entry, read_tree};

/// Two sets of files: from one to the other files come, go, change and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    A,
    B,
}

impl Version {
    pub(crate) fn parse(name: &str) -> Self {
        if name == "A" { Self::A } else { Self::B }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Brings the output folder in `root` to this version.
    pub(crate) fn write(self, root: &Path) {
        output::write(&root.join("out"), &self.tree(), &mut |_| {}).unwrap();
    }

    fn tree(self) -> Tree {
        let file = |path: &str, contents: &str| render::File::new(path, contents);
        let mut files = vec![file("same.txt", "same\n"), file("docs/same.md", "same\n")];
        files.push(file("docs/changed.md", &format!("{self:?}\n")));
        // Enough to sync in several threads.
        files.extend((0..4).map(|number| file(&format!("only-{self:?}/in/{number}.txt"), "new\n")));
        Tree::new(files).unwrap()
    }
}

/// The folder; it goes when this goes.
pub(crate) struct Scene {
    dir: TempDir,
    expected: [BTreeMap<PathBuf, Entry>; 2],
}

impl Scene {
    /// At version A, with files of somebody else's.
    pub(crate) fn new() -> Self {
        // In memory where the system has a place for it: there a sync costs nothing.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let dir = tempfile::Builder::new().prefix("infra-gen-").tempdir_in(folder).unwrap();
        let out = dir.path().join("out");
        fs::create_dir_all(out.join("mine")).unwrap();
        fs::write(out.join("mine/notes.txt"), "mine\n").unwrap();
        fs::create_dir(out.join("empty")).unwrap();
        symlink("nowhere", out.join("mine/link")).unwrap();
        let expected = [Version::B, Version::A].map(|version| {
            version.write(dir.path());
            read_tree(&out)
        });
        let [b, a] = expected;
        Self { dir, expected: [a, b] }
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.root().join("out")
    }

    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Entry> {
        read_tree(&self.out())
    }

    /// What the output folder is to hold.
    pub(crate) fn expected(&self, version: Version) -> BTreeMap<PathBuf, Entry> {
        let [a, b] = &self.expected;
        if version == Version::A { a.clone() } else { b.clone() }
    }

    /// The old folder, where a run that was killed between two renames left it.
    pub(crate) fn set_aside(&self) -> BTreeMap<PathBuf, Entry> {
        read_tree(&self.root().join(".out.synth/old"))
    }

    pub(crate) fn assert_tidy(&self) {
        assert_eq!(fs::read_dir(self.root()).unwrap().count(), 1, "something was left beside the output");
    }

    /// Somebody adds, changes and removes files of theirs.
    pub(crate) fn work(&self, text: &str) {
        let mine = self.out().join("mine");
        fs::create_dir(mine.join("folder")).unwrap();
        fs::write(mine.join("folder/new"), text).unwrap();
        fs::write(self.out().join("docs/new"), text).unwrap();
        // As editors do.
        fs::write(mine.join(".notes.tmp"), text).unwrap();
        fs::rename(mine.join(".notes.tmp"), mine.join("notes.txt")).unwrap();
        fs::remove_file(mine.join("link")).unwrap();
    }

    pub(crate) fn assert_work(&self, text: &str) {
        for path in ["mine/folder/new", "docs/new", "mine/notes.txt"] {
            assert_eq!(fs::read_to_string(self.out().join(path)).ok().as_deref(), Some(text), "{path}");
        }
        assert!(fs::symlink_metadata(self.out().join("mine/link")).is_err(), "a removed file came back");
    }

    pub(crate) fn undo_work(&self) {
        let mine = self.out().join("mine");
        fs::remove_dir_all(mine.join("folder")).unwrap();
        fs::remove_file(self.out().join("docs/new")).unwrap();
        fs::write(mine.join("notes.txt"), "mine\n").unwrap();
        symlink("nowhere", mine.join("link")).unwrap();
    }
}
