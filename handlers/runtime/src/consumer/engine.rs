//! The order of things: partitions side by side, each partition's records one after another, each record's
//! effects one after another, so that wherever it is cut off, the next try takes it up.
//!
//! Neighbours that touch nothing in common (see [`super::run`]) share their calls: one transaction applies them, one
//! remembers what was told. When that doesn't work for any reason, they are worked on one after another.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use contract::{Event, EventContext, Timestamp, read_context, read_event};
use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

use super::{
    Applied, BatchItemFailure, BatchReply, Change, EffectError, Effects, ItemIdentifier, KafkaEvent,
    KafkaRecord, Poison, Step,
    run::{self, Next, Read},
};
use crate::metrics::{Metric, Metrics};

/// How many of a run's events are told at a time.
const AT_ONCE: usize = 10;

/// Why a partition's work ends before its last record.
enum Stop {
    /// A record's effect failed.
    Failed(EffectError),
    /// There is no more time.
    Late,
}

/// Works through a batch until `until`; the reply names every record that isn't finished then.
pub async fn consume<E: Event>(
    event: KafkaEvent,
    effects: &impl Effects,
    metrics: &Metrics,
    until: Instant,
) -> BatchReply {
    // Lambda groups by partition already; what names its partition is the record itself.
    let mut partitions: BTreeMap<String, Vec<KafkaRecord>> = BTreeMap::new();
    for record in event.records.into_values().flatten() {
        partitions.entry(format!("{}-{}", record.topic, record.partition)).or_default().push(record);
    }
    let work = partitions.iter().map(|(partition, records)| async move {
        let done = partition_until::<E>(records, effects, metrics, until).await;
        // All that isn't done, not only the first: whether Lambda reads a failure as "from here on" or as "this
        // one", nothing that wasn't done is taken for done.
        let left = records.iter().skip(done).map(|record| BatchItemFailure {
            item_identifier: ItemIdentifier { partition: partition.clone(), offset: record.offset },
        });
        left.collect::<Vec<_>>()
    });
    let batch_item_failures = join_all(work).await.into_iter().flatten().collect();
    BatchReply { batch_item_failures }
}

/// Works through one partition; the number of records that are done.
async fn partition_until<E: Event>(
    records: &[KafkaRecord],
    effects: &impl Effects,
    metrics: &Metrics,
    until: Instant,
) -> usize {
    let mut ahead = records.iter().map(read::<E>).peekable();
    let mut done = 0;
    while let Some(next) = run::next(&mut ahead) {
        let (spans, outcomes) = match next {
            Next::Poison(poison) => {
                (vec![Span::none()], vec![before(until, quarantine::<E>(&poison, effects, metrics)).await])
            }
            Next::Run(run) => {
                let spans: Vec<Span> = run.iter().map(|read| span(&read.change)).collect();
                let outcomes = run_until::<E>(&run, &spans, effects, metrics, until).await;
                (spans, outcomes)
            }
        };
        let mut stopped = None;
        for ((record, outcome), span) in (done..).zip(&outcomes).zip(&spans) {
            let _inside = span.enter();
            match outcome {
                Ok(()) => continue,
                Err(Stop::Failed(error)) => {
                    tracing::error!(record = ?records[record], %error, "a record is left for the next try");
                }
                Err(Stop::Late) => tracing::warn!(
                    record = ?records[record],
                    left = records.len() - record,
                    "time is up; the rest is left for the next try"
                ),
            }
            stopped = stopped.or(Some(record));
        }
        if let Some(done) = stopped {
            metrics.observe(E::TOPIC, None, Metric::Failed, (records.len() - done) as u64);
            return done;
        }
        done += outcomes.len();
    }
    done
}

/// What every log line of a record tells.
fn span(change: &Change) -> Span {
    let EventContext { id, traceparent, .. } = &change.context;
    let traceparent = traceparent.as_deref().unwrap_or("-");
    tracing::info_span!("record", event_id = %id, traceparent)
}

/// Cutting off is as safe as a crash: every effect is remembered, or repeated under the same id.
async fn before<T>(until: Instant, work: impl Future<Output = Result<T, EffectError>>) -> Result<T, Stop> {
    timeout_at(until, work).await.map_or(Err(Stop::Late), |outcome| outcome.map_err(Stop::Failed))
}

