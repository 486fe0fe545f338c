//! One mapping at work: reads its topic, hands batches to its function, commits what is done.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use rdkafka::{
    ClientConfig, Message, Offset, Timestamp, TopicPartitionList,
    consumer::{CommitMode, Consumer, StreamConsumer},
    error::{KafkaError, RDKafkaErrorCode},
    message::{BorrowedMessage, Headers},
    producer::FutureProducer,
};
use tokio::sync::watch;

use super::{
    Progress,
    dead_letter::Sender,
    event,
    queue::{Arrival, Batch, Dead, Next, Queues, Record, Rules, Verdict},
};
use crate::{
    Deployment,
    bus::{Bus, Happening, Stage},
    clock,
    functions::Functions,
};

/// Bytes of records that are held here before reading stops for a while.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// How long an offset may wait for others before it is committed: each commit is a write of the broker's. What is
/// done and not yet committed comes again after a crash, and is then known to be done.
const COMMIT_EVERY: Duration = Duration::from_millis(50);

/// What a mapping is told.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) topic: String,
    pub(super) partitions: i32,
    pub(super) group: String,
    pub(super) function: String,
    pub(super) dead_letter_topic: String,
    pub(super) rules: Rules,
    /// Most batches under way.
    pub(super) together: usize,
    /// Read every partition without joining the group.
    pub(super) assign: bool,
}

/// A mapping.
pub(super) struct Poller {
    settings: Settings,
    deployment: Arc<Deployment>,
    functions: Arc<Functions>,
    consumer: StreamConsumer,
    producer: FutureProducer,
    queues: Queues,
    progress: Progress,
    bus: Bus,
    /// The next offset to be done, by partition.
    done: BTreeMap<i32, i64>,
    /// When some of these are committed.
    commit_at: Option<Instant>,
}

impl Poller {
    pub(super) fn new(
        settings: Settings,
        deployment: &Arc<Deployment>,
        functions: &Arc<Functions>,
        client: &ClientConfig,
        producer: FutureProducer,
        progress: Progress,
        bus: &Bus,
    ) -> Result<Self, String> {
        let mut config = client.clone();
        config
            .set("group.id", &settings.group)
            .set("client.id", format!("mapping-{}", settings.topic))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            // TRIM_HORIZON, as in the template.
            .set("auto.offset.reset", "earliest");
        if settings.assign {
            // The embedded broker doesn't wake a waiting fetch when a record comes.
            config.set("fetch.wait.max.ms", "10");
        }
        let consumer: StreamConsumer = config.create().map_err(|error: KafkaError| error.to_string())?;
        if settings.assign {
            let mut all = TopicPartitionList::new();
            for partition in 0..settings.partitions {
                all.add_partition_offset(&settings.topic, partition, Offset::Stored)
                    .map_err(|error| error.to_string())?;
            }
            consumer.assign(&all).map_err(|error| error.to_string())?;
        } else {
            consumer.subscribe(&[&settings.topic]).map_err(|error| error.to_string())?;
        }
        Ok(Self {
            queues: Queues::new(settings.rules.clone()),
            settings,
            deployment: Arc::clone(deployment),
            functions: Arc::clone(functions),
            consumer,
            producer,
            progress,
            bus: bus.clone(),
            done: BTreeMap::new(),
            commit_at: None,
        })
    }

