//! Are the tables there, and do they take what is written?

use aws_sdk_dynamodb::types::{BillingMode, TableDescription, TableStatus};
use futures_util::FutureExt as _;

use super::{
    Check, Finding, Site, all,
    metrics::{Series, Wanted},
};
use crate::{
    Problem,
    aws::{Fault, Told as _},
    console::count,
    target::Target,
};

const NAME: &str = "tables";
/// Each with what it means.
const METRICS: [&str; 2] = ["WriteThrottleEvents", "ReadThrottleEvents"];

/// Each table's real name, with its metrics.
pub(crate) fn wanted(site: &Site<'_>) -> Vec<(String, [Wanted; 2])> {
    let tables = site.target.model.tables.iter().map(|table| site.target.table_name(table));
    tables
        .map(|table| {
            let metrics = METRICS.map(|name| Wanted {
                namespace: "AWS/DynamoDB",
                name,
                statistic: "Sum",
                dimensions: vec![("TableName", table.clone())],
            });
            (table, metrics)
        })
        .collect()
}

pub(crate) async fn look(
    site: &Site<'_>,
    tables: &[(String, [Wanted; 2])],
    series: &Result<Series, Problem>,
) -> Check {
    let described = all(tables.iter().map(|(name, _)| describe(site, name).boxed()).collect()).await;
    let mut findings: Vec<Finding> = vec![];
    for ((name, metrics), described) in tables.iter().zip(described) {
        match described {
            Ok(table) => {
                let events = series.as_ref().ok().map(|series| events(series, metrics));
                findings.extend(judge(name, &table, events));
            }
            Err(fault) => findings.push(unseen(site.target, name, &fault)),
        }
    }
    if let Err(problem) = series {
        let finding = Finding::from(problem.clone());
        findings.push(Finding { what: "nobody knows whether tables were throttled".into(), ..finding });
    }
    let well = format!("{} on demand, not throttled in the last hour", count(tables.len(), "table"));
    Check::new(NAME, well, findings)
}

async fn describe(site: &Site<'_>, name: &str) -> Result<TableDescription, Fault> {
    let told = site.aws.dynamodb().describe_table().table_name(name).send().await.fault()?;
    Ok(told.table.unwrap_or_else(|| TableDescription::builder().build()))
}

fn unseen(target: &Target, name: &str, fault: &Fault) -> Finding {
    if fault.is("ResourceNotFoundException") {
        return Finding::bad(format!("the table {name} is not there"))
            .because("it was deleted by hand, with what was in it")
            // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
            .help(format!(
                "restore it, from the backup that DynamoDB makes of a table with point-in-time recovery: aws dynamodb \
                 list-backups --backup-type SYSTEM --table-name {name}; aws dynamodb restore-table-from-backup \
                 --target-table-name {name} --backup-arn ARN"
            ))
            .help(format!("or have it anew, empty: {}", target.make_good()));
    }
    Finding::unseen(&format!("look at the table {name}"), fault)
}

/// Requests that were throttled in the last hour.
fn events(series: &Series, metrics: &[Wanted]) -> f64 {
    metrics.iter().filter_map(|wanted| series.get(wanted)).flatten().map(|point| point.value).sum()
}

fn judge(name: &str, table: &TableDescription, events: Option<f64>) -> Vec<Finding> {
    let mut findings = vec![];
    match table.table_status() {
        Some(TableStatus::Active) => {}
        Some(TableStatus::Updating) => findings.push(
            Finding::warning(format!("the table {name} is being changed"))
                .because("it can be read and written meanwhile")
                .passing(),
        ),
        other => {
            let state = other.map_or("in no state", |state| state.as_str());
            findings.push(
                Finding::bad(format!("the table {name} is {state}"))
                    .because("it can't be read or written like this")
                    .help(format!("aws dynamodb describe-table --table-name {name}")),
            );
        }
    }
    // A table that was never anything but provisioned has no summary.
    let mode = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
    let on_demand = mode == Some(&BillingMode::PayPerRequest);
    let mend = format!("aws dynamodb update-table --table-name {name} --billing-mode PAY_PER_REQUEST");
    let throttled = events.filter(|&events| events > 0.0);
    match (on_demand, throttled) {
        (true, None) => {}
        (true, Some(events)) => findings.push(
            Finding::warning(format!("the table {name} throttled {events} requests in the last hour"))
                .because("one key has more than 1,000 writes or 3,000 reads a second, or the load doubled too fast")
                .help(format!(
                    "find the key: aws dynamodb update-contributor-insights --table-name {name} \
                     --contributor-insights-action ENABLE"
                )),
        ),
        (false, None) => findings.push(
            Finding::warning(format!("the table {name} has a fixed capacity"))
                .because("it was changed by hand; over its capacity it throttles")
                .help(mend),
        ),
        (false, Some(events)) => findings.push(
            Finding::bad(format!("the table {name} throttled {events} requests in the last hour"))
                .because("its capacity is fixed, and too small")
                .help(mend),
        ),
    }
    findings
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::BillingModeSummary;

    use super::*;
    use crate::doctor::Verdict;

    fn table(mode: BillingMode) -> TableDescription {
        let summary = BillingModeSummary::builder().billing_mode(mode).build();
        TableDescription::builder().table_status(TableStatus::Active).billing_mode_summary(summary).build()
    }

    #[test]
    fn a_table_on_demand_that_is_not_throttled_is_well() {
        assert_eq!(judge("users-dev", &table(BillingMode::PayPerRequest), Some(0.0)), []);
    }

    #[test]
    fn a_throttled_table_of_fixed_capacity_is_put_on_demand() {
        let findings = judge("users-dev", &table(BillingMode::Provisioned), Some(12.0));
        assert_eq!(findings[0].verdict, Verdict::Bad);
        assert_eq!(
            findings[0].help,
            ["aws dynamodb update-table --table-name users-dev --billing-mode PAY_PER_REQUEST"]
        );
    }

    #[test]
    fn a_throttled_table_on_demand_has_a_hot_key() {
        let findings = judge("users-dev", &table(BillingMode::PayPerRequest), Some(12.0));
        assert_eq!(findings[0].verdict, Verdict::Warning);
        assert!(findings[0].help[0].contains("contributor-insights"), "{findings:?}");
    }

    #[test]
    fn a_table_being_deleted_is_bad() {
        let deleting = TableDescription::builder().table_status(TableStatus::Deleting).build();
        assert_eq!(judge("users-dev", &deleting, None)[0].verdict, Verdict::Bad);
    }
}
