//! What AWS asks each month for what stands there, whether it is used or not.
//!
//! List prices of us-east-1 in November 2026, an hour 1/730 of a month. What follows from use (requests, storage of
//! tables, logs, traffic) is left out: the manifest says nothing about it.

use crate::{BrokerKind, Environment, Model};

/// Hours of a month, as AWS's own calculator counts.
const HOURS: u64 = 730;
/// Thousandths of a dollar for an hour of the `large` size of a broker family; the other sizes are multiples
/// (<https://aws.amazon.com/msk/pricing/>).
const BROKER_MILLS: [(&str, u64); 3] = [("kafka.m5", 210), ("kafka.m7g", 204), ("express.m7g", 408)];
/// Sizes of a broker, as multiples of `large`.
const SIZES: [(&str, u64); 8] = [
    ("large", 1),
    ("xlarge", 2),
    ("2xlarge", 4),
    ("4xlarge", 8),
    ("8xlarge", 16),
    ("12xlarge", 24),
    ("16xlarge", 32),
    ("24xlarge", 48),
];
/// Cents for a GiB of a broker's volume (<https://aws.amazon.com/msk/pricing/>).
const STORAGE_CENTS: u64 = 10;
/// Thousandths of a dollar for an hour of an event poller unit (<https://aws.amazon.com/lambda/pricing/>).
const POLLER_UNIT_MILLS: u64 = 185;
/// Pollers of one group that share a unit
/// (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html>).
pub const POLLERS_PER_UNIT: u32 = 10;
/// Thousandths of a dollar for an hour of an interface endpoint in a zone (<https://aws.amazon.com/privatelink/pricing/>).
const ENDPOINT_MILLS: u64 = 10;
/// Cents for a KMS key (<https://aws.amazon.com/kms/pricing/>).
const KEY_CENTS: u64 = 100;
/// Cents for a secret (<https://aws.amazon.com/secrets-manager/pricing/>).
const SECRET_CENTS: u64 = 40;
/// Cents for a dashboard (<https://aws.amazon.com/cloudwatch/pricing/>).
const DASHBOARD_CENTS: u64 = 300;
/// Cents for a metric that an alarm watches (<https://aws.amazon.com/cloudwatch/pricing/>).
const ALARM_METRIC_CENTS: u64 = 10;

/// What these prices are of.
pub const OF: &str = "list prices of us-east-1, November 2026";

/// Something that is paid for by the month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// A broker of this type.
    Broker(String),
    /// A GiB of a broker's volume.
    VolumeGib,
    /// A unit of event pollers.
    PollerUnit,
    /// An interface endpoint in a zone.
    EndpointZone,
    /// A KMS key.
    Key,
    /// A secret.
    Secret,
    /// A metric that an alarm watches.
    AlarmMetric,
    /// A dashboard.
    Dashboard,
}

impl Item {
    /// A month's price of one, in cents; `None` where there is no price for it.
    pub fn cents(&self) -> Option<u64> {
        match self {
            Self::Broker(instance_type) => hourly_mills(instance_type).map(monthly),
            Self::VolumeGib => Some(STORAGE_CENTS),
            Self::PollerUnit => Some(monthly(POLLER_UNIT_MILLS)),
            Self::EndpointZone => Some(monthly(ENDPOINT_MILLS)),
            Self::Key => Some(KEY_CENTS),
            Self::Secret => Some(SECRET_CENTS),
            Self::AlarmMetric => Some(ALARM_METRIC_CENTS),
            Self::Dashboard => Some(DASHBOARD_CENTS),
        }
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Broker(instance_type) => return write!(f, "broker {instance_type}"),
            Self::VolumeGib => "GiB of broker volume",
            Self::PollerUnit => "event poller unit",
            Self::EndpointZone => "endpoint in a zone",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::AlarmMetric => "metric with an alarm",
            Self::Dashboard => "dashboard",
        })
    }
}

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// `brokers`, `pollers`, `secrets`.
    pub what: &'static str,
    /// `2 × kafka.m7g.large`.
    pub how_many: String,
    /// A month's price in cents; `None` where this has no price for it.
    pub cents: Option<u64>,
}

/// What one environment costs each month before anybody uses it.
pub fn standing(model: &Model, environment: &Environment) -> Vec<Charge> {
    let brokers = &environment.brokers;
    let count = u64::from(brokers.count);
    let charge = |what, how_many: String, cents: u64| Charge { what, how_many, cents: Some(cents) };
    let mut charges = vec![Charge {
        what: "brokers",
        how_many: format!("{count} × {}", brokers.instance_type),
        cents: hourly_mills(&brokers.instance_type).map(|mills| monthly(mills) * count),
    }];
    if brokers.kind() == BrokerKind::Standard {
        let gib = count * u64::from(brokers.storage_gib);
        charges.push(charge("volumes", format!("{gib} GiB"), gib * STORAGE_CENTS));
    }
    let units = u64::from(poller_units(model));
    let pollers = pollers(model);
    charges.push(charge(
        "pollers",
        format!("{units} unit{} for {pollers}", if units == 1 { "" } else { "s" }),
        monthly(POLLER_UNIT_MILLS) * units,
    ));
    let zones = u64::from(environment.zones);
    charges.push(charge("endpoint", format!("1 in {zones} zones"), monthly(ENDPOINT_MILLS) * zones));
    let keys = 3 + u64::from(environment.audit);
    charges.push(charge("keys", keys.to_string(), keys * KEY_CENTS));
    charges.push(charge("secrets", "3".into(), 3 * SECRET_CENTS));
    let watched: u64 = model
        .alarms
        .iter()
        .filter(|alarm| alarm.applies_to(environment))
        .map(|alarm| if matches!(alarm.metric, crate::AlarmMetric::FunctionFailures(_)) { 2 } else { 1 })
        .sum();
    charges.push(charge("alarms", format!("{watched} metrics"), watched * ALARM_METRIC_CENTS));
    charges.push(charge("dashboard", "1".into(), DASHBOARD_CENTS));
    charges
}

/// Pollers that are kept always, of all mappings.
pub fn pollers(model: &Model) -> u32 {
    model.topics.iter().filter_map(|topic| topic.consumer.as_ref()).map(|consumer| consumer.pollers.min).sum()
}

/// Units that these pollers are billed as: the mappings are one group.
pub fn poller_units(model: &Model) -> u32 {
    pollers(model).div_ceil(POLLERS_PER_UNIT)
}

/// Cents of a month.
fn monthly(mills_an_hour: u64) -> u64 {
    mills_an_hour * HOURS / 10
}

fn hourly_mills(instance_type: &str) -> Option<u64> {
    let (family, size) = instance_type.rsplit_once('.')?;
    let (_, large) = BROKER_MILLS.iter().find(|(known, _)| *known == family)?;
    let (_, times) = SIZES.iter().find(|(known, _)| *known == size)?;
    Some(large * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_multiple_of_large() {
        assert_eq!(hourly_mills("kafka.m7g.large").map(monthly), Some(14_892));
        assert_eq!(hourly_mills("kafka.m7g.2xlarge"), Some(816));
        assert_eq!(hourly_mills("express.m7g.large"), Some(408));
        assert_eq!(hourly_mills("kafka.m9.large"), None);
        assert_eq!(hourly_mills("kafka.m7g.medium"), None);
    }
}
