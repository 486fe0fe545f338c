//! A cluster that runs already: is it there, and has it the topics?

use std::time::Duration;

use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::RDKafkaErrorCode,
};

use super::TopicSpec;

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the topics that are missing.
pub(super) async fn prepare(
    config: &ClientConfig,
    topics: &[TopicSpec],
    replication: i32,
) -> Result<(), String> {
    let admin: AdminClient<DefaultClientContext> = config.create().map_err(|error| error.to_string())?;
    let admin = std::sync::Arc::new(admin);
    let asked = std::sync::Arc::clone(&admin);
    // The call waits in C, so it is kept off the runtime's threads.
    let metadata = tokio::task::spawn_blocking(move || asked.inner().fetch_metadata(None, PATIENCE))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| format!("no broker answers within {} s: {error}", PATIENCE.as_secs()))?;
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
    Ok(())
}
