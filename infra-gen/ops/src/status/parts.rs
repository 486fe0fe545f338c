//! The parts of a deployment, each with its state.

use aws_sdk_cloudformation::types::StackResourceSummary;
use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};
use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use aws_smithy_types::DateTime;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::Role;
use serde_json::{Value, json};

use super::is_complete;
use crate::{
    Problem,
    aws::{Aws, Told as _},
    console::{BAD, GOOD, styled},
    target::Target,
    text,
};

/// Functions that are asked for at a time.
const AT_ONCE: usize = 8;

/// What is told of something with a state.
pub(super) struct Part {
    name: String,
    state: String,
    /// When it was changed last; empty where that isn't told.
    since: String,
    /// Why it is as it is.
    why: String,
    pub(super) is_well: bool,
}

impl Part {
    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "state": self.state,
            "lastModified": self.since,
            "reason": self.why,
            "well": self.is_well,
        })
    }

    pub(super) fn line(&self) -> Vec<String> {
        let style = if self.is_well { GOOD } else { BAD };
        let mut cells = vec![format!("  {}", self.name), self.since.clone(), styled(style, &self.state)];
        cells.push(text::harmless(&self.why));
        cells
    }
}

/// The nested stacks.
pub(super) async fn nested(aws: &Aws, stack: &str) -> Result<Vec<Part>, Problem> {
    let pages = aws.cloudformation().list_stack_resources().stack_name(stack).into_paginator().items().send();
    let all: Vec<StackResourceSummary> =
        pages.try_collect().await.told(&format!("list the resources of {stack}"))?;
    let nested = all.iter().filter(|resource| resource.resource_type() == Some("AWS::CloudFormation::Stack"));
    let part = |resource: &StackResourceSummary| {
        let state = resource.resource_status().map_or("", |status| status.as_str()).to_owned();
        let at = resource.last_updated_timestamp().map_or(0, DateTime::secs);
        Part {
            name: resource.logical_resource_id().unwrap_or_default().to_owned(),
            is_well: is_complete(&state),
            state,
            since: text::time(at.saturating_mul(1000)),
            why: resource.resource_status_reason().unwrap_or_default().to_owned(),
        }
    };
    Ok(nested.map(part).collect())
}

/// The functions.
pub(super) async fn functions(target: &Target, aws: &Aws) -> Result<Vec<Part>, Problem> {
    let look = async |name: String, short: String| {
        let told = aws.lambda().get_function_configuration().function_name(&name).send().await.fault();
        let gone = |state: &str| Part {
            name: short.clone(),
            state: state.into(),
            since: String::new(),
            why: String::new(),
            is_well: false,
        };
        match told {
            Ok(told) => {
                let state = told.state().map_or("", |state| state.as_str());
                let update = told.last_update_status().map_or("", |status| status.as_str());
                let why = [told.state_reason(), told.last_update_status_reason()];
                Ok(Part {
                    // A function that nobody calls for weeks is put aside, which is no trouble.
                    is_well: matches!(state, "Active" | "Inactive") && update != "Failed",
                    state: if update == "Successful" {
                        state.into()
                    } else {
                        format!("{state}, update {update}")
                    },
                    since: told
                        .last_modified()
                        .unwrap_or_default()
                        .get(..19)
                        .unwrap_or_default()
                        .replace('T', " "),
                    why: why.into_iter().flatten().collect::<Vec<_>>().join("; "),
                    ..gone("")
                })
            }
            Err(fault) if fault.is("ResourceNotFoundException") => Ok(gone("missing")),
            Err(fault) => Err(fault.problem(&format!("look at the function {name}"))),
        }
    };
    let all: Vec<_> = target
        .model
        .functions
        .iter()
        .map(|function| look(target.function_name(function), function.name.name.clone()))
        .collect();
    stream::iter(all).buffered(AT_ONCE).try_collect().await
}

/// The event source mappings of the consumers.
pub(super) async fn mappings(target: &Target, aws: &Aws) -> Result<Vec<Part>, Problem> {
    let consumers = target.model.topics.iter().filter(|topic| topic.consumer.is_some());
    let all: Vec<_> = consumers
        .map(async |topic| {
            let topic = &topic.name.name;
            let found = mapping(target, aws, topic).await?;
            let state =
                found.as_ref().map_or("missing", |found| found.state().unwrap_or_default()).to_owned();
            let why = found.as_ref().and_then(|found| {
                let result = found.last_processing_result();
                result.filter(|result| is_trouble(result)).or(found.state_transition_reason())
            });
            Ok::<_, Problem>(Part {
                name: topic.clone(),
                is_well: state == "Enabled" && !why.is_some_and(is_trouble),
                since: found
                    .as_ref()
                    .and_then(|found| found.last_modified())
                    .map_or_else(String::new, |at| text::time(at.secs().saturating_mul(1000))),
                // "User action" is what every mapping says that somebody made.
                why: why.filter(|why| is_trouble(why)).unwrap_or_default().to_owned(),
                state,
            })
        })
        .collect();
    stream::iter(all).buffered(AT_ONCE).try_collect().await
}

/// The mapping of this topic's consumer.
pub(crate) async fn mapping(
    target: &Target,
    aws: &Aws,
    topic: &str,
) -> Result<Option<EventSourceMappingConfiguration>, Problem> {
    let name = target.function_name(target.model.function(&Role::Consumer(topic.to_owned())));
    let told = aws.lambda().list_event_source_mappings().function_name(&name).send().await.fault();
    match told {
        Ok(told) => Ok(told.event_source_mappings.unwrap_or_default().into_iter().next()),
        Err(fault) if fault.is("ResourceNotFoundException") => Ok(None),
        Err(fault) => Err(fault.problem(&format!("look at the event source mapping of {name}"))),
    }
}

/// `PROBLEM: ...`, as Lambda begins each of them
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-troubleshoot.html>).
pub(crate) fn is_trouble(result: &str) -> bool {
    result.starts_with("PROBLEM")
}

/// Our alarms that are on.
pub(super) async fn alarms(target: &Target, aws: &Aws) -> Result<Vec<Part>, Problem> {
    let prefix = format!("{}-", target.stack_name());
    let ours: Vec<String> =
        target.model.alarms.iter().map(|alarm| target.model.alarm_name(alarm, &target.environment)).collect();
    let pages = aws
        .cloudwatch()
        .describe_alarms()
        .alarm_name_prefix(prefix)
        .state_value(StateValue::Alarm)
        .into_paginator()
        .send();
    let pages: Vec<_> = pages.try_collect().await.told("list the alarms")?;
    let on = pages.iter().flat_map(DescribeAlarmsOutput::metric_alarms);
    // The prefix is also that of an environment whose name begins with this one's.
    let on = on.filter(|alarm| ours.iter().any(|name| Some(name.as_str()) == alarm.alarm_name()));
    let part = |alarm: &MetricAlarm| Part {
        name: alarm.alarm_name().unwrap_or_default().to_owned(),
        state: "ALARM".into(),
        since: alarm
            .state_updated_timestamp()
            .map_or_else(String::new, |at| text::time(at.secs().saturating_mul(1000))),
        why: alarm.alarm_description().unwrap_or_default().to_owned(),
        is_well: false,
    };
    Ok(on.map(part).collect())
}
