//! `ops smoke`: a synthetic event is sent through, and seen.

mod publish;
mod rows;
mod step;

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    Exit, Problem,
    aws::Aws,
    console::Console,
    doctor::{self, Site},
    status,
    target::{Target, Where},
};
use rows::Marker;
use step::Step;

/// Between two looks at the table.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Smoke {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Leave the rows that the event makes
    #[arg(long)]
    pub(crate) keep: bool,
    /// How long to wait until the event is applied
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) timeout: u64,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed {
    topic: String,
    function: String,
    event: String,
    customer: String,
    /// Until the producer had answered.
    published: Duration,
    end: End,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// Nobody waited, and why.
    NotAwaited(String),
    /// It was applied, so long after it was sent; `None` where the rows were kept.
    Applied(Duration, Marker, Option<Vec<(String, usize)>>),
}

/// Sends an event through, and tells how long each stage took.
pub(crate) async fn run(
    target: &Target,
    aws: &Aws,
    smoke: &Smoke,
    console: &mut Console,
) -> Result<Exit, Problem> {
    let Some(site) = Site::find(target, aws).await? else {
        return Err(status::not_there(target, aws));
    };
    let passed = send(&site, Duration::from_secs(smoke.timeout), smoke.keep).await?;
    let text = if smoke.at.json { format!("{:#}\n", passed.to_json()) } else { passed.text() };
    console
        .data(&text)
        .map_err(|error| Problem::failed(format!("can't write to standard output: {error}")))?;
    Ok(Exit::Done)
}

/// Sends an event through.
///
/// # Errors
/// It wasn't taken, or was not seen in time; with what is likely the cause.
pub(crate) async fn send(site: &Site<'_>, patience: Duration, keep: bool) -> Result<Passed, Problem> {
    let (target, aws) = (site.target, site.aws);
    let step = Step::first(&target.model)?;
    let function = step.producer(target);
    let unmapped = unmapped(site, step).await;
    let start = Instant::now();
    let payload = step.payload(&target.model, Timestamp::now());
    let accepted = publish::publish(target, aws, &function, &payload).await?;
    let published = start.elapsed();
    let end = if let Some(reason) = unmapped {
        End::NotAwaited(reason)
    } else {
        let until = start + patience;
        let marker = loop {
            if let Some(marker) = rows::marker(target, aws, &accepted.customer, &accepted.event).await? {
                break marker;
            }
            if Instant::now() >= until {
                return Err(lost(site, step, &accepted, patience).await);
            }
            sleep(PAUSE).await;
        };
        let applied = start.elapsed();
        let removed =
            if keep { None } else { Some(rows::remove(target, aws, step, &accepted.customer).await?) };
        End::Applied(applied, marker, removed)
    };
    let (event, customer) = (accepted.event, accepted.customer);
    Ok(Passed { topic: step.topic.name.name.clone(), function, event, customer, published, end })
}

/// Why nobody reads the topic, if so. Where that can't be seen, the event is awaited.
async fn unmapped(site: &Site<'_>, step: Step<'_>) -> Option<String> {
    if step.consumer.is_none() {
        return Some(format!("no function applies {}", step.topic.name.name));
    }
    if site.omits_mappings() {
        return Some("the stack was deployed without mappings (EventSourceMappings=omit)".into());
    }
    let function = step.applier(site.target);
    let found = doctor::mappings::find(site, &function).await.ok()?;
    let reads = |state: &str| !matches!(state, "Disabled" | "Disabling" | "Deleting");
    let is_read = found.iter().any(|mapping| mapping.state().is_some_and(reads));
    (!is_read)
        .then(|| format!("no mapping of {function} is enabled; {} says why", site.target.make("doctor", &[])))
}

