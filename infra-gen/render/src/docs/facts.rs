//! What is true of a topic, as pairs of what and how.

use model::{Function, Model, Network, Retry, Role, Topic};

use super::words;
use crate::template::escape::{code_span as code, markdown};

/// The rows of the topic's first table, in Markdown.
pub(super) fn of(model: &Model, topic: &Topic) -> Vec<(String, String)> {
    let mut facts: Vec<(&str, String)> = vec![
        ("Record key", format!("{}; events of one key keep their order", code(&topic.key.name))),
        (
            "Topic",
            format!(
                "{}, kept {}, {}",
                words::count(u64::from(topic.partitions), "partition"),
                words::duration(topic.retention_ms),
                copies(model)
            ),
        ),
        ("Schema", schema_links(topic)),
        ("Record", format!("at most {} bytes", topic.event_size(model).record)),
    ];
    if let Some(producer) = &topic.producer {
        let reads: Vec<String> = producer.reads.iter().map(|table| code(table)).collect();
        let reads = if reads.is_empty() { String::new() } else { format!("; reads {}", words::and(&reads)) };
        let runs = runs(model.function(&Role::Producer(topic.name.name.clone())));
        facts.push(("Producer", format!("{}, {runs}{reads}", code(&producer.handler.name))));
    }
    if let Some(consumer) = &topic.consumer {
        let runs = runs(model.function(&Role::Consumer(topic.name.name.clone())));
        let (handler, group) = (code(&consumer.handler.name), code(&consumer.group));
        facts.push(("Consumer", format!("{handler}, {runs}; group {group}")));
        let batch = consumer.batch;
        let size = words::count(u64::from(batch.size), "record");
        facts.push((
            "Batch",
            match batch.window_ms {
                0 => format!("up to {size}, handed over at once"),
                window => format!("up to {size}, or what came within {}", words::duration(window)),
            },
        ));
        facts.push(("Failing batch", failing(model, consumer.retry)));
        facts.push(("Table", format!("{}: {}", code(&consumer.table), words::write(consumer.write))));
    }
    if let Some(alert) = &topic.alert {
        let when = alert
            .when
            .as_ref()
            .map_or("always".into(), |condition| format!("if {}", markdown(&words::condition(condition))));
        facts.push((
            "Alert",
            format!("to channel {}, {when}: {}", code(&alert.channel), code(&alert.message)),
        ));
    }
    if let Some(push) = &topic.push {
        facts.push(("Push", format!("{} to every connection of the customer", code(&push.event_type))));
    }
    if let Some(errors) = &topic.error_topic {
        facts.push((
            "Failed steps",
            format!("become events of {}; a bad request is only answered", code(errors)),
        ));
    }
    let targets = topic.targets;
    let target = |what: &str, milliseconds| format!("{what} {}", words::duration(milliseconds));
    facts.push((
        "Targets",
        [
            target("publish", targets.publish_ms),
            target("consume", targets.consume_ms),
            target("push", targets.push_ms),
            target("end to end", targets.end_to_end_ms),
        ]
        .join(", "),
    ));
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

/// `3 copies`, or `2 copies in dev, 3 in staging and prod`.
fn copies(model: &Model) -> String {
    let mut groups: Vec<(u16, Vec<String>)> = vec![];
    for environment in &model.environments {
        let number = environment.brokers.replication;
        match groups.iter_mut().find(|(other, _)| *other == number) {
            Some((_, names)) => names.push(environment.name.clone()),
            None => groups.push((number, vec![environment.name.clone()])),
        }
    }
    let noun = |number: u16| if number == 1 { "copy" } else { "copies" };
    if let [(number, _)] = groups.as_slice() {
        return format!("{number} {}", noun(*number));
    }
    let phrase = |(at, (number, names)): (usize, &(u16, Vec<String>))| {
        let noun = if at == 0 { format!(" {}", noun(*number)) } else { String::new() };
        format!("{number}{noun} in {}", words::and(names))
    };
    groups.iter().enumerate().map(phrase).collect::<Vec<_>>().join(", ")
}

/// `in the VPC, 512 MiB, at most 15 s`.
fn runs(function: &Function) -> String {
    let network = match function.network {
        Network::Vpc => "in the VPC",
        Network::Lambda => "outside the VPC",
    };
    format!("{network}, {} MiB, at most {} s", function.memory_mib, function.timeout_seconds)
}

fn schema_links(topic: &Topic) -> String {
    let (name, version) = (&topic.name.name, topic.version);
    let mut links = vec![
        format!("version {version}: [event](../schema/events/{name}.v{version}.schema.json)"),
        format!("[example](../fixtures/{name}.json)"),
    ];
    if topic.producer.is_some() {
        links.push(format!("[request](../schema/requests/{name}.v{version}.schema.json)"));
        links.push(format!("[its example](../fixtures/{name}.request.json)"));
    }
    links.join(", ")
}

fn failing(model: &Model, retry: Retry) -> String {
    let tries = format!("tried {} more", words::count(u64::from(retry.attempts), "time"));
    let halved = if retry.bisect { ", halved each time to single out the bad record" } else { "" };
    let age = retry.max_age_seconds.map_or(String::new(), |seconds| {
        format!(", for at most {}", words::duration(u64::from(seconds) * 1000))
    });
    format!("{tries}{halved}{age}; what is left goes to topic {}", code(&model.cluster.dead_letter_topic))
}
