//! How fast each packaged function is, how long it takes to start, and how much memory it has.
//!
//! `make bench` builds the zips first. Brokers (librdkafka's mock cluster), tables (an embedded DynamoDB) and
//! `@connections` are in this process, on loopback: what is measured is the function and no network.
//!
//! - publish: from the hand-over of the request to the function's answer, the broker's acknowledgement within
//! - consume: from the hand-over of a batch of one record to DynamoDB's answer to the transaction
//! - push: from there to the message at `@connections`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints")]

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

use model::{Function, Role, Topic};
use sandbox::{Error, Packages, Sandbox, World};
use serde_json::{Map, Value, json};

/// Calls before anything is measured: connections, caches.
const WARM_UP: usize = 20;
/// Calls that are measured.
const CALLS: usize = 300;
/// Starts of each function, of which the middle one is told.
const STARTS: usize = 5;
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    // `cargo test` runs benches too, with `--test`: they must start, no more.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: a stage missed the manifest's target");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, Error> {
    let (world, packages) = (World::start().await?, Packages::built()?);
    let mut peaks = BTreeMap::new();
    let mut met = true;
    println!(
        "{:<9} {:<32} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "stage", "topic", "p50 ms", "p95 ms", "p99 ms", "max ms", "target"
    );
    // Consumers first: what they write is what the later steps' rules read.
    let mut stages = vec![];
    for topic in world.model().topics.iter().filter(|topic| topic.consumer.is_some()) {
        let (consumed, pushed, peak) = consume(&world, &packages, topic).await?;
        peaks.insert(world.consumer(topic).name.name.clone(), peak);
        stages.push(("consume", topic, consumed, topic.targets.consume_ms));
        if topic.push.is_some() {
            stages.push(("push", topic, pushed, topic.targets.push_ms));
        }
    }
    for topic in world.model().topics.iter().filter(|topic| topic.producer.is_some()) {
        let (published, peak) = publish(&world, &packages, topic).await?;
        peaks.insert(world.producer(topic).name.name.clone(), peak);
        stages.push(("publish", topic, published, topic.targets.publish_ms));
    }
    for (stage, topic, times, target) in stages {
        met &= tell(stage, &topic.name.name, times, target);
    }
    println!("\n{:<42} {:>9} {:>12} {:>12}", "function", "zip MiB", "start ms", "memory MiB");
    for function in &world.model().functions {
        start(&world, &packages, function, &peaks).await?;
    }
    println!(
        "\nmemory: the most that was in use (VmHWM), after {CALLS} calls where the function has a stage, else at rest"
    );
    Ok(met)
}

/// Prints the percentiles; whether the 99th is within the target.
fn tell(stage: &str, topic: &str, mut times: Vec<Duration>, target: u64) -> bool {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100).max(1) - 1];
    let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| at(percent).as_secs_f64() * 1000.0);
    let met = at(99) <= Duration::from_millis(target);
    let verdict = if met { "" } else { " missed" };
    println!("{stage:<9} {topic:<32} {p50:>9.2} {p95:>9.2} {p99:>9.2} {max:>9.2} {target:>9}{verdict}");
    met
}

/// Publishes the topic's request again and again: the times, and the function's memory.
async fn publish(
    world: &World,
    packages: &Packages,
    topic: &Topic,
) -> Result<(Vec<Duration>, Option<u64>), Error> {
    let mut sandbox = world.sandbox(packages, world.producer(topic)).await?;
    let event = json!({ "body": Value::Object(world.request(topic)?).to_string() });
    let mut times = vec![];
    for _ in 0..WARM_UP + CALLS {
        let answer = sandbox.call(&event, LIMIT).await?;
        match &answer.outcome {
            Ok(body) if body["statusCode"] == 202 => times.push(answer.took),
            other => return Err(Error::World(format!("{} refused its fixture: {other:?}", topic.name.name))),
        }
    }
    Ok((times.split_off(WARM_UP), finish(sandbox).await))
}

/// Consumes the topic's event again and again: times of both stages, and the function's memory.
async fn consume(
    world: &World,
    packages: &Packages,
    topic: &Topic,
) -> Result<(Vec<Duration>, Vec<Duration>, Option<u64>), Error> {
    let mut sandbox = world.sandbox(packages, world.consumer(topic)).await?;
    let event: Map<String, Value> = world.fixture(topic)?;
    let customer = event.get(&topic.key.name).and_then(Value::as_str).unwrap_or_default();
    world.connect(customer, "bench")?;
    let (mut consumed, mut pushed) = (vec![], vec![]);
    let lost = |what: &str| Error::World(format!("{}: {what}", topic.name.name));
    for offset in 0..WARM_UP + CALLS {
        let batch = world.batch(topic, &event, i64::try_from(offset).unwrap_or_default());
        world.commits();
        world.pushed();
        let answer = sandbox.call(&batch, LIMIT).await?;
        if answer.outcome != Ok(json!({ "batchItemFailures": [] })) {
            return Err(lost(&format!("the batch was not done: {:?}", answer.outcome)));
        }
        let commit: Instant =
            world.commits().first().copied().ok_or_else(|| lost("nothing was committed"))?;
        consumed.push(commit.duration_since(answer.begun));
        if topic.push.is_some() {
            let message = world.pushed().first().cloned().ok_or_else(|| lost("nothing was pushed"))?;
            pushed.push(message.at.duration_since(commit));
        }
    }
    let pushed = pushed.into_iter().skip(WARM_UP).collect();
    Ok((consumed.split_off(WARM_UP), pushed, finish(sandbox).await))
}

async fn finish(sandbox: Sandbox) -> Option<u64> {
    let peak = sandbox.peak_memory();
    sandbox.stop().await;
    peak
}

/// Starts the function some times, and prints what it takes.
async fn start(
    world: &World,
    packages: &Packages,
    function: &Function,
    peaks: &BTreeMap<String, Option<u64>>,
) -> Result<(), Error> {
    let name = &function.name.name;
    let (mut starts, mut rest) = (vec![], None);
    for _ in 0..STARTS {
        let sandbox = world.sandbox(packages, function).await?;
        starts.push(sandbox.started());
        rest = finish(sandbox).await;
    }
    starts.sort_unstable();
    let zip = std::fs::metadata(packages.zip(name)).map_or(0, |zip| zip.len());
    let mebibytes =
        |bytes: u64| format!("{:.1}", f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0);
    let memory = peaks.get(name).copied().flatten().or(rest).map_or_else(|| "?".into(), mebibytes);
    let kafka =
        if matches!(function.role, Role::Producer(_)) { "  with its connection to Kafka" } else { "" };
    println!(
        "{name:<42} {:>9} {:>12.1} {memory:>12}{kafka}",
        mebibytes(zip),
        starts[STARTS / 2].as_secs_f64() * 1000.0,
    );
    Ok(())
}
