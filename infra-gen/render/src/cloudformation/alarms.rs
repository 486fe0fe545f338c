//! The model's alarms as CloudWatch alarms, each in the stack that owns what it watches.

use cfn::cloudwatch::alarm::{
    Dimension, DimensionRequired, Metric, MetricDataQuery, MetricStat, MetricStatRequired,
};
use cfn::{Attr, Condition, Val, cloudwatch, sns, sub};
use model::{Alarm, AlarmMetric, AlarmSource, Comparison};

use super::child::Child;
use crate::docs::runbook_place;

/// What the alarms' dimensions refer to; what a stack's alarms don't need is `None`.
#[derive(Default)]
pub(super) struct Dimensions {
    pub(super) cluster_name: Option<Val<String>>,
    pub(super) mapping_id: Option<Val<String>>,
    pub(super) http_api_id: Option<Val<String>>,
    pub(super) web_socket_api_id: Option<Val<String>>,
}

/// Adds the alarms of the sources that `own` picks, each under the condition that `only_if` gives it.
pub(super) fn add(
    child: &mut Child,
    own: impl Fn(&AlarmSource) -> bool,
    dimensions: &Dimensions,
    channel: &Attr<sns::topic::TopicArn>,
    only_if: impl Fn(&AlarmMetric) -> Option<Condition>,
) {
    let (model, environment) = (child.model, child.environment);
    for alarm in model.alarms.iter().filter(|alarm| own(&alarm.source) && alarm.applies_to(environment)) {
        let resource = alarm_resource(child, alarm, dimensions, channel);
        let handle = child.add(&format!("{}Alarm", alarm.id), resource);
        if let Some(condition) = only_if(&alarm.metric) {
            child.template.options(&handle).condition(&condition);
        }
    }
}

fn alarm_resource(
    child: &Child,
    alarm: &Alarm,
    dimensions: &Dimensions,
    channel: &Attr<sns::topic::TopicArn>,
) -> cloudwatch::Alarm {
    let resource = cloudwatch::Alarm::new()
        .alarm_name(child.model.alarm_name(alarm, child.environment))
        .alarm_description(format!("{} See {}", alarm.description, runbook_place(alarm)))
        .alarm_actions([channel.clone()])
        .ok_actions([channel.clone()])
        .comparison_operator(match alarm.comparison {
            Comparison::Above => "GreaterThanThreshold",
            Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
            Comparison::Below => "LessThanThreshold",
        })
        .threshold(alarm.threshold)
        .evaluation_periods(alarm.periods)
        .datapoints_to_alarm(alarm.periods)
        // No requests and no records are no trouble; a cluster that says nothing is.
        .treat_missing_data(match alarm.metric {
            AlarmMetric::ActiveController => "breaching",
            _ => "notBreaching",
        });
    match &alarm.metric {
        AlarmMetric::FunctionFailures(role) => {
            let function = child.model.function_name(child.model.function(role), child.environment);
            resource.metrics(failures(alarm, &function))
        }
        AlarmMetric::BrokerDisk => {
            resource.metrics([fullest_disk(alarm, known(dimensions.cluster_name.as_ref()))])
        }
        _ => one_metric(child, alarm, dimensions, resource),
    }
}

fn one_metric(
    child: &Child,
    alarm: &Alarm,
    dimensions: &Dimensions,
    resource: cloudwatch::Alarm,
) -> cloudwatch::Alarm {
    let (namespace, metric, dims): (_, _, Vec<Dimension>) = match &alarm.metric {
        AlarmMetric::FunctionDuration(role) => {
            let function = child.model.function_name(child.model.function(role), child.environment);
            ("AWS/Lambda", "Duration", vec![dimension("FunctionName", function)])
        }
        AlarmMetric::ConsumerLag(topic) => {
            let consumer = child.model.topic(topic).and_then(|topic| topic.consumer.as_ref());
            let group = &consumer.expect("only a topic with a consumer has this alarm").group;
            (
                "AWS/Kafka",
                "MaxOffsetLag",
                vec![
                    dimension("Cluster Name", known(dimensions.cluster_name.as_ref())),
                    dimension("Consumer Group", group.as_str()),
                    dimension("Topic", topic.as_str()),
                ],
            )
        }
        AlarmMetric::DeadLetters(_) => (
            "AWS/Lambda",
            "OnFailureDestinationDeliveredEventCount",
            vec![dimension("EventSourceMappingUUID", known(dimensions.mapping_id.as_ref()))],
        ),
        AlarmMetric::OfflinePartitions => (
            "AWS/Kafka",
            "OfflinePartitionsCount",
            vec![dimension("Cluster Name", known(dimensions.cluster_name.as_ref()))],
        ),
        AlarmMetric::ActiveController => (
            "AWS/Kafka",
            "ActiveControllerCount",
            vec![dimension("Cluster Name", known(dimensions.cluster_name.as_ref()))],
        ),
        AlarmMetric::HttpServerErrors => {
            ("AWS/ApiGateway", "5xx", vec![dimension("ApiId", known(dimensions.http_api_id.as_ref()))])
        }
        AlarmMetric::WebSocketErrors => (
            "AWS/ApiGateway",
            "IntegrationError",
            vec![dimension("ApiId", known(dimensions.web_socket_api_id.as_ref()))],
        ),
        AlarmMetric::FunctionFailures(_) | AlarmMetric::BrokerDisk => {
            unreachable!("these watch more than one metric")
        }
    };
    let resource =
        resource.namespace(namespace).metric_name(metric).dimensions(dims).period(alarm.period_seconds);
    if alarm.statistic.starts_with('p') {
        // Else a 99th percentile counts from 1,000 calls in the periods alone, and what is used less is never watched
        // (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html>). That one
        // slow call isn't enough, the number of periods sees to.
        resource.extended_statistic(alarm.statistic).evaluate_low_sample_count_percentile("evaluate")
    } else {
        resource.statistic(alarm.statistic)
    }
}

fn failures(alarm: &Alarm, function: &str) -> [MetricDataQuery; 3] {
    let query = |id: &str, metric: &str| {
        MetricDataQuery::new(id).return_data(false).metric_stat(MetricStat::new(MetricStatRequired {
            metric: Metric::new()
                .namespace("AWS/Lambda")
                .metric_name(metric)
                .dimensions([dimension("FunctionName", function)])
                .into(),
            period: alarm.period_seconds.into(),
            stat: alarm.statistic.into(),
        }))
    };
    [
        MetricDataQuery::new("failures")
            .label("Errors and throttles")
            .expression("errors + throttles")
            .return_data(true),
        query("errors", "Errors"),
        query("throttles", "Throttles"),
    ]
}

/// Of however many brokers there are
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html>).
fn fullest_disk(alarm: &Alarm, cluster: Val<String>) -> MetricDataQuery {
    MetricDataQuery::new("disk").label("Fullest disk").period(alarm.period_seconds).return_data(true).expression(sub!(
        "SELECT MAX(KafkaDataLogsDiskUsed) FROM SCHEMA(\"AWS/Kafka\", \"Broker ID\", \"Cluster Name\") WHERE \"Cluster Name\" = '${cluster}'",
        cluster = cluster
    ))
}

fn dimension(name: &str, value: impl Into<Val<String>>) -> Dimension {
    Dimension::new(DimensionRequired { name: name.into(), value: value.into() })
}

fn known(value: Option<&Val<String>>) -> Val<String> {
    value.cloned().expect("a stack gives the dimensions that its alarms need")
}
