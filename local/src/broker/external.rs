//! A cluster that runs already: is it there, and has it the topics?

use std::{sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::RDKafkaErrorCode,
    metadata::{Metadata, MetadataTopic},
};

use super::TopicSpec;

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long new topics may take to have leaders: one that is busy takes its time.
const LEADERS: Duration = Duration::from_secs(30);

/// How often a cluster is asked whether its new topics have leaders.
const PAUSE: Duration = Duration::from_millis(100);

type Admin = Arc<AdminClient<DefaultClientContext>>;

/// Makes the topics that are missing, and waits until every partition has a leader: librdkafka takes a partition that it
/// knows without one for unknown.
pub(super) async fn prepare(
    config: &ClientConfig,
    topics: &[TopicSpec],
    replication: i32,
) -> Result<(), String> {
    let admin: Admin = Arc::new(config.create().map_err(|error| error.to_string())?);
    let metadata = metadata(&admin).await?;
    let brokers = i32::try_from(metadata.brokers().len()).unwrap_or(i32::MAX).max(1);
    let replication = replication.min(brokers);
    for topic in topics {
        if let Some(known) =
            metadata.topics().iter().find(|known| known.name() == topic.name && known.error().is_none())
        {
            let partitions = known.partitions().len();
            if i32::try_from(partitions) != Ok(topic.partitions) {
                return Err(format!(
                    "topic {} has {partitions} partitions there, and {} in the manifest; mend one of them",
                    topic.name, topic.partitions
                ));
            }
            continue;
        }
        let retention = topic.retention_ms.to_string();
        let new = NewTopic::new(&topic.name, topic.partitions, TopicReplication::Fixed(replication))
            .set("cleanup.policy", "delete")
            .set("retention.ms", &retention);
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
        let made = admin.create_topics([&new], &options).await.map_err(|error| error.to_string())?;
        for result in made {
            match result {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((name, code)) => {
                    return Err(format!("topic {name} is missing and can't be made: {code}"));
                }
            }
        }
    }
    led(&admin, topics).await
}

async fn metadata(admin: &Admin) -> Result<Metadata, String> {
    let admin = Arc::clone(admin);
    // The call waits in C, so it is kept off the runtime's threads.
    tokio::task::spawn_blocking(move || admin.inner().fetch_metadata(None, PATIENCE))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| format!("no broker answers within {} s: {error}", PATIENCE.as_secs()))
}

async fn led(admin: &Admin, topics: &[TopicSpec]) -> Result<(), String> {
    let end = tokio::time::Instant::now() + LEADERS;
    loop {
        let metadata = metadata(admin).await?;
        let partitions = |topic: &TopicSpec| {
            let known = metadata.topics().iter().filter(|known| known.name() == topic.name);
            known.flat_map(MetadataTopic::partitions).collect::<Vec<_>>()
        };
        let led = |topic: &TopicSpec| partitions(topic).iter().filter(|one| one.leader() >= 0).count();
        let waits = |topic: &&TopicSpec| i32::try_from(led(topic)) != Ok(topic.partitions);
        let Some(waiting) = topics.iter().find(waits) else { return Ok(()) };
        if tokio::time::Instant::now() > end {
            let (name, seconds) = (&waiting.name, LEADERS.as_secs());
            return Err(if partitions(waiting).is_empty() {
                format!("topic {name} is there, but not for this user; allow it DESCRIBE, READ and WRITE")
            } else {
                format!(
                    "topic {name} has had partitions without a leader for {seconds} s; do all its brokers run?"
                )
            });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::mocking::MockCluster;

    use super::*;

    #[tokio::test]
    async fn a_partition_without_a_leader_is_waited_for() {
        let cluster = MockCluster::new(1).expect("it starts");
        cluster.create_topic("late", 2, 1).expect("it is made");
        cluster.partition_leader("late", 1, None).expect("it has none");
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", cluster.bootstrap_servers());
        let topics = [TopicSpec { name: "late".into(), partitions: 2, retention_ms: 1000 }];
        let prepared = prepare(&config, &topics, 1);
        tokio::pin!(prepared);
        let early = tokio::time::timeout(PAUSE * 5, &mut prepared).await;
        assert!(early.is_err(), "it has no leader yet: {early:?}");
        cluster.partition_leader("late", 1, Some(1)).expect("it has one");
        prepared.await.expect("it is ready");
    }
}
