//! A topic without its replication factor.
use cfn::msk;

pub fn topic(cluster: cfn::Handle<msk::Cluster>) -> msk::Topic {
    msk::Topic::new(msk::TopicRequired {
        cluster_arn: cluster.arn(),
        topic_name: "user-info-submitted".into(),
        partition_count: 6.into(),
    })
}

fn main() {}
