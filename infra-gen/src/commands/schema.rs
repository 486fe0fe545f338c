//! `infra-gen schema`

use crate::rendered::schema;
use crate::{Console, Error, Exit};

pub(super) fn run(console: &mut Console) -> Result<Exit, Error> {
    console.data(&schema())?;
    Ok(Exit::Done)
}
