//! Do Lambda's pollers read each topic?

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use futures_util::FutureExt as _;
use model::{Consumer, Role, Topic};

use super::{Check, Finding, Site, all};
use crate::{Problem, aws::Told as _, console::count, target::Target};

const NAME: &str = "mappings";

/// A topic that a function applies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Consumed<'a> {
    pub(crate) topic: &'a Topic,
    pub(crate) consumer: &'a Consumer,
}

impl<'a> Consumed<'a> {
    /// Every topic with a consumer.
    pub(crate) fn all(site: &'a Site<'_>) -> Vec<Self> {
        let topics = &site.target.model.topics;
        topics.iter().filter_map(|topic| Some(Self { topic, consumer: topic.consumer.as_ref()? })).collect()
    }

    /// The consumer's real name.
    pub(crate) fn function(self, site: &Site<'_>) -> String {
        let role = Role::Consumer(self.topic.name.name.clone());
        site.target.function_name(site.target.model.function(&role))
    }
}

pub(crate) async fn look(site: &Site<'_>) -> Check {
    if site.omits_mappings() {
        return Check::new(NAME, "", vec![omitted()]);
    }
    let consumed = Consumed::all(site);
    let number = consumed.len();
    let findings = all(consumed.into_iter().map(|consumed| look_at(site, consumed).boxed()).collect()).await;
    Check::new(NAME, format!("{} enabled", count(number, "mapping")), findings.concat())
}

async fn look_at(site: &Site<'_>, consumed: Consumed<'_>) -> Vec<Finding> {
    let function = consumed.function(site);
    match find(site, &function).await {
        Ok(found) => judge(site.target, consumed, &function, &found),
        Err(problem) => vec![problem.into()],
    }
}

/// The mappings that feed this function.
pub(crate) async fn find(
    site: &Site<'_>,
    function: &str,
) -> Result<Vec<EventSourceMappingConfiguration>, Problem> {
    let lambda = site.aws.lambda();
    let mut pages =
        lambda.list_event_source_mappings().function_name(function).into_paginator().items().send();
    let mut found = vec![];
    while let Some(mapping) = pages.next().await {
        let mapping = mapping.told(&format!("list the event source mappings of {function}"))?;
        // Emulators list those of other functions too.
        if names(mapping.function_arn().unwrap_or_default(), function) {
            found.push(mapping);
        }
    }
    Ok(found)
}

/// The ARN, perhaps with a version or an alias at its end, is that of this function.
fn names(arn: &str, function: &str) -> bool {
    arn.split(":function:").nth(1).is_some_and(|name| name.split(':').next() == Some(function))
}

fn omitted() -> Finding {
    Finding::warning("there are no mappings: events are published, and nothing applies them")
        .because("the stack was deployed with EventSourceMappings=omit")
        .help("deploy it with EventSourceMappings=create where the platform has mappings for Kafka")
}

/// What is wrong with a function's mappings.
pub(crate) fn judge(
    target: &Target,
    consumed: Consumed<'_>,
    function: &str,
    found: &[EventSourceMappingConfiguration],
) -> Vec<Finding> {
    let topic = &consumed.topic.name.name;
    let (ours, others): (Vec<_>, Vec<_>) = found.iter().partition(|mapping| mapping.topics().contains(topic));
    let mut findings: Vec<Finding> = others
        .iter()
        .map(|mapping| {
            let (uuid, topics) = (mapping.uuid().unwrap_or("?"), mapping.topics().join(", "));
            Finding::warning(format!("{function} is also fed by {topics}"))
                .because("it applies the events of one topic, and quarantines all others")
                .help(format!("aws lambda delete-event-source-mapping --uuid {uuid}"))
        })
        .collect();
    if ours.is_empty() {
        findings.push(
            Finding::bad(format!("{function} has no event source mapping for {topic}"))
                .because("nothing reads the topic, so its events wait until they expire")
                .help(target.make_good()),
        );
    }
    findings.extend(ours.iter().filter_map(|mapping| state(target, topic, mapping)));
    findings.extend(ours.iter().filter_map(|mapping| result(target, topic, mapping)));
    findings.extend(ours.iter().filter_map(|mapping| settings(target, consumed, mapping)));
    findings
}