/// Works through a run; the outcomes of its records from the first on, of all unless one of them fails.
async fn run_until<E: Event>(
    run: &[Read<'_>],
    spans: &[Span],
    effects: &impl Effects,
    metrics: &Metrics,
    until: Instant,
) -> Vec<Result<(), Stop>> {
    if run.len() > 1 {
        let together = async { Ok(together::<E>(run, spans, effects, metrics).await) };
        match before(until, together).await {
            Ok(Some(outcomes)) => {
                return outcomes.into_iter().map(|outcome| outcome.map_err(Stop::Failed)).collect();
            }
            Ok(None) => {}
            Err(stop) => return vec![Err(stop)],
        }
    }
    let mut outcomes = Vec::new();
    for (read, span) in run.iter().zip(spans) {
        let outcome = before(until, one::<E>(read, effects, metrics)).instrument(span.clone()).await;
        let is_done = outcome.is_ok();
        outcomes.push(outcome);
        if !is_done {
            break;
        }
    }
    outcomes
}

/// All records of a run at once: applied in one transaction, told side by side, remembered in one transaction.
/// `None` when they weren't applied, or nobody knows: then each is applied by itself, and its marker tells.
async fn together<E: Event>(
    run: &[Read<'_>],
    spans: &[Span],
    effects: &impl Effects,
    metrics: &Metrics,
) -> Option<Vec<Result<(), EffectError>>> {
    let changes: Vec<&Change> = run.iter().map(|read| &read.change).collect();
    if let Err(error) = effects.apply_together(&changes).await {
        tracing::debug!(records = run.len(), %error, "records are applied one after another");
        return None;
    }
    let committed = Instant::now();
    for read in run {
        applied::<E>(read, metrics);
    }
    let connections = connections(&changes, effects).await;
    let telling: Vec<_> = changes
        .iter()
        .zip(&connections)
        .zip(spans)
        .map(|((change, known), span)| {
            let told = async move {
                let first = Telling { which: Try::First, committed, known: known.as_deref() };
                tell::<E>(change, &change.steps(), first, effects, metrics).await
            };
            told.instrument(span.clone())
        })
        .collect();
    let told: Vec<Told> = stream::iter(telling).buffered(AT_ONCE).collect().await;

    let news: Vec<(&Change, &[Step])> = changes
        .iter()
        .zip(&told)
        .filter(|(_, told)| !told.done.is_empty())
        .map(|(change, told)| (*change, told.done.as_slice()))
        .collect();
    let remembered = news.len() > 1 && effects.done_together(&news).await.is_ok();
    let mut outcomes = Vec::new();
    for (change, told) in changes.into_iter().zip(told) {
        if !remembered
            && !told.done.is_empty()
            && let Err(error) = effects.done(change, &told.done).await
        {
            // What the others did is done again under the same ids.
            outcomes.push(Err(error));
            break;
        }
        outcomes.push(told.outcome);
    }
    Some(outcomes)
}

/// The connections of each change that is pushed, as they are once all of them are committed: a client that came later
/// finds its event when it resumes. `None` where a push is to look for itself.
async fn connections(changes: &[&Change], effects: &impl Effects) -> Vec<Option<Vec<String>>> {
    let pushed: Vec<&Change> = changes.iter().copied().filter(|change| change.push.is_some()).collect();
    let mut found = match pushed.len() {
        0 | 1 => vec![],
        _ => effects.connections_together(&pushed).await.unwrap_or_else(|error| {
            tracing::debug!(records = pushed.len(), %error, "connections are read one after another");
            vec![]
        }),
    }
    .into_iter();
    changes.iter().map(|change| change.push.as_ref().and_then(|_| found.next())).collect()
}

/// What the record does, or why it can't do anything.
fn read<E: Event>(record: &KafkaRecord) -> Result<Read<'_>, Poison<'_>> {
    // Whatever a record makes this program do, the next one gets its turn.
    let change = catch_unwind(AssertUnwindSafe(|| change::<E>(record))).unwrap_or_else(|_| {
        Err(Poison {
            record,
            reason: "PANICKED",
            detail: "reading it made the function panic; see its log".into(),
        })
    });
    Ok(Read { record, change: change? })
}

/// One record by itself: applied and told, or quarantined.
async fn one<E: Event>(
    read: &Read<'_>,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    let Read { record, change } = read;
    let (pending, which) = match effects.apply(change).await {
        Ok(Applied::Now) => {
            applied::<E>(read, metrics);
            (change.steps(), Try::First)
        }
        Ok(Applied::Before(pending)) => {
            metrics.count(E::TOPIC, Some(change.context.id.as_str()), Metric::Duplicates);
            (pending, Try::Later)
        }
        Err(EffectError::Never(detail)) => {
            let poison = Poison { record, reason: "NOT_WRITABLE", detail };
            return quarantine::<E>(&poison, effects, metrics).await;
        }
        Err(again) => return Err(again),
    };
    let telling = Telling { which, committed: Instant::now(), known: None };
    let told = tell::<E>(change, &pending, telling, effects, metrics).await;
    if !told.done.is_empty() {
        effects.done(change, &told.done).await?;
    }
    told.outcome
}

/// A record was committed just now.
fn applied<E: Event>(read: &Read<'_>, metrics: &Metrics) {
    let id = Some(read.change.context.id.as_str());
    let latency = Timestamp::now().millis_since(read.record.time());
    metrics.count(E::TOPIC, id, Metric::Applied);
    metrics.observe(E::TOPIC, id, Metric::ConsumeLatency, latency);
}

/// Whether the record comes for the first time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Later,
}

/// What is known when a change is told.
#[derive(Clone, Copy)]
struct Telling<'a> {
    which: Try,
    /// When it was committed.
    committed: Instant,
    /// The customer's connections, where they were read already.
    known: Option<&'a [String]>,
}

