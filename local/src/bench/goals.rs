//! What the local run is to hold beyond the manifest's targets.

use std::{fmt, time::Duration};

use super::Report;

/// The rate up to which end to end has a goal of its own, in events a second.
const STEADY: u32 = 200;
/// At that rate, what 99 of 100 events take at most, in milliseconds.
const END_TO_END_P99: f64 = 100.0;
/// What the pipeline may add to the bare broker, at the median, in milliseconds.
const OVER_THE_FLOOR: f64 = 10.0;
/// From the start to the moment when all functions wait for work, once everything is built.
const READY: Duration = Duration::from_secs(2);
/// In MiB.
const MEMORY: f64 = 400.0;

/// A goal, and what was measured.
#[derive(Debug)]
pub(super) struct Goal {
    what: &'static str,
    measured: String,
    is_met: bool,
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, measured, is_met } = self;
        write!(f, "goal: {what}: {measured}: {}", if *is_met { "met" } else { "missed" })
    }
}

/// The goals of this load.
pub(super) fn of(report: &Report) -> Vec<Goal> {
    let Report { plan, broker, floor, load, ready, memory, .. } = report;
    let goal = |what, measured: String, is_met| Goal { what, measured, is_met };
    let mut goals = vec![];
    // A real Kafka takes seconds by itself.
    if *broker == "embedded" {
        goals.push(goal("ready in under 2 s", format!("{:.1} s", ready.as_secs_f64()), *ready < READY));
    }
    if plan.rate <= STEADY {
        let p99 = load.end_to_end.at(990);
        goals.push(goal("end to end under 100 ms at p99", format!("{p99:.2} ms"), p99 < END_TO_END_P99));
        let over = load.end_to_end.at(500) - floor.at(500);
        goals.push(goal(
            "less than 10 ms over the floor at p50",
            format!("{over:.2} ms"),
            over < OVER_THE_FLOOR,
        ));
    }
    // What is under way at any moment is no lag yet: a pipeline that falls behind has more than a second's events.
    let [middle, end] = load.open;
    goals.push(goal(
        "no growing lag",
        format!("{middle} events not arrived in the middle, {end} at the end"),
        end <= middle.max(u64::from(plan.rate)),
    ));
    if let Some(memory) = memory {
        goals.push(goal("less than 400 MiB", format!("{memory:.0} MiB"), *memory < MEMORY));
    }
    goals
}
