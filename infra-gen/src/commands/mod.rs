//! The commands, one file each.

mod check;
mod model;
mod schema;
mod synth;

use std::fs;
use std::path::Path;

use crate::cli::{Cli, Command, Manifest, Out};
use crate::{Console, Error, Exit, Rendered, read_model, rendered};

/// Does what was asked for.
pub fn run(cli: &Cli, console: &mut Console) -> Result<Exit, Error> {
    match &cli.command {
        Command::Synth(args) => synth::run(args, console),
        Command::Check(args) => check::run(args, console),
        Command::Schema => schema::run(console),
        Command::Model(args) => model::run(args, console),
    }
}

/// Reads and renders; writes nothing.
fn render(manifest: &Manifest, out: &Out) -> Result<(::model::Model, Rendered), Error> {
    let model = read_model(&manifest.manifest)?;
    if lies_in(&manifest.manifest, &out.out) {
        // `--out .` would make the whole project the output folder.
        return Err(Error::OutHoldsManifest(out.out.clone()));
    }
    let rendered = rendered(&model)?;
    Ok((model, rendered))
}

fn lies_in(file: &Path, folder: &Path) -> bool {
    match (fs::canonicalize(file), fs::canonicalize(folder)) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}
