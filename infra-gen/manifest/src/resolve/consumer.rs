//! Consumers: functions that an event source mapping feeds.

use model::{Consumer, Ident, Write, quota};

use super::{
    Context,
    number::clamp,
    producer::{check_timeout, hyphenated, seconds},
    references, settings,
};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

/// `ordinal` is the consumer's place among all, from 0.
pub(super) fn resolve(
    context: &mut Context<'_>,
    topic: &str,
    raw: &raw::Consumer,
    partitions: u32,
    ordinal: usize,
    place: Place<'_>,
) -> Consumer {
    let manifest = context.manifest;
    let defaults = &manifest.defaults;
    references::written_table(context, &raw.table, place.get("table").span());
    settings::check_batch(context, &raw.batch, place.get("batch"));
    settings::check_retries(context, &raw.retries, place.get("retries"));
    settings::check_pollers(context, &raw.pollers, place.get("pollers"));
    check_timeout(
        context,
        raw.timeout.as_ref(),
        place,
        quota::FUNCTION_TIMEOUT_SECONDS,
        "Lambda stops every function after 15 minutes",
    );
    // Where both are written, the most is what is wrong first.
    let written = raw.pollers.max.map(|max| ("max", max)).or(raw.pollers.min.map(|min| ("min", min)));
    if let Some((key, pollers)) = written
        && pollers > i64::from(partitions)
    {
        context.push(
            Diagnostic::new(
                Code::Pollers,
                place.get("pollers").get(key).span(),
                format!("{pollers} pollers are more than `{topic}` has partitions"),
            )
            .label(format!("it has {partitions}"))
            .note("Lambda gives each partition to one poller; the others would idle, and cost")
            .help(format!("write `{key}: {partitions}` or less, or give the topic more partitions")),
        );
    }
    let handler = match &raw.handler {
        Some(handler) => handler.to_string(),
        None => handler_name(topic),
    };
    Consumer {
        function: Ident::new(function_name(topic)),
        handler: Ident::new(handler),
        group: group(manifest, topic, raw),
        table: raw.table.to_string(),
        write: match raw.write {
            raw::Write::Put => Write::Put,
            raw::Write::Merge => Write::Merge,
        },
        batch: settings::batch(&raw.batch, &defaults.batch),
        retry: settings::retry(&raw.retries, &defaults.retries),
        pollers: settings::pollers(
            &raw.pollers,
            &defaults.pollers,
            partitions,
            poller_group(manifest, ordinal),
        ),
        timeout_seconds: seconds(raw.timeout.as_ref(), 60),
        memory_mib: clamp(raw.memory_mib.unwrap_or(512)),
    }
}

pub(super) fn function_name(topic: &str) -> String {
    format!("consumer-{}", hyphenated(topic))
}

/// The handler's name where none is written.
pub(super) fn handler_name(topic: &str) -> String {
    format!("handle{}", Ident::new(topic).pascal)
}

pub(super) fn group(manifest: &raw::Manifest, topic: &str, raw: &raw::Consumer) -> String {
    format!("{}-consumer-{}", &*manifest.app, raw.group.as_deref().unwrap_or(topic))
}

/// The mappings of a VPC share poller units in groups of a hundred.
fn poller_group(manifest: &raw::Manifest, ordinal: usize) -> String {
    match ordinal / quota::POLLER_GROUP_MAPPINGS {
        0 => manifest.app.to_string(),
        group => format!("{}-{}", &*manifest.app, group + 1),
    }
}
