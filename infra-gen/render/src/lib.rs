//! Renders a model into files: CloudFormation, cloud assembly, CDK package, crates, browser client, documents.
//!
//! Every renderer is a function from the model to files. None reads the manifest, the disk, the clock or
//! another renderer's output, so the same model gives the same bytes.

mod asyncapi;
pub mod browser;
mod cdk;
mod cloudformation;
mod docs;
pub mod example;
mod file;
mod fixtures;
#[cfg(test)]
mod hazards;
pub mod json_schema;
mod parallel;
pub mod pattern;
mod rust;
pub mod template;
mod web;

pub use file::File;

use model::{Function, Model};

/// What a model renders to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Everything under `generated/`, sorted by path.
    pub files: Vec<File>,
    /// First drafts that are written once, where they are missing, and then belong to the user; their paths are
    /// relative to the project's root.
    pub scaffolds: Vec<File>,
    /// What synth tells about it.
    pub summary: Summary,
}

/// A template is one that CloudFormation would refuse. The manifest has been checked, so this is the renderer's mistake
/// and nothing that a user can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// `foundation`
    template: String,
    mistakes: Vec<String>,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the template {} is wrong: {}", self.template, self.mistakes.join("; "))
    }
}

impl std::error::Error for Error {}

/// The size of what was rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// CloudFormation templates, the root stack's included.
    pub stacks: usize,
    /// Resources in all of them.
    pub resources: usize,
    /// Kafka topics of the manifest.
    pub topics: usize,
    /// Lambda functions.
    pub functions: usize,
}

/// Renders everything.
///
/// # Errors
/// A template is one that CloudFormation would refuse.
pub fn render(model: &Model) -> Result<Output, Error> {
    let (cloudformation, others) = parallel::both(
        || cloudformation::render(model),
        || {
            let renderers: [fn(&Model) -> Vec<File>; 6] =
                [asyncapi::render, cdk::render, docs::render, fixtures::render, rust::render, web::render];
            parallel::map(renderers, |render| render(model))
        },
    );
    let cloudformation = cloudformation?;
    let mut files: Vec<File> = cloudformation.files;
    files.extend(others.into_iter().flatten());
    files.sort();
    let summary = Summary {
        stacks: cloudformation.stacks,
        resources: cloudformation.resources,
        topics: model.topics.len(),
        functions: model.functions.len(),
    };
    Ok(Output { files, scaffolds: rust::scaffolds(model), summary })
}

/// The files under `cloudformation/` alone, for whoever wants no more.
///
/// # Errors
/// A template is one that CloudFormation would refuse.
pub fn render_cloudformation(model: &Model) -> Result<Vec<File>, Error> {
    Ok(cloudformation::render(model)?.files)
}

/// The root template's parameters that say where the functions' zips are, each with its value when `key` is where a
/// function's zip is.
pub fn code_parameters(model: &Model, key: impl Fn(&Function) -> String) -> Vec<(String, String)> {
    cloudformation::code_parameters(model)
        .into_iter()
        .map(|(name, functions)| (name, cloudformation::code_keys(&functions, &key).join(",")))
        .collect()
}
