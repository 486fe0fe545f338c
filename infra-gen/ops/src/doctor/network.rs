//! Do producers and pollers reach the brokers? The brokers' SCRAM listener is on 9096
//! (<https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html>).
//!
//! Security groups are read through Cloud Control: EC2's own crate takes longer to compile than all the others together.
//! What it tells of a group are the rules that EC2 has, whichever resource made them: drift detection, which reads in the
//! same way, finds those of `AWS::EC2::SecurityGroupIngress` on the group
//! (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1387>).

use std::collections::BTreeMap;

use aws_sdk_kafka::types::{BrokerNodeGroupInfo, ClusterInfo};
use futures_util::FutureExt as _;
use serde::Deserialize;

use super::{Check, Finding, Site, all, functions::Configured};
use crate::{Problem, aws::Told as _, console::count};

const NAME: &str = "security group";
const SCRAM_PORT: i64 = 9096;

/// A group's rules, in the words of `AWS::EC2::SecurityGroup`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Group {
    security_group_ingress: Vec<Rule>,
    security_group_egress: Vec<Rule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Rule {
    /// `tcp`, or `-1` for everything.
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    source_security_group_id: Option<String>,
    destination_security_group_id: Option<String>,
    cidr_ip: Option<String>,
    cidr_ipv6: Option<String>,
    source_prefix_list_id: Option<String>,
    destination_prefix_list_id: Option<String>,
}

pub(crate) async fn look(
    site: &Site<'_>,
    cluster: &Result<ClusterInfo, Problem>,
    functions: &[Configured<'_>],
) -> Check {
    let cluster = match cluster {
        Ok(cluster) => cluster,
        Err(problem) => return Check::unseen(NAME, problem.clone()),
    };
    let brokers =
        cluster.broker_node_group_info().map(BrokerNodeGroupInfo::security_groups).unwrap_or_default();
    if brokers.is_empty() {
        let finding = Finding::unknown("MSK doesn't say which security group the brokers have");
        return Check::unseen(
            NAME,
            finding.because("the local run and emulators have no network to look at"),
        );
    }
    let mut producers: Vec<String> =
        functions.iter().flat_map(Configured::security_groups).map(str::to_owned).collect();
    producers.sort();
    producers.dedup();
    let mut ids: Vec<&String> = brokers.iter().chain(&producers).collect();
    ids.sort();
    ids.dedup();
    let groups = all(ids.iter().map(|id| read(site, id).boxed()).collect()).await;
    let groups: Result<BTreeMap<String, Group>, Problem> =
        ids.into_iter().cloned().zip(groups).map(|(id, group)| Ok((id, group?))).collect();
    match groups {
        Ok(groups) => judge(brokers, &producers, &groups, site.has_existing_cluster()),
        Err(problem) => Check::unseen(NAME, problem),
    }
}

async fn read(site: &Site<'_>, id: &str) -> Result<Group, Problem> {
    let cloud = site.aws.cloudcontrol();
    let told = cloud.get_resource().type_name("AWS::EC2::SecurityGroup").identifier(id).send().await;
    let told = told.told(&format!("look at the security group {id}"))?;
    let text = told.resource_description().and_then(|told| told.properties()).unwrap_or_default();
    serde_json::from_str(text)
        .map_err(|error| Problem::failed(format!("can't read the security group {id}: {error}")))
}

impl Rule {
    fn is_about(&self, port: i64) -> bool {
        match self.ip_protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => {
                self.from_port.is_none_or(|from| from <= port) && self.to_port.is_none_or(|to| port <= to)
            }
            _ => false,
        }
    }

    /// Whether it is about that group. Which addresses the group's members have is not known, so a rule of addresses
    /// may be about it.
    fn may_be_about(&self, group: &str) -> bool {
        let groups = [&self.source_security_group_id, &self.destination_security_group_id];
        let addresses =
            [&self.cidr_ip, &self.cidr_ipv6, &self.source_prefix_list_id, &self.destination_prefix_list_id];
        groups.into_iter().flatten().any(|id| id == group) || addresses.into_iter().any(Option::is_some)
    }
}

fn allows(rules: &[Rule], group: &str) -> bool {
    rules.iter().any(|rule| rule.is_about(SCRAM_PORT) && rule.may_be_about(group))
}

