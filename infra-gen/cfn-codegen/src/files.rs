//! Where things lie, and whether what is checked in is what would be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::crosscheck::{Known, Library};
use crate::overrides::Overrides;
use crate::slice::Slice;

/// A file cannot be read or written, or is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct FileError {
    path: PathBuf,
    why: String,
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> FileError {
    FileError { path: path.to_owned(), why: why.to_string() }
}

/// The folder `spec`.
pub fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec")
}

/// The folder of the generated code.
pub fn resources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("cfn").join("src/resources")
}

/// The text of a file.
pub fn text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|error| failed(path, &error))
}

/// Writes a file.
pub fn write(path: &Path, text: &str) -> Result<(), FileError> {
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn json<T: DeserializeOwned>(name: &str) -> Result<T, FileError> {
    let path = spec().join(name);
    serde_json::from_str(&text(&path)?).map_err(|error| failed(&path, &error))
}

fn toml<T: DeserializeOwned>(name: &str) -> Result<T, FileError> {
    let path = spec().join(name);
    toml::from_str(&text(&path)?).map_err(|error| failed(&path, &error))
}

/// `spec/types.txt`.
pub fn types() -> Result<Vec<String>, FileError> {
    let text = text(&spec().join("types.txt"))?;
    let lines = text.lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// `spec/versions.toml`: the npm packages and their pinned versions.
pub fn versions() -> Result<BTreeMap<String, String>, FileError> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = toml("versions.toml")?;
    Ok(sections.remove("npm").unwrap_or_default())
}

/// `spec/slice.json`.
pub fn slice() -> Result<Slice, FileError> {
    json("slice.json")
}

/// `spec/overrides.toml`.
pub fn overrides() -> Result<Overrides, FileError> {
    toml("overrides.toml")
}

/// `spec/aws-cdk-lib.json`.
pub fn library() -> Result<Library, FileError> {
    json("aws-cdk-lib.json")
}

/// `spec/crosscheck.toml`.
pub fn known() -> Result<Known, FileError> {
    toml("crosscheck.toml")
}

/// The names of the generated files that are not as `wanted`: changed, missing, or there without need.
pub fn stale(wanted: &BTreeMap<String, String>) -> Result<Vec<String>, FileError> {
    let dir = resources();
    let mut present: BTreeMap<String, String> = BTreeMap::new();
    if dir.is_dir() {
        for entry in fs::read_dir(&dir).map_err(|error| failed(&dir, &error))? {
            let path = entry.map_err(|error| failed(&dir, &error))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            present.insert(name, text(&path)?);
        }
    }
    let changed = wanted.iter().filter(|(name, text)| present.get(*name) != Some(text)).map(|(name, _)| name);
    let needless = present.keys().filter(|name| !wanted.contains_key(*name));
    Ok(changed.chain(needless).cloned().collect())
}
