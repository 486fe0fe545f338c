//! Free text becomes a reference only by `assume`.
use cfn::{Handle, lambda, msk};

pub fn mapping(function: Handle<lambda::Function>) -> lambda::EventSourceMapping {
    lambda::EventSourceMapping::new(function.arn())
        .event_source_arn("arn:aws:kafka:us-east-1:111122223333:cluster/main/1")
}

pub fn secrets() -> msk::BatchScramSecret {
    msk::BatchScramSecret::new("arn:aws:kafka:us-east-1:111122223333:cluster/main/1")
}

fn main() {}
