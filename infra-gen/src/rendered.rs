//! Everything under `generated/`, in memory.

use model::Model;
use render::{File, Output, Summary};

use crate::Error;
use crate::output::Tree;

/// What a model renders to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The output folder's contents.
    pub tree: Tree,
    /// First drafts of files that belong to the user, by paths from the folder that the output folder is in.
    pub scaffolds: Vec<File>,
    /// Its size.
    pub summary: Summary,
}

/// Renders the model, and the manifest's own schema beside it.
pub fn rendered(model: &Model) -> Result<Rendered, Error> {
    let Output { mut files, scaffolds, summary } = render::render(model)?;
    // The renderers don't know that there is a manifest, so its schema is added here.
    files.push(File::new("schema/topics.schema.json", schema()));
    Ok(Rendered { tree: Tree::new(files)?, scaffolds, summary })
}

/// The JSON Schema of the manifest, as text.
pub(crate) fn schema() -> String {
    format!("{:#}\n", manifest::json_schema())
}
