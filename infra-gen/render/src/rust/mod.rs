//! The Rust: the events' types, the functions, and the first draft of a business rule.
//!
//! | crate | what it holds | depends on |
//! | --- | --- | --- |
//! | `events` | a module for each topic: its event, its request, their checks | `contract` |
//! | `producers` | a program for each function that publishes | `rules`, `publish` |
//! | `consumers` | a program for each function that consumes | `runtime` |
//! | `edge` | the programs of the WebSocket API | `runtime` |
//! | `bootstrap-brokers` | the program that finds the brokers for CloudFormation | `bootstrap` |
//!
//! Templates write one statement a line; [`layout`] then breaks those that are too long, as rustfmt does. No
//! formatter runs: it would take longer than everything else, and need the rest of the toolchain.

mod alert;
mod cases;
mod events;
mod failure;
mod functions;
mod layout;
mod names;
mod rules;
mod seen;
mod types;
mod value;

use model::Model;
use serde::Serialize;

use crate::{File, template};

/// Every file of the generated crates.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let settings = vec![file("rustfmt.toml", "rustfmt.toml.j2", ())];
    [settings, events::render(model), functions::render(model), rules::render(model)].concat()
}

/// Files that are written once and then belong to the user, by paths from the project's root.
pub(crate) fn scaffolds(model: &Model) -> Vec<File> {
    rules::scaffolds(model)
}

/// Renders `templates/rust/<template>` into the file of this path.
fn file(path: &str, template: &str, context: impl Serialize) -> File {
    let text = template::render(&format!("rust/{template}"), context);
    let is_rust = std::path::Path::new(path).extension().is_some_and(|ending| ending == "rs");
    File::new(path, if is_rust { layout::wrap(&text) } else { text })
}

/// A description as one line of a doc comment.
fn doc(description: &str) -> String {
    // rustc refuses bare carriage returns in comments, and characters that change the text's direction.
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let plain: String = description.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
