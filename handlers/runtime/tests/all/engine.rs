//! The consume engine under faults: whatever fails, repeats or is cut off, and in whatever way Lambda brings records
//! back, the end is that of one clean run.
//!
//! The oracle is a world in memory that does what DynamoDB, SNS and API Gateway promise and nothing more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contract::EventId;
use proptest::prelude::*;
use runtime::{
    Invocation, Metrics,
    consumer::{
        Applied, BatchReply, Change, Consumer, EffectError, Effects, KafkaEvent, KafkaRecord, Poison, Pushed,
        Step,
    },
};

use crate::support::events::{Opened, context, record};

/// What goes wrong at one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing.
    No,
    /// It fails and does nothing.
    Before,
    /// It does its work, and the answer is lost.
    After,
    /// The process stops before it.
    CrashBefore,
    /// The process stops after it.
    CrashAfter,
}

#[derive(Debug, Default)]
struct World {
    /// First applications, in order: partition and offset.
    applied: Vec<(i64, i64)>,
    /// Steps that aren't known to be done, by event.
    markers: BTreeMap<EventId, BTreeSet<Step>>,
    alerts: Vec<EventId>,
    /// Customers and events, in order.
    pushes: Vec<(String, EventId)>,
    /// How many events each transaction was to apply.
    together: Vec<usize>,
    /// How many effects there were.
    effects: usize,
    /// Quarantined records, and whether support was told.
    quarantined: BTreeMap<String, bool>,
    quarantine_messages: Vec<String>,
    /// What goes wrong at the next effects.
    faults: Vec<Fault>,
}

#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does `work`, as well as today's fault lets it.
    async fn effect<T>(&self, work: impl FnOnce(&mut World) -> T) -> Result<T, EffectError> {
        let fault = self.with(|world| {
            world.effects += 1;
            world.faults.pop().unwrap_or(Fault::No)
        });
        let again = || EffectError::Again(format!("{fault:?}"));
        match fault {
            Fault::No => Ok(self.with(work)),
            Fault::Before => Err(again()),
            Fault::After => {
                self.with(work);
                Err(again())
            }
            // A function that is stopped never answers; its deadline takes the future away, as a crash would.
            Fault::CrashBefore => std::future::pending().await,
            Fault::CrashAfter => {
                self.with(work);
                std::future::pending().await
            }
        }
    }
}

impl World {
    fn apply(&mut self, change: &Change) {
        self.applied.push((change.partition, change.offset));
        self.markers.insert(change.context.id.clone(), change.steps().into_iter().collect());
    }

    fn done(&mut self, change: &Change, steps: &[Step]) {
        let pending = self.markers.get_mut(&change.context.id).expect("it was applied");
        pending.retain(|step| !steps.contains(step));
    }
}

/// What DynamoDB takes as one transaction, and what the order of things asks for besides.
fn assert_apart(changes: &[&Change]) {
    assert!((2..=25).contains(&changes.len()), "{} events", changes.len());
    let customers: BTreeSet<&String> = changes.iter().map(|change| &change.customer_id).collect();
    let ids: BTreeSet<&EventId> = changes.iter().map(|change| &change.context.id).collect();
    assert_eq!((customers.len(), ids.len()), (changes.len(), changes.len()), "one came twice");
}

impl Effects for Shared {
    async fn apply(&self, change: &Change) -> Result<Applied, EffectError> {
        self.effect(|world| {
            if let Some(pending) = world.markers.get(&change.context.id) {
                return Applied::Before(pending.iter().copied().collect());
            }
            world.apply(change);
            Applied::Now
        })
        .await
    }

    async fn apply_together(&self, changes: &[&Change]) -> Result<(), EffectError> {
        assert_apart(changes);
        self.effect(|world| {
            world.together.push(changes.len());
            if changes.iter().any(|change| world.markers.contains_key(&change.context.id)) {
                return Err(EffectError::Again("the transaction was cancelled".into()));
            }
            for change in changes {
                world.apply(change);
            }
            Ok(())
        })
        .await?
    }

    async fn alert(&self, change: &Change, _: &str) -> Result<(), EffectError> {
        self.effect(|world| world.alerts.push(change.context.id.clone())).await
    }

