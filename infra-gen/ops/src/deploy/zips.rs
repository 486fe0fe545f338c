//! The functions' zips, by content.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::{Problem, console::Console, target::Target};

/// One function's zip, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zip {
    /// The function's name in the manifest.
    pub(crate) function: String,
    /// Where it is in the artifact bucket.
    pub(crate) key: String,
    /// Read once, so that what is put is what the key says.
    pub(crate) contents: Vec<u8>,
}

/// Builds every function, or what of them has changed, as `make build` does.
pub(crate) async fn build(
    target: &Target,
    zigbuild: bool,
    console: &mut Console,
) -> Result<PathBuf, Problem> {
    let root = target.root.clone();
    let out = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("lambda");
    let builder = if zigbuild { package::Builder::Zig } else { package::Builder::Cargo };
    console.say("building the functions");
    let model = target.model.clone();
    let built = tokio::task::spawn_blocking(move || {
        package::package(&model, &root, &out, builder, |_| {}).map(|_| out)
    });
    let built = built.await.map_err(|error| Problem::failed(format!("the build broke off: {error}")))?;
    built.map_err(|error| {
        let problem = Problem::failed(error.to_string());
        match error.help() {
            Some(help) => problem.help(help),
            None => problem,
        }
    })
}

/// The zip of every function of the model in this folder.
///
/// # Errors
/// Functions without a zip, all of them; a file that can't be read.
pub(crate) fn find(target: &Target, folder: &Path) -> Result<Vec<Zip>, Problem> {
    let mut zips = vec![];
    let mut missing = vec![];
    for function in &target.model.functions {
        let name = &function.name.name;
        let path = folder.join(format!("{name}.zip"));
        if !path.is_file() {
            missing.push(format!("{name}.zip"));
            continue;
        }
        let contents = std::fs::read(&path)
            .map_err(|error| Problem::failed(format!("can't read {}: {error}", path.display())))?;
        if !contents.starts_with(b"PK\x03\x04") {
            return Err(Problem::bad_input(format!("{} is no zip", path.display()))
                .help("build it again: make build"));
        }
        let hash: String = Sha256::digest(&contents).iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("{}/functions/{name}-{hash}.zip", target.model.app.name);
        zips.push(Zip { function: name.clone(), key, contents });
    }
    if missing.is_empty() {
        return Ok(zips);
    }
    Err(Problem::bad_input(format!("{} has no zip for every function", folder.display()))
        .note(format!("missing: {}", missing.join(", ")))
        .help("build them all: make build; or leave --zips out"))
}
