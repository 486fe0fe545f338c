//! A log group wants the ARN of its key; `Ref` of a key is its id.
use cfn::{Handle, kms, logs};

pub fn group(key: Handle<kms::Key>) -> logs::LogGroup {
    logs::LogGroup::new().kms_key_id(key.reference())
}

fn main() {}
