//! Are the SCRAM users associated with the cluster? The association can fail without a word: its API answers 200 and
//! lists what it refused (`UnprocessedScramSecrets`,
//! <https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-scram-secrets.html>).

use futures_util::future::try_join_all;
use model::Secret;

use super::{Check, Finding, Site};
use crate::{Problem, aws::Told as _};

const NAME: &str = "scram users";

pub(crate) async fn look(site: &Site<'_>) -> Check {
    match facts(site).await {
        Ok((cluster, wanted, associated)) => judge(cluster, &wanted, &associated),
        Err(problem) => Check::unseen(NAME, problem),
    }
}

async fn facts<'a>(site: &'a Site<'_>) -> Result<(&'a str, Vec<String>, Vec<String>), Problem> {
    let cluster = site.cluster()?;
    let wanted = async {
        match site.parameter("ExistingSecretArn") {
            Some(existing) => Ok(vec![existing.to_owned()]),
            None => {
                try_join_all(
                    [Secret::ProducerCredentials, Secret::ConsumerCredentials]
                        .map(|secret| secret_arn(site, secret)),
                )
                .await
            }
        }
    };
    let kafka = site.aws.kafka();
    let associated = async {
        let mut pages = kafka.list_scram_secrets().cluster_arn(cluster).into_paginator().items().send();
        let mut arns = vec![];
        while let Some(arn) = pages.next().await {
            arns.push(arn.told("list the SCRAM users of the cluster")?);
        }
        Ok(arns)
    };
    let (wanted, associated) = tokio::try_join!(wanted, associated)?;
    Ok((cluster, wanted, associated))
}

/// The whole ARN: a secret that was deleted and made anew has another end, and MSK knows the old one.
async fn secret_arn(site: &Site<'_>, secret: Secret) -> Result<String, Problem> {
    let name = site.target.secret_name(secret);
    let told = site.aws.secretsmanager().describe_secret().secret_id(&name).send().await;
    let told = told.told(&format!("look at the secret {name}"))?;
    Ok(told.arn().unwrap_or_default().to_owned())
}

fn judge(cluster: &str, wanted: &[String], associated: &[String]) -> Check {
    let missing = wanted.iter().filter(|arn| !associated.contains(arn)).map(|arn| {
        let name = arn.rsplit(':').next().unwrap_or(arn);
        Finding::bad(format!("the secret {name} isn't associated with the cluster"))
            .because(
                "its user can't sign in at the brokers; an association that MSK refuses looks like a success",
            )
            .help(format!(
                "aws kafka batch-associate-scram-secret --cluster-arn {cluster} --secret-arn-list {arn}"
            ))
            .help("that command's UnprocessedScramSecrets says why, if MSK refuses again")
    });
    Check::new(NAME, format!("{} of {} associated", wanted.len(), wanted.len()), missing.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const CLUSTER: &str = "arn:aws:kafka:us-east-1:123456789012:cluster/onboard-ai-dev/6f1b-1";

    fn arn(end: &str) -> String {
        format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_onboard-ai-{end}")
    }

    #[test]
    fn both_users_associated_are_well() {
        let both = [arn("producer-dev-a1B2c3"), arn("consumer-dev-d4E5f6")];
        assert_eq!(judge(CLUSTER, &both, &both).verdict(), Verdict::Ok);
    }

    #[test]
    fn an_association_that_failed_silently_is_bad() {
        let both = [arn("producer-dev-a1B2c3"), arn("consumer-dev-d4E5f6")];
        let check = judge(CLUSTER, &both, &both[..1]);
        assert_eq!(check.verdict(), Verdict::Bad);
        assert_eq!(
            check.summary(),
            "the secret AmazonMSK_onboard-ai-consumer-dev-d4E5f6 isn't associated with the cluster"
        );
        assert!(check.findings[0].help[0].contains(&both[1]), "{check:?}");
    }

    #[test]
    fn a_secret_made_anew_under_the_old_name_is_not_the_associated_one() {
        let check = judge(CLUSTER, &[arn("producer-dev-NEWNEW")], &[arn("producer-dev-OLDOLD")]);
        assert_eq!(check.verdict(), Verdict::Bad);
    }
}
