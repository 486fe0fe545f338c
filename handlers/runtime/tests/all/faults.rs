//! A fault at each effect, on real tables: what follows always ends as one clean run does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{Item, Timestamp};
use runtime::{
    Invocation, Metrics,
    consumer::{
        Applied, BatchReply, Change, Cloud as Aws, Consumer, EffectError, Effects, KafkaEvent, KafkaRecord,
        Poison, Pushed, Step,
    },
    websocket::Connections,
};
use tokio::sync::Notify;

use crate::support::{
    cloud::Cloud,
    events::{Opened, context, record},
};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The effect happens, and its answer is lost.
    AnswerLost,
    /// The process stops before the effect.
    CrashBefore,
    /// The process stops after it.
    CrashAfter,
}

/// The real effects, one of which meets a fault.
#[derive(Clone)]
struct Faulty {
    real: Aws,
    fault: Option<(usize, Fault)>,
    seen: Arc<AtomicUsize>,
    crashed: Arc<Notify>,
}

impl Faulty {
    fn new(real: &Aws, fault: Option<(usize, Fault)>) -> Self {
        Self { real: real.clone(), fault, seen: Arc::default(), crashed: Arc::default() }
    }

    async fn effect<T: Send>(
        &self,
        work: impl Future<Output = Result<T, EffectError>> + Send,
    ) -> Result<T, EffectError> {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        match self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault) {
            None => work.await,
            Some(Fault::AnswerLost) => {
                work.await?;
                Err(EffectError::Again("the answer was lost".into()))
            }
            Some(Fault::CrashBefore) => self.crash().await,
            Some(Fault::CrashAfter) => {
                work.await?;
                self.crash().await
            }
        }
    }

    /// Whoever runs the batch drops it now.
    async fn crash<T>(&self) -> T {
        self.crashed.notify_one();
        std::future::pending().await
    }
}

impl Effects for Faulty {
    async fn apply(&self, change: &Change) -> Result<Applied, EffectError> {
        self.effect(self.real.apply(change)).await
    }

    async fn apply_together(&self, changes: &[&Change]) -> Result<(), EffectError> {
        self.effect(self.real.apply_together(changes)).await
    }

    async fn alert(&self, change: &Change, text: &str) -> Result<(), EffectError> {
        self.effect(self.real.alert(change, text)).await
    }

    async fn connections_together(&self, changes: &[&Change]) -> Result<Vec<Vec<String>>, EffectError> {
        // It changes nothing, so whatever goes wrong before or after it goes wrong at its neighbours as well.
        self.real.connections_together(changes).await
    }

    async fn push(
        &self,
        change: &Change,
        text: &str,
        known: Option<&[String]>,
    ) -> Result<Pushed, EffectError> {
        self.effect(self.real.push(change, text, known)).await
    }

    async fn done(&self, change: &Change, steps: &[Step]) -> Result<(), EffectError> {
        self.effect(self.real.done(change, steps)).await
    }

    async fn done_together(&self, done: &[(&Change, &[Step])]) -> Result<(), EffectError> {
        self.effect(self.real.done_together(done)).await
    }

    async fn quarantine(&self, poison: &Poison<'_>) -> Result<(), EffectError> {
        self.effect(self.real.quarantine(poison)).await
    }
}

/// The customers of one case: each case has its own, so that all share the tables.
fn customers(case: i32) -> [String; 4] {
    ["a", "b", "c", "d"].map(|name| format!("c-{case}-{name}"))
}

/// Two partitions: an event with alert and push, the same once more, poison, a plain event; and three customers'
/// events in a run, the middle one with an alert.
fn partitions(case: i32) -> BTreeMap<String, Vec<KafkaRecord>> {
    let customers = customers(case);
    let of = |number: i64, offset, status: &str, customer: usize| {
        let event = Opened::new(&customers[customer], "a").status(status);
        record(&event, &context(number), 2 * case + i32::from(customer > 0), offset)
    };
    let poison = of(9, 2, "x", 0).with(None, Some(b"{no json"));
    let first = vec![of(1, 0, "REVIEW", 0), of(1, 1, "REVIEW", 0), poison, of(2, 3, "LATER", 0)];
    let second = vec![of(3, 0, "OPEN", 1), of(4, 1, "REVIEW", 2), of(5, 2, "OPEN", 3)];
    BTreeMap::from([first, second].map(|records| (format!("opened-{}", records[0].partition), records)))
}

/// Brings the batch until nothing of it is left, as Lambda does after failures and crashes.
async fn run(faulty: &Faulty, case: i32) {
    let consumer = Consumer::<Opened, _>::with(faulty.clone(), Metrics::none());
    let mut left = partitions(case);
    for call in 0.. {
        assert!(call < 10, "it never ends");
        if left.is_empty() {
            return;
        }
        let batch = KafkaEvent { event_source: "aws:kafka".into(), records: left.clone() };
        let invocation = Invocation::within("f", "1", Duration::from_mins(5));
        tokio::select! {
            reply = consumer.handle(batch, &invocation) => left = again(left, &reply),
            () = faulty.crashed.notified() => {}
        }
    }
}

