//! STS: who one is.

use super::reply::{Fault, tag};
use crate::deployment::ACCOUNT;

pub(super) const XMLNS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) fn call(action: &str) -> Result<String, Fault> {
    match action {
        "GetCallerIdentity" => Ok([
            tag("Arn", &format!("arn:aws:iam::{ACCOUNT}:root")),
            tag("UserId", ACCOUNT),
            tag("Account", ACCOUNT),
        ]
        .concat()),
        _ => Err(Fault::missing(&format!("sts {action}"))),
    }
}
