//! Reads the manifest.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use model::Model;

use crate::Error;

/// The model that this manifest means.
pub fn read_model(path: &Path) -> Result<Model, Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(Error::NoFile(path.into())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
            let looked_in = absolute.parent().unwrap_or(&absolute).to_owned();
            Err(Error::NoManifest { path: path.into(), nearby: nearby(path), looked_in })
        }
        _ => manifest::read_file(path).map_err(Error::Manifest),
    }
}

/// A manifest that may be meant: in a folder above, or with YAML's other ending.
fn nearby(path: &Path) -> Option<PathBuf> {
    let other = match path.extension()?.to_str()? {
        "yaml" => path.with_extension("yml"),
        _ => path.with_extension("yaml"),
    };
    if other.is_file() {
        return Some(other);
    }
    if path.is_absolute() {
        return None;
    }
    let depth = std::env::current_dir().ok()?.components().count();
    let above = std::iter::successors(Some(PathBuf::from("..")), |above| Some(above.join("..")));
    above.take(depth).map(|above| above.join(path)).find(|above| above.is_file())
}
