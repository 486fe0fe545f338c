//! Both branches of a condition have one type.
use cfn::{Attr, Condition, Handle, Val, if_, kms};

pub fn key(condition: &Condition, key: &Handle<kms::Key>) -> Attr<kms::key::Arn> {
    if_(condition, key.arn(), key.key_id())
}

pub fn number(condition: &Condition, number: Val<i64>) -> Val<i64> {
    if_(condition, number, "three")
}

fn main() {}