    async fn connections_together(&self, changes: &[&Change]) -> Result<Vec<Vec<String>>, EffectError> {
        assert_apart(changes);
        // It changes nothing, so whatever goes wrong before or after it goes wrong at its neighbours as well.
        Ok(changes.iter().map(|change| vec![change.customer_id.clone()]).collect())
    }

    async fn push(&self, change: &Change, _: &str, known: Option<&[String]>) -> Result<Pushed, EffectError> {
        assert!(known.is_none_or(|ids| *ids == [change.customer_id.clone()]), "another's connections");
        self.effect(|world| {
            world.pushes.push((change.customer_id.clone(), change.context.id.clone()));
            Pushed { delivered: 1, ..Pushed::default() }
        })
        .await
    }

    async fn done(&self, change: &Change, steps: &[Step]) -> Result<(), EffectError> {
        self.effect(|world| world.done(change, steps)).await
    }

    async fn done_together(&self, done: &[(&Change, &[Step])]) -> Result<(), EffectError> {
        assert_apart(&done.iter().map(|(change, _)| *change).collect::<Vec<_>>());
        assert!(done.iter().all(|(_, steps)| !steps.is_empty()), "DynamoDB takes no empty set");
        self.effect(|world| done.iter().for_each(|(change, steps)| world.done(change, steps))).await
    }

    async fn quarantine(&self, poison: &Poison<'_>) -> Result<(), EffectError> {
        let id = poison.error_id();
        self.effect(|world| world.quarantined.entry(id.clone()).or_insert(false).to_owned()).await?;
        if self.with(|world| world.quarantined[&id]) {
            return Ok(());
        }
        self.effect(|world| world.quarantine_messages.push(id.clone())).await?;
        self.effect(|world| world.quarantined.insert(id.clone(), true)).await.map(|_| ())
    }
}

/// How Lambda might read "this record failed".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Everything of the partition from the first failure on comes again.
    FromTheFirst,
    /// Exactly the named records come again.
    TheNamed,
}

/// A record of the plan: good, with or without an alert, or poison; and how often it stands in the topic.
#[derive(Debug, Clone, Copy)]
struct Planned {
    partition: i32,
    /// Whose, among the partition's customers.
    customer: u8,
    poison: bool,
    alert: bool,
    /// The producer's retry put the same event into the topic once more.
    doubled: bool,
}

fn planned() -> impl Strategy<Value = Planned> {
    let (poison, doubled) = (prop::bool::weighted(0.15), prop::bool::weighted(0.2));
    (0..3_i32, 0..5_u8, poison, any::<bool>(), doubled).prop_map(
        |(partition, customer, poison, alert, doubled)| Planned {
            partition,
            customer,
            poison,
            alert,
            doubled,
        },
    )
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::No),
        1 => Just(Fault::Before),
        1 => Just(Fault::After),
        1 => Just(Fault::CrashBefore),
        1 => Just(Fault::CrashAfter),
    ]
}

/// The topic's partitions.
fn lay_out(plan: &[Planned]) -> BTreeMap<i32, Vec<KafkaRecord>> {
    let mut partitions: BTreeMap<i32, Vec<KafkaRecord>> = BTreeMap::new();
    for (number, planned) in (0..).zip(plan) {
        let records = partitions.entry(planned.partition).or_default();
        for _ in 0..=i32::from(planned.doubled) {
            let offset = i64::try_from(records.len()).expect("few");
            let event = Opened::new(&format!("c-{}-{}", planned.partition, planned.customer), "a");
            let event = if planned.alert { event.status("REVIEW") } else { event };
            let mut record = record(&event, &context(number), planned.partition, offset);
            if planned.poison {
                record = record.with(None, Some(b"{not json"));
            }
            records.push(record);
        }
    }
    partitions
}

