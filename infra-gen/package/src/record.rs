//! What was packaged, so that a program which is as it was is neither checked nor zipped again.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use model::Architecture;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Error, Glibc};

/// The record's name, beside the zips.
const NAME: &str = "packages.json";
/// Another way to zip or to check is another number.
const WAY: u32 = 1;

/// What is known of the zips in a folder, by function.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
}

/// One function's zip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// What it was made from.
    made_from: String,
    /// SHA-256 of the zip, in hex.
    zip: String,
    glibc: (u16, u16),
}

impl Record {
    /// That of the folder; none if there is none, or if it can't be read: then everything is made anew.
    pub(crate) fn read(out: &Path) -> Self {
        let text = fs::read_to_string(path(out)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The function's zip and what runs it, if it was made from the same and nobody has touched it since.
    pub(crate) fn kept(&self, function: &str, made_from: &str, zip: &Path) -> Option<(Vec<u8>, Glibc)> {
        let entry = self.packages.get(function).filter(|entry| entry.made_from == made_from)?;
        let contents = fs::read(zip).ok()?;
        (hex(&contents) == entry.zip).then_some((contents, Glibc(entry.glibc.0, entry.glibc.1)))
    }

    /// Remembers a function's zip.
    pub(crate) fn add(&mut self, function: &str, made_from: String, zip: &[u8], glibc: Glibc) {
        let entry = Entry { made_from, zip: hex(zip), glibc: (glibc.0, glibc.1) };
        self.packages.insert(function.to_owned(), entry);
    }

    /// Writes it once the zips are there.
    pub(crate) fn write(&self, out: &Path) -> Result<(), Error> {
        let path = path(out);
        let text = format!("{:#}\n", serde_json::json!(self));
        let new = path.with_extension("json.new");
        fs::write(&new, text).map_err(Error::io("write", &new))?;
        fs::rename(&new, &path).map_err(Error::io("write", &path))
    }
}

/// All that decides whether a program is a good function, and what its zip is.
pub(crate) fn made_from(program: &[u8], architecture: Architecture, publishes: bool) -> String {
    format!("{WAY} {} {publishes} {}", architecture.as_str(), hex(program))
}

fn path(out: &Path) -> PathBuf {
    out.join(NAME)
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_zip_of_the_same_program_that_nobody_touched_is_kept() {
        let out = tempfile::tempdir().expect("a folder");
        let zip = out.path().join("f.zip");
        fs::write(&zip, "the zip").expect("a file");
        let from = |program: &str| made_from(program.as_bytes(), Architecture::Arm64, true);
        let mut record = Record::default();
        record.add("f", from("the program"), b"the zip", Glibc(2, 34));
        record.write(out.path()).expect("it can be written");
        let record = Record::read(out.path());
        let kept = record.kept("f", &from("the program"), &zip);
        assert_eq!(kept, Some((b"the zip".to_vec(), Glibc(2, 34))));
        assert_eq!(record.kept("f", &from("another program"), &zip), None);
        assert_eq!(record.kept("f", &made_from(b"the program", Architecture::X86_64, true), &zip), None);
        assert_eq!(record.kept("f", &made_from(b"the program", Architecture::Arm64, false), &zip), None);
        assert_eq!(record.kept("g", &from("the program"), &zip), None);
        fs::write(&zip, "touched").expect("a file");
        assert_eq!(record.kept("f", &from("the program"), &zip), None);
        fs::remove_file(&zip).expect("it is there");
        assert_eq!(record.kept("f", &from("the program"), &zip), None);
        fs::write(path(out.path()), "{ half").expect("a file");
        assert_eq!(Record::read(out.path()), Record::default());
    }
}