/// What became of the steps that follow a committed change.
struct Told {
    /// Those that are done now.
    done: Vec<Step>,
    /// Whether all are.
    outcome: Result<(), EffectError>,
}

/// Does what is still to be done for a change that was committed.
async fn tell<E: Event>(
    change: &Change,
    pending: &[Step],
    telling: Telling<'_>,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Told {
    let wants = |step| pending.contains(&step);
    let alert = async {
        match &change.alert {
            Some(text) if wants(Step::Alert) => effects.alert(change, text).await,
            _ => Ok(()),
        }
    };
    let push = async {
        match &change.push {
            Some(text) if wants(Step::Push) => push::<E>(change, text, telling, effects, metrics).await,
            _ => Ok(()),
        }
    };
    // Neither waits for the other, and neither's failure undoes the other's success.
    let (alert, push) = tokio::join!(alert, push);
    let outcome = |step| match step {
        Step::Alert => &alert,
        Step::Push => &push,
    };
    let done = pending.iter().copied().filter(|&step| outcome(step).is_ok()).collect();
    Told { done, outcome: alert.and(push) }
}

async fn push<E: Event>(
    change: &Change,
    text: &str,
    Telling { which, committed, known }: Telling<'_>,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    let pushed = effects.push(change, text, known).await?;
    let id = Some(change.context.id.as_str());
    if pushed.delivered > 0 {
        let millis = u64::try_from(committed.elapsed().as_millis()).unwrap_or(u64::MAX);
        metrics.observe(E::TOPIC, id, Metric::PushLatency, millis);
        let whole = Timestamp::now().millis_since(change.context.time);
        metrics.observe(E::TOPIC, id, Metric::EndToEndLatency, whole);
    }
    // Once more, and no further: a client that doesn't read must not block its partition. It resumes some day.
    if pushed.busy > 0 && which == Try::First {
        return Err(EffectError::Again(format!("{} connections take no more messages for now", pushed.busy)));
    }
    let undelivered = pushed.undelivered + pushed.busy;
    if undelivered > 0 {
        metrics.observe(E::TOPIC, id, Metric::Undelivered, undelivered as u64);
    }
    Ok(())
}

async fn quarantine<E: Event>(
    poison: &Poison<'_>,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    effects.quarantine(poison).await?;
    metrics.count(E::TOPIC, None, Metric::Quarantined);
    Ok(())
}

fn change<E: Event>(record: &KafkaRecord) -> Result<Change, Poison<'_>> {
    let poison = |reason, detail: String| Poison { record, reason, detail };
    let unreadable = |error: contract::Unreadable| poison(error.code(), error.to_string());
    if record.topic != E::TOPIC {
        return Err(poison("WRONG_TOPIC", format!("this function consumes {}", E::TOPIC)));
    }
    let headers = record.header_bytes();
    let headers = headers.iter().map(|(name, value)| (*name, value.as_slice()));
    let context = read_context::<E>(headers).map_err(unreadable)?;
    let value = record.value.as_deref().ok_or_else(|| unreadable(contract::Unreadable::NoValue))?;
    let value = crate::base64::decode(value)
        .ok_or_else(|| poison("NOT_BASE64", "Lambda sent a value that is not base64".into()))?;
    let event: E = read_event(&value).map_err(unreadable)?;
    Change::new(&event, context, record).map_err(|error| poison("NO_KEY", error.to_string()))
}