/// Brings batches until nothing is left, as Lambda does.
async fn run(
    partitions: &BTreeMap<i32, Vec<KafkaRecord>>,
    world: &Shared,
    reading: Reading,
    batch: usize,
) -> Result<(), TestCaseError> {
    let consumer = Consumer::<Opened, _>::with(world.clone(), Metrics::none());
    let mut left = partitions.clone();
    for call in 0.. {
        prop_assert!(call < 500, "it never ends");
        if left.values().all(Vec::is_empty) {
            return Ok(());
        }
        let records = left
            .iter()
            .filter(|(_, records)| !records.is_empty())
            .map(|(partition, records)| {
                (format!("opened-{partition}"), records.iter().take(batch).cloned().collect())
            })
            .collect();
        let event = KafkaEvent { event_source: "aws:kafka".into(), records };
        let invocation = Invocation::within("test", "1", Duration::from_secs(10));
        let reply = consumer.handle(event, &invocation).await;
        for (partition, records) in &mut left {
            let failed = failed(&reply, *partition);
            let seen: Vec<KafkaRecord> = records.drain(..batch.min(records.len())).collect();
            let again = seen.into_iter().filter(|record| match reading {
                Reading::FromTheFirst => failed.first().is_some_and(|first| record.offset >= *first),
                Reading::TheNamed => failed.contains(&record.offset),
            });
            records.splice(..0, again.collect::<Vec<_>>());
        }
    }
    Ok(())
}

fn failed(reply: &BatchReply, partition: i32) -> BTreeSet<i64> {
    let name = format!("opened-{partition}");
    let items = reply.batch_item_failures.iter().map(|failure| &failure.item_identifier);
    items.filter(|item| item.partition == name).map(|item| item.offset).collect()
}

/// One record at a time, and nothing goes wrong.
fn clean(partitions: &BTreeMap<i32, Vec<KafkaRecord>>) -> World {
    let world = Shared::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let outcome = runtime.expect("a runtime").block_on(run(partitions, &world, Reading::TheNamed, 1));
    outcome.expect("nothing goes wrong");
    world.with(std::mem::take)
}

fn by_partition(applied: &[(i64, i64)]) -> BTreeMap<i64, Vec<i64>> {
    let mut order: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (partition, offset) in applied {
        order.entry(*partition).or_default().push(*offset);
    }
    order
}

fn set(ids: &[EventId]) -> BTreeSet<EventId> {
    ids.iter().cloned().collect()
}

