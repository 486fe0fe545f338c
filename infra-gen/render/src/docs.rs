//! `docs/`: the pages that people read.
//!
//! A page is a template and a context that holds finished phrases, so that a template has the words of the page
//! and the code has the words for what the model says.

mod architecture;
mod facts;
mod fields;
mod mermaid;
mod quick_reference;
mod topics;
mod variables;
mod words;

use model::Model;

use crate::{File, template};

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let page = |name: &str, contents: String| File::new(format!("docs/{name}.md"), contents);
    vec![
        page("architecture", template::render("docs/architecture.md.j2", architecture::page(model))),
        page("quick-reference", template::render("docs/quick-reference.md.j2", quick_reference::page(model))),
        page("topics", template::render("docs/topics.md.j2", topics::page(model))),
    ]
}

/// What stands for the environment's name in names that differ by it.
const ENVIRONMENT: &str = "$ENVIRONMENT";

#[cfg(test)]
mod tests;
