//! `.files`: what infra-gen owns in the output folder, with the hash of what it wrote there.
//!
//! The format is that of `sha256sum`, so `cd generated && sha256sum --check .files` tells what was edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::tree::{Tree, is_plain};

const HEADER: &str = "# What `make synth` wrote here. It replaces and removes these files, and no others.\n";

/// The owned paths, each with the hashes that were written.
///
/// One hash each, save after a merge: reading is lenient, so that conflict markers are passed over, both
/// sides are owned, and synth mends the conflict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Listing {
    owned: BTreeMap<String, BTreeSet<String>>,
}

impl Listing {
    /// The text of a tree's listing.
    pub(super) fn text(tree: &Tree) -> String {
        let mut text = HEADER.to_owned();
        for (path, contents) in tree.iter() {
            writeln!(text, "{}  {path}", hash(contents.as_bytes())).expect("a string takes everything");
        }
        text
    }

    /// Reads what [`Listing::text`] wrote; passes over any line that it can't have written.
    pub(super) fn parse(text: &str) -> Self {
        let mut listing = Self::default();
        for (hash, path) in text.lines().filter_map(|line| line.split_once("  ")) {
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_hash && is_plain(path) {
                listing.owned.entry(path.to_owned()).or_default().insert(hash.to_owned());
            }
        }
        listing
    }

    /// infra-gen wrote this path.
    pub(super) fn owns(&self, path: &str) -> bool {
        self.owned.contains_key(path)
    }

    /// infra-gen wrote these contents there.
    pub(super) fn wrote(&self, path: &str, contents: &[u8]) -> bool {
        self.owned.get(path).is_some_and(|hashes| hashes.contains(&hash(contents)))
    }

    /// Every owned path, sorted.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.owned.keys().map(String::as_str)
    }
}

fn hash(contents: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(contents) {
        write!(text, "{byte:02x}").expect("a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree::new(files.iter().map(|(path, contents)| render::File::new(*path, *contents))).unwrap()
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let text = Listing::text(&tree(&[("b/c d.md", "two\n"), ("a.md", "")]));
        let listing = Listing::parse(&text);
        assert_eq!(listing.paths().collect::<Vec<_>>(), ["a.md", "b/c d.md"]);
        assert!(listing.wrote("b/c d.md", b"two\n"));
        assert!(!listing.wrote("b/c d.md", b"three\n"));
    }

    #[test]
    fn the_hash_is_that_of_sha256sum() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(Listing::text(&tree(&[("a", "")])).ends_with(&format!("\n{empty}  a\n")));
    }

    #[test]
    fn both_sides_of_a_merge_conflict_are_owned() {
        let ours = Listing::text(&tree(&[("a", "ours"), ("b", "")]));
        let theirs = Listing::text(&tree(&[("a", "theirs"), ("c", "")]));
        let listing = Listing::parse(&format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> topic\n"));
        assert_eq!(listing.paths().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(listing.wrote("a", b"ours") && listing.wrote("a", b"theirs"));
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_passed_over() {
        let hash = hash(b"");
        assert_eq!(Listing::parse(&format!("{hash}  ../a\n{hash}  /a\nshort  a\n")), Listing::default());
    }
}