/// Each customer's events in the order in which they were pushed first.
fn first_pushes(pushes: &[(String, EventId)]) -> BTreeMap<&String, Vec<&EventId>> {
    let mut order: BTreeMap<&String, Vec<&EventId>> = BTreeMap::new();
    for (customer, id) in pushes {
        let seen = order.entry(customer).or_default();
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn faults_change_nothing_in_the_end(
        plan in prop::collection::vec(planned(), 1..24),
        faults in prop::collection::vec(fault(), 0..40),
        reading in prop_oneof![Just(Reading::FromTheFirst), Just(Reading::TheNamed)],
        batch in 1..12_usize,
    ) {
        let partitions = lay_out(&plan);
        let want = clean(&partitions);
        let world = Shared::default();
        world.with(|world| world.faults = faults);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(run(&partitions, &world, reading, batch))?;
        let got = world.with(std::mem::take);

        // Each event is applied once, in its partition's order.
        prop_assert_eq!(by_partition(&got.applied), by_partition(&want.applied));
        // Everything that follows was done, and is known to be done.
        prop_assert_eq!(&got.markers, &want.markers);
        prop_assert!(got.markers.values().all(BTreeSet::is_empty));
        // A repetition has the same id; nothing is told that a clean run doesn't tell.
        prop_assert_eq!(set(&got.alerts), set(&want.alerts));
        // Each customer hears of its events in their order.
        prop_assert_eq!(first_pushes(&got.pushes), first_pushes(&want.pushes));
        // No poison is lost, none is kept twice, all are told.
        prop_assert_eq!(&got.quarantined, &want.quarantined);
        prop_assert!(got.quarantined.values().all(|told| *told));
        let told: BTreeSet<&String> = got.quarantine_messages.iter().collect();
        prop_assert_eq!(told, want.quarantine_messages.iter().collect::<BTreeSet<_>>());
    }
}

fn good(customer: u8, alert: bool) -> Planned {
    Planned { partition: 0, customer, poison: false, alert, doubled: false }
}

/// Every place where a partition's work can be cut off, tried one after another.
fn each_single_fault(plan: &[Planned], together: &[usize]) {
    let partitions = lay_out(plan);
    let want = clean(&partitions);
    let deliver = |faults: Vec<Fault>, what: &str| {
        let world = Shared::default();
        world.with(|world| world.faults = faults);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let run = run(&partitions, &world, Reading::FromTheFirst, 100);
        runtime.expect("a runtime").block_on(run).unwrap_or_else(|error| panic!("{what}: {error}"));
        let got = world.with(std::mem::take);
        assert_eq!(got.applied, want.applied, "{what}");
        assert_eq!(got.markers, want.markers, "{what}");
        assert_eq!(set(&got.alerts), set(&want.alerts), "{what}");
        assert_eq!(first_pushes(&got.pushes), first_pushes(&want.pushes), "{what}");
        assert_eq!(got.quarantined, want.quarantined, "{what}");
        got
    };
    let whole = deliver(Vec::new(), "no fault");
    assert_eq!(whole.together, together, "the plan has the runs that it was made for");
    assert_eq!(whole.pushes.len(), want.pushes.len(), "nothing is told twice");
    for fault in [Fault::Before, Fault::After, Fault::CrashBefore, Fault::CrashAfter] {
        for place in 0..whole.effects {
            // Taken from the end.
            let faults = [vec![fault], vec![Fault::No; place]].concat();
            let got = deliver(faults, &format!("{fault:?} at {place}"));
            assert!(got.effects > whole.effects, "{fault:?} at {place} was met and mended");
        }
    }
}

#[test]
fn each_single_fault_at_each_effect_is_mended_by_the_next_try() {
    let doubled = Planned { doubled: true, ..good(0, true) };
    let poison = Planned { poison: true, ..good(0, false) };
    each_single_fault(&[doubled, poison, good(0, false)], &[]);
}

#[test]
fn each_single_fault_in_a_run_is_mended_by_the_next_try() {
    // More than are told at a time, some with an alert.
    let first: Vec<Planned> = (0..12).map(|customer| good(customer, customer % 3 == 0)).collect();
    let poison = Planned { poison: true, ..good(0, false) };
    // A customer of the first run, once more.
    let second = [good(3, true), good(0, false), good(3, false), good(1, true)];
    each_single_fault(&[&first[..], &second, &[poison], &second].concat(), &[12, 2, 2, 2, 2]);
}

/// The whole batch in one partition, in one call.
async fn deliver(world: &Shared, records: &[KafkaRecord]) -> BTreeSet<i64> {
    let consumer = Consumer::<Opened, _>::with(world.clone(), Metrics::none());
    let records = BTreeMap::from([("opened-0".to_owned(), records.to_vec())]);
    let invocation = Invocation::within("test", "1", Duration::from_secs(10));
    let event = KafkaEvent { event_source: String::new(), records };
    failed(&consumer.handle(event, &invocation).await, 0)
}

/// One record for each of so many customers.
fn of_each(customers: u8) -> Vec<KafkaRecord> {
    let plan: Vec<Planned> = (0..customers).map(|customer| good(customer, false)).collect();
    lay_out(&plan).remove(&0).expect("all are in partition 0")
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_in_the_middle_of_a_run_sends_it_one_by_one() {
    let world = Shared::default();
    let records = of_each(5);
    assert_eq!(deliver(&world, &records[2..3]).await, BTreeSet::new());
    assert_eq!(deliver(&world, &records).await, BTreeSet::new());
    let world = world.with(std::mem::take);
    assert_eq!(world.together, [5], "it was tried once");
    let offsets: Vec<i64> = world.applied.iter().map(|(_, offset)| *offset).collect();
    assert_eq!(offsets, [2, 0, 1, 3, 4]);
    assert_eq!(world.pushes.len(), 5, "the duplicate was not told again");
    assert!(world.markers.values().all(BTreeSet::is_empty));
}

#[tokio::test(start_paused = true)]
async fn a_push_that_fails_in_a_run_leaves_its_record_and_those_after_it() {
    let world = Shared::default();
    let records = of_each(5);
    // Applied, then told in order: the third push fails.
    world.with(|world| world.faults = vec![Fault::Before, Fault::No, Fault::No, Fault::No]);
    assert_eq!(deliver(&world, &records).await, BTreeSet::from([2, 3, 4]));
    let pending = |world: &mut World| world.markers.values().filter(|steps| !steps.is_empty()).count();
    assert_eq!(world.with(pending), 1, "what the others did is remembered");
    assert_eq!(deliver(&world, &records[2..]).await, BTreeSet::new());
    assert_eq!(world.with(pending), 0);
    assert_eq!(world.with(|world| world.pushes.len()), 5, "nobody is told twice");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_time_cuts_off_comes_again_whole() {
    let world = Shared::default();
    let records = of_each(5);
    world.with(|world| world.faults = vec![Fault::CrashAfter, Fault::No, Fault::No, Fault::No]);
    assert_eq!(deliver(&world, &records).await, BTreeSet::from([0, 1, 2, 3, 4]));
    assert_eq!(deliver(&world, &records).await, BTreeSet::new());
    let world = world.with(std::mem::take);
    assert_eq!(world.applied.len(), 5);
    assert!(world.markers.values().all(BTreeSet::is_empty));
}

#[tokio::test(start_paused = true)]
async fn twenty_five_records_are_applied_and_remembered_by_two_effects() {
    let world = Shared::default();
    assert_eq!(deliver(&world, &of_each(25)).await, BTreeSet::new());
    let world = world.with(std::mem::take);
    assert_eq!((world.together, world.pushes.len(), world.effects), (vec![25], 25, 27));
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_its_partition_and_no_other() {
    let record = |partition, offset| record(&Opened::new("c", "a"), &context(offset), partition, offset);
    let world = Shared::default();
    // Partitions take turns; the first effect of all is the first record of partition 0.
    world.with(|world| world.faults = vec![Fault::Before]);
    let records = BTreeMap::from([
        ("opened-0".to_owned(), vec![record(0, 0), record(0, 1)]),
        ("opened-1".to_owned(), vec![record(1, 10), record(1, 11)]),
    ]);
    let consumer = Consumer::<Opened, _>::with(world.clone(), Metrics::none());
    let invocation = Invocation::within("test", "1", Duration::from_secs(10));
    let reply = consumer.handle(KafkaEvent { event_source: String::new(), records }, &invocation).await;
    assert_eq!(failed(&reply, 0), BTreeSet::from([0, 1]));
    assert_eq!(failed(&reply, 1), BTreeSet::new());
    assert_eq!(world.with(|world| world.applied.clone()), [(1, 10), (1, 11)]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_before_its_deadline_and_names_the_rest() {
    let records: Vec<KafkaRecord> =
        (0..3).map(|offset| record(&Opened::new("c", "a"), &context(offset), 0, offset)).collect();
    let world = Shared::default();
    // The second record's transaction is never answered: four effects come first, taken from the end.
    world.with(|world| world.faults = vec![Fault::CrashAfter, Fault::No, Fault::No, Fault::No]);
    let consumer = Consumer::<Opened, _>::with(world.clone(), Metrics::none());
    let invocation = Invocation::within("test", "1", Duration::from_secs(10));
    let event =
        KafkaEvent { event_source: String::new(), records: BTreeMap::from([("opened-0".into(), records)]) };
    let reply = consumer.handle(event, &invocation).await;
    assert_eq!(failed(&reply, 0), BTreeSet::from([1, 2]));
    assert!(invocation.remaining() > Duration::from_millis(400), "there is time left to answer");
}

#[test]
fn the_reply_has_kafkas_own_shape() {
    let reply: BatchReply = serde_json::from_str(
        r#"{"batchItemFailures":[{"itemIdentifier":{"partition":"opened-0","offset":100}}]}"#,
    )
    .expect("it is the documented shape");
    assert_eq!(failed(&reply, 0), BTreeSet::from([100]));
    let json = serde_json::to_value(BatchReply::default()).expect("it is JSON");
    assert_eq!(json, serde_json::json!({ "batchItemFailures": [] }));
}

#[test]
fn lambdas_own_event_is_read() {
    let event = serde_json::json!({
        "eventSource": "aws:kafka",
        "eventSourceArn": "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1",
        "bootstrapServers": "b-1:9096",
        "records": { "opened-0": [{
            "topic": "opened", "partition": 0, "offset": 15, "timestamp": 1_545_084_650_987_i64,
            "timestampType": "CREATE_TIME", "key": "YWJj", "value": "SGVsbG8=",
            "headers": [{ "ce_id": [101, 49] }, { "name": [-61, -87] }],
        }] },
    });
    let event: KafkaEvent = serde_json::from_value(event).expect("it is what Lambda documents");
    let record = &event.records["opened-0"][0];
    assert_eq!(record.header_bytes(), [("ce_id", b"e1".to_vec()), ("name", "é".as_bytes().to_vec())]);
    assert_eq!(format!("{record:?}"), "opened-0@15", "neither key nor value is shown");
}
