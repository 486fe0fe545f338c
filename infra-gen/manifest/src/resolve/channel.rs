//! Notification channels.

use model::{Channel, Ident, Protocol, Subscriber};

use super::{Context, references};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

pub(super) fn resolve(context: &mut Context<'_>) -> Vec<Channel> {
    let manifest = context.manifest;
    let places = context.root.get("channels");
    alarms(context);
    manifest
        .channels
        .iter()
        .map(|(name, raw)| {
            let subscribers = places.get(name).get("subscribers");
            Channel {
                name: Ident::new(name),
                description: raw.description.clone(),
                alarms: raw.alarms,
                subscribers: raw
                    .subscribers
                    .iter()
                    .enumerate()
                    .map(|(index, raw)| subscriber(context, raw, subscribers.item(index)))
                    .collect(),
            }
        })
        .collect()
}

/// Exactly one channel is for alarms.
fn alarms(context: &mut Context<'_>) {
    let places = context.root.get("channels");
    let mut marked =
        context.manifest.channels.iter().filter(|(_, channel)| channel.alarms).map(|(name, _)| name);
    let Some(first) = marked.next() else {
        if context.manifest.channels.len() > 0 {
            context.push(
                Diagnostic::new(Code::AlarmChannel, places.key(), "no channel is for alarms")
                    .label("one of these needs `alarms: true`")
                    .note("CloudWatch alarms and quarantined records must be told to someone")
                    .help("write `alarms: true` in the channel of those who run the system"),
            );
        }
        return;
    };
    let others: Vec<_> = marked.collect();
    for other in others {
        context.push(
            Diagnostic::new(
                Code::AlarmChannel,
                places.get(other).get("alarms").span(),
                format!("`{other}` and `{first}` are both for alarms"),
            )
            .also(places.get(first).get("alarms").span(), "the first one")
            .note("alarms and quarantined records go to one channel, so that nobody looks in the wrong one")
            .help("leave `alarms: true` with one of them; it can have many subscribers"),
        );
    }
}

fn subscriber(context: &mut Context<'_>, raw: &raw::Subscriber, place: Place<'_>) -> Subscriber {
    let manifest = context.manifest;
    endpoint(context, raw, place);
    let chosen = raw.environments.as_deref().unwrap_or_default();
    for (index, name) in chosen.iter().enumerate() {
        let span = place.get("environments").item(index).span();
        references::environment(context, name, span);
        if chosen[..index].contains(name) {
            references::twice(context, name, span);
        }
    }
    Subscriber {
        protocol: match raw.protocol {
            raw::Protocol::Email => Protocol::Email,
            raw::Protocol::Https => Protocol::Https,
            raw::Protocol::Sqs => Protocol::Sqs,
            raw::Protocol::Sms => Protocol::Sms,
        },
        endpoint: raw.endpoint.clone(),
        // In the manifest's order, whatever the order here.
        environments: manifest
            .environments
            .keys()
            .filter(|name| raw.environments.is_none() || chosen.iter().any(|chosen| &**chosen == *name))
            .map(Into::into)
            .collect(),
    }
}

fn endpoint(context: &mut Context<'_>, raw: &raw::Subscriber, place: Place<'_>) {
    let endpoint = raw.endpoint.as_str();
    let plain = !endpoint.contains(char::is_whitespace);
    let (fits, wanted, help) = match raw.protocol {
        raw::Protocol::Email => (
            plain
                && endpoint
                    .split_once('@')
                    .is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
            "a mail address",
            "write for example `endpoint: support@example.com`",
        ),
        raw::Protocol::Https => (
            plain && endpoint.strip_prefix("https://").is_some_and(|host| !host.is_empty()),
            "an https URL",
            "write for example `endpoint: https://example.com/alerts`",
        ),
        raw::Protocol::Sqs => (
            plain && is_queue(endpoint),
            "a queue's ARN",
            "write for example `endpoint: arn:aws:sqs:eu-central-1:123456789012:alerts`",
        ),
        raw::Protocol::Sms => (
            endpoint.strip_prefix('+').is_some_and(|digits| {
                (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
            "a number with its country's code (E.164)",
            "write for example `endpoint: \"+491700000000\"`",
        ),
    };
    if !fits {
        context.push(
            Diagnostic::new(
                Code::Endpoint,
                place.get("endpoint").span(),
                format!("this protocol's endpoint is {wanted}"),
            )
            .label(format!("not {wanted}"))
            .also(place.get("protocol").span(), "the protocol")
            .help(help),
        );
    } else if raw.protocol == raw::Protocol::Sqs && endpoint.ends_with(".fifo") {
        context.push(
            Diagnostic::new(
                Code::Endpoint,
                place.get("endpoint").span(),
                "a channel can't deliver to a FIFO queue",
            )
            .label("a FIFO queue")
            .note("a channel is a standard topic of SNS, and only FIFO topics deliver to FIFO queues")
            .help("name a standard queue; a function or a pipe can move its messages on"),
        );
    }
}

/// `arn:aws:sqs:eu-central-1:123456789012:alerts`
fn is_queue(endpoint: &str) -> bool {
    let parts: Vec<_> = endpoint.split(':').collect();
    let ["arn", partition, "sqs", region, account, queue] = parts[..] else { return false };
    partition.starts_with("aws")
        && !region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && !queue.is_empty()
}
