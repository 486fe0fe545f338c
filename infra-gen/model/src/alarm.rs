//! The alarms that every deployment has, derived from topics, functions and targets.

use serde::Serialize;

use crate::{BrokerKind, Environment, Model, Role};

/// One CloudWatch alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// Unique within its source: `ConsumerFailures` of a topic, `BrokerDisk` of the cluster.
    pub id: String,
    /// What it belongs to; its stack is the one that owns that.
    pub source: AlarmSource,
    /// What is wrong when it goes off, in one sentence.
    pub description: String,
    /// What it watches.
    pub metric: AlarmMetric,
    /// `Sum`, `Maximum`, `p99`.
    pub statistic: &'static str,
    /// Seconds that one data point covers.
    pub period_seconds: u32,
    /// Data points that must be over, of as many looked at.
    pub periods: u32,
    /// Which side of the threshold is bad.
    pub comparison: Comparison,
    /// In the metric's own unit.
    pub threshold: f64,
}

/// What an alarm belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "topic")]
pub enum AlarmSource {
    /// The brokers.
    Cluster,
    /// The HTTP and WebSocket APIs and their functions.
    Edge,
    /// This topic.
    Topic(String),
}

/// What an alarm watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "metric", content = "of")]
pub enum AlarmMetric {
    /// `AWS/Lambda Errors` plus `Throttles` of this function. One alarm for both, because CloudFormation's
    /// 2,500 resources in an operation are what bounds the number of topics.
    FunctionFailures(Role),
    /// `AWS/Lambda Duration` of this function, in milliseconds.
    FunctionDuration(Role),
    /// `AWS/Kafka MaxOffsetLag` of this topic's consumer group, in records.
    ConsumerLag(String),
    /// `AWS/Lambda OnFailureDestinationDeliveredEventCount` of this topic's mapping.
    DeadLetters(String),
    /// `AWS/Kafka KafkaDataLogsDiskUsed` of the fullest broker, in percent. Standard brokers only.
    BrokerDisk,
    /// `AWS/Kafka OfflinePartitionsCount`. Standard brokers only.
    OfflinePartitions,
    /// `AWS/Kafka ActiveControllerCount`.
    ActiveController,
    /// `AWS/ApiGateway 5xx` of the HTTP API.
    HttpServerErrors,
    /// `AWS/ApiGateway IntegrationError` of the WebSocket API.
    WebSocketErrors,
}

/// Which side of the threshold is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Greater than the threshold.
    Above,
    /// At the threshold or greater.
    AtLeast,
    /// Less than the threshold.
    Below,
}

impl Alarm {
    /// Whether this alarm exists in `environment`: Express brokers have no disk or partition metrics.
    pub fn applies_to(&self, environment: &Environment) -> bool {
        environment.brokers.kind() == BrokerKind::Standard
            || !matches!(self.metric, AlarmMetric::BrokerDisk | AlarmMetric::OfflinePartitions)
    }

    fn new(source: AlarmSource, id: &str, metric: AlarmMetric, description: String) -> Self {
        Self {
            id: id.into(),
            source,
            description,
            metric,
            statistic: "Sum",
            period_seconds: 60,
            periods: 1,
            comparison: Comparison::Above,
            threshold: 0.0,
        }
    }

    fn over(self, statistic: &'static str, comparison: Comparison, threshold: f64) -> Self {
        Self { statistic, comparison, threshold, ..self }
    }

    fn lasting(self, period_seconds: u32, periods: u32) -> Self {
        Self { period_seconds, periods, ..self }
    }
}

pub(crate) fn derive(model: &Model) -> Vec<Alarm> {
    let mut alarms = Vec::from(cluster());
    alarms.extend(edge());
    for topic in &model.topics {
        let name = &topic.name.name;
        if topic.producer.is_some() {
            let role = Role::Producer(name.clone());
            alarms.push(function(AlarmSource::Topic(name.clone()), "Producer", role.clone()));
            alarms.push(duration(name, "Producer", role, topic.targets.publish_ms));
        }
        if let Some(consumer) = &topic.consumer {
            let source = AlarmSource::Topic(name.clone());
            let role = Role::Consumer(name.clone());
            alarms.push(function(source.clone(), "Consumer", role.clone()));
            alarms.push(duration(name, "Consumer", role, topic.targets.consume_ms));
            // Ten full batches behind is more than a burst.
            let lag = 10 * consumer.batch.size;
            alarms.push(
                Alarm::new(
                    source.clone(),
                    "ConsumerLag",
                    AlarmMetric::ConsumerLag(name.clone()),
                    format!("Group {} is more than {lag} records behind on {name}.", consumer.group),
                )
                .over("Maximum", Comparison::Above, f64::from(lag))
                .lasting(60, 5),
            );
            alarms.push(Alarm::new(
                source,
                "DeadLetters",
                AlarmMetric::DeadLetters(name.clone()),
                format!("Records of {name} failed for good and are in {}.", model.cluster.dead_letter_topic),
            ));
        }
    }
    alarms
}

fn cluster() -> [Alarm; 3] {
    let new = |id, metric, text: &str| Alarm::new(AlarmSource::Cluster, id, metric, text.into());
    [
        new("BrokerDisk", AlarmMetric::BrokerDisk, "A broker's disk is more than 85 % full.")
            .over("Maximum", Comparison::Above, 85.0)
            .lasting(300, 2),
        new(
            "OfflinePartitions",
            AlarmMetric::OfflinePartitions,
            "Partitions have no leader and can't be used.",
        )
        .over("Maximum", Comparison::Above, 0.0),
        new("ActiveController", AlarmMetric::ActiveController, "The cluster has no active controller.")
            .over("Maximum", Comparison::Below, 1.0)
            .lasting(60, 3),
    ]
}

fn edge() -> Vec<Alarm> {
    let new = |id, metric, text: &str| Alarm::new(AlarmSource::Edge, id, metric, text.into());
    let mut alarms = vec![
        // The one alarm of brokers that are away: the producers answer 503 then, and don't fail. So it has to go off with
        // few requests, too.
        new("HttpServerErrors", AlarmMetric::HttpServerErrors, "The HTTP API answers with server errors.")
            .over("Sum", Comparison::AtLeast, 3.0)
            .lasting(300, 1),
        new("WebSocketErrors", AlarmMetric::WebSocketErrors, "The WebSocket API's functions fail.").over(
            "Sum",
            Comparison::AtLeast,
            5.0,
        ),
    ];
    for (name, role) in [
        ("Authorizer", Role::Authorizer),
        ("Connect", Role::Connect),
        ("Disconnect", Role::Disconnect),
        ("Default", Role::Default),
    ] {
        alarms.push(function(AlarmSource::Edge, name, role));
    }
    alarms
}

fn function(source: AlarmSource, name: &str, role: Role) -> Alarm {
    Alarm::new(
        source,
        &format!("{name}Failures"),
        AlarmMetric::FunctionFailures(role),
        format!("The {} function fails or is throttled.", name.to_lowercase()),
    )
}

fn duration(topic: &str, name: &str, role: Role, target_ms: u64) -> Alarm {
    #[allow(clippy::cast_precision_loss, reason = "a target of 2^53 ms is refused long before")]
    let threshold = target_ms as f64;
    Alarm::new(
        AlarmSource::Topic(topic.into()),
        &format!("{name}Duration"),
        AlarmMetric::FunctionDuration(role),
        format!("The {} of {topic} takes longer than its target of {target_ms} ms.", name.to_lowercase()),
    )
    .over("p99", Comparison::Above, threshold)
    .lasting(300, 3)
}