fn again(
    mut left: BTreeMap<String, Vec<KafkaRecord>>,
    reply: &BatchReply,
) -> BTreeMap<String, Vec<KafkaRecord>> {
    let failed: BTreeSet<_> =
        reply.batch_item_failures.iter().map(|failure| &failure.item_identifier).collect();
    for (partition, records) in &mut left {
        records.retain(|record| {
            failed.iter().any(|item| item.partition == *partition && item.offset == record.offset)
        });
    }
    left.retain(|_, records| !records.is_empty());
    left
}

/// What a case left behind, without what tells the cases and the hours apart.
#[derive(Debug, PartialEq)]
struct Outcome {
    accounts: Vec<Item>,
    events: Vec<Item>,
    quarantined: Vec<Item>,
    /// Distinct ids; a repetition has the same one.
    alerts: usize,
    pushes: BTreeSet<String>,
}

async fn outcome(cloud: &Cloud, case: i32) -> Outcome {
    let customers = customers(case);
    let strip = |items: Vec<Item>, mine: &dyn Fn(&Item) -> bool| -> Vec<Item> {
        let mut items: Vec<Item> = items.into_iter().filter(|item| mine(item)).collect();
        for item in &mut items {
            for name in [
                "appliedAt",
                "notifiedAt",
                "failedAgainAt",
                "occurredAt",
                "expiresAt",
                "errorId",
                "partition",
                "record",
            ] {
                item.shift_remove(name);
            }
            for value in item.values_mut() {
                if let Some(text) = value.as_str() {
                    *value = text.replace(&format!("c-{case}-"), "c-").into();
                }
            }
        }
        items.sort_by_key(|item| format!("{item:?}"));
        items
    };
    let of_customer = |item: &Item| {
        customers.iter().any(|customer| item.get("customerId").is_some_and(|id| id == customer))
    };
    let of_partition = |item: &Item| {
        let partition = item.get("partition").and_then(|text| text.as_str()?.parse::<i32>().ok());
        partition.is_some_and(|partition| partition / 2 == case)
    };
    let inside = {
        let inside = cloud.inside();
        let alerts: BTreeSet<String> = inside.told.iter().map(|told| told.dedupe_id.clone()).collect();
        let pushes = inside.sent.iter().filter_map(|(_, message)| Some(message["id"].as_str()?.to_owned()));
        (alerts.len(), pushes.collect())
    };
    Outcome {
        accounts: strip(cloud.items("accounts-test").await, &of_customer),
        events: strip(cloud.items("kafka-events-test").await, &of_customer),
        quarantined: strip(cloud.items("error-logs-test").await, &of_partition),
        alerts: inside.0,
        pushes: inside.1,
    }
}

/// The outcome of one case, and how many effects it had.
async fn one_case(cloud: &Cloud, real: &Aws, case: i32, fault: Option<(usize, Fault)>) -> (Outcome, usize) {
    let connections = Connections::new(cloud.dynamodb.clone(), &cloud.settings).expect("all is told");
    for customer in customers(case) {
        connections.add(&customer, "one", Timestamp::now()).await.expect("added");
    }
    {
        let mut inside = cloud.inside();
        inside.told.clear();
        inside.sent.clear();
    }
    let faulty = Faulty::new(real, fault);
    run(&faulty, case).await;
    (outcome(cloud, case).await, faulty.seen.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_fault_at_any_effect_ends_in_the_tables_of_a_clean_run() {
    let cloud = Cloud::start().await;
    let real = Aws::new::<Opened>(&cloud.settings).expect("all is told");
    let (want, effects) = one_case(&cloud, &real, 0, None).await;
    assert_eq!((want.accounts.len(), want.events.len(), want.quarantined.len()), (4, 5, 1));
    // Two alerts and the notice of the quarantine.
    assert_eq!((want.alerts, want.pushes.len()), (3, 5));
    assert!(want.events.iter().all(|item| !item.contains_key("pending")), "all is done: {want:?}");
    // Nine one by one, and for the run one to apply, three pushes and an alert, one to remember.
    assert_eq!(effects, 9 + 6);
    let mut case = 0;
    for fault in [Fault::AnswerLost, Fault::CrashBefore, Fault::CrashAfter] {
        for place in 0..effects {
            case += 1;
            let (got, seen) = one_case(&cloud, &real, case, Some((place, fault))).await;
            assert_eq!(got, want, "{fault:?} at effect {place}");
            assert!(seen > effects, "{fault:?} at effect {place} was met and mended");
        }
    }
}

#[tokio::test]
async fn tables_that_are_away_bring_the_whole_batch_back_and_nothing_is_told() {
    let cloud = Cloud::start().await;
    // Nobody listens there.
    let settings = cloud.setting("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    let away = Consumer::<Opened>::new(&settings, Metrics::none()).expect("all is told");
    let records = partitions(0);
    let batch = KafkaEvent { event_source: "aws:kafka".into(), records: records.clone() };
    let invocation = Invocation::within("f", "1", Duration::from_mins(5));
    let reply = away.handle(batch.clone(), &invocation).await;
    let offered: usize = records.values().map(Vec::len).sum();
    assert_eq!(reply.batch_item_failures.len(), offered, "every record comes again");
    assert!(cloud.inside().told.is_empty() && cloud.inside().sent.is_empty());

    let back = Consumer::<Opened>::new(&cloud.settings, Metrics::none()).expect("all is told");
    assert_eq!(back.handle(batch, &invocation).await, BatchReply::default());
    assert_eq!(outcome(&cloud, 0).await.events.len(), 5, "nothing was lost");
}
