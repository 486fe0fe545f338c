//! Targets that the settings can't meet.

use model::{Targets, Topic};

use super::Context;
use crate::{code::Code, diagnostic::Diagnostic, raw, span::Span, tree::Place};

/// Refuses targets of no time at all. Each is the threshold of an alarm.
pub(super) fn check_times(context: &mut Context<'_>, raw: &raw::Targets, place: Place<'_>) {
    let stages = [
        ("publish", &raw.publish),
        ("consume", &raw.consume),
        ("push", &raw.push),
        ("end_to_end", &raw.end_to_end),
    ];
    for (stage, target) in stages {
        if target.as_ref().and_then(raw::Duration::milliseconds) == Some(0) {
            context.push(
                Diagnostic::new(
                    Code::Target,
                    place.get(stage).span(),
                    format!("nothing can meet the target `{stage}`"),
                )
                .label("no time at all")
                .note(
                    "an alarm goes off where a stage takes longer than its target, and this one always would",
                )
                .help(format!("write a time of `1ms` or more, or take `{stage}` out")),
            );
        }
    }
}

pub(super) fn check(context: &mut Context<'_>, topic: &Topic, raw: &raw::Topic, place: Place<'_>) {
    check_times(context, &raw.targets, place.get("targets"));
    window(context, topic, place);
    let consumer = topic.consumer.as_ref().map(|consumer| consumer.timeout_seconds);
    timeout(context, topic, place, ("consumer", consumer), ("consume", topic.targets.consume_ms));
    let producer = topic.producer.as_ref().map(|producer| producer.timeout_seconds);
    timeout(context, topic, place, ("producer", producer), ("publish", topic.targets.publish_ms));
    whole(context, topic, raw, place);
}

/// A consumer that waits for a batch longer than it may take as a whole.
fn window(context: &mut Context<'_>, topic: &Topic, place: Place<'_>) {
    let Some(consumer) = &topic.consumer else { return };
    let (wait, most) = (consumer.batch.window_ms, topic.targets.consume_ms);
    if wait <= most {
        return;
    }
    let own = place.get("consumer").get("batch").get("window");
    let window = written(own, context.root.get("defaults").get("batch").get("window"));
    let diagnostic = Diagnostic::new(
        Code::Target,
        window.unwrap_or_else(|| place.key()),
        format!("`{}` waits {wait} ms for a batch, and must be applied in {most} ms", topic.name.name),
    )
    .label("the wait alone is longer than the target")
    .help("shorten `batch.window` (`0ms` doesn't wait at all), or lengthen `targets.consume`");
    let diagnostic = point_at_target(context, diagnostic, place, "consume", most);
    context.push(diagnostic);
}

/// A function that Lambda stops before its target is over.
fn timeout(
    context: &mut Context<'_>,
    topic: &Topic,
    place: Place<'_>,
    (function, seconds): (&str, Option<u32>),
    (stage, target): (&str, u64),
) {
    let Some(seconds) = seconds else { return };
    if u64::from(seconds) * 1_000 >= target {
        return;
    }
    let own = place.get(function).get("timeout");
    let diagnostic = Diagnostic::new(
        Code::Target,
        if own.is_written() { own.span() } else { place.get(function).key() },
        format!(
            "Lambda stops the {function} of `{}` after {seconds} s, and its target is {target} ms",
            topic.name.name
        ),
    )
    .label("stopped before its target")
    .help(format!("lengthen `timeout`, or shorten `targets.{stage}`"));
    let diagnostic = point_at_target(context, diagnostic, place, stage, target);
    context.push(diagnostic);
}

fn point_at_target(
    context: &Context<'_>,
    diagnostic: Diagnostic,
    place: Place<'_>,
    stage: &str,
    ms: u64,
) -> Diagnostic {
    let defaults = context.root.get("defaults").get("targets");
    match written(place.get("targets").get(stage), defaults.get(stage)) {
        Some(span) => diagnostic.also(span, "the target"),
        None => diagnostic.note(format!("where nothing is said, `targets.{stage}` is {ms} ms")),
    }
}

/// The stages that the topic has, against the way as a whole.
fn whole(context: &mut Context<'_>, topic: &Topic, raw: &raw::Topic, place: Place<'_>) {
    let Targets { publish_ms, consume_ms, push_ms, end_to_end_ms } = topic.targets;
    let stages = [
        ("publish", publish_ms, topic.producer.is_some()),
        ("consume", consume_ms, topic.consumer.is_some()),
        ("push", push_ms, topic.push.is_some()),
    ];
    let there: Vec<_> = stages.into_iter().filter(|(_, _, there)| *there).collect();
    let sum = there.iter().fold(0_u64, |sum, (_, ms, _)| sum.saturating_add(*ms));
    if sum <= end_to_end_ms {
        return;
    }
    let own = place.get("targets");
    let defaults = context.root.get("defaults").get("targets");
    // The topic's own word is what made it so; of the defaults, the whole way's.
    let span = match written(
        own.get("end_to_end"),
        place_of_any(own, &raw.targets).unwrap_or(defaults.get("end_to_end")),
    ) {
        Some(span) => span,
        None if defaults.is_written() => defaults.key(),
        None => place.key(),
    };
    let parts: Vec<_> = there.iter().map(|(stage, ms, _)| format!("`{stage}` {ms} ms")).collect();
    context.push(
        Diagnostic::new(
            Code::Target,
            span,
            format!(
                "the stages of `{}` may take {sum} ms, and the whole way {end_to_end_ms} ms",
                topic.name.name
            ),
        )
        .label("less than the stages together")
        .note(format!("the stages are {}", parts.join(", ")))
        .help(format!("write `end_to_end: {sum}ms` or more, or shorten a stage")),
    );
}

/// A topic's own `targets`, where a stage is in them.
fn place_of_any<'a>(own: Place<'a>, targets: &raw::Targets) -> Option<Place<'a>> {
    let says = targets.publish.is_some() || targets.consume.is_some() || targets.push.is_some();
    says.then_some(own)
}

/// Where a setting is written: in the topic, in the defaults, or nowhere.
fn written(own: Place<'_>, default: Place<'_>) -> Option<Span> {
    [own, default].into_iter().find(|place| place.is_written()).map(Place::span)
}
