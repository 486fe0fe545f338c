//! Topics.

use std::collections::BTreeSet;

use model::{Ident, Push, Topic, quota};

use super::{Context, alert, consumer, field, key, number::clamp, producer, references, settings, targets};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

pub(super) fn resolve(context: &mut Context<'_>) -> Vec<Topic> {
    let manifest = context.manifest;
    let places = context.root.get("topics");
    let error_topics = error_topics(manifest);
    let mut consumers = 0;
    let mut topics = vec![];
    for (name, raw) in manifest.topics.iter() {
        topics.push(topic(context, name, raw, consumers, &error_topics, places.get(name)));
        consumers += usize::from(raw.consumer.is_some());
    }
    topics
}

/// The topics that failures of others are published to.
pub(super) fn error_topics(manifest: &raw::Manifest) -> BTreeSet<&str> {
    manifest
        .topics
        .iter()
        .filter_map(|(_, topic)| topic.error_topic.as_deref())
        .chain(manifest.defaults.error_topic.as_deref())
        .collect()
}

fn topic<'a>(
    context: &mut Context<'a>,
    name: &str,
    raw: &'a raw::Topic,
    ordinal: usize,
    error_topics: &BTreeSet<&str>,
    place: Place<'_>,
) -> Topic {
    let defaults = &context.manifest.defaults;
    let collects_errors = error_topics.contains(name);
    let partitions = settings::partitions(raw.partitions, defaults);
    let ident = Ident::new(name);
    record_key(context, name, raw, place);
    if let Some(retention) = &raw.retention {
        check_retention(context, retention, place.get("retention"));
    }
    computed(context, name, raw, collects_errors, place);
    needs_consumer(context, name, raw, place);
    own_error_topic(context, name, raw, collects_errors, place);
    let topic = Topic {
        description: raw.description.clone(),
        partitions,
        retention_ms: settings::retention_ms(raw.retention.as_ref(), defaults),
        key: Ident::new(&*raw.key),
        version: clamp(raw.version),
        fields: field::fields(context, (name, raw), place.get("fields")),
        producer: raw
            .producer
            .as_ref()
            .map(|raw| producer::resolve(context, name, raw, place.get("producer"))),
        consumer: raw
            .consumer
            .as_ref()
            .map(|raw| consumer::resolve(context, name, raw, partitions, ordinal, place.get("consumer"))),
        alert: raw
            .alert
            .as_ref()
            .and_then(|alert| alert::resolve(context, name, raw, alert, place.get("alert"))),
        push: raw.push.as_ref().map(|push| Push {
            event_type: push.event_type.as_ref().map_or_else(|| ident.shouty.clone(), |ty| ty.to_string()),
        }),
        targets: settings::targets(&raw.targets, &defaults.targets),
        // What fails in handling errors has nowhere to go but the dead letters.
        error_topic: raw
            .error_topic
            .as_ref()
            .or(defaults.error_topic.as_ref())
            .filter(|_| !collects_errors)
            .map(|topic| topic.to_string()),
        collects_errors,
        name: ident,
    };
    targets::check(context, &topic, raw, place);
    record_age(context, &topic, place);
    topic
}

/// A record that Kafka has deleted can't be tried again.
fn record_age(context: &mut Context<'_>, topic: &Topic, place: Place<'_>) {
    let Some(age) = topic.consumer.as_ref().and_then(|consumer| consumer.retry.max_age_seconds) else {
        return;
    };
    // An age out of range was reported as that.
    if u64::from(age) * 1_000 <= topic.retention_ms || !quota::RECORD_AGE_SECONDS.contains(&age) {
        return;
    }
    let defaults = context.root.get("defaults");
    let (age, default_age) =
        (place.get("consumer").get("retries").get("max_age"), defaults.get("retries").get("max_age"));
    let (kept, default_kept) = (place.get("retention"), defaults.get("retention"));
    let age = if age.is_written() { age } else { default_age };
    let kept = if kept.is_written() { kept } else { default_kept };
    let diagnostic = Diagnostic::new(
        Code::RecordAge,
        age.span(),
        format!("records of `{}` are gone before they reach this age", topic.name.name),
    );
    context.push(if kept.is_written() {
        diagnostic
            .also(kept.span(), "Kafka deletes them then")
            .help("shorten `max_age`, or lengthen `retention`")
    } else {
        diagnostic.note("Kafka deletes them after 7d").help("shorten `max_age`, or say a longer `retention`")
    });
}

