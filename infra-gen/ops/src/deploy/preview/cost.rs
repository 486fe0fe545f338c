//! What a deployment changes in the month's bill, as far as it is fixed.
//!
//! The prices are the model's. What is billed by use is not counted, and what has no price there is named and never
//! guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use model::price::{Item, OF, POLLERS_PER_UNIT};
use serde_json::{Value, json};

/// A resource with its stack, its id and its type, references followed.
type Resource = (String, String, String, Value);

/// What is left out.
const NOT_COUNTED: &str =
    "requests, traffic, what tables, logs and buckets hold, brokers' network, free tiers and discounts";

/// The month's fixed cost before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cost {
    /// How many, before and after.
    items: BTreeMap<Item, (u64, u64)>,
    /// What has no price.
    unknown: BTreeSet<Item>,
}

impl Cost {
    pub(super) fn of(before: &[Resource], after: &[Resource]) -> Self {
        let mut items = BTreeMap::<Item, (u64, u64)>::new();
        for (item, number) in amounts(before) {
            items.entry(item).or_default().0 = number;
        }
        for (item, number) in amounts(after) {
            items.entry(item).or_default().1 = number;
        }
        let unknown = items.keys().filter(|item| item.cents().is_none()).cloned().collect();
        Self { items, unknown }
    }

    /// Cents, before and after.
    fn totals(&self) -> (u64, u64) {
        self.items.iter().fold((0, 0), |(before, after), (item, (old, new))| {
            let each = item.cents().unwrap_or_default();
            (before + each * old, after + each * new)
        })
    }

    pub(super) fn json(&self) -> Value {
        let (before, after) = self.totals();
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|(item, (before, after))| {
                json!({ "item": item.to_string(), "before": before, "after": after, "month_cents_each": item.cents() })
            })
            .collect();
        json!({
            "month_cents_before": before, "month_cents_after": after, "items": items, "prices": OF,
            "not_counted": NOT_COUNTED,
        })
    }

    pub(super) fn text(&self) -> String {
        let (before, after) = self.totals();
        let mut text = format!(
            "fixed cost by month: {} -> {} ({})\n",
            dollars(before),
            dollars(after),
            difference(before, after)
        );
        for (item, (old, new)) in &self.items {
            if let (true, Some(each)) = (old != new, item.cents()) {
                let item = item.to_string();
                let sum = difference(old * each, new * each);
                _ = writeln!(text, "  {item:26} {old:>4} -> {new:<4} at {:>8} {sum:>10}", dollars(each));
            }
        }
        _ = writeln!(text, "  {OF}; not counted: {NOT_COUNTED}");
        if !self.unknown.is_empty() {
            let names: Vec<String> = self.unknown.iter().map(ToString::to_string).collect();
            _ = writeln!(text, "  no price known, not counted: {}", names.join(", "));
        }
        text
    }
}

/// What is paid for by the month, and how many of it.
fn amounts(resources: &[Resource]) -> BTreeMap<Item, u64> {
    let mut amounts = BTreeMap::<Item, u64>::new();
    let mut pollers = BTreeMap::<String, u64>::new();
    for (stack, id, ty, properties) in resources {
        let number = |path: &str| properties.pointer(path).and_then(Value::as_u64);
        let mut add = |item: Item, number: u64| *amounts.entry(item).or_default() += number;
        match ty.as_str() {
            "AWS::MSK::Cluster" => {
                let brokers = number("/NumberOfBrokerNodes").unwrap_or_default();
                let ty =
                    properties["BrokerNodeGroupInfo"]["InstanceType"].as_str().unwrap_or("of unknown type");
                add(Item::Broker(ty.to_owned()), brokers);
                if let Some(gib) = number("/BrokerNodeGroupInfo/StorageInfo/EBSStorageInfo/VolumeSize") {
                    add(Item::VolumeGib, brokers * gib);
                }
            }
            "AWS::EC2::VPCEndpoint" if properties["VpcEndpointType"] == "Interface" => {
                add(
                    Item::EndpointZone,
                    properties["SubnetIds"].as_array().map_or(1, |zones| zones.len() as u64),
                );
            }
            "AWS::KMS::Key" => add(Item::Key, 1),
            "AWS::SecretsManager::Secret" => add(Item::Secret, 1),
            "AWS::CloudWatch::Alarm" => {
                let metrics = properties["Metrics"].as_array();
                let watched =
                    |all: &Vec<Value>| all.iter().filter(|one| one.get("MetricStat").is_some()).count();
                add(Item::AlarmMetric, metrics.map_or(1, |all| watched(all) as u64));
            }
            "AWS::CloudWatch::Dashboard" => add(Item::Dashboard, 1),
            "AWS::Lambda::EventSourceMapping" => {
                if let Some(config) = properties.get("ProvisionedPollerConfig") {
                    let group = config["PollerGroupName"].as_str();
                    let group = group.map_or_else(|| format!("{stack}/{id}"), str::to_owned);
                    *pollers.entry(group).or_default() += config["MinimumPollers"].as_u64().unwrap_or(1);
                }
            }
            _ => {}
        }
    }
    let units: u64 = pollers.values().map(|pollers| pollers.div_ceil(u64::from(POLLERS_PER_UNIT))).sum();
    if units > 0 {
        amounts.insert(Item::PollerUnit, units);
    }
    amounts
}

fn dollars(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

fn difference(before: u64, after: u64) -> String {
    let sign = if after < before { '-' } else { '+' };
    format!("{sign}{}", dollars(after.abs_diff(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(ty: &str, properties: Value) -> Resource {
        ("Foundation".into(), ty.into(), ty.into(), properties)
    }

    #[test]
    fn a_cluster_of_two_costs_what_the_facts_say() {
        let cluster = json!({
            "NumberOfBrokerNodes": 2,
            "BrokerNodeGroupInfo": {
                "InstanceType": "kafka.m7g.large",
                "StorageInfo": { "EBSStorageInfo": { "VolumeSize": 50 } },
            },
        });
        let endpoint = json!({ "VpcEndpointType": "Interface", "SubnetIds": ["a", "b"] });
        let mapping = json!({ "ProvisionedPollerConfig": { "MinimumPollers": 1, "PollerGroupName": "g" } });
        let after = [
            resource("AWS::MSK::Cluster", cluster),
            resource("AWS::EC2::VPCEndpoint", endpoint),
            resource("AWS::Lambda::EventSourceMapping", mapping.clone()),
            resource("AWS::Lambda::EventSourceMapping", mapping),
        ];
        // $297.84 for brokers, $10 for 100 GiB, $7.30 for each of two zones, $135.05 for the group's one unit.
        assert_eq!(Cost::of(&[], &after).totals(), (0, 29_784 + 1_000 + 1_460 + 13_505));
        assert_eq!(Cost::of(&after, &[]).totals(), (45_749, 0));
    }

    #[test]
    fn what_has_no_price_is_named_and_not_guessed() {
        let cluster =
            json!({ "NumberOfBrokerNodes": 3, "BrokerNodeGroupInfo": { "InstanceType": "kafka.x9.huge" } });
        let text = Cost::of(&[], &[resource("AWS::MSK::Cluster", cluster)]).text();
        assert!(text.contains("no price known, not counted: broker kafka.x9.huge"), "{text}");
    }
}
