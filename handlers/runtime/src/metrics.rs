//! What is measured, as CloudWatch's embedded metrics: log lines that CloudWatch makes metrics of, so that
//! measuring costs no call.
//!
//! Namespace is the app's name; dimensions are `Environment` and `Topic`.

use std::{
    collections::BTreeMap,
    fmt,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use contract::Timestamp;
use serde_json::{Map, Value, json};

use crate::Settings;

/// Something that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// From the request to the broker's acknowledgement.
    PublishLatency,
    /// From the record's time in Kafka to the committed transaction.
    ConsumeLatency,
    /// From the committed transaction to the customer's connections.
    PushLatency,
    /// From the request to the customer's connections.
    EndToEndLatency,
    /// Events that were applied.
    Applied,
    /// Events that came again and changed nothing.
    Duplicates,
    /// Records that can't be used and are kept in `error-logs`.
    Quarantined,
    /// Records that were left for the next try.
    Failed,
    /// Pushes that no connection took; the client fetches them when it resumes.
    Undelivered,
    /// Requests that were refused.
    Refused,
    /// Events that the broker didn't acknowledge.
    PublishFailures,
}

impl Metric {
    /// As CloudWatch shows it.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    fn unit(self) -> &'static str {
        match self {
            Self::PublishLatency | Self::ConsumeLatency | Self::PushLatency | Self::EndToEndLatency => {
                "Milliseconds"
            }
            _ => "Count",
        }
    }
}

/// One measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// Of which topic.
    pub topic: &'a str,
    /// Of which event, where it is of one.
    pub event_id: Option<&'a str>,
    /// What was measured.
    pub metric: Metric,
    /// Milliseconds or a count.
    pub value: u64,
}

/// Takes what is measured. The local run has one of its own, for its page.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Takes one value.
    fn observe(&self, sample: &Sample<'_>);

    /// The call is over.
    fn flush(&self) {}
}

/// Where a function's measurements go; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<dyn Observer>);

impl Metrics {
    /// To this observer.
    pub fn new(observer: impl Observer + 'static) -> Self {
        Self(Arc::new(observer))
    }

    /// Nowhere.
    pub fn none() -> Self {
        Self::new(Silent)
    }

    /// To standard output, as CloudWatch's embedded metrics.
    pub fn embedded(settings: &Settings) -> Self {
        Self::new(Embedded {
            namespace: settings.get("APP_NAME").unwrap_or("events").to_owned(),
            environment: settings.get("ENVIRONMENT").unwrap_or("-").to_owned(),
            samples: Mutex::default(),
        })
    }

    /// Takes one value.
    pub fn observe(&self, topic: &str, event_id: Option<&str>, metric: Metric, value: u64) {
        self.0.observe(&Sample { topic, event_id, metric, value });
    }

    /// Takes one occurrence.
    pub fn count(&self, topic: &str, event_id: Option<&str>, metric: Metric) {
        self.observe(topic, event_id, metric, 1);
    }

    /// The call is over.
    pub fn flush(&self) {
        self.0.flush();
    }
}

#[derive(Debug)]
struct Silent;

impl Observer for Silent {
    fn observe(&self, _: &Sample<'_>) {}
}

/// Gathers a call's values and writes them when it is over.
#[derive(Debug)]
struct Embedded {
    namespace: String,
    environment: String,
    samples: Mutex<BTreeMap<String, BTreeMap<Metric, Vec<u64>>>>,
}

impl Observer for Embedded {
    fn observe(&self, sample: &Sample<'_>) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples
            .entry(sample.topic.to_owned())
            .or_default()
            .entry(sample.metric)
            .or_default()
            .push(sample.value);
    }

    fn flush(&self) {
        let samples = std::mem::take(&mut *self.samples.lock().unwrap_or_else(PoisonError::into_inner));
        let mut out = std::io::stdout().lock();
        for (topic, metrics) in samples {
            for line in lines(&self.namespace, &self.environment, &topic, &metrics, Timestamp::now()) {
                // Nothing can be done about a metric that can't be written.
                let _ = writeln!(out, "{line}");
            }
        }
    }
}

/// Lines in the embedded metric format; a metric has at most 100 values in one
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
fn lines(
    namespace: &str,
    environment: &str,
    topic: &str,
    metrics: &BTreeMap<Metric, Vec<u64>>,
    now: Timestamp,
) -> Vec<Value> {
    const MOST: usize = 100;
    let parts = metrics.values().map(|values| values.len().div_ceil(MOST)).max().unwrap_or(0);
    (0..parts)
        .map(|part| {
            let mut line = Map::new();
            let mut named = Vec::new();
            for (metric, values) in metrics {
                if let Some(values) = values.chunks(MOST).nth(part) {
                    named.push(json!({ "Name": metric.name(), "Unit": metric.unit() }));
                    line.insert(metric.name(), values.into());
                }
            }
            line.insert("Environment".into(), environment.into());
            line.insert("Topic".into(), topic.into());
            let directive = json!({
                "Namespace": namespace,
                "Dimensions": [["Environment", "Topic"]],
                "Metrics": named,
            });
            line.insert(
                "_aws".into(),
                json!({ "Timestamp": now.as_millis(), "CloudWatchMetrics": [directive] }),
            );
            Value::Object(line)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_the_embedded_metric_format() {
        let metrics = BTreeMap::from([(Metric::Applied, vec![1, 1]), (Metric::PushLatency, vec![12])]);
        let now = Timestamp::from_millis(1).expect("an instant");
        assert_eq!(
            lines("onboard-ai", "dev", "kyc-verified", &metrics, now),
            [json!({
                "PushLatency": [12],
                "Applied": [1, 1],
                "Environment": "dev",
                "Topic": "kyc-verified",
                "_aws": {
                    "Timestamp": 1,
                    "CloudWatchMetrics": [{
                        "Namespace": "onboard-ai",
                        "Dimensions": [["Environment", "Topic"]],
                        "Metrics": [
                            { "Name": "PushLatency", "Unit": "Milliseconds" },
                            { "Name": "Applied", "Unit": "Count" },
                        ],
                    }],
                },
            })]
        );
    }

    #[test]
    fn a_line_has_at_most_a_hundred_values_of_one_metric() {
        let metrics = BTreeMap::from([(Metric::Applied, vec![1; 250]), (Metric::Failed, vec![3])]);
        let lines = lines("a", "dev", "t", &metrics, Timestamp::EPOCH);
        let lengths: Vec<Option<usize>> =
            lines.iter().map(|line| Some(line["Applied"].as_array()?.len())).collect();
        assert_eq!(lengths, [Some(100), Some(100), Some(50)]);
        assert_eq!(lines.iter().filter(|line| line.get("Failed").is_some()).count(), 1);
    }
}
