//! Other YAML files of the house, read and complained of as the manifest is.

use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    close,
    code::Code,
    diagnostic::{Diagnostic, Diagnostics, Report},
    schema, shape,
    span::Span,
    text,
    tree::{self, Node, Place},
};

/// A file that was read, and where in it each value stands.
#[derive(Debug, Clone)]
pub struct Document {
    path: String,
    text: String,
    node: Node,
}

impl Document {
    /// Reads a file's bytes as a `T`; `path` is how messages name the file, `name` how they name the whole of it in some
    /// words (`the waivers file`), and `outcome` what came of it when it is wrong (`nothing was checked`).
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read<T: DeserializeOwned + JsonSchema>(
        path: &Path,
        bytes: &[u8],
        name: &str,
        outcome: &'static str,
    ) -> Result<(Self, T), Diagnostics> {
        let path = path.display().to_string();
        let text = text::decode(&path, bytes).map_err(|wrong| wrong.with_outcome(outcome))?;
        let mut report = Report::default();
        let schema = schema::schema_of::<T>();
        // What is said of an empty manifest would be of the manifest's own keys.
        if text.trim().is_empty() {
            let keys: Vec<_> =
                schema["required"].as_array().into_iter().flatten().filter_map(|key| key.as_str()).collect();
            let diagnostic = Diagnostic::new(Code::Empty, Span::new(0..0), "the file is empty");
            report.push(diagnostic.help(format!("{name} has at least {}", close::list(&keys))));
        } else if let Some(node) = tree::parse(text, &mut report) {
            let node = shape::check(&node, text, &schema, name, &mut report);
            if report.is_empty() {
                match T::deserialize(node.to_yaml()) {
                    Ok(value) => return Ok((Self { path, text: text.into(), node }, value)),
                    Err(error) => {
                        report.push(Diagnostic::new(
                            Code::SchemaMismatch,
                            Span::new(0..0),
                            error.to_string(),
                        ));
                    }
                }
            }
        }
        Err(report.finish(&path, text).with_outcome(outcome))
    }

    /// A fault of the value under `key` of the `index`th item of the list `list`, or of the value's own `item`th item.
    pub fn fault(
        &self,
        code: Code,
        (list, index, key): (&str, usize, &[&str]),
        item: Option<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let mut place = Place::root(&self.node).get(list).item(index);
        for key in key {
            place = place.get(key);
        }
        if let Some(item) = item {
            place = place.item(item);
        }
        Diagnostic::new(code, place.span(), message)
    }

    /// All that is wrong with it, and what comes of that (`nothing was checked`).
    pub fn report(&self, faults: Vec<Diagnostic>, outcome: &'static str) -> Diagnostics {
        let mut report = Report::default();
        for fault in faults {
            report.push(fault);
        }
        report.finish(&self.path, &self.text).with_outcome(outcome)
    }
}
