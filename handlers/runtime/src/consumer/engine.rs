//! The order of things: partitions side by side, each partition's records one after another, each record's
//! effects one after another, so that wherever it is cut off, the next try takes it up.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use contract::{Event, Timestamp, read_context, read_event};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use super::{
    Applied, BatchItemFailure, BatchReply, Change, EffectError, Effects, ItemIdentifier, KafkaEvent,
    KafkaRecord, Poison, Step,
};
use crate::metrics::{Metric, Metrics};

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
    for (done, record) in records.iter().enumerate() {
        // Cutting off is as safe as a crash: every effect is remembered, or repeated under the same id.
        match timeout_at(until, one::<E>(record, effects, metrics)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(?record, %error, "a record is left for the next try");
                metrics.observe(E::TOPIC, None, Metric::Failed, (records.len() - done) as u64);
                return done;
            }
            Err(_) => {
                tracing::warn!(
                    ?record,
                    left = records.len() - done,
                    "time is up; the rest is left for the next try"
                );
                metrics.observe(E::TOPIC, None, Metric::Failed, (records.len() - done) as u64);
                return done;
            }
        }
    }
    records.len()
}

/// One record: applied and told, or quarantined.
async fn one<E: Event>(
    record: &KafkaRecord,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    // Whatever a record makes this program do, the next one gets its turn.
    let change = catch_unwind(AssertUnwindSafe(|| change::<E>(record))).unwrap_or_else(|_| {
        Err(Poison {
            record,
            reason: "PANICKED",
            detail: "reading it made the function panic; see its log".into(),
        })
    });
    let change = match change {
        Ok(change) => change,
        Err(poison) => return quarantine::<E>(&poison, effects, metrics).await,
    };
    let id = Some(change.context.id.as_str());
    let pending = match effects.apply(&change).await {
        Ok(Applied::Now) => {
            metrics.count(E::TOPIC, id, Metric::Applied);
            metrics.observe(
                E::TOPIC,
                id,
                Metric::ConsumeLatency,
                Timestamp::now().millis_since(record.time()),
            );
            change.steps()
        }
        Ok(Applied::Before(pending)) => {
            metrics.count(E::TOPIC, id, Metric::Duplicates);
            pending
        }
        Err(EffectError::Never(detail)) => {
            let poison = Poison { record, reason: "NOT_WRITABLE", detail };
            return quarantine::<E>(&poison, effects, metrics).await;
        }
        Err(again) => return Err(again),
    };
    finish::<E>(&change, &pending, effects, metrics).await
}

/// Does what is still to be done, and remembers it.
async fn finish<E: Event>(
    change: &Change,
    pending: &[Step],
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    if pending.is_empty() {
        return Ok(());
    }
    let wants = |step| pending.contains(&step);
    let alert = async {
        match &change.alert {
            Some(text) if wants(Step::Alert) => effects.alert(change, text).await,
            _ => Ok(()),
        }
    };
    let push = async {
        match &change.push {
            Some(text) if wants(Step::Push) => push::<E>(change, text, effects, metrics).await,
            _ => Ok(()),
        }
    };
    // Neither waits for the other, and neither's failure undoes the other's success.
    let (alert, push) = tokio::join!(alert, push);
    let outcome = |step| match step {
        Step::Alert => &alert,
        Step::Push => &push,
    };
    let done: Vec<Step> = pending.iter().copied().filter(|&step| outcome(step).is_ok()).collect();
    if !done.is_empty() {
        effects.done(change, &done).await?;
    }
    alert.and(push)
}

async fn push<E: Event>(
    change: &Change,
    text: &str,
    effects: &impl Effects,
    metrics: &Metrics,
) -> Result<(), EffectError> {
    let start = Instant::now();
    let pushed = effects.push(change, text).await?;
    let id = Some(change.context.id.as_str());
    if pushed.delivered > 0 {
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        metrics.observe(E::TOPIC, id, Metric::PushLatency, millis);
        let whole = Timestamp::now().millis_since(change.context.time);
        metrics.observe(E::TOPIC, id, Metric::EndToEndLatency, whole);
    }
    if pushed.undelivered > 0 {
        metrics.observe(E::TOPIC, id, Metric::Undelivered, pushed.undelivered as u64);
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

/// What the record does, or why it can't do anything.
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