/// The record key: a required field that has one spelling as text.
fn record_key(context: &mut Context<'_>, topic: &str, raw: &raw::Topic, place: Place<'_>) {
    let name = &*raw.key;
    let span = place.get("key").span();
    let fields: Vec<_> = raw.fields.keys().collect();
    if !references::field(context, topic, &fields, name, span) {
        return;
    }
    let Some(field) = raw.fields.get(name) else { return };
    let written = place.get("fields").get(name);
    if field.optional {
        context.push(
            Diagnostic::new(Code::BadKey, span, format!("the key `{name}` of `{topic}` is optional"))
                .label("a key must be a required field")
                .also(written.get("optional").span(), "an event may come without it")
                .note("records without a key would lose their order")
                .help("take `optional: true` out, or choose another key"),
        );
    }
    if let Some(shape) = context.types.follow(field.shape())
        && !key::TYPES.contains(&shape.ty)
    {
        context.push(
            Diagnostic::new(
                Code::BadKey,
                span,
                format!("the key `{name}` of `{topic}` is of type `{}`", shape.ty),
            )
            .label("a key must be text or a whole number")
            .also(written.get("type").span(), "its type")
            .note("Kafka's key, DynamoDB's key and the customer's token all hold it as one text")
            .help(format!("choose a field of one of the types {}", crate::close::list(key::TYPES))),
        );
    }
    if field.pii {
        context.push(
            Diagnostic::new(
                Code::KeyIsPersonal,
                span,
                format!("the key `{name}` of `{topic}` is personal data"),
            )
            .label("a key can't be personal data")
            .also(written.get("pii").span(), "marked here")
            .note("the key names a record in headers, logs and dead letters, where personal data must not be")
            .help("choose an id as the key"),
        );
    }
    key::of_request(context, topic, raw, field, place);
    if raw.consumer.is_some() {
        let of = "the partition key of `kafka-events`, where each event is kept";
        key::length(context, topic, (name, field), key::Part::Partition, of);
    }
}

/// The range of times that Kafka can keep records for and that anyone would.
pub(super) fn check_retention(context: &mut Context<'_>, raw: &raw::Duration, place: Place<'_>) {
    const MINUTE: u64 = 60_000;
    const DECADE: u64 = 3_650 * 86_400_000;
    let Some(ms) = raw.milliseconds() else { return };
    if !(MINUTE..=DECADE).contains(&ms) {
        context.push(
            Diagnostic::new(Code::Retention, place.span(), format!("records can't be kept for `{}`", &**raw))
                .label("not from 1m to 3650d")
                .note(if ms < MINUTE {
                    "Kafka would delete records before a consumer that was down has read them"
                } else {
                    "more than ten years of records belong in a table or an archive, not on brokers"
                })
                .help("write for example `7d`"),
        );
    }
}

/// Computed fields are set by a producer's business rule, or by the runtime for an error topic.
fn computed(
    context: &mut Context<'_>,
    topic: &str,
    raw: &raw::Topic,
    collects_errors: bool,
    place: Place<'_>,
) {
    if raw.producer.is_some() || collects_errors {
        return;
    }
    for (name, _) in raw.fields.iter().filter(|(_, field)| field.computed) {
        context.push(
            Diagnostic::new(
                Code::NothingComputes,
                place.get("fields").get(name).get("computed").key(),
                format!("nothing computes `{name}`: `{topic}` has no producer"),
            )
            .note("a business rule sets computed fields, and only a producer has one")
            .help("take `computed: true` out, or give the topic a `producer`"),
        );
    }
}

fn needs_consumer(context: &mut Context<'_>, topic: &str, raw: &raw::Topic, place: Place<'_>) {
    if raw.consumer.is_some() {
        return;
    }
    for (key, written) in [("alert", raw.alert.is_some()), ("push", raw.push.is_some())] {
        if written {
            context.push(
                Diagnostic::new(
                    Code::ConsumerMissing,
                    place.get(key).key(),
                    format!("`{key}` needs a consumer, and `{topic}` has none"),
                )
                .note("the consumer's function sends it after it has applied the event")
                .help("add `consumer: { table: ..., write: put }`, or take this out"),
            );
        }
    }
}

fn own_error_topic(
    context: &mut Context<'_>,
    topic: &str,
    raw: &raw::Topic,
    collects_errors: bool,
    place: Place<'_>,
) {
    let Some(name) = &raw.error_topic else { return };
    let place = place.get("error_topic");
    references::error_topic(context, name, place.span());
    if collects_errors {
        context.push(
            Diagnostic::new(
                Code::NoEffect,
                place.key(),
                format!("`{topic}` collects errors and can't have an `error_topic`"),
            )
            .note("an error in handling errors could go round for ever; its records go to the dead letters")
            .help("take `error_topic` out here"),
        );
    } else if raw.producer.is_none() && raw.consumer.is_none() {
        context.push(
            Diagnostic::new(
                Code::NoEffect,
                place.key(),
                format!("`{topic}` has no function that could fail"),
            )
            .help("take `error_topic` out, or give the topic a producer or a consumer"),
        );
    }
}
