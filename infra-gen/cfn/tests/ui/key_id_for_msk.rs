//! MSK wants the ARN of the brokers' key; `Ref` of a key is its id.
use cfn::{Handle, kms, msk};

pub fn encryption(key: Handle<kms::Key>) -> msk::cluster::EncryptionAtRest {
    msk::cluster::EncryptionAtRest::new(key.reference())
}

fn main() {}