/// The event was published, and never seen again.
async fn lost(site: &Site<'_>, step: Step<'_>, accepted: &publish::Published, patience: Duration) -> Problem {
    let topic = &step.topic.name.name;
    let mut problem = Problem::new(
        Exit::Unwell,
        format!("{topic} was published, and was not applied within {} s", patience.as_secs()),
    )
    .note(format!(
        "event {} of customer {}; should it be applied later, its rows stay",
        accepted.event, accepted.customer
    ));
    let likely = doctor::likely_causes(site).await;
    if likely.is_empty() {
        problem = problem.note("mapping, SCRAM users and functions look well; the consumer may just be late");
    }
    for finding in likely {
        problem = problem.note(format!("likely: {}", finding.what));
        for help in finding.help {
            problem = problem.help(help);
        }
    }
    problem.help(format!("look at everything: {}", site.target.make("doctor", &[]))).help(format!(
        "and at the consumer's log: aws logs tail /aws/lambda/{} --since 10m",
        step.applier(site.target)
    ))
}

impl Passed {
    /// A line for each stage.
    pub(crate) fn text(&self) -> String {
        let head = format!("{} of synthetic customer {}\n", self.topic, self.customer);
        let published = format!(
            "  published  {:>6} ms  by {}, as event {}\n",
            self.published.as_millis(),
            self.function,
            self.event
        );
        let end = match &self.end {
            End::NotAwaited(reason) => format!("  not awaited: {reason}\n"),
            End::Applied(applied, marker, removed) => {
                let by_clocks = marker.millis.map_or_else(String::new, |millis| {
                    format!("; {millis} ms after it was made, by the functions' clocks")
                });
                let place = format!("partition {}, offset {}", marker.partition, marker.offset);
                let rows = match removed {
                    None => "  kept                  its rows\n".to_owned(),
                    Some(removed) => {
                        let rows = removed.iter().map(|(table, number)| format!("{number} in {table}"));
                        format!("  removed               {}\n", rows.collect::<Vec<_>>().join(", "))
                    }
                };
                format!("  applied    {:>6} ms  {place}{by_clocks}\n{rows}", applied.as_millis())
            }
        };
        format!("{head}{published}{end}")
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut told = json!({
            "topic": self.topic,
            "function": self.function,
            "eventId": self.event,
            "customerId": self.customer,
            "publishedMs": millis(self.published),
        });
        match &self.end {
            End::NotAwaited(reason) => told["notAwaited"] = reason.as_str().into(),
            End::Applied(applied, marker, removed) => {
                told["appliedMs"] = millis(*applied).into();
                told["appliedAfterEventMs"] = marker.millis.into();
                told["partition"] = marker.partition.parse::<i64>().ok().into();
                told["offset"] = marker.offset.parse::<i64>().ok().into();
                told["removed"] = removed.as_ref().map_or(serde_json::Value::Null, |removed| {
                    removed.iter().map(|(table, number)| (table.clone(), json!(number))).collect()
                });
            }
        }
        told
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(end: End) -> Passed {
        Passed {
            topic: "user-info-submitted".into(),
            function: "onboard-ai-submit-user-info-dev".into(),
            event: "0199-event".into(),
            customer: "smoke-20261123T234512123".into(),
            published: Duration::from_millis(412),
            end,
        }
    }

    #[test]
    fn each_stage_is_told_with_its_time_and_what_was_removed() {
        let marker = Marker { partition: "3".into(), offset: "17".into(), millis: Some(640) };
        let removed = vec![("users-dev".to_owned(), 1), ("kafka-events-dev".to_owned(), 1)];
        let told = passed(End::Applied(Duration::from_millis(1184), marker, Some(removed)));
        insta::assert_snapshot!(told.text(), @"
        user-info-submitted of synthetic customer smoke-20261123T234512123
          published     412 ms  by onboard-ai-submit-user-info-dev, as event 0199-event
          applied      1184 ms  partition 3, offset 17; 640 ms after it was made, by the functions' clocks
          removed               1 in users-dev, 1 in kafka-events-dev
        ");
        assert_eq!(told.to_json()["removed"]["users-dev"], 1);
        assert_eq!(told.to_json()["offset"], 17);
    }

    #[test]
    fn where_nothing_reads_the_topic_the_event_is_said_to_be_not_awaited() {
        let told = passed(End::NotAwaited("the stack was deployed without mappings".into()));
        assert!(told.text().ends_with("  not awaited: the stack was deployed without mappings\n"));
        assert_eq!(told.to_json()["notAwaited"], "the stack was deployed without mappings");
    }
}
