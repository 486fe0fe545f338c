//! Reads topics.yaml into the model, or says with file, line and column why it can't.
//!
//! One way: text, tree of values with their places, shape, typed structs, model. What is wrong at one step doesn't
//! hide what is wrong at the next, as far as the next can still be made sense of.

pub mod close;
mod code;
mod diagnostic;
mod document;
#[cfg(test)]
mod properties;
mod raw;
mod render;
mod resolve;
mod schema;
mod shape;
mod span;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod tree;

pub use code::Code;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use document::Document;
pub use schema::json_schema;

use std::{path::Path, sync::LazyLock};

use diagnostic::Report;
use model::Model;
use serde::Deserialize;
use span::Span;
use tree::Place;

/// [`json_schema`], made once for the whole program.
static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(json_schema);

/// Reads a manifest; `path_for_messages` is how messages name it.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(path_for_messages: &str, text: &str) -> Result<Model, Diagnostics> {
    let mut report = Report::default();
    let model = read_into(text, &mut report);
    match model {
        Some(model) if report.is_empty() => Ok(model),
        _ => Err(report.finish(path_for_messages, text)),
    }
}

/// Reads a manifest from a file.
///
/// # Errors
/// Everything that is wrong with it, and a file that can't be read.
pub fn read_file(path: impl AsRef<Path>) -> Result<Model, Diagnostics> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(text::unreadable(&name, &error)),
    };
    read_bytes(&name, &bytes)
}

/// Reads a manifest from a file's bytes, whatever they are.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_bytes(path_for_messages: &str, bytes: &[u8]) -> Result<Model, Diagnostics> {
    read(path_for_messages, text::decode(path_for_messages, bytes)?)
}

fn read_into(text: &str, report: &mut Report) -> Option<Model> {
    let node = tree::parse(text, report)?;
    let node = shape::check(&node, text, &SCHEMA, "the manifest", report);
    report.settle();
    let manifest = match raw::Manifest::deserialize(node.to_yaml()) {
        Ok(manifest) => manifest,
        Err(error) => {
            // After a fault of shape this only says the same again.
            if report.is_empty() {
                report.push(
                    Diagnostic::new(Code::SchemaMismatch, Span::new(0..0), error.to_string())
                        .help("please report this with the manifest"),
                );
            }
            return None;
        }
    };
    resolve::resolve(&manifest, text, Place::root(&node), report)
}
