//! `infra-gen model`

use crate::cli::Model;
use crate::{Console, Error, Exit, read_model};

pub(super) fn run(args: &Model, console: &mut Console) -> Result<Exit, Error> {
    let model = read_model(&args.manifest.manifest)?;
    let text = serde_json::to_string_pretty(&model).map_err(std::io::Error::from)?;
    console.data(&(text + "\n"))?;
    Ok(Exit::Done)
}
