//! The topic that event source mappings put records into which failed for good.
//!
//! It must be there before any mapping, and the SCRAM users before it; this stack lies between them.

use cfn::{Attr, msk};

use crate::cloudformation::child::Child;
use crate::cloudformation::topic::{creates_topics, topic_configs};

pub(super) fn add(child: &mut Child, cluster: Attr<msk::cluster::Arn>) {
    let create = creates_topics(child);
    let (settings, replication) = (child.model.cluster.clone(), child.environment.brokers.replication);
    let topic = child.add(
        "DeadLetterTopic",
        msk::Topic::new(msk::TopicRequired {
            cluster_arn: cluster,
            partition_count: settings.dead_letter_partitions.into(),
            replication_factor: replication.into(),
            topic_name: settings.dead_letter_topic.as_str().into(),
        })
        .configs(topic_configs(settings.dead_letter_retention_ms)),
    );
    child.template.options(&topic).condition(&create);
}
