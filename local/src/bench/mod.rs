//! A steady load through the whole pipeline, and how long each part of it takes.
//!
//! | figure | from | to |
//! | --- | --- | --- |
//! | publish | the request is sent | the HTTP API has answered 202 |
//! | consume | the HTTP API has answered 202 | the consumer's transaction is committed |
//! | push | the consumer's transaction is committed | the browser has the event |
//! | end to end | the request is sent | the browser has the event |
//! | floor | a bare librdkafka producer sends a record | a bare librdkafka consumer on the same broker has it |
//!
//! Requests are sent when they are due, whether or not those before were answered, and timed from then.

mod floor;
mod goals;
mod load;
mod processes;

use std::{
    fmt,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::BoxFuture};

use crate::{LocalError, Options, Run};

/// How much, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Events a second.
    pub rate: u32,
    /// How long they are sent.
    pub lasting: Duration,
}

/// Unmeasured: connections are made, every process has done its work, and a Java broker has compiled some of its own.
const WARM_UP: Plan = Plan { rate: 200, lasting: Duration::from_secs(5) };

/// What came of it.
#[derive(Debug)]
pub struct Report {
    plan: Plan,
    broker: &'static str,
    floor: Times,
    load: load::Outcome,
    /// How long the start took.
    ready: Duration,
    /// Of the functions' processes and the runner, in MiB.
    memory: Option<f64>,
    /// Of an event, in milliseconds: of the same processes, so this bench's own part is in it.
    processor: Option<f64>,
}

/// Times in milliseconds, in order.
#[derive(Debug, Default)]
struct Times(Vec<f64>);

impl Times {
    fn new(mut millis: Vec<f64>) -> Self {
        millis.sort_by(f64::total_cmp);
        Self(millis)
    }

    /// The time that this part (of 1000) of them doesn't exceed.
    fn at(&self, permille: usize) -> f64 {
        let rank = (self.0.len() * permille).div_ceil(1000).max(1) - 1;
        self.0.get(rank).copied().unwrap_or(f64::NAN)
    }
}

impl Report {
    /// Acknowledged events that no browser got.
    pub fn lost(&self) -> usize {
        self.load.acknowledged.saturating_sub(self.load.end_to_end.0.len())
    }

    /// Requests that were refused, or not answered.
    pub fn refused(&self) -> u64 {
        self.load.sent.saturating_sub(self.load.acknowledged as u64)
    }
}

/// Starts everything, measures, and stops everything; also when it is `stopped` before it is done.
pub fn run<'a>(
    options: &'a Options,
    plan: Plan,
    stopped: impl Future<Output = ()> + Send + 'a,
) -> BoxFuture<'a, Result<Report, LocalError>> {
    start(options, plan, stopped.boxed()).boxed()
}

async fn start(options: &Options, plan: Plan, mut stopped: BoxFuture<'_, ()>) -> Result<Report, LocalError> {
    let broken_off = || "it was stopped".to_owned();
    let began = Instant::now();
    let run = tokio::select! {
        run = Run::start(options) => run?,
        () = &mut stopped => return Err(LocalError::Bench(broken_off())),
    };
    let ready = began.elapsed();
    let measured = tokio::select! {
        measured = measure(&run, plan, ready) => measured,
        () = stopped => Err(broken_off()),
    };
    run.stop().await;
    measured.map_err(LocalError::Bench)
}

async fn measure(run: &Run, plan: Plan, ready: Duration) -> Result<Report, String> {
    load::send(run, Plan { rate: plan.rate.min(WARM_UP.rate), ..WARM_UP }).await?;
    let floor = floor::measure(run, plan).await?;
    let before = processes::processor();
    let load = load::send(run, plan).await?;
    let after = processes::processor();
    #[allow(clippy::cast_precision_loss, reason = "a bench sends fewer events")]
    let each = |taken: Duration| taken.as_secs_f64() * 1000.0 / load.sent as f64;
    let processor = before.zip(after).map(|(before, after)| each(after.saturating_sub(before)));
    let broker = if run.is_embedded() { "embedded" } else { "kafka" };
    Ok(Report { plan, broker, floor, load, ready, memory: processes::memory(), processor })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, broker, floor, load, ready, memory, processor } = self;
        writeln!(
            f,
            "{broker} broker: {} events/s for {} s; sent {}, acknowledged {}, arrived {}",
            plan.rate,
            plan.lasting.as_secs(),
            load.sent,
            load.acknowledged,
            load.end_to_end.0.len()
        )?;
        writeln!(f, "  {:<12}{:>10}{:>10}{:>10}  target", "ms", "p50", "p99", "p99.9")?;
        let targets = &load.targets;
        let lines: [(&str, &Times, Option<u64>); 5] = [
            ("publish", &load.publish, Some(targets.publish_ms)),
            ("consume", &load.consume, Some(targets.consume_ms)),
            ("push", &load.push, Some(targets.push_ms)),
            ("end to end", &load.end_to_end, Some(targets.end_to_end_ms)),
            ("floor", floor, None),
        ];
        for (name, times, target) in lines {
            write!(f, "  {name:<12}{:>10.2}{:>10.2}{:>10.2}", times.at(500), times.at(990), times.at(999))?;
            match target {
                #[allow(clippy::cast_precision_loss, reason = "targets are small")]
                Some(target) if times.at(990) > target as f64 => writeln!(f, "  {target} ms: missed at p99")?,
                Some(target) => writeln!(f, "  {target} ms: met at p99")?,
                None => writeln!(f)?,
            }
        }
        let told = |figure: Option<f64>, unit: &str| {
            figure.map_or("this system doesn't tell".into(), |figure| format!("{figure:.1} {unit}"))
        };
        writeln!(f, "  ready after {:.1} s", ready.as_secs_f64())?;
        writeln!(f, "  memory of runner and functions: {}", told(*memory, "MiB"))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let processor = told(*processor, "ms an event");
        writeln!(f, "  their processor time, this bench's own in it: {processor}, on {cores} cores")?;
        for goal in goals::of(self) {
            writeln!(f, "  {goal}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times = Times::new((1..=1000).rev().map(f64::from).collect());
        let rounded = |time: f64| format!("{time:.1}");
        assert_eq!(
            [500, 990, 999, 1000].map(|rank| rounded(times.at(rank))),
            ["500.0", "990.0", "999.0", "1000.0"]
        );
        assert_eq!(rounded(Times::new(vec![7.0]).at(1)), "7.0");
        assert!(Times::default().at(500).is_nan());
    }
}
