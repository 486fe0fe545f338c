//! Is the cluster up, and does it take SCRAM users?

use aws_sdk_kafka::types::{ClusterInfo, ClusterState, Scram};

use super::{Check, Finding, Site};
use crate::{Problem, aws::Told as _, target::Target};

const NAME: &str = "cluster";

pub(crate) fn look(target: &Target, cluster: &Result<ClusterInfo, Problem>) -> Check {
    match cluster {
        Ok(cluster) => judge(target, cluster),
        Err(problem) => Check::unseen(NAME, problem.clone()),
    }
}

/// The older of the two APIs: it knows provisioned clusters, which ours is, and emulators have it.
pub(crate) async fn describe(site: &Site<'_>) -> Result<ClusterInfo, Problem> {
    let arn = site.cluster()?;
    let told = site.aws.kafka().describe_cluster().cluster_arn(arn).send().await;
    let told = told.told(&format!("look at the cluster {arn}"))?;
    told.cluster_info.ok_or_else(|| Problem::failed(format!("MSK says nothing of the cluster {arn}")))
}

/// <https://docs.aws.amazon.com/msk/latest/developerguide/msk-cluster-states.html>
fn judge(target: &Target, cluster: &ClusterInfo) -> Check {
    let state = cluster.state().map_or("in no state", |state| state.as_str());
    let arn = cluster.cluster_arn().unwrap_or("?");
    let what = format!("the cluster is {state}");
    let look = format!("aws kafka list-cluster-operations-v2 --cluster-arn {arn}");
    let finding = match cluster.state() {
        Some(ClusterState::Active) => None,
        Some(ClusterState::Healing) => Some(
            Finding::warning(what)
                .because("MSK replaces a broker that is not well; the others go on")
                .help("wait: it takes some minutes; partitions with one copy only can't be used meanwhile")
                .passing(),
        ),
        Some(ClusterState::Maintenance | ClusterState::RebootingBroker | ClusterState::Updating) => Some(
            Finding::warning(what)
                .because("MSK restarts its brokers one after the other; clients go to the others meanwhile")
                .help(format!("see what for: {look}"))
                .passing(),
        ),
        Some(ClusterState::Creating) => Some(
            Finding::warning(what)
                .because("it is being made, which takes 15 to 60 minutes")
                .help("wait, then look again")
                .passing(),
        ),
        Some(ClusterState::Failed) => Some(
            Finding::bad(what)
                .because("MSK couldn't make it; a key that it may not use is the commonest reason")
                .help(format!("see why: {look}"))
                .help(format!(
                    "a failed cluster can only be deleted: mend the cause, then {}, which says first what is lost; then {}",
                    target.make("destroy", &[]),
                    target.make("deploy", &[])
                )),
        ),
        _ => Some(Finding::bad(what).help(format!("see why: {look}"))),
    };
    let said = cluster.state_info().and_then(|info| info.message());
    let finding = finding.map(|finding| match said {
        Some(said) => finding.because(format!("MSK says: {said}")),
        None => finding,
    });
    let scram = cluster.client_authentication().and_then(|auth| auth.sasl()).and_then(|sasl| sasl.scram());
    // The local run's own brokers have their users elsewhere; a cluster that isn't up may not say.
    let closed = !target.local && finding.is_none() && scram.and_then(Scram::enabled) != Some(true);
    let closed = closed.then(|| {
        Finding::bad("the cluster doesn't take SCRAM users")
            .because("producers and pollers sign in with SCRAM-SHA-512, and no other way")
            .help(format!(
                "aws kafka update-security --cluster-arn {arn} --current-version {} \
                 --client-authentication '{{\"Sasl\":{{\"Scram\":{{\"Enabled\":true}}}}}}'",
                cluster.current_version().unwrap_or("VERSION")
            ))
    });
    let well = match cluster.number_of_broker_nodes() {
        Some(1) => format!("{state}, one broker"),
        Some(brokers) => format!("{state}, {brokers} brokers"),
        None => state.to_owned(),
    };
    Check::new(NAME, well, [finding, closed].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use aws_sdk_kafka::types::{ClientAuthentication, Sasl, StateInfo};

    use super::*;
    use crate::doctor::Verdict;

    fn cluster(state: ClusterState) -> aws_sdk_kafka::types::builders::ClusterInfoBuilder {
        let scram = Scram::builder().enabled(true).build();
        let sasl = Sasl::builder().scram(scram).build();
        ClusterInfo::builder()
            .cluster_arn("arn:aws:kafka:us-east-1:123456789012:cluster/onboard-ai-dev/6f1b-1")
            .client_authentication(ClientAuthentication::builder().sasl(sasl).build())
            .current_version("K3P5ROKL5A1OLE")
            .number_of_broker_nodes(2)
            .state(state)
    }

    #[test]
    fn an_active_cluster_is_well() {
        let check = judge(&Target::example("prod", false), &cluster(ClusterState::Active).build());
        assert_eq!((check.verdict(), check.summary().as_str()), (Verdict::Ok, "ACTIVE, 2 brokers"));
    }

    #[test]
    fn a_healing_cluster_works_but_is_told() {
        assert_eq!(
            judge(&Target::example("prod", false), &cluster(ClusterState::Healing).build()).verdict(),
            Verdict::Warning
        );
    }

    #[test]
    fn a_failed_cluster_is_bad_and_says_what_msk_says() {
        let info = StateInfo::builder().code("KMS").message("MSK may not use the key").build();
        let check =
            judge(&Target::example("prod", false), &cluster(ClusterState::Failed).state_info(info).build());
        assert_eq!(check.verdict(), Verdict::Bad);
        assert_eq!(check.findings[0].cause, "MSK says: MSK may not use the key");
        let help = &check.findings[0].help[1];
        assert!(help.contains("make destroy ENV=prod") && help.contains("make deploy ENV=prod"), "{help}");
    }

    #[test]
    fn a_state_that_nobody_knows_is_bad() {
        assert_eq!(
            judge(&Target::example("prod", false), &cluster(ClusterState::from("MELTING")).build()).verdict(),
            Verdict::Bad
        );
        assert_eq!(
            judge(&Target::example("prod", false), &ClusterInfo::builder().build()).verdict(),
            Verdict::Bad
        );
    }

    #[test]
    fn a_cluster_without_scram_is_bad_except_on_this_machine() {
        let cluster = ClusterInfo::builder().state(ClusterState::Active).build();
        assert_eq!(judge(&Target::example("prod", false), &cluster).verdict(), Verdict::Bad);
        assert_eq!(judge(&Target::example("prod", true), &cluster).verdict(), Verdict::Ok);
    }
}
