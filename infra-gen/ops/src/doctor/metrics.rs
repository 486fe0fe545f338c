//! CloudWatch's metrics of the last hour, asked for all at once.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, StatusCode};
use aws_smithy_types::DateTime;

use super::Site;
use crate::{Problem, aws::Told as _};

/// How far back.
const HOUR: Duration = Duration::from_hours(1);
/// Seconds that a data point covers.
pub(crate) const PERIOD: u32 = 300;
/// Queries in one call
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const MOST: usize = 500;

/// One metric of one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    /// `Sum`, `Maximum`.
    pub(crate) statistic: &'static str,
    pub(crate) dimensions: Vec<(&'static str, String)>,
}

/// A data point; periods in which nothing happened have none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Seconds since its period began.
    pub(crate) age: i64,
    pub(crate) value: f64,
}

impl Point {
    /// Of the period that is running or of the one before, which may come late.
    pub(crate) fn is_recent(&self) -> bool {
        self.age <= 2 * i64::from(PERIOD)
    }
}

/// What there is of each metric.
pub(crate) type Series = BTreeMap<Wanted, Vec<Point>>;

/// Asks for these metrics; one that has no data points is there with none.
pub(crate) async fn read(site: &Site<'_>, wanted: Vec<Wanted>) -> Result<Series, Problem> {
    let client = site.aws.cloudwatch();
    let now = SystemTime::now();
    let seconds = DateTime::from(now).secs();
    let mut series: Series = wanted.iter().cloned().map(|wanted| (wanted, vec![])).collect();
    for chunk in wanted.chunks(MOST) {
        let queries = chunk.iter().enumerate().map(|(index, wanted)| query(index, wanted)).collect();
        let mut pages = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time((now - HOUR).into())
            .end_time(now.into())
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.told("read metrics of CloudWatch")?;
            for result in page.metric_data_results() {
                if let Some(refused @ (StatusCode::Forbidden | StatusCode::InternalError)) =
                    result.status_code()
                {
                    return Err(Problem::failed("can't read metrics of CloudWatch")
                        .note(format!(
                            "it answers {} for {}",
                            refused.as_str(),
                            result.label().unwrap_or("one")
                        ))
                        .help("run the same again"));
                }
                // The id of a query is its place in the chunk.
                let index = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                if let Some(wanted) = index.and_then(|index| chunk.get(index))
                    && let Some(values) = series.get_mut(wanted)
                {
                    values.extend(
                        result
                            .timestamps()
                            .iter()
                            .zip(result.values())
                            .map(|(start, &value)| Point { age: seconds - start.secs(), value }),
                    );
                }
            }
        }
    }
    Ok(series)
}

fn query(index: usize, wanted: &Wanted) -> MetricDataQuery {
    let dimensions = wanted.dimensions.iter();
    let dimensions = dimensions
        .map(|(name, value)| Dimension::builder().name(*name).value(value.as_str()).build())
        .collect();
    let metric = Metric::builder()
        .namespace(wanted.namespace)
        .metric_name(wanted.name)
        .set_dimensions(Some(dimensions))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(i32::try_from(PERIOD).unwrap_or(i32::MAX))
        .stat(wanted.statistic)
        .build();
    MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat).build()
}
