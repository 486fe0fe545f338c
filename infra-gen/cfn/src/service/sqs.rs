//! `AWS::SQS`.

use crate::attr::Attr;
use crate::json;
use crate::resources::sqs::queue;
use crate::value::Json;

/// Where a queue sends what could not be processed, and after how many tries; for the property of this name.
#[derive(Clone, Debug, PartialEq)]
pub struct RedrivePolicy {
    /// The dead letter queue.
    pub dead_letter_queue: Attr<queue::Arn>,
    /// How often a message is received before it goes there.
    pub max_receive_count: u32,
}

impl From<RedrivePolicy> for Json {
    fn from(policy: RedrivePolicy) -> Self {
        json!({
            "deadLetterTargetArn": policy.dead_letter_queue,
            "maxReceiveCount": policy.max_receive_count,
        })
    }
}
