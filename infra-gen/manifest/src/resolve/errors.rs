//! Error topics: what the runtime can fill their fields with.

use super::{Context, key, topic};
use crate::{close, code::Code, diagnostic::Diagnostic, raw};

const ERROR_ID: &str = "errorId";
const UUID_LENGTH: i64 = 36;
/// What the runtime knows of a failure, and the types that can hold it.
const KNOWN: &[(&str, &[&str])] = &[
    (ERROR_ID, &["uuid", "string"]),
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
            lengths(context, name, raw);
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
        } else if name == ERROR_ID
            && let Some(shape) = shape.filter(|shape| shape.ty == "string")
        {
            let (min, max) = key::lengths(shape);
            if !(min..=max).contains(&UUID_LENGTH) {
                context.push(
                    Diagnostic::new(
                        Code::ErrorTopicField,
                        place.key(),
                        format!("`{name}` of the error topic `{topic}` can't hold an error's id"),
                    )
                    .label(format!("text of {}", characters(min, max)))
                    .note(format!("the id is a UUID of {UUID_LENGTH} characters"))
                    .help("write `type: uuid`"),
                );
            }
        }
    }
}

/// The error event's key is the failed event's: it has to hold every key.
fn keys(context: &mut Context<'_>, error_topic: &str, raw: &raw::Topic) {
    let manifest = context.manifest;
    let own = raw.fields.get(&raw.key).and_then(|field| context.types.follow(field.shape()));
    let Some(own) = own.filter(|own| own.ty != "string") else { return };
    let places = context.root.get("topics");
    for (name, topic) in collected(manifest, error_topic) {
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

/// The text of a failed event's key has to fit where the error event has it, or the error is never published.
fn lengths(context: &mut Context<'_>, error_topic: &str, raw: &raw::Topic) {
    let manifest = context.manifest;
    let places = context.root.get("topics");
    let fields = places.get(error_topic).get("fields");
    let holders = raw.fields.iter().filter(|(field, _)| *field == &*raw.key || *field == CUSTOMER);
    for (holder, field) in holders {
        let own = context.types.follow(field.shape()).filter(|own| own.ty == "string");
        let Some((least, most)) = own.map(key::lengths) else { continue };
        let misfit = collected(manifest, error_topic).find_map(|(name, topic)| {
            let key = topic.fields.get(&topic.key).and_then(|field| context.types.follow(field.shape()))?;
            let (min, max) = key::lengths(key);
            (min < least || max > most).then_some((name, min, max))
        });
        let Some((name, min, max)) = misfit else { continue };
        context.push(
            Diagnostic::new(
                Code::ErrorTopicField,
                fields.get(holder).key(),
                format!("`{holder}` of the error topic `{error_topic}` can't hold every key of `{name}`"),
            )
            .label(characters(least, most))
            .also(places.get(name).get("key").span(), characters(min, max))
            .note("an error is published with the key of the event that failed, and not at all where it doesn't fit")
            .help(format!("give `{holder}` a `min_length` of {min} or less and a `max_length` of {max} or more")),
        );
    }
}

/// The topics whose failures are published to this one.
fn collected<'a>(
    manifest: &'a raw::Manifest,
    error_topic: &str,
) -> impl Iterator<Item = (&'a str, &'a raw::Topic)> {
    manifest.topics.iter().filter(move |(name, topic)| {
        let collector = topic.error_topic.as_deref().or(manifest.defaults.error_topic.as_deref());
        *name != error_topic && collector == Some(error_topic)
    })
}

fn characters(min: i64, max: i64) -> String {
    if min == max { format!("{min} characters") } else { format!("{min} to {max} characters") }
}

fn words(types: &[&str]) -> String {
    types.iter().map(|ty| format!("`{ty}`")).collect::<Vec<_>>().join(" or ")
}