    /// Works until it is told to stop and nothing is under way.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut calls = FuturesUnordered::new();
        let mut burials = FuturesUnordered::new();
        let mut last_error = None;
        loop {
            let stop = *stopping.borrow();
            let mut wake = None;
            while !stop && calls.len() < self.settings.together {
                match self.queues.next(Instant::now()) {
                    Next::Batch(batch) => {
                        self.tell_batched(&batch);
                        calls.push(call(self.context(), batch));
                    }
                    Next::At(at) => {
                        wake = Some(at);
                        break;
                    }
                    Next::Nothing => break,
                }
            }
            if stop && calls.is_empty() && burials.is_empty() {
                break;
            }
            let commit_at = self.commit_at;
            tokio::select! {
                message = self.consumer.recv(), if !stop && self.queues.bytes() < MOST_BYTES => {
                    match message.map(|message| detach(&message)) {
                        Ok(record) => {
                            last_error = None;
                            self.arrived(record);
                        }
                        Err(error) => {
                            // librdkafka goes on by itself; the same thing is said once.
                            let text = match error.rdkafka_error_code() {
                                Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::AllBrokersDown) => {
                                    "the brokers can't be reached".to_owned()
                                }
                                _ => error.to_string(),
                            };
                            if last_error.as_ref() != Some(&text) {
                                self.bus.notice(format!("mapping of {}: {text}", self.settings.topic));
                                last_error = Some(text);
                            }
                        }
                    }
                }
                Some((batch, verdict, took)) = calls.next() => {
                    for dead in self.settle(batch, &verdict, took) {
                        burials.push(bury(self.context(), self.producer.clone(), dead));
                    }
                }
                Some(dead) = burials.next() => self.buried(&dead),
                () = until(wake) => {}
                () = until(commit_at) => self.commit(),
                _ = stopping.changed() => {}
            }
        }
        let offsets = self.offsets();
        let consumer = self.consumer;
        // Both wait in C for the broker, which may be gone: that must hold up nothing else.
        let closed = tokio::task::spawn_blocking(move || {
            // What is committed is in the broker before the runner ends.
            let _ = consumer.commit(&offsets, CommitMode::Sync);
            drop(consumer);
        });
        let _ = closed.await;
    }

    fn context(&self) -> Context {
        Context {
            topic: self.settings.topic.clone(),
            function: self.settings.function.clone(),
            dead_letter_topic: self.settings.dead_letter_topic.clone(),
            deployment: Arc::clone(&self.deployment),
            functions: Arc::clone(&self.functions),
            bus: self.bus.clone(),
        }
    }

    fn arrived(&mut self, record: Record) {
        let (partition, offset) = (record.partition, record.offset);
        match self.queues.push(record) {
            Arrival::Known => return,
            Arrival::New => {}
            Arrival::After(missing) => self.bus.notice(format!(
                "{}-{partition}: {missing} records before offset {offset} are gone; the broker dropped them before \
                 they were read",
                self.settings.topic
            )),
        }
        self.progress.update(|numbers| {
            numbers.position.insert(partition, offset + 1);
        });
    }

    fn settle(&mut self, batch: Batch, verdict: &Verdict, took: Duration) -> Vec<Dead> {
        let now = clock::millis();
        let age = |record: &Record| Duration::from_millis(u64::try_from(now - record.timestamp).unwrap_or(0));
        let settled = self.queues.settle(batch, verdict, Instant::now(), age);
        for record in &settled.done {
            self.tell(Stage::Done, record, Some(took));
        }
        for record in &settled.again {
            self.tell(Stage::Failed, record, Some(took));
        }
        let failing = self.queues.is_failing();
        self.progress.update(|numbers| {
            numbers.done += settled.done.len() as u64;
            numbers.failures += u64::from(!settled.again.is_empty() || !settled.dead.is_empty());
            numbers.failing = failing;
        });
        self.finished(&settled.commit);
        settled.dead
    }

    fn buried(&mut self, dead: &Dead) {
        for record in &dead.records {
            self.tell(Stage::DeadLettered, record, None);
        }
        let commit = self.queues.buried(dead);
        let failing = self.queues.is_failing();
        self.progress.update(|numbers| {
            numbers.dead_letters += dead.records.len() as u64;
            numbers.failing = failing;
        });
        self.finished(commit.as_slice());
    }

    /// These are done; they are committed soon.
    fn finished(&mut self, offsets: &[(i32, i64)]) {
        if offsets.is_empty() {
            return;
        }
        self.done.extend(offsets.iter().copied());
        self.commit_at.get_or_insert_with(|| Instant::now() + COMMIT_EVERY);
        self.progress.update(|numbers| numbers.committed.extend(offsets.iter().copied()));
    }

    fn commit(&mut self) {
        self.commit_at = None;
        let offsets = self.offsets();
        if offsets.count() == 0 {
            return;
        }
        if let Err(error) = self.consumer.commit(&offsets, CommitMode::Async) {
            self.bus
                .notice(format!("mapping of {}: offsets can't be committed: {error}", self.settings.topic));
        }
    }

    /// What is done of the partitions that are this mapping's: one that was taken away is another's to commit.
    fn offsets(&self) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        let Ok(assigned) = self.consumer.assignment() else { return list };
        let own = |partition: i32| assigned.find_partition(&self.settings.topic, partition).is_some();
        for (partition, offset) in self.done.iter().filter(|(partition, _)| own(**partition)) {
            // Both are what the broker gave out.
            let _ = list.add_partition_offset(&self.settings.topic, *partition, Offset::Offset(*offset));
        }
        list
    }

    fn tell_batched(&self, batch: &Batch) {
        self.progress.update(|numbers| numbers.batches += 1);
        for record in batch.records() {
            self.tell(Stage::Batched, record, None);
        }
    }

    fn tell(&self, stage: Stage, record: &Record, took: Option<Duration>) {
        self.bus.tell(Happening {
            event_id: record.header("ce_id"),
            customer_id: record.header("ce_subject"),
            topic: Some(self.settings.topic.clone()),
            partition: Some(record.partition),
            offset: Some(record.offset),
            function: Some(self.settings.function.clone()),
            took: took.map(|took| took.as_secs_f64() * 1000.0),
            ..Happening::now(stage)
        });
    }
}

