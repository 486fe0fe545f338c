//! Lambda's event source mapping: from a topic to its consumer, with the model's batches, retries and dead letters.

mod dead_letter;
mod event;
mod poller;
mod queue;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::Role;
use rdkafka::{ClientConfig, error::KafkaError, producer::FutureProducer};
use serde::Serialize;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Deployment, Limits, LocalError,
    bus::Bus,
    functions::Functions,
    offsets::{Place, Places},
};
use poller::Poller;
pub(crate) use poller::detach;
pub(crate) use queue::Record;

/// A mapping's UUID, the same in every run.
pub(crate) fn id(topic: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (index, byte) in topic.bytes().enumerate() {
        bytes[index % 16] = bytes[index % 16].rotate_left(3) ^ byte;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// How far a mapping is; cheap to clone.
#[derive(Debug, Clone)]
pub struct Progress(Arc<Mutex<Numbers>>);

/// A mapping's numbers.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Numbers {
    /// The next offset to read, by partition.
    pub position: BTreeMap<i32, i64>,
    /// The next offset to be done, by partition.
    pub committed: BTreeMap<i32, i64>,
    /// Batches handed over.
    pub batches: u64,
    /// Records that are done.
    pub done: u64,
    /// Batches that failed, whole or in part.
    pub failures: u64,
    /// Records that went to the dead-letter topic.
    pub dead_letters: u64,
    /// Some partition waits to be tried again.
    pub failing: bool,
}

impl Progress {
    /// Of a mapping that goes on from here.
    fn new(places: impl Iterator<Item = (i32, Place)>) -> Self {
        let committed: BTreeMap<i32, i64> =
            places.map(|(partition, place)| (partition, place.committed)).collect();
        let numbers = Numbers { position: committed.clone(), committed, ..Numbers::default() };
        Self(Arc::new(Mutex::new(numbers)))
    }

    fn update(&self, change: impl FnOnce(&mut Numbers)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The next offset to read of a partition.
    pub(crate) fn position(&self, partition: i32) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).position.get(&partition).copied().unwrap_or(0)
    }

    /// The numbers now.
    pub fn numbers(&self) -> Numbers {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Every mapping of the deployment.
#[derive(Debug)]
pub struct Mappings {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    progress: BTreeMap<String, Progress>,
}

impl Mappings {
    /// Starts one for each consumer, from where its group is. `assign` reads every partition without joining the group.
    pub(crate) fn start(
        deployment: &Arc<Deployment>,
        functions: &Arc<Functions>,
        client: &ClientConfig,
        places: &Places,
        assign: bool,
        limits: &Limits,
        bus: &Bus,
    ) -> Result<Self, LocalError> {
        let failed =
            |reason: String| LocalError::Broker { servers: deployment.endpoints.brokers.clone(), reason };
        let mut config = client.clone();
        config.set("acks", "all").set("enable.idempotence", "true").set("linger.ms", "0");
        // One for all dead letters: each producer has threads of its own.
        let producer: FutureProducer =
            config.create().map_err(|error: KafkaError| failed(error.to_string()))?;
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut progress = BTreeMap::new();
        for topic in &deployment.model.topics {
            let Some(consumer) = &topic.consumer else { continue };
            let function = deployment.model.function(&Role::Consumer(topic.name.name.clone()));
            let settings = poller::Settings {
                topic: topic.name.name.clone(),
                partitions: i32::try_from(topic.partitions).unwrap_or(i32::MAX),
                group: consumer.group.clone(),
                function: deployment.function_name(function),
                dead_letter_topic: deployment.model.cluster.dead_letter_topic.clone(),
                rules: queue::Rules {
                    size: usize::try_from(consumer.batch.size).unwrap_or(usize::MAX).max(1),
                    bytes: limits.batch_bytes,
                    window: std::time::Duration::from_millis(consumer.batch.window_ms),
                    attempts: consumer.retry.attempts,
                    max_age: consumer
                        .retry
                        .max_age_seconds
                        .map(|age| std::time::Duration::from_secs(age.into())),
                    bisect: consumer.retry.bisect,
                    first_pause: limits.retry_first,
                    longest_pause: limits.retry_most,
                },
                together: limits.batches,
                assign,
            };
            let own = Progress::new(places.of(&topic.name.name));
            progress.insert(topic.name.name.clone(), own.clone());
            let poller = Poller::new(settings, deployment, functions, client, producer.clone(), own, bus)
                .map_err(failed)?;
            tasks.spawn(poller.run(stopping.clone()));
        }
        Ok(Self { stop, tasks, progress })
    }

    /// How far each is, by topic.
    pub fn progress(&self) -> BTreeMap<String, Progress> {
        self.progress.clone()
    }

    /// Finishes what is under way, commits, and ends.
    pub async fn stop(mut self, patience: std::time::Duration) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        // What isn't done then stays uncommitted, and comes again.
        let _ = tokio::time::timeout(patience, all).await;
    }
}