fn judge(
    brokers: &[String],
    producers: &[String],
    groups: &BTreeMap<String, Group>,
    existing: bool,
) -> Check {
    let ingress = |id: &str| groups.get(id).map_or(&[][..], |group| &group.security_group_ingress);
    let egress = |id: &str| groups.get(id).map_or(&[][..], |group| &group.security_group_egress);
    // A mapping's pollers have the cluster's own groups.
    let pollers = brokers.iter().map(|group| ("the pollers of mappings", group));
    // With an existing cluster they may be the same.
    let others = producers.iter().filter(|group| !brokers.contains(group));
    let clients = pollers.chain(others.map(|group| ("the producers", group)));
    let mut findings = vec![];
    let mut ways = 0;
    for (who, from) in clients {
        ways += 1;
        if !brokers.iter().any(|to| allows(ingress(to), from)) {
            let to = &brokers[0];
            findings.push(
                Finding::bad(format!("{who} are not let in at the brokers: {to} has no rule for {SCRAM_PORT} from {from}"))
                    .because(changed(existing))
                    .help(format!(
                        "aws ec2 authorize-security-group-ingress --group-id {to} --protocol tcp --port {SCRAM_PORT} \
                         --source-group {from}"
                    )),
            );
        }
        if !brokers.iter().any(|to| allows(egress(from), to)) {
            let to = &brokers[0];
            findings.push(
                Finding::bad(format!("{who} are not let out to the brokers: {from} has no rule for {SCRAM_PORT} to {to}"))
                    .because(changed(existing))
                    .help(format!(
                        "aws ec2 authorize-security-group-egress --group-id {from} --ip-permissions \
                         IpProtocol=tcp,FromPort={SCRAM_PORT},ToPort={SCRAM_PORT},UserIdGroupPairs=[{{GroupId={to}}}]"
                    )),
            );
        }
    }
    if producers.is_empty() {
        findings.push(
            Finding::unknown("nobody knows whether the producers reach the brokers")
                .because("no producer tells its security group; see what is said of the functions"),
        );
    }
    Check::new(NAME, format!("{} to {SCRAM_PORT} open", count(ways, "way")), findings)
}

fn changed(existing: bool) -> &'static str {
    if existing {
        "the cluster and its group are somebody else's, and nobody has opened it to this system"
    } else {
        "the rule was removed by hand; the template has it"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const BROKERS: &str = "sg-0brokers";
    const PRODUCERS: &str = "sg-0producers";

    /// As Cloud Control has the template's groups.
    fn groups(brokers: &str, producers: &str) -> BTreeMap<String, Group> {
        let read = |text: &str| serde_json::from_str(text).expect("a group");
        BTreeMap::from([(BROKERS.to_owned(), read(brokers)), (PRODUCERS.to_owned(), read(producers))])
    }

    fn rule(port: u16, side: &str, group: &str) -> String {
        format!(
            r#"{{"IpProtocol":"tcp","FromPort":{port},"ToPort":{port},"{side}SecurityGroupId":"{group}"}}"#
        )
    }

    fn judged(groups: &BTreeMap<String, Group>) -> Check {
        judge(&[BROKERS.to_owned()], &[PRODUCERS.to_owned()], groups, false)
    }

    fn brokers(ingress: &[String]) -> String {
        let egress = rule(9096, "Destination", BROKERS);
        format!(
            r#"{{"GroupId":"{BROKERS}","SecurityGroupIngress":[{}],"SecurityGroupEgress":[{egress}]}}"#,
            ingress.join(",")
        )
    }

    fn producers() -> String {
        format!(r#"{{"SecurityGroupEgress":[{}]}}"#, rule(9096, "Destination", BROKERS))
    }

    #[test]
    fn the_templates_groups_are_well() {
        let ingress = [rule(9096, "Source", BROKERS), rule(9096, "Source", PRODUCERS)];
        let check = judged(&groups(&brokers(&ingress), &producers()));
        assert_eq!((check.verdict(), check.well.as_str()), (Verdict::Ok, "2 ways to 9096 open"));
    }

    #[test]
    fn the_seeds_port_is_not_the_scram_listeners() {
        let ingress = [rule(9094, "Source", BROKERS), rule(9094, "Source", PRODUCERS)];
        let check = judged(&groups(&brokers(&ingress), &producers()));
        assert_eq!(check.findings.len(), 2);
        assert!(check.findings[1].help[0].ends_with("--port 9096 --source-group sg-0producers"), "{check:?}");
    }

    #[test]
    fn pollers_need_the_group_to_let_itself_in() {
        let check = judged(&groups(&brokers(&[rule(9096, "Source", PRODUCERS)]), &producers()));
        assert_eq!(check.findings.len(), 1);
        assert!(check.summary().starts_with("the pollers of mappings are not let in"), "{check:?}");
    }

    #[test]
    fn producers_that_are_not_let_out_are_told() {
        let ingress = [rule(9096, "Source", BROKERS), rule(9096, "Source", PRODUCERS)];
        let check = judged(&groups(
            &brokers(&ingress),
            r#"{"SecurityGroupEgress":[{"IpProtocol":"icmp","CidrIp":"255.255.255.255/32"}]}"#,
        ));
        assert_eq!(check.findings.len(), 1);
        assert!(check.summary().starts_with("the producers are not let out"), "{check:?}");
    }

    #[test]
    fn producers_that_nobody_can_look_at_are_not_well() {
        let groups = groups(&brokers(&[rule(9096, "Source", BROKERS)]), &producers());
        assert_eq!(judge(&[BROKERS.to_owned()], &[], &groups, false).verdict(), Verdict::Unknown);
    }

    #[test]
    fn a_range_or_everything_is_a_way_too() {
        let any = r#"{"IpProtocol":"-1","CidrIp":"10.20.0.0/16"}"#.to_owned();
        let range = r#"{"SecurityGroupEgress":[{"IpProtocol":"tcp","FromPort":9000,"ToPort":9999,"CidrIp":"0.0.0.0/0"}]}"#;
        assert_eq!(judged(&groups(&brokers(&[any]), range)).verdict(), Verdict::Ok);
    }
}
