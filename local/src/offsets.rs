//! How far topics and groups are, as the broker tells.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use model::Model;
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};

/// How long a broker that was just started again may take to know a partition's leader, or a group's coordinator.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the broker may take for one answer.
const WAIT: Duration = Duration::from_secs(5);

/// Where a partition stands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// The oldest record that is kept.
    pub(crate) begin: i64,
    /// The next record to be written.
    pub(crate) end: i64,
    /// The next record that the consumer's group has to do.
    pub(crate) committed: i64,
}

/// Where each partition of each topic stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(BTreeMap<String, BTreeMap<i32, Place>>);

impl Places {
    /// Of a broker that has just begun.
    pub(crate) fn new(model: &Model) -> Self {
        let empty = |(topic, partitions): (&str, i32)| {
            (topic.to_owned(), (0..partitions).map(|number| (number, Place::default())).collect())
        };
        Self(topics(model).map(empty).collect())
    }

    /// Asks the broker: `observer` may see every topic, `consumer` its groups.
    pub(crate) async fn ask(
        model: &Model,
        observer: ClientConfig,
        consumer: ClientConfig,
    ) -> Result<Self, String> {
        let mut places = Self::new(model);
        let groups: Vec<(String, String)> = model
            .topics
            .iter()
            .filter_map(|topic| Some((topic.name.name.clone(), topic.consumer.as_ref()?.group.clone())))
            .collect();
        // The calls wait in C, so they are kept off the runtime's threads.
        let asked = tokio::task::spawn_blocking(move || {
            places.watermarks(&observer)?;
            for (topic, group) in &groups {
                places.commits(topic, consumer.clone().set("group.id", group))?;
            }
            Ok(places)
        });
        let asked = asked.await.map_err(|error| error.to_string())?;
        asked.map_err(|error: KafkaError| error.to_string())
    }

    /// The partitions of a topic.
    pub(crate) fn of(&self, topic: &str) -> impl Iterator<Item = (i32, Place)> + '_ {
        self.0.get(topic).into_iter().flatten().map(|(number, place)| (*number, *place))
    }

    /// Every topic.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn watermarks(&mut self, client: &ClientConfig) -> Result<(), KafkaError> {
        let mut patient = Patient::new(client)?;
        for (topic, partitions) in &mut self.0 {
            for (number, place) in partitions {
                let (begin, end) = patient.ask(|client| client.fetch_watermarks(topic, *number, WAIT))?;
                // A group that has committed nothing begins with the oldest record.
                *place = Place { begin, end, committed: begin };
            }
        }
        Ok(())
    }

    fn commits(&mut self, topic: &str, client: &ClientConfig) -> Result<(), KafkaError> {
        let Some(partitions) = self.0.get_mut(topic) else { return Ok(()) };
        let mut patient = Patient::new(client)?;
        let mut asked = TopicPartitionList::new();
        for number in partitions.keys() {
            asked.add_partition(topic, *number);
        }
        let told = patient.ask(|client| client.committed_offsets(asked.clone(), WAIT))?;
        for (number, place) in partitions {
            if let Some(Offset::Offset(offset)) =
                told.find_partition(topic, *number).map(|found| found.offset())
            {
                // What was committed may be kept no longer.
                place.committed = offset.max(place.begin);
            }
        }
        Ok(())
    }
}

/// A client that asks until there is an answer, or no patience left.
struct Patient<'a> {
    config: &'a ClientConfig,
    client: BaseConsumer,
}

impl<'a> Patient<'a> {
    fn new(config: &'a ClientConfig) -> Result<Self, KafkaError> {
        Ok(Self { config, client: config.create()? })
    }

    fn ask<T>(&mut self, ask: impl Fn(&BaseConsumer) -> Result<T, KafkaError>) -> Result<T, KafkaError> {
        let end = Instant::now() + PATIENCE;
        loop {
            match ask(&self.client) {
                Err(_) if Instant::now() < end => {
                    thread::sleep(Duration::from_millis(100));
                    // Another one, which has nothing in its cache.
                    self.client = self.config.create()?;
                }
                answer => return answer,
            }
        }
    }
}

/// The model's topics and the one for dead letters, with their partitions.
fn topics(model: &Model) -> impl Iterator<Item = (&str, i32)> {
    let cluster = &model.cluster;
    let own = model.topics.iter().map(|topic| (topic.name.name.as_str(), topic.partitions));
    own.chain([(cluster.dead_letter_topic.as_str(), cluster.dead_letter_partitions)])
        .map(|(topic, partitions)| (topic, i32::try_from(partitions).unwrap_or(i32::MAX)))
}

/// The next offset of every partition, as far as the broker tells.
pub(crate) fn ends(client: &ClientConfig, topics: &[(String, u32)]) -> Vec<(String, i32, i64)> {
    let Ok(consumer) = client.create::<BaseConsumer>() else { return vec![] };
    let all =
        topics.iter().flat_map(|(topic, partitions)| (0..*partitions).map(move |number| (topic, number)));
    let mut ends = vec![];
    for (topic, number) in all {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        match consumer.fetch_watermarks(topic, number, WAIT) {
            Ok((_, end)) => ends.push((topic.clone(), number, end)),
            // A broker that is down says nothing of any partition.
            Err(_) => break,
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rdkafka::mocking::MockCluster;

    use super::*;

    #[tokio::test]
    async fn a_leader_that_comes_late_is_waited_for() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../topics.yaml");
        let model = manifest::read_file(&path).expect("the manifest is good");
        let cluster = MockCluster::new(1).expect("it starts");
        for (topic, partitions) in topics(&model) {
            cluster.create_topic(topic, partitions, 1).expect("it is made");
        }
        let (last, _) = topics(&model).last().expect("there are topics");
        cluster.partition_leader(last, 0, None).expect("it has none");
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", cluster.bootstrap_servers());
        let asked = Places::ask(&model, config.clone(), config);
        tokio::pin!(asked);
        let early = tokio::time::timeout(Duration::from_millis(500), &mut asked).await;
        assert!(early.is_err(), "it has no leader yet");
        cluster.partition_leader(last, 0, Some(1)).expect("it has one");
        let places = asked.await.expect("they are told");
        assert_eq!(places.of(last).next().map(|(number, place)| (number, place.end)), Some((0, 0)));
    }
}
