//! What can grow too large for Kafka, DynamoDB, the WebSocket or SNS when it runs.

use std::collections::BTreeMap;

use model::{Field, Model, Topic, encoded_size, quota};

use super::{Context, types};
use crate::{code::Code, diagnostic::Diagnostic};

/// What the runtime adds to an event in `kafka-events` and, quarantined, in `error-logs`: ids, times, the reason.
const ITEM_OVERHEAD: u64 = 4_096;
/// More values than this in one event is a mistake in its types, and would take long to go through.
const MOST_VALUES: u64 = 20_000;

pub(super) fn check(context: &mut Context<'_>, model: &Model) {
    let mut known = BTreeMap::new();
    let mut endless = false;
    for (name, raw) in context.manifest.topics.iter() {
        let values = raw.fields.iter().fold(0_u64, |sum, (_, field)| {
            sum.saturating_add(types::breadth(context, field.shape(), &mut known))
        });
        if values > MOST_VALUES {
            endless = true;
            let span = context.root.get("topics").get(name).get("fields").key();
            context.push(
                Diagnostic::new(
                    Code::EventTooLarge,
                    span,
                    format!("an event of `{name}` has more than {MOST_VALUES} fields, those of its types counted"),
                )
                .note("shared types multiply: ten fields of a type with ten fields of a type with ten are a thousand")
                .help("refer to what is deep inside by its id"),
            );
        }
    }
    if endless {
        return;
    }
    for topic in &model.topics {
        let size = topic.event_size(model);
        record(context, model, topic, size.record);
        if topic.push.is_some() {
            push(context, model, topic, size.push);
        }
        message(context, model, topic);
    }
}

fn record(context: &mut Context<'_>, model: &Model, topic: &Topic, size: u64) {
    let name = &topic.name.name;
    let item = quota::TABLE_ITEM as u64 - ITEM_OVERHEAD;
    let (most, why) = if topic.consumer.is_some() {
        (item, "every event is also kept whole in `kafka-events`, and DynamoDB takes items of up to 400 KB")
    } else {
        (quota::KAFKA_RECORD as u64, "MSK takes records of up to 1 MB")
    };
    if size <= most {
        return;
    }
    let span = context.root.get("topics").get(name).get("fields").key();
    context.push(
        Diagnostic::new(
            Code::EventTooLarge,
            span,
            format!(
                "an event of `{name}` can have {} bytes, and {} is the most",
                thousands(size),
                thousands(most)
            ),
        )
        .label(largest(model, topic.fields.iter()))
        .note(why)
        .note(WORST)
        .help("lower `max_length` or `max_items`, or keep what is large in S3 and its key in the event"),
    );
}

const WORST: &str = "counted is the largest JSON that the bounds allow: a character can take six bytes";

fn push(context: &mut Context<'_>, model: &Model, topic: &Topic, size: u64) {
    let most = quota::WEBSOCKET_MESSAGE as u64;
    if size <= most {
        return;
    }
    let name = &topic.name.name;
    let span = context.root.get("topics").get(name).get("push").key();
    context.push(
        Diagnostic::new(
            Code::PushTooLarge,
            span,
            format!(
                "a push of `{name}` can have {} bytes, and API Gateway takes {}",
                thousands(size),
                thousands(most)
            ),
        )
        .label(largest(model, topic.fields.iter().filter(|field| field.browser)))
        .note("the push carries every field that isn't marked `browser: false` or `pii: true`")
        .note(WORST)
        .help("mark large fields `browser: false`, or lower `max_length` or `max_items`"),
    );
}

fn message(context: &mut Context<'_>, model: &Model, topic: &Topic) {
    let Some(alert) = &topic.alert else { return };
    let most = quota::CHANNEL_MESSAGE as u64;
    let named: Vec<_> = topic
        .fields
        .iter()
        .filter(|field| alert.message.contains(&format!("{{{}}}", field.name.name)))
        .collect();
    let size = named.iter().fold(alert.message.len() as u64, |sum, field| {
        let times = alert.message.matches(&format!("{{{}}}", field.name.name)).count() as u64;
        sum.saturating_add(times.saturating_mul(bytes(model, field)))
    });
    if size <= most {
        return;
    }
    let name = &topic.name.name;
    let span = context.root.get("topics").get(name).get("alert").get("message").key();
    context.push(
        Diagnostic::new(
            Code::MessageTooLarge,
            span,
            format!(
                "an alert of `{name}` can have {} bytes, and SNS takes {}",
                thousands(size),
                thousands(most)
            ),
        )
        .label(largest(model, named.into_iter()))
        .help("take the largest field out of the message, or lower its `max_length` or `max_items`"),
    );
}

fn bytes(model: &Model, field: &Field) -> u64 {
    encoded_size(&field.ty, &|name| model.shared_type(name).map(|shared| &shared.ty))
}

/// The field to begin with.
fn largest<'a>(model: &Model, fields: impl Iterator<Item = &'a Field>) -> String {
    let largest = fields.map(|field| (bytes(model, field), field.name.name.as_str())).max();
    largest.map_or_else(String::new, |(size, name)| format!("`{name}` alone up to {}", thousands(size)))
}

/// `131,072`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(thousands(131_072), "131,072");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
    }
}
