//! Are the secrets there, and under a key that MSK takes?

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use futures_util::FutureExt as _;
use model::Secret;

use super::{Check, Finding, Site, all};
use crate::{
    aws::{Fault, Told as _},
    console::count,
    target::Target,
};

const NAME: &str = "secrets";

/// A secret that functions read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    /// Its name, or its ARN where it is somebody else's.
    id: String,
    /// A SCRAM user, which MSK reads as well.
    scram: bool,
}

pub(crate) async fn look(site: &Site<'_>) -> Check {
    let own = |secret, scram| Wanted { id: site.target.secret_name(secret), scram };
    let mut wanted = vec![own(Secret::TokenKey, false)];
    match site.parameter("ExistingSecretArn") {
        Some(existing) => wanted.push(Wanted { id: existing.to_owned(), scram: true }),
        None => {
            wanted.extend(
                [Secret::ProducerCredentials, Secret::ConsumerCredentials].map(|user| own(user, true)),
            );
        }
    }
    let told = all(wanted.iter().map(|secret| describe(site, &secret.id).boxed()).collect()).await;
    let findings =
        wanted.iter().zip(told).filter_map(|(secret, told)| judge(site.target, secret, &told)).collect();
    Check::new(NAME, format!("{} there", count(wanted.len(), "secret")), findings)
}

async fn describe(site: &Site<'_>, id: &str) -> Result<DescribeSecretOutput, Fault> {
    site.aws.secretsmanager().describe_secret().secret_id(id).send().await.fault()
}

fn judge(target: &Target, wanted: &Wanted, told: &Result<DescribeSecretOutput, Fault>) -> Option<Finding> {
    let id = &wanted.id;
    match told {
        Err(fault) if fault.is("ResourceNotFoundException") => Some(
            Finding::bad(format!("the secret {id} is not there"))
                .because("it was deleted by hand; functions that read it fail")
                .help(format!("{}; then {}", target.make_good(), target.make("doctor", &[]))),
        ),
        Err(fault) => Some(Finding::unseen(&format!("look at the secret {id}"), fault)),
        Ok(secret) if secret.deleted_date().is_some() => Some(
            Finding::bad(format!("the secret {id} is about to be deleted, and can't be read"))
                .because("somebody deleted it; it can be had back until its last day")
                .help(format!("aws secretsmanager restore-secret --secret-id {id}")),
        ),
        Ok(secret) if wanted.scram && !target.local && secret.kms_key_id().is_none() => Some(
            Finding::bad(format!("the secret {id} is under the key that AWS manages"))
                .because("MSK takes SCRAM users under a key of the customer's own alone")
                .help(format!("aws secretsmanager update-secret --secret-id {id} --kms-key-id KEY, with a key of your own")),
        ),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;
    use crate::doctor::Verdict;

    fn account() -> Target {
        Target::example("prod", false)
    }

    fn user() -> Wanted {
        Wanted { id: "AmazonMSK_onboard-ai-producer-dev".into(), scram: true }
    }

    #[test]
    fn a_user_under_a_key_of_ones_own_is_well() {
        let told = DescribeSecretOutput::builder().kms_key_id("arn:aws:kms:us-east-1:1:key/k").build();
        assert_eq!(judge(&account(), &user(), &Ok(told)), None);
    }

    #[test]
    fn a_user_under_awss_own_key_is_refused_by_msk() {
        let told = DescribeSecretOutput::builder().build();
        let finding = judge(&account(), &user(), &Ok(told.clone())).expect("it is not well");
        assert_eq!(finding.verdict, Verdict::Bad);
        assert_eq!(
            judge(&Target::example("dev", true), &user(), &Ok(told)),
            None,
            "the local run has no keys"
        );
    }

    #[test]
    fn a_secret_on_its_way_out_is_restored() {
        let told = DescribeSecretOutput::builder().deleted_date(DateTime::from_secs(1_795_478_400)).build();
        let finding = judge(&account(), &user(), &Ok(told)).expect("it is not well");
        assert_eq!(
            finding.help,
            ["aws secretsmanager restore-secret --secret-id AmazonMSK_onboard-ai-producer-dev"]
        );
    }
}
