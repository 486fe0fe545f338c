//! What is deployed: the rendering of the manifest, which has to be what is checked in.

use std::{collections::BTreeMap, path::Path};

use changes::Assembly;
use infra_gen::output::{self, Tree};
use serde_json::Value;

use crate::{Exit, Problem, console::count, target::Target};

/// How many of the differences are named.
const NAMED: usize = 5;

/// A file that the nested stacks are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// In the artifact bucket.
    pub(crate) key: String,
    pub(crate) contents: String,
}

/// What is rendered for one environment.
#[derive(Debug, Clone)]
pub(crate) struct Rendering {
    /// To be compared with what is deployed.
    pub(crate) assembly: Assembly,
    /// All templates, the root's among them.
    pub(crate) templates: Vec<Template>,
    /// Where the root's template is among them.
    pub(crate) root_key: String,
    /// The root's template.
    pub(crate) root: Value,
}

impl Rendering {
    /// Renders the manifest and compares it with the folder `generated/`.
    ///
    /// # Errors
    /// The folder is not what the manifest gives.
    pub(crate) fn fresh(target: &Target) -> Result<Self, Problem> {
        let out = target.root.join("generated");
        let rendered = rendered(target)?;
        let comparison = output::compare(&out, &rendered.tree)
            .map_err(|error| Problem::failed(format!("can't look at {}: {error}", out.display())))?;
        let differences: Vec<&str> =
            comparison.differences.iter().map(|difference| difference.path.as_str()).collect();
        if !differences.is_empty() {
            return Err(stale(&out, &differences));
        }
        Self::of(target, &files(&rendered.tree)).map_err(|reason| unusable(&reason))
    }

    fn of(target: &Target, files: &BTreeMap<&str, &str>) -> Result<Self, String> {
        let name = target.stack_name();
        let text = |path: &str| files.get(path).copied().ok_or_else(|| format!("{path} is missing"));
        let json = |path: &str| -> Result<Value, String> {
            serde_json::from_str(text(path)?).map_err(|error| format!("{path}: {error}"))
        };
        let manifest = json("manifest.json")?;
        let root_path = manifest["artifacts"][&name]["properties"]["templateFile"]
            .as_str()
            .ok_or_else(|| format!("there is no stack {name} in it"))?;
        let assets = json(&format!("{name}.assets.json"))?;
        let mut templates = vec![];
        let mut root_key = None;
        for asset in assets["files"].as_object().into_iter().flat_map(|files| files.values()) {
            let path = asset["source"]["path"].as_str().unwrap_or_default();
            let destinations = asset["destinations"].as_object();
            let Some(key) = destinations
                .and_then(|destinations| destinations.values().next())
                .and_then(|destination| destination["objectKey"].as_str())
            else {
                return Err(format!("{path} has no key"));
            };
            if path == root_path {
                root_key = Some(key.to_owned());
            }
            templates.push(Template { key: key.to_owned(), contents: text(path)?.to_owned() });
        }
        let assembly = Assembly::read(files.iter().map(|(path, contents)| (*path, *contents)))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            assembly,
            templates,
            root_key: root_key.ok_or_else(|| format!("{root_path} has no key"))?,
            root: json(root_path)?,
        })
    }
}

/// What stays in the account when the environment's stack is deleted, and has a name of its own: types and names.
///
/// # Errors
/// The manifest can't be rendered.
pub(crate) fn retained(target: &Target) -> Result<Vec<(String, String)>, Problem> {
    let rendered = rendered(target)?;
    let assembly = Assembly::read(files(&rendered.tree)).map_err(|error| unusable(&error.to_string()))?;
    let name = target.stack_name();
    let environment = BTreeMap::from([("Environment".to_owned(), target.environment.name.clone())]);
    Ok(assembly.with_parameters(&name, &environment).retained(&name))
}

fn rendered(target: &Target) -> Result<infra_gen::Rendered, Problem> {
    infra_gen::rendered(&target.model)
        .map_err(|error| Problem::failed(format!("can't render the manifest: {error}")))
}

/// The files of the cloud assembly, by their paths in it.
fn files(tree: &Tree) -> BTreeMap<&str, &str> {
    tree.iter()
        .filter_map(|(path, contents)| Some((path.strip_prefix("cloudformation/")?, contents)))
        .collect()
}

fn unusable(reason: &str) -> Problem {
    Problem::failed(format!("the cloud assembly can't be used: {reason}"))
}

fn stale(out: &Path, differences: &[&str]) -> Problem {
    let more = differences.len().saturating_sub(NAMED);
    let named = differences[..differences.len().min(NAMED)].join("\n");
    let more = if more == 0 { String::new() } else { format!("\nand {}", count(more, "other file")) };
    Problem::new(Exit::Stale, format!("{} isn't what the manifest gives", out.display()))
        .note(format!("what differs:\n{named}{more}"))
        .help("make synth; then look at the difference, and commit it with the manifest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_files_are_named_and_the_others_counted() {
        let paths: Vec<String> = (0..7).map(|at| format!("docs/{at}.md")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let problem = stale(Path::new("generated"), &paths);
        assert_eq!(problem.exit, Exit::Stale);
        assert!(problem.notes[0].ends_with("docs/4.md\nand 2 other files"), "{:?}", problem.notes);
    }
}
