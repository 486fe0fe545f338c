//! Shared types by name, before the model exists.

use std::collections::BTreeMap;

use super::Context;
use crate::{
    close,
    code::Code,
    diagnostic::Diagnostic,
    raw::{self, BUILT_IN_TYPES, Shape},
    span::Span,
    tree::Place,
};

/// Looks types up.
pub(crate) struct Types<'a> {
    manifest: &'a raw::Manifest,
}

impl<'a> Types<'a> {
    pub(crate) fn new(manifest: &'a raw::Manifest) -> Self {
        Self { manifest }
    }

    /// The shape that `shape` stands for: a shared type's name is followed to what it is at last. `None` for a name
    /// that is no type's, or that only leads back to itself.
    pub(crate) fn follow(&self, shape: Shape<'a>) -> Option<Shape<'a>> {
        let mut shape = shape;
        // More steps than there are types is a circle.
        for _ in 0..=self.manifest.types.len() {
            if BUILT_IN_TYPES.contains(&shape.ty) {
                return Some(shape);
            }
            shape = self.manifest.types.get(shape.ty)?.shape();
        }
        None
    }
}

/// Names of types elsewhere.
const ELSEWHERE: &[(&str, &str)] = &[
    ("array", "list"),
    ("bigint", "integer"),
    ("bool", "boolean"),
    ("currency", "decimal"),
    ("datetime", "timestamp"),
    ("double", "decimal"),
    ("float", "decimal"),
    ("guid", "uuid"),
    ("instant", "timestamp"),
    ("int", "integer"),
    ("long", "integer"),
    ("map", "object"),
    ("money", "decimal"),
    ("number", "decimal"),
    ("record", "object"),
    ("str", "string"),
    ("struct", "object"),
    ("text", "string"),
    ("time", "timestamp"),
    ("varchar", "string"),
];

/// Says that there is no such type.
pub(super) fn unknown(context: &mut Context<'_>, name: &str, span: Span) {
    if name.is_empty() {
        return;
    }
    let shared: Vec<_> = context.manifest.types.keys().collect();
    let all = BUILT_IN_TYPES.iter().copied().chain(shared.iter().copied());
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name.to_lowercase()).map(|(_, here)| *here);
    let diagnostic = Diagnostic::new(Code::UnknownType, span, format!("there is no type `{name}`"));
    let diagnostic = match elsewhere.or_else(|| close::closest(name, all)) {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None => diagnostic.label("neither built in nor under `types`"),
    };
    let diagnostic = diagnostic.note(format!("built in are {}", close::list(BUILT_IN_TYPES)));
    context.push(if shared.is_empty() {
        diagnostic
    } else {
        diagnostic.note(format!("under `types` are {}", close::list(&shared)))
    });
}

/// The shared types that a shape names, each with the place that names it.
fn references<'a>(shape: Shape<'a>, place: Place<'a>, found: &mut Vec<(&'a str, Span)>) {
    if !BUILT_IN_TYPES.contains(&shape.ty) {
        found.push((shape.ty, place.get("type").span()));
    }
    if let Some(items) = shape.items {
        references(items.shape(), place.get("items"), found);
    }
    for (name, member) in shape.fields.into_iter().flat_map(raw::Map::iter) {
        references(member.shape(), place.get("fields").get(name), found);
    }
}

/// Refuses shared types that contain themselves: their values would have no greatest size.
pub(super) fn check_circles(context: &mut Context<'_>) {
    let places = context.root.get("types");
    let manifest = context.manifest;
    let edges: BTreeMap<&str, Vec<(&str, Span)>> = manifest
        .types
        .iter()
        .map(|(name, raw)| {
            let mut found = vec![];
            references(raw.shape(), places.get(name), &mut found);
            (name, found)
        })
        .collect();
    let mut done = vec![];
    for name in manifest.types.keys() {
        let mut path = vec![];
        if let Some((circle, span)) = circle(name, &edges, &mut path, &mut done) {
            let shown: Vec<_> = circle.iter().map(|name| format!("`{name}`")).collect();
            context.push(
                Diagnostic::new(Code::TypeInItself, span, format!("the type `{}` contains itself", circle[0]))
                    .label("back to where it began")
                    .also(places.get(circle[0]).key(), "this type")
                    .note(format!("the way is {}", shown.join(" -> ")))
                    .note("such a value has no greatest size, and Kafka, DynamoDB and the WebSocket each have a limit")
                    .help("refer to the inner one by its id"),
            );
        }
    }
}

/// A way from `name` back into itself, that no earlier search has found.
fn circle<'a>(
    name: &'a str,
    edges: &BTreeMap<&'a str, Vec<(&'a str, Span)>>,
    path: &mut Vec<&'a str>,
    done: &mut Vec<&'a str>,
) -> Option<(Vec<&'a str>, Span)> {
    if done.contains(&name) {
        return None;
    }
    path.push(name);
    for (next, span) in edges.get(name).into_iter().flatten() {
        if let Some(start) = path.iter().position(|passed| passed == next) {
            let mut circle = path[start..].to_vec();
            circle.push(next);
            done.append(path);
            return Some((circle, *span));
        }
        if let Some(found) = circle(next, edges, path, done) {
            return Some(found);
        }
    }
    path.pop();
    done.push(name);
    None
}

/// How many values one value of each shared type can hold at most, lists counted as one item: what the work of
/// going through it grows with.
pub(super) fn breadth(context: &Context<'_>, shape: Shape<'_>, known: &mut BTreeMap<String, u64>) -> u64 {
    let mut sum = 1_u64;
    if let Some(items) = shape.items {
        sum = sum.saturating_add(breadth(context, items.shape(), known));
    }
    for (_, member) in shape.fields.into_iter().flat_map(raw::Map::iter) {
        sum = sum.saturating_add(breadth(context, member.shape(), known));
    }
    if let Some(shared) = context.manifest.types.get(shape.ty) {
        let inner = if let Some(inner) = known.get(shape.ty) {
            *inner
        } else {
            let inner = breadth(context, shared.shape(), known);
            known.insert(shape.ty.into(), inner);
            inner
        };
        sum = sum.saturating_add(inner);
    }
    sum
}
