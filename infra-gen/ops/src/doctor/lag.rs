//! How far behind are the consumers?

use model::{Alarm, AlarmMetric};

use super::{
    Check, Finding, Site,
    mappings::Consumed,
    metrics::{Series, Wanted},
};
use crate::{Problem, console::count, target::Target};

const NAME: &str = "lag";

/// A consumer's metric, with what its alarm takes for too much.
#[derive(Debug, Clone)]
pub(crate) struct Lag {
    topic: String,
    group: String,
    function: String,
    threshold: f64,
    /// The metric.
    pub(crate) wanted: Wanted,
}

/// Every consumer's; empty where nobody knows the cluster's name.
pub(crate) fn wanted(site: &Site<'_>) -> Vec<Lag> {
    // `arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID`
    let Some(cluster) = site.output("KafkaClusterArn").and_then(|arn| arn.split('/').nth(1)) else {
        return vec![];
    };
    let consumed = Consumed::all(site).into_iter();
    consumed
        .filter_map(|consumed| {
            let (topic, group) = (consumed.topic.name.name.clone(), consumed.consumer.group.clone());
            let alarm = alarm(&site.target.model.alarms, &topic)?;
            let wanted = Wanted {
                namespace: "AWS/Kafka",
                name: "MaxOffsetLag",
                statistic: alarm.statistic,
                dimensions: vec![
                    ("Cluster Name", cluster.to_owned()),
                    ("Consumer Group", group.clone()),
                    ("Topic", topic.clone()),
                ],
            };
            Some(Lag { topic, group, function: consumed.function(site), threshold: alarm.threshold, wanted })
        })
        .collect()
}

fn alarm<'a>(alarms: &'a [Alarm], topic: &str) -> Option<&'a Alarm> {
    alarms.iter().find(|alarm| matches!(&alarm.metric, AlarmMetric::ConsumerLag(of) if of == topic))
}

pub(crate) fn judge(target: &Target, lags: &[Lag], series: &Result<Series, Problem>) -> Check {
    let series = match series {
        Ok(series) => series,
        Err(problem) => return Check::unseen(NAME, problem.clone()),
    };
    if lags.is_empty() {
        let finding = Finding::unknown("nobody knows how far consumers are behind");
        return Check::unseen(
            NAME,
            finding.because("the stack doesn't say which cluster it has, or no topic has a consumer"),
        );
    }
    let mut silent = vec![];
    let mut findings = vec![];
    let mut most = 0.0_f64;
    for lag in lags {
        let points = series.get(&lag.wanted).map(Vec::as_slice).unwrap_or_default();
        match points.iter().min_by_key(|point| point.age).filter(|newest| newest.is_recent()) {
            None => silent.push(lag.topic.as_str()),
            Some(now) if now.value > lag.threshold => findings.push(behind(target, lag, now.value)),
            Some(now) => most = most.max(now.value),
        }
    }
    if !silent.is_empty() {
        let silent = if silent.len() == lags.len() { "any consumer".into() } else { silent.join(", ") };
        findings.push(
            Finding::unknown(format!("CloudWatch has no recent lag of {silent}"))
                .because("MSK tells the lag of a group from its first committed offset on, some minutes late")
                .help(format!(
                    "send an event ({}), wait five minutes, then look again",
                    target.make("smoke", &[])
                )),
        );
    }
    Check::new(NAME, format!("at most {most} records, of {}", count(lags.len(), "consumer")), findings)
}

fn behind(target: &Target, lag: &Lag, now: f64) -> Finding {
    Finding::bad(format!(
        "{} is {now} records behind on {} (the alarm's threshold is {})",
        lag.group, lag.topic, lag.threshold
    ))
    .because("events come faster than they are applied, or a batch fails again and again")
    .help(format!(
        "a batch that fails is in the log: aws logs tail /aws/lambda/{} --since 1h --filter-pattern ERROR",
        lag.function
    ))
    .help(format!(
        "too slow: give {} more partitions in topics.yaml, or its consumer more memory, then {}",
        lag.topic,
        target.make("deploy", &[])
    ))
    .help(format!(
        "throttled: aws lambda put-function-concurrency --function-name {} \
             --reserved-concurrent-executions 500",
        lag.function
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, metrics::Point};

    fn lag() -> Lag {
        let wanted = Wanted {
            namespace: "AWS/Kafka",
            name: "MaxOffsetLag",
            statistic: "Maximum",
            dimensions: vec![("Topic", "user-info-submitted".into())],
        };
        Lag {
            topic: "user-info-submitted".into(),
            group: "onboard-ai-consumer-user-info".into(),
            function: "onboard-ai-consumer-user-info-submitted-dev".into(),
            threshold: 1000.0,
            wanted,
        }
    }

    /// Ages in seconds, with values.
    fn judged(points: &[(i64, f64)]) -> Check {
        let points = points.iter().map(|&(age, value)| Point { age, value }).collect();
        judge(&Target::example("prod", false), &[lag()], &Ok(Series::from([(lag().wanted, points)])))
    }

    #[test]
    fn lag_over_the_alarms_threshold_is_bad() {
        let check = judged(&[(700, 3.0), (400, 1001.0)]);
        assert_eq!(check.verdict(), Verdict::Bad);
        assert_eq!(
            check.summary(),
            "onboard-ai-consumer-user-info is 1001 records behind on user-info-submitted \
             (the alarm's threshold is 1000)"
        );
    }

    #[test]
    fn lag_that_was_and_is_no_more_is_well() {
        assert_eq!(judged(&[(400, 0.0), (1000, 5000.0)]).verdict(), Verdict::Ok);
        assert_eq!(judged(&[(100, 1000.0)]).verdict(), Verdict::Ok, "the threshold itself is not over it");
    }

    #[test]
    fn a_cluster_that_nobody_knows_is_not_no_lag() {
        assert_eq!(
            judge(&Target::example("prod", false), &[], &Ok(Series::new())).verdict(),
            Verdict::Unknown
        );
    }

    #[test]
    fn no_data_is_not_no_lag() {
        assert_eq!(judged(&[]).verdict(), Verdict::Unknown);
        assert_eq!(judged(&[(3000, 0.0)]).verdict(), Verdict::Unknown, "what was long ago is not now");
    }

    #[test]
    fn access_denied_is_not_no_lag() {
        let denied = Problem::bad_input("can't read metrics of CloudWatch: it isn't allowed")
            .note("AccessDenied: User is not authorized to perform: cloudwatch:GetMetricData");
        let check = judge(&Target::example("prod", false), &[lag()], &Err(denied));
        assert_eq!(check.verdict(), Verdict::Unknown);
        assert!(check.findings[0].cause.contains("cloudwatch:GetMetricData"), "{check:?}");
    }
}