/// For ever where there is no such time.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// What a call needs for itself.
struct Context {
    topic: String,
    function: String,
    dead_letter_topic: String,
    deployment: Arc<Deployment>,
    functions: Arc<Functions>,
    bus: Bus,
}

async fn call(context: Context, batch: Batch) -> (Batch, Verdict, Duration) {
    let start = Instant::now();
    let cluster = context.deployment.cluster_arn();
    let event = event::event(&context.topic, &cluster, &context.deployment.endpoints.brokers, &batch);
    let verdict = match context.functions.invoke(&context.function, event).await {
        Ok(outcome) if outcome.is_ok() => event::verdict(&context.topic, &batch, &outcome.payload),
        Ok(_) => Verdict::Failed,
        Err(_) => Verdict::NotCalled,
    };
    (batch, verdict, start.elapsed())
}

/// Writes dead letters until the broker has them: their partition must not go on before.
async fn bury(context: Context, producer: FutureProducer, dead: Dead) -> Dead {
    let cluster = context.deployment.cluster_arn();
    let function_arn = context.deployment.function_arn(&context.function);
    let sender = Sender {
        topic: &context.topic,
        cluster: &cluster,
        servers: &context.deployment.endpoints.brokers,
        function_arn: &function_arn,
    };
    while let Err(error) = sender.send(&producer, &context.dead_letter_topic, &dead).await {
        context.bus.notice(format!("{}: a dead letter can't be written: {error}", context.topic));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    dead
}

/// A record apart from librdkafka's buffers.
pub(crate) fn detach(message: &BorrowedMessage<'_>) -> Record {
    let (timestamp, timestamp_type) = match message.timestamp() {
        Timestamp::CreateTime(millis) => (millis, "CREATE_TIME"),
        Timestamp::LogAppendTime(millis) => (millis, "LOG_APPEND_TIME"),
        Timestamp::NotAvailable => (0, "NO_TIMESTAMP_TYPE"),
    };
    let headers = message.headers().map(|headers| {
        let header = |header: rdkafka::message::Header<'_, &[u8]>| {
            (header.key.to_owned(), header.value.map(Bytes::copy_from_slice))
        };
        headers.iter().map(header).collect()
    });
    Record {
        partition: message.partition(),
        offset: message.offset(),
        timestamp,
        timestamp_type,
        key: message.key().map(Bytes::copy_from_slice),
        value: message.payload().map(Bytes::copy_from_slice),
        headers: headers.unwrap_or_default(),
        arrived: Instant::now(),
    }
}
