//! A topic has an ARN, and no partitions to read.
use cfn::{Handle, Val, msk};

pub fn partitions(topic: &Handle<msk::Topic>) -> Val<i64> {
    topic.partition_count()
}

fn main() {}
