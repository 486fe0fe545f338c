//! How the folder differs from what was rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, FileType};
use std::io;
use std::path::Path;

use serde::Serialize;

use super::LISTING;
use super::error::{At as _, Error};
use super::listing::Listing;
use super::tree::{Tree, parent};

/// One path at which the folder isn't what was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Relative to the folder.
    pub path: String,
    /// In what way.
    pub state: State,
    /// Its contents aren't what infra-gen last wrote there.
    pub edited: bool,
}

/// In what way a path differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Rendered, but not there.
    Missing,
    /// There with other contents.
    Stale,
    /// Written by an earlier synth and no longer rendered.
    LeftOver,
    /// Somebody else's file is where one was rendered.
    InTheWay,
}

/// What [`compare`](super::compare) found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// By path; the listing appears only when nothing else differs.
    pub differences: Vec<Difference>,
    /// The paths that are as rendered.
    pub same: BTreeSet<String>,
    /// What earlier runs wrote.
    listing: Listing,
}

impl Comparison {
    /// An earlier run wrote this path.
    pub(super) fn owned(&self, path: &str) -> bool {
        self.listing.owns(path)
    }

    /// The paths in this state.
    pub fn with(&self, state: State) -> Vec<String> {
        let found = self.differences.iter().filter(|difference| difference.state == state);
        found.map(|difference| difference.path.clone()).collect()
    }
}

/// Compares file by file. Never looks at what it doesn't own, however large.
pub(super) fn compare(live: &Path, tree: &Tree) -> Result<Comparison, Error> {
    let listed = read_listing(live)?;
    let mut comparer = Comparer {
        live,
        listing: listed.as_deref().map(Listing::parse).unwrap_or_default(),
        folders: BTreeMap::new(),
        differences: BTreeMap::new(),
        same: BTreeSet::new(),
    };
    for (path, contents) in tree.iter() {
        comparer.rendered(path, contents)?;
    }
    let owned: Vec<String> = comparer.listing.paths().map(str::to_owned).collect();
    for path in owned.iter().filter(|path| tree.get(path).is_none()) {
        comparer.left_over(path)?;
    }
    if comparer.differences.is_empty() && listed.as_deref() != Some(&Listing::text(tree)) {
        let state = if listed.is_some() { State::Stale } else { State::Missing };
        comparer.differ(LISTING, state, false);
    }
    let Comparer { listing, differences, same, .. } = comparer;
    Ok(Comparison { differences: differences.into_values().collect(), same, listing })
}

/// The listing's text; an empty one when something else has its name and is to be replaced.
fn read_listing(live: &Path) -> Result<Option<String>, Error> {
    let path = live.join(LISTING);
    match kind(&path)? {
        None => Ok(None),
        Some(kind) if kind.is_file() => {
            let bytes = fs::read(&path).at("read", &path)?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Some(kind) if kind.is_dir() => Err(Error::InTheWay { out: live.into(), paths: vec![LISTING.into()] }),
        Some(_) => Ok(Some(String::new())),
    }
}

struct Comparer<'a> {
    live: &'a Path,
    listing: Listing,
    /// What is known of the folders on the way to a file.
    folders: BTreeMap<String, Way>,
    differences: BTreeMap<String, Difference>,
    same: BTreeSet<String>,
}

/// What leads to a file.
#[derive(Debug, Clone)]
enum Way {
    /// Real folders, no links.
    Open,
    /// A folder on the way isn't there.
    Absent,
    /// This path on the way is no folder.
    Blocked(String),
}

impl Comparer<'_> {
    fn differ(&mut self, path: &str, state: State, edited: bool) {
        self.differences.insert(path.to_owned(), Difference { path: path.to_owned(), state, edited });
    }

    fn rendered(&mut self, path: &str, contents: &str) -> Result<(), Error> {
        match self.way(parent(path))? {
            Way::Open => {}
            // A file of ours makes room for the folder.
            Way::Blocked(at) if !self.listing.owns(&at) => {
                self.differ(&at, State::InTheWay, false);
                return Ok(());
            }
            Way::Absent | Way::Blocked(_) => {
                self.differ(path, State::Missing, false);
                return Ok(());
            }
        }
        let full = self.live.join(path);
        let owned = self.listing.owns(path);
        match kind(&full)? {
            None => self.differ(path, State::Missing, false),
            Some(kind) if kind.is_file() => {
                let found = fs::read(&full).at("read", &full)?;
                if found == contents.as_bytes() {
                    self.same.insert(path.to_owned());
                } else if owned {
                    self.differ(path, State::Stale, !self.listing.wrote(path, &found));
                } else {
                    self.differ(path, State::InTheWay, false);
                }
            }
            Some(kind) if kind.is_dir() => {
                let state = if self.holds_foreign(path)? { State::InTheWay } else { State::Missing };
                self.differ(path, state, false);
            }
            Some(_) if owned => self.differ(path, State::Stale, true),
            Some(_) => self.differ(path, State::InTheWay, false),
        }
        Ok(())
    }

    fn left_over(&mut self, path: &str) -> Result<(), Error> {
        if !matches!(self.way(parent(path))?, Way::Open) {
            return Ok(());
        }
        let full = self.live.join(path);
        match kind(&full)? {
            Some(kind) if kind.is_file() => {
                let found = fs::read(&full).at("read", &full)?;
                self.differ(path, State::LeftOver, !self.listing.wrote(path, &found));
            }
            Some(kind) if !kind.is_dir() => self.differ(path, State::LeftOver, true),
            _ => {}
        }
        Ok(())
    }

    /// What leads to the files of this folder; `None` is the output folder itself.
    fn way(&mut self, folder: Option<&str>) -> Result<Way, Error> {
        let (key, full) = match folder {
            None => ("", self.live.to_owned()),
            Some(folder) => (folder, self.live.join(folder)),
        };
        if let Some(way) = self.folders.get(key) {
            return Ok(way.clone());
        }
        let above = match folder {
            None => Way::Open,
            Some(folder) => self.way(parent(folder))?,
        };
        let way = match above {
            Way::Open => match kind(&full)? {
                None => Way::Absent,
                Some(kind) if kind.is_dir() => Way::Open,
                Some(_) => Way::Blocked(key.to_owned()),
            },
            other => other,
        };
        self.folders.insert(key.to_owned(), way.clone());
        Ok(way)
    }

    /// Somewhere in this folder is a file that infra-gen didn't write.
    fn holds_foreign(&self, folder: &str) -> Result<bool, Error> {
        let full = self.live.join(folder);
        for entry in fs::read_dir(&full).at("read", &full)? {
            let entry = entry.at("read", &full)?;
            let path = entry.file_name().to_str().map(|name| format!("{folder}/{name}"));
            let is_dir = entry.file_type().at("read", &full)?.is_dir();
            let foreign = match path {
                Some(path) if is_dir => self.holds_foreign(&path)?,
                Some(path) => !self.listing.owns(&path),
                None => true,
            };
            if foreign {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What is at this path, links not followed; `None` when nothing is.
fn kind(path: &Path) -> Result<Option<FileType>, Error> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("look at", path),
    }
}
