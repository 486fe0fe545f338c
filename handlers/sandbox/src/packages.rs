//! The zips that `make build` made.

use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use zip::ZipArchive;

use crate::Error;

/// A folder of zips, and where they are unpacked.
#[derive(Debug)]
pub struct Packages {
    folder: PathBuf,
    unpacked: TempDir,
}

impl Packages {
    /// The zips in `lambda/` of cargo's target folder, where `make build` puts them.
    pub fn built() -> Result<Self, Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        // `cargo bench` and `cargo test` run in the package's folder, and the variable may be relative to the root.
        Self::of(root.join(target).join("lambda"))
    }

    /// The zips of this folder.
    pub fn of(folder: PathBuf) -> Result<Self, Error> {
        let unpacked = tempfile::tempdir().map_err(Error::io("make a folder for programs"))?;
        Ok(Self { folder, unpacked })
    }

    /// The function's zip.
    pub fn zip(&self, function: &str) -> PathBuf {
        self.folder.join(format!("{function}.zip"))
    }

    /// The function's program, unpacked as Lambda does it: with the permissions that the zip says.
    pub fn program(&self, function: &str) -> Result<PathBuf, Error> {
        let path = self.zip(function);
        let zip = fs::File::open(&path).map_err(|_| Error::NoZip(path.clone()))?;
        let bad = |reason: String| Error::BadZip { path: path.clone(), reason };
        let mut archive = ZipArchive::new(zip).map_err(|error| bad(error.to_string()))?;
        let mut bootstrap = archive.by_name("bootstrap").map_err(|error| bad(error.to_string()))?;
        let mode = bootstrap.unix_mode().ok_or_else(|| bad("it has no permissions".into()))?;
        let mut bytes = Vec::new();
        bootstrap.read_to_end(&mut bytes).map_err(|error| bad(error.to_string()))?;
        let folder = self.unpacked.path().join(function);
        let program = folder.join("bootstrap");
        if !program.exists() {
            fs::create_dir_all(&folder).map_err(Error::io("make a folder for a program"))?;
            fs::write(&program, bytes).map_err(Error::io("write a program"))?;
            permit(&program, mode).map_err(Error::io("make a program executable"))?;
        }
        Ok(program)
    }
}

#[cfg(unix)]
fn permit(program: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(program, fs::Permissions::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
fn permit(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}
