//! `ops redrive`: puts quarantined records back.
//!
//! Brokers are private to the VPC, so a record isn't published again: the topic's consumer function is called with it
//! as Lambda's mapping called it the first time. Consumers apply an event once, however often it comes, and an older
//! event doesn't overwrite what a later one wrote, so the live mapping isn't disturbed. How the row in `error-logs`
//! tells what became of it is in the documentation of `runtime::consumer`'s quarantine. Nothing is lost when this is
//! cut off anywhere: what wasn't marked `REDRIVEN` is taken up by the next run.
//!
//! Records in the dead-letter topic are another matter: they are in Kafka alone, and nothing in the account copies them
//! out. Whoever can reach the brokers reads them into a file, as the runbook shows; `--letters FILE` puts those back.

mod batch;
mod letters;
mod quarantined;

use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    Exit, Problem,
    aws::Aws,
    console::{Console, count},
    target::{Target, Where},
    text,
};

/// Records that are put back.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Redrive {
    #[command(flatten)]
    pub(crate) at: Where,
    /// One topic's records; without it those of all topics
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
    /// This record alone; can be said more than once
    #[arg(long, value_name = "ERROR_ID", conflicts_with = "letters")]
    id: Vec<String>,
    /// The dead letters in this file, one a line, as kafka-console-consumer prints them
    #[arg(long, value_name = "FILE")]
    letters: Option<PathBuf>,
    /// List what would be put back
    #[arg(long)]
    dry_run: bool,
}

const HELP: &str = "\
Covers what consumers have quarantined in error-logs. Records that Lambda gave up after its retries are in the \
dead-letter topic, which only clients in the cluster's network can read: have it printed there into a file, as the \
runbook shows under DeadLetters, and say --letters FILE.

Exit codes:
  0  every record was put back, or there was none
  1  AWS, the network or this machine failed
  2  the manifest, the arguments, the credentials or the Region are wrong
  5  some records failed again; they stay where they are";

/// A record to put back.
#[derive(Debug, Clone, PartialEq)]
struct Record {
    /// Of its row in `error-logs`; a dead letter has none.
    error_id: Option<String>,
    topic: String,
    partition: i64,
    offset: i64,
    /// Why it was put aside.
    reason: String,
    /// As Lambda sends it.
    sent: Value,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It was applied, now or before.
    Applied,
    /// It can't be used: why.
    Again(String),
    /// It is to be tried again: why.
    Failed(String),
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Again(_) => "quarantined again",
            Self::Failed(_) => "failed",
        }
    }

    fn why(&self) -> &str {
        match self {
            Self::Applied => "",
            Self::Again(why) | Self::Failed(why) => why,
        }
    }
}

impl Redrive {
    /// Puts the records back, topic by topic, partition by partition, in the order of their offsets.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let only = self.topic.as_deref().map(|name| target.topic(name)).transpose()?;
        let mut records = match &self.letters {
            Some(path) => letters::read(path)?,
            None => quarantined::open(target, aws, &self.ids()).await?,
        };
        if let Some(topic) = only {
            records.retain(|record| record.topic == topic.name.name);
        }
        records.sort_by(|one, other| one.place().cmp(&other.place()));
        records.dedup_by(|one, other| one.place() == other.place());
        if records.is_empty() {
            if self.at.json {
                console.print("[]\n")?;
            }
            console.say("there is nothing to put back");
            return Ok(Exit::Done);
        }
        if self.dry_run {
            self.show(&records, &[], console)?;
            console.say(&format!("{} would be put back", count(records.len(), "record")));
            return Ok(Exit::Done);
        }
        let mut outcomes = vec![];
        for batch in batch::cut(&records, target) {
            let first = &records[batch.start];
            console.say(&format!(
                "{}-{}: {} from offset {} on",
                first.topic,
                first.partition,
                count(batch.len(), "record"),
                first.offset
            ));
            match batch::put_back(&records[batch], target, aws).await {
                Ok(told) => outcomes.extend(told),
                // What was done before is told first; to programs in one document, with the rest as it is.
                Err(problem) => {
                    let problem = problem.note("the rest stays as it is; run the same again to go on");
                    if self.at.json {
                        self.show(&records, &outcomes, console)?;
                        return Ok(problem.report(false, console));
                    }
                    self.show(&records[..outcomes.len()], &outcomes, console)?;
                    return Err(problem);
                }
            }
        }
        self.show(&records, &outcomes, console)?;
        let applied = outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count();
        let stay = outcomes.len() - applied;
        console.say(&format!("{} applied, {stay} not", count(applied, "record")));
        Ok(if stay == 0 { Exit::Done } else { Exit::Unwell })
    }

    fn ids(&self) -> BTreeSet<&str> {
        self.id.iter().map(String::as_str).collect()
    }

    /// The records, with their outcomes where there are some.
    fn show(&self, records: &[Record], outcomes: &[Outcome], console: &mut Console) -> Result<(), Problem> {
        let pairs = records.iter().enumerate().map(|(index, record)| (record, outcomes.get(index)));
        if self.at.json {
            let list: Vec<Value> = pairs
                .map(|(record, outcome)| {
                    json!({
                        "errorId": record.error_id,
                        "topic": record.topic,
                        "partition": record.partition,
                        "offset": record.offset,
                        "reason": record.reason,
                        "outcome": outcome.map(Outcome::word),
                        "detail": outcome.map(Outcome::why),
                    })
                })
                .collect();
            return console.print(&format!("{:#}\n", Value::from(list)));
        }
        let mut lines =
            vec![text::header(&["TOPIC", "PARTITION", "OFFSET", "ERROR", "REASON", "OUTCOME", "WHY"])];
        lines.extend(pairs.map(|(record, outcome)| {
            vec![
                record.topic.clone(),
                record.partition.to_string(),
                record.offset.to_string(),
                record.error_id.clone().unwrap_or_else(|| "-".into()),
                text::harmless(&record.reason),
                outcome.map_or("-", Outcome::word).into(),
                text::harmless(outcome.map_or("", Outcome::why)),
            ]
        }));
        console.print(&text::columns(&lines))
    }
}

impl Record {
    fn place(&self) -> (&str, i64, i64) {
        (&self.topic, self.partition, self.offset)
    }
}
