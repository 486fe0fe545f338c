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
pub fn render(model: &Model) -> Output {
    let (cloudformation, others) = parallel::both(
        || cloudformation::render(model),
        || {
            let renderers: [fn(&Model) -> Vec<File>; 6] =
                [asyncapi::render, cdk::render, docs::render, fixtures::render, rust::render, web::render];
            parallel::map(renderers, |render| render(model))
        },
    );
    let mut files: Vec<File> = cloudformation.files;
    files.extend(others.into_iter().flatten());
    files.sort();
    let summary = Summary {
        stacks: cloudformation.stacks,
        resources: cloudformation.resources,
        topics: model.topics.len(),
        functions: model.functions.len(),
    };
    Output { files, scaffolds: rust::scaffolds(model), summary }
}

/// The files under `cloudformation/` alone, for whoever wants no more.
pub fn render_cloudformation(model: &Model) -> Vec<File> {
    cloudformation::render(model).files
}

/// The root template's parameters that say where the functions' zips are, each with its value when `key` is where a
/// function's zip is.
pub fn code_parameters(model: &Model, key: impl Fn(&Function) -> String) -> Vec<(String, String)> {
    cloudformation::code_parameters(model)
        .into_iter()
        .map(|(name, functions)| (name, cloudformation::code_keys(&functions, &key).join(",")))
        .collect()
}
