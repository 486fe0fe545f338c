//! `docs/`: the pages that people read.
//!
//! A page is a template and a context that holds finished phrases, so that a template has the words of the page
//! and the code has the words for what the model says.

mod alarms;
mod architecture;
mod deployment;
mod facts;
mod fields;
mod first;
mod kafka;
mod mermaid;
mod quick_reference;
mod runbook;
mod security;
mod targets;
mod topics;
mod variables;
mod words;

use model::Model;

pub(crate) use runbook::place as runbook_place;

use crate::{File, template};

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let page = |name: &str, contents: String| File::new(format!("docs/{name}.md"), contents);
    vec![
        page("architecture", template::render("docs/architecture.md.j2", architecture::page(model))),
        page("deployment", template::render("docs/deployment.md.j2", deployment::page(model))),
        page("kafka", template::render("docs/kafka.md.j2", kafka::page(model))),
        page("quick-reference", template::render("docs/quick-reference.md.j2", quick_reference::page(model))),
        page("runbook", template::render("docs/runbook.md.j2", runbook::page(model))),
        page("security", template::render("docs/security.md.j2", security::page(model))),
        page("topics", template::render("docs/topics.md.j2", topics::page(model))),
    ]
}

/// What stands for the environment's name in names that differ by it.
const ENVIRONMENT: &str = "$ENVIRONMENT";

#[cfg(test)]
mod tests;
