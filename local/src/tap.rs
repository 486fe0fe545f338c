//! A look at every topic, as it is in the broker: tells the pipeline's watchers of each record, keeps the last ones
//! whole, and watches what the embedded broker is about to forget.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    error::KafkaError,
};
use serde::Serialize;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    broker::{EMBEDDED_BYTES, EMBEDDED_RECORDS},
    bus::{Bus, Happening, Stage},
    mapping::{Progress, Record, detach},
    offsets::Places,
};

/// Records that are kept whole, of each topic.
const KEPT: usize = 200;

/// Of what the embedded broker keeps of a partition, how much may be unread before that is said: 60 %.
const WARN: (u64, u64) = (3, 5);

/// What the topics hold; cheap to clone.
#[derive(Debug, Clone)]
pub struct Topics(Arc<Mutex<BTreeMap<String, Topic>>>);

#[derive(Debug, Default)]
struct Topic {
    /// The oldest record that was there at the start, by partition.
    begin: BTreeMap<i32, i64>,
    /// The next offset to be written, by partition.
    end: BTreeMap<i32, i64>,
    last: VecDeque<Arc<Record>>,
    unread: BTreeMap<i32, Unread>,
}

/// Sizes of records that the topic's consumer has not read.
#[derive(Debug, Default)]
struct Unread {
    sizes: VecDeque<(i64, u64)>,
    bytes: u64,
    warned: bool,
}

/// A record for people to look at.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Its place in the topic.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The key as text.
    pub key: Option<String>,
    /// The value as text.
    pub value: Option<String>,
    /// The headers as text.
    pub headers: BTreeMap<String, String>,
}

impl Topics {
    /// The next offset to be written, by partition.
    pub fn end(&self, topic: &str) -> BTreeMap<i32, i64> {
        self.lock().get(topic).map(|topic| topic.end.clone()).unwrap_or_default()
    }

    /// Records of a topic, those among them that were there at the start.
    pub fn count(&self, topic: &str) -> i64 {
        let topics = self.lock();
        let Some(topic) = topics.get(topic) else { return 0 };
        topic.end.values().sum::<i64>() - topic.begin.values().sum::<i64>()
    }

    /// The last records of a topic, oldest first.
    pub fn last(&self, topic: &str) -> Vec<Shown> {
        let topics = self.lock();
        topics.get(topic).into_iter().flat_map(|topic| &topic.last).map(|record| shown(record)).collect()
    }

