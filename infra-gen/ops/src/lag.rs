//! `ops lag`: how far each consumer is behind.
//!
//! Brokers can't be reached from outside the VPC, so this asks CloudWatch for what MSK reports of each consumer group,
//! once a minute: `SumOffsetLag` and `MaxOffsetLag` in records and `EstimatedMaxTimeLag` in seconds, of `AWS/Kafka`,
//! by `Cluster Name`, `Consumer Group` and `Topic`
//! (<https://docs.aws.amazon.com/msk/latest/developerguide/consumer-lag.html>). The local run tells its own state in
//! the same way, without a time.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Exit, Problem,
    aws::{Aws, Told as _},
    console::Console,
    status,
    target::{Target, Where},
    text,
};

/// Each consumer's lag.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Lag {
    #[command(flatten)]
    pub(crate) at: Where,
    /// One topic; without it all of them
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

/// The metrics, in this order.
const METRICS: [&str; 3] = ["SumOffsetLag", "MaxOffsetLag", "EstimatedMaxTimeLag"];

/// Queries in one request (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>),
/// as many as are whole topics.
const MOST_QUERIES: usize = 498;

/// Seconds of the past that are looked at: points come each minute, and late.
const PAST_SECONDS: i64 = 10 * 60;

/// What is known of a group.
#[derive(Debug, Clone, Default, PartialEq)]
struct Behind {
    topic: String,
    group: String,
    /// Each of [`METRICS`], where there is a point.
    values: [Option<f64>; 3],
    /// The newest point's second since 1970.
    at: Option<i64>,
}

impl Lag {
    /// Asks for the newest point of each metric.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let only = self.topic.as_deref().map(|name| target.topic(name)).transpose()?;
        let topics =
            target.model.topics.iter().filter(|topic| only.is_none_or(|only| only.name == topic.name));
        let mut all: Vec<Behind> = topics
            .filter_map(|topic| {
                let group = topic.consumer.as_ref()?.group.clone();
                Some(Behind { topic: topic.name.name.clone(), group, ..Behind::default() })
            })
            .collect();
        if let (Some(only), true) = (only, all.is_empty()) {
            return Err(Problem::bad_input(format!("nothing consumes {}", only.name.name))
                .help("give the topic a `consumer` in the manifest, or ask for another"));
        }
        let arn = status::cluster_arn(target, aws).await?;
        // arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID
        let name = arn.split('/').nth(1).unwrap_or_default();
        for part in all.chunks_mut(MOST_QUERIES / METRICS.len()) {
            ask(aws, name, part).await?;
        }
        if self.at.json {
            let list: Vec<Value> = all.iter().map(json).collect();
            console.print(&format!("{:#}\n", json!({ "cluster": name, "groups": list })))?;
            return Ok(Exit::Done);
        }
        let mut lines =
            vec![text::header(&["TOPIC", "GROUP", "RECORDS", "WORST PARTITION", "SECONDS", "AS OF (UTC)"])];
        lines.extend(all.iter().map(|behind| {
            let [sum, most, seconds] =
                behind.values.map(|value| value.map_or("-".into(), |n| format!("{n:.0}")));
            let at = behind.at.map_or("-".into(), |at| text::time(at.saturating_mul(1000)));
            vec![behind.topic.clone(), behind.group.clone(), sum, most, seconds, at]
        }));
        console.print(&text::columns(&lines))?;
        if all.iter().any(|behind| behind.at.is_none()) {
            console.say(
                "`-`: MSK reported nothing in the last ten minutes; it does so each minute, from a group's first commit on",
            );
        }
        Ok(Exit::Done)
    }
}

fn json(behind: &Behind) -> Value {
    let [sum, most, seconds] = behind.values;
    json!({
        "topic": behind.topic,
        "group": behind.group,
        "records": sum,
        "worstPartition": most,
        "seconds": seconds,
        "at": behind.at,
    })
}

/// Fills in what CloudWatch knows.
async fn ask(aws: &Aws, cluster: &str, part: &mut [Behind]) -> Result<(), Problem> {
    let now = Timestamp::now().as_second();
    let doing = "ask CloudWatch for the lag";
    let mut next = None;
    loop {
        let queries: Vec<MetricDataQuery> =
            part.iter().enumerate().flat_map(|(index, behind)| queries(cluster, index, behind)).collect();
        let request = aws
            .cloudwatch()
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time(DateTime::from_secs(now - PAST_SECONDS))
            .end_time(DateTime::from_secs(now))
            .scan_by(ScanBy::TimestampDescending)
            .set_next_token(next);
        let answer = request.send().await.told(doing)?;
        for result in answer.metric_data_results() {
            let place = result.id().and_then(place);
            let point = result.timestamps().first().zip(result.values().first());
            let (Some((index, metric)), Some((at, value))) = (place, point) else { continue };
            let Some(behind) = part.get_mut(index) else { continue };
            behind.values[metric].get_or_insert(*value);
            behind.at = behind.at.max(Some(at.secs()));
        }
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(());
        }
    }
}

fn queries(cluster: &str, index: usize, behind: &Behind) -> Vec<MetricDataQuery> {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let dimensions = vec![
        dimension("Cluster Name", cluster),
        dimension("Consumer Group", &behind.group),
        dimension("Topic", &behind.topic),
    ];
    METRICS
        .iter()
        .enumerate()
        .map(|(metric, name)| {
            let of = Metric::builder()
                .namespace("AWS/Kafka")
                .metric_name(*name)
                .set_dimensions(Some(dimensions.clone()));
            let stat = MetricStat::builder().metric(of.build()).period(60).stat("Maximum").build();
            MetricDataQuery::builder().id(format!("t{index}_{metric}")).metric_stat(stat).build()
        })
        .collect()
}

/// Which topic and metric a query's id stands for.
fn place(id: &str) -> Option<(usize, usize)> {
    let (index, metric) = id.strip_prefix('t')?.split_once('_')?;
    let metric = metric.parse().ok().filter(|metric| *metric < METRICS.len())?;
    Some((index.parse().ok()?, metric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_finds_its_topic_and_metric() {
        let behind = Behind { topic: "t".into(), group: "g".into(), ..Behind::default() };
        let ids: Vec<_> =
            queries("c", 165, &behind).iter().map(|query| place(query.id().expect("each has one"))).collect();
        assert_eq!(ids, [Some((165, 0)), Some((165, 1)), Some((165, 2))]);
        for other in ["", "x1_1", "t1", "t1_3", "t_1"] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
