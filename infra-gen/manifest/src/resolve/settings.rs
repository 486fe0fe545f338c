//! Settings that a topic may have of its own, take from `defaults`, or leave to this program.

use model::{Batch, Pollers, Retry, Targets, quota};

use super::{Context, number::clamp, references, targets, topic};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

/// A setting's value: the topic's own, that of `defaults`, or the last resort.
fn pick<T: Clone>(own: Option<&T>, default: Option<&T>, last: T) -> T {
    own.or(default).cloned().unwrap_or(last)
}

fn milliseconds(own: Option<&raw::Duration>, default: Option<&raw::Duration>, last: u64) -> u64 {
    own.or(default).and_then(raw::Duration::milliseconds).unwrap_or(last)
}

pub(super) fn partitions(own: Option<i64>, defaults: &raw::Defaults) -> u32 {
    clamp(pick(own.as_ref(), defaults.partitions.as_ref(), 6))
}

pub(super) fn retention_ms(own: Option<&raw::Duration>, defaults: &raw::Defaults) -> u64 {
    milliseconds(own, defaults.retention.as_ref(), 7 * 86_400_000)
}

pub(super) fn targets(own: &raw::Targets, defaults: &raw::Targets) -> Targets {
    Targets {
        publish_ms: milliseconds(own.publish.as_ref(), defaults.publish.as_ref(), 100),
        consume_ms: milliseconds(own.consume.as_ref(), defaults.consume.as_ref(), 500),
        push_ms: milliseconds(own.push.as_ref(), defaults.push.as_ref(), 100),
        end_to_end_ms: milliseconds(own.end_to_end.as_ref(), defaults.end_to_end.as_ref(), 1_000),
    }
}

pub(super) fn batch(own: &raw::Batch, defaults: &raw::Batch) -> Batch {
    Batch {
        size: clamp(pick(own.size.as_ref(), defaults.size.as_ref(), 100)),
        window_ms: milliseconds(own.window.as_ref(), defaults.window.as_ref(), 0),
    }
}

pub(super) fn retry(own: &raw::Retries, defaults: &raw::Retries) -> Retry {
    let max_age = own.max_age.as_ref().or(defaults.max_age.as_ref());
    Retry {
        attempts: clamp(pick(own.attempts.as_ref(), defaults.attempts.as_ref(), 5)),
        max_age_seconds: max_age
            .and_then(raw::Duration::milliseconds)
            .map(|ms| u32::try_from(ms / 1_000).unwrap_or(u32::MAX)),
        bisect: pick(own.bisect.as_ref(), defaults.bisect.as_ref(), true),
    }
}

pub(super) fn pollers(
    own: &raw::Pollers,
    defaults: &raw::Pollers,
    partitions: u32,
    group: String,
) -> Pollers {
    // A default is for many topics: one with fewer partitions, or fewer pollers at most, has fewer.
    let most = own.max.map_or(partitions.max(1), clamp);
    let min = match own.min {
        Some(min) => clamp(min),
        None => clamp::<u32>(defaults.min.unwrap_or(1)).min(most),
    };
    let max = match own.max {
        Some(max) => clamp(max),
        None => clamp::<u32>(defaults.max.unwrap_or(2)).max(min).min(most),
    };
    Pollers { min, max, group }
}

/// What is written under `defaults`. Topics' own settings are checked where they are written.
pub(super) fn check_defaults(context: &mut Context<'_>) {
    let defaults = &context.manifest.defaults;
    let place = context.root.get("defaults");
    if let Some(name) = &defaults.error_topic {
        references::error_topic(context, name, place.get("error_topic").span());
    }
    if let Some(retention) = &defaults.retention {
        topic::check_retention(context, retention, place.get("retention"));
    }
    targets::check_times(context, &defaults.targets, place.get("targets"));
    check_batch(context, &defaults.batch, place.get("batch"));
    check_retries(context, &defaults.retries, place.get("retries"));
    check_pollers(context, &defaults.pollers, place.get("pollers"));
}

pub(super) fn check_batch(context: &mut Context<'_>, raw: &raw::Batch, place: Place<'_>) {
    let Some(window) = &raw.window else { return };
    let Some(ms) = window.milliseconds() else { return };
    let most = quota::BATCH_WINDOW_SECONDS;
    let span = place.get("window").span();
    if ms % 1_000 != 0 {
        let above = ms / 1_000 + 1;
        context.push(
            Diagnostic::new(Code::Window, span, format!("Lambda can't wait `{}` for a batch", &**window))
                .label("not a whole number of seconds")
                .note("a mapping's window is in whole seconds; `0ms` hands a batch over as soon as there is a record")
                .help(format!("write `window: 0ms`, or `window: {above}s`")),
        );
    } else if ms / 1_000 > most {
        context.push(
            Diagnostic::new(Code::Window, span, format!("Lambda can't wait `{}` for a batch", &**window))
                .label(format!("longer than {most} seconds"))
                .help(format!("write `window: {most}s` or less")),
        );
    }
}

pub(super) fn check_retries(context: &mut Context<'_>, raw: &raw::Retries, place: Place<'_>) {
    let Some(age) = &raw.max_age else { return };
    let Some(ms) = age.milliseconds() else { return };
    let range = quota::RECORD_AGE_SECONDS;
    let fits =
        ms % 1_000 == 0 && (u64::from(*range.start())..=u64::from(*range.end())).contains(&(ms / 1_000));
    if !fits {
        context.push(
            Diagnostic::new(
                Code::RecordAge,
                place.get("max_age").span(),
                format!("Lambda can't stop at an age of `{}`", &**age),
            )
            .label("not whole seconds from 60s to 7d")
            .help("write a time from `60s` to `7d`, or take the key out: then records of any age are tried again"),
        );
    }
}

pub(super) fn check_pollers(context: &mut Context<'_>, raw: &raw::Pollers, place: Place<'_>) {
    if let (Some(min), Some(max)) = (raw.min, raw.max)
        && min > max
    {
        context.push(
            Diagnostic::new(
                Code::Pollers,
                place.get("min").span(),
                format!("at least {min} pollers are more than at most {max}"),
            )
            .also(place.get("max").span(), "the most")
            .help("swap the two, or correct one"),
        );
    }
}