/// The state that it has, and whether it should.
fn state(target: &Target, topic: &str, mapping: &EventSourceMappingConfiguration) -> Option<Finding> {
    let (uuid, state) = (mapping.uuid().unwrap_or("?"), mapping.state().unwrap_or("?"));
    let what = format!("the mapping of {topic} is {state}");
    let reason = match mapping.state_transition_reason().unwrap_or_default() {
        // It says so of every healthy one, too.
        "" | "USER_INITIATED" | "User action" => String::new(),
        reason => format!("Lambda says: {reason}"),
    };
    match state {
        "Enabled" => None,
        "Creating" | "Enabling" | "Updating" => Some(
            Finding::warning(what)
                .because(reason)
                .help("wait: it takes some minutes, then look again")
                .passing(),
        ),
        "Disabled" | "Disabling" => Some(
            Finding::bad(what)
                .because(if reason.is_empty() { "somebody switched it off".to_owned() } else { reason })
                .help(format!("aws lambda update-event-source-mapping --uuid {uuid} --enabled")),
        ),
        _ => {
            Some(Finding::bad(what).because(reason).help(format!("when it is gone: {}", target.make_good())))
        }
    }
}

/// What its last poll came to (<https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-troubleshoot.html>).
fn result(target: &Target, topic: &str, mapping: &EventSourceMappingConfiguration) -> Option<Finding> {
    let result = mapping.last_processing_result()?;
    // `OK`, and `No records processed` before the first record.
    if !result.starts_with("PROBLEM") && !result.to_ascii_lowercase().contains("fail") {
        return None;
    }
    let has = |words: &[&str]| {
        let result = result.to_ascii_lowercase();
        words.iter().any(|word| result.contains(word))
    };
    let finding = Finding::bad(format!("the mapping of {topic} has a problem: {result}"));
    Some(if has(&["sasl", "authentication failed", "failed to authenticate"]) {
        finding
            .because("the brokers don't take the consumer's user or password")
            .help("look at the SCRAM users above; a changed password takes MSK up to ten minutes")
    } else if has(&["authorize", "not authorized", "acl"]) {
        finding
            .because("the consumer's user may not read the topic or its group")
            .help("with Kafka ACLs it needs Describe and Read on topic and group, and Write on the dead-letter topic")
    } else if has(&["connection", "timed out", "timeout", "network", "vpc"]) {
        finding
            .because("the pollers, which have the cluster's own security group, don't reach the brokers")
            .help("look at the security group above: it must let itself in, and out, on 9096")
    } else if has(&["throttl"]) {
        finding
            .because("the function has no concurrency left")
            .help("aws lambda get-account-settings; raise the account's or the function's concurrency")
    } else if has(&["topic"]) {
        finding
            .because("the topic isn't there")
            .help(format!("look at the topic's stack: {}", target.make("status", &[])))
    } else {
        finding
            .because("the function failed, or Lambda couldn't call it")
            .help("look at the function's log, and at its errors below")
    })
}

/// Where it isn't as the model says.
fn settings(
    target: &Target,
    consumed: Consumed<'_>,
    mapping: &EventSourceMappingConfiguration,
) -> Option<Finding> {
    let wanted = consumed.consumer;
    let group =
        mapping.amazon_managed_kafka_event_source_config().and_then(|kafka| kafka.consumer_group_id());
    let mut differences = vec![];
    let mut compare = |what: &str, wanted: String, is: Option<String>| {
        if let Some(is) = is
            && is != wanted
        {
            differences.push(format!("{what} is {is}, not {wanted}"));
        }
    };
    compare("the group", wanted.group.clone(), group.map(str::to_owned));
    let is = mapping.batch_size().map(|size| size.to_string());
    compare("the batch size", wanted.batch.size.to_string(), is);
    let is = mapping.maximum_retry_attempts().map(|attempts| attempts.to_string());
    compare("the number of retries", wanted.retry.attempts.to_string(), is);
    let is = mapping.bisect_batch_on_function_error();
    compare("halving", wanted.retry.bisect.to_string(), is.map(|bisect| bisect.to_string()));
    if differences.is_empty() {
        return None;
    }
    let topic = &consumed.topic.name.name;
    Some(
        Finding::warning(format!(
            "the mapping of {topic} isn't as the manifest says: {}",
            differences.join("; ")
        ))
        .because("it was changed by hand, or the manifest was changed and not deployed")
        .help(format!(
            "by hand: aws lambda update-event-source-mapping --uuid {} --batch-size {} --maximum-retry-attempts {} \
             --{}bisect-batch-on-function-error",
            mapping.uuid().unwrap_or("?"),
            wanted.batch.size,
            wanted.retry.attempts,
            if wanted.retry.bisect { "" } else { "no-" }
        ))
        .help(format!("the manifest, or the group: {}", target.make_good())),
    )
}

#[cfg(test)]
mod tests;
