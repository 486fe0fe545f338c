//! CloudFormation: a root template, nested templates for each environment, and the cloud assembly around them.

mod alarms;
mod assembly;
mod child;
mod dashboard;
mod data;
mod edge;
mod foundation;
mod function;
mod grants;
mod root;
mod topic;

use cfn::Template;
use model::{Environment, Model};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::child::Child;
use self::data::Data;
use self::edge::Edge;
use self::foundation::Foundation;
use self::function::Siblings;
use crate::{Error, File, parallel};

pub(crate) use self::root::{code_keys, code_parameters, root_parameters};
pub(crate) use self::topic::{file_name as topic_file, logical_id as topic_stack};

/// What was rendered, and how much of it.
pub(crate) struct Rendered {
    pub(crate) files: Vec<File>,
    /// Stacks of one environment, the root included.
    pub(crate) stacks: usize,
    /// Resources of one environment.
    pub(crate) resources: usize,
}

/// A template's bytes and where they belong.
struct RenderedTemplate {
    /// Logical id in the root; empty for the root itself.
    id: String,
    app: String,
    /// `foundation`, `topic-user-info-submitted`.
    name: String,
    /// `None` for the root, which serves all.
    environment: Option<String>,
    json: String,
    /// SHA-256 of the bytes, in hex.
    hash: String,
    resources: usize,
}

impl RenderedTemplate {
    fn new(
        id: &str,
        app: &str,
        name: &str,
        environment: Option<&Environment>,
        template: &Template,
    ) -> Result<Self, Error> {
        let json = template.finish().map_err(|mistakes| Error {
            template: name.into(),
            mistakes: mistakes.iter().map(ToString::to_string).collect(),
        })?;
        let json = pretty(&json);
        let digest = Sha256::digest(json.as_bytes());
        Ok(Self {
            id: id.into(),
            app: app.into(),
            name: name.into(),
            environment: environment.map(|environment| environment.name.clone()),
            hash: hex(&digest),
            resources: template.resource_count(),
            json,
        })
    }

    /// Relative to the assembly: `dev/foundation.template.json`.
    fn file_name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("{environment}/{}.template.json", self.name),
            None => format!("{}.template.json", self.name),
        }
    }

    /// In the bucket, by content.
    fn object_key(&self) -> String {
        format!("{}/templates/{}.template.json", self.app, self.hash)
    }
}

/// The nested stacks of one environment.
struct Stacks<'a> {
    foundation: Child<'a>,
    foundation_outputs: Foundation,
    data: Child<'a>,
    data_outputs: Data,
    edge: Child<'a>,
    edge_outputs: Edge,
    topics: Vec<Child<'a>>,
}

impl<'a> Stacks<'a> {
    fn build(model: &'a Model, environment: &'a Environment) -> Self {
        let (foundation, foundation_outputs) = foundation::build(model, environment);
        let (data, data_outputs) = data::build(model, environment, &foundation_outputs);
        let (edge, edge_outputs) = edge::build(model, environment, &foundation_outputs, &data_outputs);
        let siblings =
            Siblings { foundation: &foundation_outputs, data: &data_outputs, edge: Some(&edge_outputs) };
        let topics = model
            .topics
            .iter()
            .map(|topic| topic::build(model, environment, topic, &siblings, &edge_outputs))
            .collect();
        Self { foundation, foundation_outputs, data, data_outputs, edge, edge_outputs, topics }
    }

    fn children(&self) -> impl Iterator<Item = &Child<'a>> {
        [&self.foundation, &self.data, &self.edge].into_iter().chain(&self.topics)
    }
}

/// Renders `cloudformation/`.
pub(crate) fn render(model: &Model) -> Result<Rendered, Error> {
    let app = &model.app.name;
    let rendered = parallel::map(&model.environments, |environment| {
        let stacks = Stacks::build(model, environment);
        let templates: Result<Vec<_>, Error> = stacks
            .children()
            .map(|child| {
                RenderedTemplate::new(&child.id, app, &child.name, Some(environment), &child.template)
            })
            .collect();
        templates.map(|templates| (stacks, templates))
    });
    let rendered: Result<Vec<_>, Error> = rendered.into_iter().collect();
    let (stacks, nested): (Vec<_>, Vec<_>) = rendered?.into_iter().unzip();
    let nested: Vec<RenderedTemplate> = nested.into_iter().flatten().collect();
    let first = &stacks[0];
    let root = RenderedTemplate::new("", app, app, None, &root::build(model, first, &nested))?;

    let per_environment = first.children().count();
    let mut files = assembly::files(model, &root, &nested);
    let resources = nested[..per_environment].iter().chain([&root]).map(|template| template.resources).sum();
    files.extend(
        nested
            .into_iter()
            .chain([root])
            .map(|template| File::new(format!("cloudformation/{}", template.file_name()), template.json)),
    );
    Ok(Rendered { files, stacks: per_environment + 1, resources })
}

/// Bytes in hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string can't fail");
        text
    })
}

/// JSON as a person reads it, with a newline at its end. Indented by one space: `create-stack` takes no more than
/// 51,200 bytes of a template that isn't in a bucket.
fn pretty(json: &serde_json::Value) -> String {
    let mut bytes = vec![];
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    json.serialize(&mut serializer).expect("a JSON value is JSON");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is text")
}
