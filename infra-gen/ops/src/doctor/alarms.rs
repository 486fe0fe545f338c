//! Which alarms are on?

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{AlarmType, MetricAlarm, StateValue};

use super::{Check, Finding, Site};
use crate::{Problem, aws::Told as _, console::count, target::Target};

const NAME: &str = "alarms";

pub(crate) async fn look(site: &Site<'_>, local: bool) -> Check {
    if local {
        return Check::unseen(NAME, Finding::unknown("the local run has no alarms"));
    }
    let (model, environment) = (&site.target.model, &site.target.environment);
    let alarms = model.alarms.iter().filter(|alarm| alarm.applies_to(environment));
    let ours: BTreeSet<String> = alarms.map(|alarm| model.alarm_name(alarm, environment)).collect();
    match find(site).await {
        Ok(found) => judge(site.target, &ours, &found),
        Err(problem) => Check::unseen(NAME, problem),
    }
}

async fn find(site: &Site<'_>) -> Result<Vec<MetricAlarm>, Problem> {
    let client = site.aws.cloudwatch();
    let mut pages = client
        .describe_alarms()
        .alarm_name_prefix(format!("{}-", site.target.stack_name()))
        .alarm_types(AlarmType::MetricAlarm)
        .into_paginator()
        .send();
    let mut found = vec![];
    while let Some(page) = pages.next().await {
        found.extend(page.told("list the alarms")?.metric_alarms.unwrap_or_default());
    }
    Ok(found)
}

fn judge(target: &Target, ours: &BTreeSet<String>, found: &[MetricAlarm]) -> Check {
    let name = |alarm: &MetricAlarm| alarm.alarm_name().unwrap_or_default().to_owned();
    // Another environment's names may start with ours.
    let found: Vec<&MetricAlarm> = found.iter().filter(|alarm| ours.contains(&name(alarm))).collect();
    let mut findings: Vec<Finding> = found
        .iter()
        .filter(|alarm| alarm.state_value() == Some(&StateValue::Alarm))
        .map(|alarm| {
            let told = alarm.alarm_description().unwrap_or_default();
            let (what, place) = told.rsplit_once(" See ").unwrap_or((told, "generated/docs/runbook.md"));
            let reason = alarm.state_reason().unwrap_or("nothing");
            Finding::bad(format!("the alarm {} is on", name(alarm)))
                .because(format!("{what} CloudWatch says: {reason}"))
                .help(format!("read {place}"))
        })
        .collect();
    findings.extend(found.iter().filter(|alarm| alarm.actions_enabled() == Some(false)).map(|alarm| {
        Finding::warning(format!("the alarm {} tells nobody", name(alarm)))
            .because("its actions were switched off by hand")
            .help(format!("aws cloudwatch enable-alarm-actions --alarm-names {}", name(alarm)))
    }));
    if found.is_empty() && !ours.is_empty() {
        findings.push(
            Finding::warning("there are no alarms")
                .because("the template has them; they were deleted, or the platform has none")
                .help(target.make_good()),
        );
    }
    Check::new(NAME, format!("none of {} is on", count(found.len(), "alarm")), findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const LAG: &str = "onboard-ai-dev-user-info-submitted-ConsumerLag";

    fn alarm(name: &str, state: StateValue) -> MetricAlarm {
        MetricAlarm::builder()
            .alarm_name(name)
            .alarm_description(
                "Group onboard-ai-consumer-user-info is behind. See generated/docs/runbook.md#consumerlag",
            )
            .state_value(state)
            .state_reason("Threshold Crossed: 5 datapoints were greater than the threshold (1000.0).")
            .actions_enabled(true)
            .build()
    }

    fn judged(found: &[MetricAlarm]) -> Check {
        judge(&Target::example("prod", false), &BTreeSet::from([LAG.to_owned()]), found)
    }

    #[test]
    fn an_alarm_that_is_on_is_bad_and_leads_to_the_runbook() {
        let check = judged(&[alarm(LAG, StateValue::Alarm)]);
        assert_eq!(check.verdict(), Verdict::Bad);
        assert_eq!(check.findings[0].help, ["read generated/docs/runbook.md#consumerlag"]);
        assert!(check.findings[0].cause.contains("greater than the threshold (1000.0)"), "{check:?}");
    }

    #[test]
    fn an_alarm_without_data_is_not_on() {
        let check = judged(&[alarm(LAG, StateValue::InsufficientData)]);
        assert_eq!((check.verdict(), check.well.as_str()), (Verdict::Ok, "none of 1 alarm is on"));
    }

    #[test]
    fn another_environments_alarm_is_not_ours() {
        let other = alarm("onboard-ai-dev-2-user-info-submitted-ConsumerLag", StateValue::Alarm);
        assert_eq!(judged(&[alarm(LAG, StateValue::Ok), other]).verdict(), Verdict::Ok);
    }

    #[test]
    fn no_alarms_at_all_is_a_warning() {
        assert_eq!(judged(&[]).verdict(), Verdict::Warning);
    }
}
