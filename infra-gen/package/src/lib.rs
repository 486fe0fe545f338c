//! Builds every function of the model for Lambda.
//!
//! ```text
//! Model --cargo--> programs --program--> checked --archive--> target/lambda/<function>.zip
//! ```
//!
//! A zip holds one file, `bootstrap`, which is what `provided.al2023` runs
//! (<https://docs.aws.amazon.com/lambda/latest/dg/rust-package.html>). Of the same program it is the same zip, to the
//! byte, so that what is deployed can be compared with what was built.
//!
//! What would only fail in Lambda fails here: a program for another processor, one that needs a newer glibc or a
//! library that Lambda doesn't have, and a function that carries Kafka's client without publishing.

mod archive;
mod cargo;
mod error;
mod program;
mod record;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use base64::Engine as _;
use model::{Function, Model, Role};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use cargo::{Builder, Host, triple};
pub use error::Error;
pub use program::{Fault, Glibc, Program};
use record::Record;

/// One function, ready to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Package {
    /// The function's name in the manifest.
    pub function: String,
    /// The zip.
    pub path: PathBuf,
    /// Its key in the artifact bucket, as the root template's parameters have it.
    pub key: String,
    /// Bytes of the program.
    pub program_bytes: u64,
    /// Bytes of the zip.
    pub zip_bytes: u64,
    /// SHA-256 of the zip in base64, as Lambda tells it in `CodeSha256`.
    pub sha256: String,
    /// The oldest glibc that runs it.
    pub glibc: Glibc,
}

/// Builds every function with `builder` and puts the zips into `out`; `done` is told of each.
///
/// `root` is the workspace. Zips of functions that are no more are removed. All faults are told at once, and where
/// there is one, no zip is written. The zip of a program that is as it was when it was packaged last stays as it is;
/// `packages.json` beside the zips says what that was.
pub fn package(
    model: &Model,
    root: &Path,
    out: &Path,
    builder: Builder,
    mut done: impl FnMut(&Package),
) -> Result<Vec<Package>, Error> {
    let programs = cargo::build(model, root, builder)?;
    let mut record = Record::read(out);
    let mut ready = vec![];
    let mut faults = vec![];
    for function in &model.functions {
        let name = &function.name.name;
        let path = &programs[name];
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        let made_from = record::made_from(&bytes, model.architecture, publishes(function));
        let zip = out.join(format!("{name}.zip"));
        if let Some((contents, glibc)) = record.kept(name, &made_from, &zip) {
            ready.push((function, bytes.len(), glibc, zip, Zip::Kept(contents)));
            continue;
        }
        let program = Program::read(&bytes)
            .map_err(|reason| Error::NoProgram { path: path.clone(), reason: reason.to_string() })?;
        let found = program.faults(model.architecture, publishes(function));
        faults.extend(found.into_iter().map(|fault| (name.clone(), fault)));
        ready.push((function, bytes.len(), program.glibc, zip, Zip::Of(bytes, made_from)));
    }
    if !faults.is_empty() {
        return Err(Error::Unfit(faults));
    }
    fs::create_dir_all(out).map_err(Error::io("make", out))?;
    let mut packages = vec![];
    for (function, program_bytes, glibc, path, zip) in ready {
        let name = &function.name.name;
        let zip = match zip {
            Zip::Kept(contents) => contents,
            Zip::Of(program, made_from) => {
                let zip = archive::zip(&program).map_err(|source| Error::Zip { source })?;
                // A run that is killed leaves no half zip under the name that is uploaded.
                let new = path.with_extension("zip.new");
                fs::write(&new, &zip).map_err(Error::io("write", &new))?;
                fs::rename(&new, &path).map_err(Error::io("write", &path))?;
                record.add(name, made_from, &zip, glibc);
                zip
            }
        };
        let package = Package {
            function: name.clone(),
            key: model.zip_key(function),
            program_bytes: program_bytes as u64,
            zip_bytes: zip.len() as u64,
            sha256: base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&zip)),
            path,
            glibc,
        };
        done(&package);
        packages.push(package);
    }
    record.write(out)?;
    remove_others(out, &packages)?;
    Ok(packages)
}

/// Where a function's zip comes from.
enum Zip {
    /// It is there already.
    Kept(Vec<u8>),
    /// It is made of this program; the other is what the record says of it.
    Of(Vec<u8>, String),
}

/// Whether the function puts records into Kafka; every producer does.
fn publishes(function: &Function) -> bool {
    matches!(function.role, Role::Producer(_))
}

/// Zips of functions that were removed or renamed: whoever uploads the folder would upload them, too.
fn remove_others(out: &Path, packages: &[Package]) -> Result<(), Error> {
    let keep: BTreeSet<&Path> = packages.iter().map(|package| package.path.as_path()).collect();
    for entry in fs::read_dir(out).map_err(Error::io("read", out))? {
        let path = entry.map_err(Error::io("read", out))?.path();
        let is_ours = path.extension().is_some_and(|extension| extension == "zip" || extension == "new");
        if is_ours && !keep.contains(path.as_path()) {
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zips_that_nobody_needs_are_removed() {
        let out = tempfile::tempdir().expect("a folder");
        for name in ["kept.zip", "gone.zip", "half.zip.new", "mine.txt"] {
            fs::write(out.path().join(name), "").expect("a file");
        }
        let package = Package {
            function: "kept".into(),
            path: out.path().join("kept.zip"),
            key: String::new(),
            program_bytes: 0,
            zip_bytes: 0,
            sha256: String::new(),
            glibc: Glibc::LAMBDA,
        };
        remove_others(out.path(), &[package]).expect("they can be removed");
        let left: BTreeSet<_> = fs::read_dir(out.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        assert_eq!(left, BTreeSet::from(["kept.zip".to_owned(), "mine.txt".to_owned()]));
    }
}
