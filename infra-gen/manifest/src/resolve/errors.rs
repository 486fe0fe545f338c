//! Error topics: what the runtime can fill their fields with.

use super::{Context, topic};
use crate::{close, code::Code, diagnostic::Diagnostic, raw};

/// What the runtime knows of a failure, and the types that can hold it.
const KNOWN: &[(&str, &[&str])] = &[
    ("errorId", &["uuid", "string"]),
    ("function", &["string"]),
    ("topic", &["string"]),
    ("code", &["string"]),
    ("message", &["string"]),
    ("retryable", &["boolean"]),
    ("occurredAt", &["timestamp"]),
];
/// The customer, which is the failed event's key.
const CUSTOMER: &str = "customerId";

pub(super) fn check(context: &mut Context<'_>) {
    let manifest = context.manifest;
    for name in topic::error_topics(manifest) {
        if let Some(raw) = manifest.topics.get(name) {
            fields(context, name, raw);
            keys(context, name, raw);
        }
    }
}

fn fields(context: &mut Context<'_>, topic: &str, raw: &raw::Topic) {
    let places = context.root.get("topics").get(topic).get("fields");
    for (name, field) in raw.fields.iter() {
        if name == &*raw.key || name == CUSTOMER {
            continue;
        }
        let place = places.get(name);
        let Some((_, types)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            if !field.optional {
                let known: Vec<_> =
                    [CUSTOMER].into_iter().chain(KNOWN.iter().map(|(known, _)| *known)).collect();
                let near = close::closest(name, known.iter().copied());
                let diagnostic = Diagnostic::new(
                    Code::ErrorTopicField,
                    place.key(),
                    format!("the runtime can't fill `{name}` of the error topic `{topic}`"),
                );
                let diagnostic = match near {
                    Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                    None => diagnostic.label("no error has this"),
                };
                context.push(
                    diagnostic
                        .note(format!(
                            "the functions publish errors by themselves; they know the key, {}",
                            close::list(&known)
                        ))
                        .help("mark it `optional: true`, or take it out"),
                );
            }
            continue;
        };
        let shape = context.types.follow(field.shape());
        if let Some(shape) = shape
            && !types.contains(&shape.ty)
        {
            context.push(
                Diagnostic::new(
                    Code::ErrorTopicField,
                    place.get("type").span(),
                    format!("`{name}` of the error topic `{topic}` must be of type {}", words(types)),
                )
                .label(format!("a value of type `{}` can't hold it", shape.ty))
                .note("the runtime fills this field with what it knows of the error")
                .help(format!("write `type: {}`", types[0])),
            );
        }
    }
}

/// The error event's key is the failed event's: it has to hold every key.
fn keys(context: &mut Context<'_>, error_topic: &str, raw: &raw::Topic) {
    let manifest = context.manifest;
    let own = raw.fields.get(&raw.key).and_then(|field| context.types.follow(field.shape()));
    let Some(own) = own.filter(|own| own.ty != "string") else { return };
    let places = context.root.get("topics");
    for (name, topic) in manifest.topics.iter() {
        let collector = topic.error_topic.as_deref().or(manifest.defaults.error_topic.as_deref());
        if name == error_topic || collector != Some(error_topic) {
            continue;
        }
        let key = topic.fields.get(&topic.key).and_then(|field| context.types.follow(field.shape()));
        if let Some(key) = key
            && key.ty != own.ty
        {
            context.push(
                Diagnostic::new(
                    Code::ErrorTopicField,
                    places.get(error_topic).get("key").span(),
                    format!("the key of the error topic `{error_topic}` can't hold that of `{name}`"),
                )
                .label(format!("of type `{}`", own.ty))
                .also(places.get(name).get("key").span(), format!("of type `{}`", key.ty))
                .note("an error is published with the key of the event that failed")
                .help("make the error topic's key a `string`"),
            );
            return;
        }
    }
}

fn words(types: &[&str]) -> String {
    types.iter().map(|ty| format!("`{ty}`")).collect::<Vec<_>>().join(" or ")
}
