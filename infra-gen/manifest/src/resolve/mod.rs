//! From what is written to what it means: every default filled in, every reference found, every limit held.
//!
//! Each function makes its part of the model and reports what is wrong with it. A part that is wrong is made all
//! the same, so that one mistake doesn't hide the next; the model is only used when nothing was reported.

mod alert;
mod channel;
mod cluster;
mod condition;
mod consumer;
mod environment;
mod errors;
mod field;
mod key;
mod message;
mod names;
mod number;
mod option;
mod producer;
mod quotas;
mod references;
mod settings;
mod sizes;
mod table;
mod targets;
mod topic;
mod types;
mod words;

use model::{Architecture, Ident, Model, Parts};

use crate::{
    diagnostic::{Diagnostic, Report},
    raw,
    span::Span,
    tree::Place,
};
use key::Keys;
use types::Types;

/// What every part is made from.
pub(crate) struct Context<'a> {
    text: &'a str,
    manifest: &'a raw::Manifest,
    root: Place<'a>,
    types: Types<'a>,
    keys: Keys<'a>,
    report: &'a mut Report,
}

impl Context<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.report.push(diagnostic);
    }

    /// The part of the text at `span` that spells `part`; all of `span` where it is spelled otherwise.
    fn part(&self, span: Span, part: &str) -> Span {
        let source = self.text.get(span.range()).unwrap_or_default();
        match source.find(part) {
            Some(at) => Span::new(span.start + at..span.start + at + part.len()),
            None => span,
        }
    }
}

/// The model; only of use when nothing was reported.
pub(crate) fn resolve(
    manifest: &raw::Manifest,
    text: &str,
    root: Place<'_>,
    report: &mut Report,
) -> Option<Model> {
    let (types, keys) = (Types::new(manifest), Keys::new(manifest));
    let mut context = Context { text, manifest, root, types, keys, report };
    let context = &mut context;
    let environments = environment::resolve(context);
    let cluster = cluster::resolve(context, &environments);
    let channels = channel::resolve(context);
    let types = field::shared_types(context);
    let topics = topic::resolve(context);
    let tables = table::resolve(context);
    settings::check_defaults(context);
    errors::check(context);
    names::check(context);
    quotas::check_partitions(context, &environments, &cluster, &topics);
    if !context.report.is_empty() {
        // Sizes and counts are only right for a model that is.
        return None;
    }
    let parts = Parts {
        app: Ident::new(&*manifest.app),
        description: manifest.description.clone(),
        architecture: match manifest.architecture {
            raw::Architecture::X86_64 => Architecture::X86_64,
            raw::Architecture::Arm64 => Architecture::Arm64,
        },
        environments,
        cluster,
        tables,
        channels,
        types,
        topics,
    };
    let model = Model::new(parts);
    sizes::check(context, &model);
    quotas::check(context, &model);
    names::full(context, &model);
    Some(model)
}
