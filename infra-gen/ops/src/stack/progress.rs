//! Shows what happens to a stack: lines on a terminal that change in place, plain lines elsewhere, JSON for programs.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::Event;
use crate::console::{BAD, Console, GOOD, HINT, styled};

/// After this long without news it is told that it still goes on, where lines can't change in place.
const SILENCE: Duration = Duration::from_mins(1);
/// How many resources are named that are waited for.
const NAMED: usize = 4;

/// What takes long, and how long.
const SLOW: [(&str, &str, &str); 5] = [
    ("AWS::MSK::Cluster", "CREATE_IN_PROGRESS", "an MSK cluster takes 15 to 60 minutes"),
    ("AWS::MSK::Cluster", "UPDATE_IN_PROGRESS", "MSK changes one broker after the other: tens of minutes"),
    (
        "AWS::Lambda::EventSourceMapping",
        "CREATE_IN_PROGRESS",
        "a mapping takes a few minutes to reach the cluster",
    ),
    ("AWS::MSK::Cluster", "DELETE_IN_PROGRESS", "an MSK cluster takes several minutes to go"),
    (
        "AWS::EC2::SecurityGroup",
        "DELETE_IN_PROGRESS",
        "it goes when Lambda has let go of the functions' network interfaces: 15 to 45 minutes",
    ),
];

/// Shows events as they come.
pub(crate) struct Progress {
    json: bool,
    bar: Option<ProgressBar>,
    /// What is in progress, by place, with its type and since when.
    waiting: BTreeMap<String, (String, Instant)>,
    /// What was said already about what takes long.
    said: Vec<&'static str>,
    started: Instant,
    last_news: Instant,
    done: usize,
}

impl Progress {
    /// With a line that changes in place if standard error is a terminal.
    pub(crate) fn new(json: bool) -> Self {
        let bar = (!json && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Self { json, bar, waiting: BTreeMap::new(), said: vec![], started: now, last_news: now, done: 0 }
    }

    /// Shows one event.
    pub(crate) fn event(&mut self, event: &Event, console: &mut Console) {
        if event.own {
            return;
        }
        let place = event.place();
        if event.status.ends_with("_IN_PROGRESS") {
            let now = Instant::now();
            self.waiting.entry(place).or_insert((event.ty.clone(), now));
        } else {
            self.waiting.remove(&place);
            self.done += 1;
        }
        self.last_news = Instant::now();
        if self.json {
            let line = json!({
                "event": "progress", "stack": event.stack, "resource": event.resource, "type": event.ty,
                "status": event.status, "reason": event.reason, "at": event.at.to_string(),
            });
            // A reader that has gone is no reason to stop following.
            drop(console.data(&format!("{line}\n")));
        } else if !event.status.ends_with("_IN_PROGRESS") {
            self.line(&settled(event), console);
        }
        self.slow(event, console);
        self.message();
    }

    /// Nothing new: shows what is waited for.
    pub(crate) fn quiet(&mut self, console: &mut Console) {
        self.message();
        if self.bar.is_none() && !self.json && self.last_news.elapsed() >= SILENCE {
            self.last_news = Instant::now();
            let minutes = self.started.elapsed().as_secs() / 60;
            self.line(&format!("{minutes} min: {}", self.waits()), console);
        }
    }

    /// Tells something beside the events.
    pub(crate) fn note(&mut self, text: &str, console: &mut Console) {
        if !self.json {
            self.line(&format!("{}: {text}", styled(HINT, "note")), console);
        }
    }

    /// Takes away the line that changes in place.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn slow(&mut self, event: &Event, console: &mut Console) {
        let known = SLOW.iter().find(|(ty, status, _)| *ty == event.ty && *status == event.status);
        if let Some((_, _, words)) = known
            && !self.said.contains(words)
        {
            self.said.push(words);
            self.note(words, console);
        }
    }

    fn waits(&self) -> String {
        if self.waiting.is_empty() {
            return "waiting for CloudFormation".to_owned();
        }
        // What has gone on for longest is what the others wait for.
        let mut waiting: Vec<_> = self.waiting.iter().collect();
        waiting.sort_by_key(|(_, (_, since))| *since);
        let leaves: Vec<&str> = waiting
            .iter()
            .filter(|(_, (ty, _))| ty != super::events::STACK)
            .map(|(place, _)| place.as_str())
            .collect();
        let names = if leaves.is_empty() {
            waiting.iter().map(|(place, _)| place.as_str()).collect()
        } else {
            leaves
        };
        let more = names.len().saturating_sub(NAMED);
        let front = names[..names.len().min(NAMED)].join(", ");
        if more == 0 {
            format!("waiting for {front}")
        } else {
            format!("waiting for {front} and {more} more")
        }
    }

    fn message(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} done, {}", self.done, self.waits()));
        }
    }

    fn line(&self, text: &str, console: &mut Console) {
        match &self.bar {
            Some(bar) => bar.suspend(|| console.say(text)),
            None => console.say(text),
        }
    }
}

/// `  created   Foundation/Cluster  AWS::MSK::Cluster`
fn settled(event: &Event) -> String {
    let (style, word) = match event.status.as_str() {
        "CREATE_COMPLETE" => (GOOD, "created"),
        "UPDATE_COMPLETE" => (GOOD, "updated"),
        "DELETE_COMPLETE" => (GOOD, "deleted"),
        "DELETE_SKIPPED" => (HINT, "kept"),
        "IMPORT_COMPLETE" => (GOOD, "imported"),
        status if status.ends_with("_FAILED") => (BAD, "failed"),
        status if status.contains("ROLLBACK") => (BAD, "rolled back"),
        _ => (HINT, "is"),
    };
    let reason = if event.failed() { format!(": {}", super::cause::reason(event)) } else { String::new() };
    format!("  {} {}  {}{reason}", styled(style, &format!("{word:<11}")), event.place(), event.ty)
}
