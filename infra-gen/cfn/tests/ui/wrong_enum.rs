//! A key specification that does not exist; `KeySpec::raw` would be the way to one that is newer than the crate.
use cfn::kms;

pub fn key() -> kms::Key {
    kms::Key::new().key_spec("RSA_2O48")
}

fn main() {}