    fn new(places: &Places) -> Self {
        let topic = |name: &str| Topic {
            begin: places.of(name).map(|(number, place)| (number, place.begin)).collect(),
            end: places.of(name).map(|(number, place)| (number, place.end)).collect(),
            ..Topic::default()
        };
        let topics = places.topics().map(|name| (name.to_owned(), topic(name))).collect();
        Self(Arc::new(Mutex::new(topics)))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Topic>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(record: &Record) -> Shown {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let header = |(name, value): &(String, Option<axum::body::Bytes>)| {
        (name.clone(), text(value.as_deref().unwrap_or_default()))
    };
    Shown {
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key.as_deref().map(text),
        value: record.value.as_deref().map(text),
        headers: record.headers.iter().map(header).collect(),
    }
}

/// Starts looking, at what is written from now on.
pub(crate) fn start(
    client: &ClientConfig,
    embedded: bool,
    places: &Places,
    progress: BTreeMap<String, Progress>,
    bus: &Bus,
    mut stopping: watch::Receiver<bool>,
) -> Result<(Topics, JoinHandle<()>), String> {
    let mut config = client.clone();
    // No group is joined and nothing is committed; librdkafka wants a name all the same.
    config.set("group.id", "local-tap").set("client.id", "tap").set("enable.auto.commit", "false");
    if embedded {
        config.set("fetch.wait.max.ms", "10");
    } else {
        // Nobody waits for what is seen here, so that a busy broker isn't asked once more for each record.
        config.set("fetch.min.bytes", "1048576").set("fetch.wait.max.ms", "25");
    }
    let consumer: StreamConsumer = config.create().map_err(|error: KafkaError| error.to_string())?;
    let mut all = TopicPartitionList::new();
    for topic in places.topics() {
        for (partition, place) in places.of(topic) {
            all.add_partition_offset(topic, partition, Offset::Offset(place.end))
                .map_err(|error| error.to_string())?;
        }
    }
    consumer.assign(&all).map_err(|error| error.to_string())?;
    let topics = Topics::new(places);
    let (kept, bus) = (topics.clone(), bus.clone());
    let task = tokio::spawn(async move {
        loop {
            let next = tokio::select! {
                _ = stopping.changed() => break,
                message = consumer.recv() => {
                    message.map(|message| (message.topic().to_owned(), detach(&message)))
                }
            };
            match next {
                Ok((topic, record)) => {
                    take(&kept, &topic, record, &bus, progress.get(&topic).filter(|_| embedded));
                }
                // The mappings say what is wrong with the broker.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        // Closing waits in C for the broker, which may be gone.
        tokio::task::spawn_blocking(move || drop(consumer));
    });
    Ok((topics, task))
}

fn take(topics: &Topics, name: &str, record: Record, bus: &Bus, reader: Option<&Progress>) {
    bus.tell(Happening {
        event_id: record.header("ce_id"),
        customer_id: record.header("ce_subject"),
        topic: Some(name.to_owned()),
        partition: Some(record.partition),
        offset: Some(record.offset),
        ..Happening::now(Stage::Published)
    });
    let mut topics = topics.lock();
    let topic = topics.entry(name.to_owned()).or_default();
    topic.end.insert(record.partition, record.offset + 1);
    if let Some(progress) = reader {
        let read = progress.position(record.partition);
        let unread = topic.unread.entry(record.partition).or_default();
        if unread.grow(&record, read) {
            bus.notice(format!(
                "{name}-{}: {} KiB in {} records are not read yet; the embedded broker keeps the last {} KiB of a \
                 partition and drops what is older. Slow down, or use a broker that keeps everything.",
                record.partition,
                unread.bytes / 1024,
                unread.sizes.len(),
                EMBEDDED_BYTES / 1024,
            ));
        }
    }
    if topic.last.len() == KEPT {
        topic.last.pop_front();
    }
    topic.last.push_back(Arc::new(record));
}

impl Unread {
    /// Adds a record and takes away what was read; `true` when a warning is due.
    fn grow(&mut self, record: &Record, read: i64) -> bool {
        let length = |bytes: &Option<axum::body::Bytes>| bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let headers: u64 = record.headers.iter().map(|(name, value)| name.len() as u64 + length(value)).sum();
        // A batch of one record has a head of about seventy bytes.
        let size = length(&record.key) + length(&record.value) + headers + 80;
        self.sizes.push_back((record.offset, size));
        self.bytes += size;
        while let Some((_, size)) = self.sizes.pop_front_if(|(offset, _)| *offset < read) {
            self.bytes -= size;
        }
        let (part, whole) = WARN;
        let much = self.bytes * whole > EMBEDDED_BYTES * part
            || self.sizes.len() as u64 * whole > EMBEDDED_RECORDS * part;
        let due = much && !self.warned;
        self.warned = much;
        due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn much_unread_is_said_once() {
        let record = |offset| Record {
            partition: 0,
            offset,
            timestamp: 0,
            timestamp_type: "CREATE_TIME",
            key: None,
            value: Some(vec![0; 1024 * 1024].into()),
            headers: vec![],
            arrived: Instant::now(),
        };
        let mut unread = Unread::default();
        let warnings: Vec<bool> = (0..5).map(|offset| unread.grow(&record(offset), 0)).collect();
        assert_eq!(warnings, [false, false, true, false, false]);
        assert!(!unread.grow(&record(5), 5), "all but one are read");
        assert_eq!(unread.sizes.len(), 1);
    }
}
