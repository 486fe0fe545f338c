//! The rows that the synthetic event made.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::{KeyType, Table, TableRole};

use super::step::Step;
use crate::{
    Problem,
    aws::{Aws, Told as _},
    target::Target,
};

type Item = HashMap<String, AttributeValue>;

/// The event's row in `kafka-events`: that it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) partition: String,
    pub(super) offset: String,
    /// Milliseconds from the event to its row, by the functions' clocks.
    pub(super) millis: Option<i64>,
}

/// The event's row, once it is there.
pub(super) async fn marker(
    target: &Target,
    aws: &Aws,
    customer: &str,
    event: &str,
) -> Result<Option<Marker>, Problem> {
    let table = target.table_name(target.model.system_table(TableRole::Events));
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let told = aws.dynamodb().get_item().table_name(&table).consistent_read(true);
    let told = told.key("customerId", text(customer)).key("eventId", text(event)).send().await;
    let told = told.told(&format!("look into the table {table}"))?;
    Ok(told.item().map(read))
}

fn read(item: &Item) -> Marker {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let number = |name: &str| item.get(name).and_then(|value| value.as_n().ok());
    let instant = |name: &str| text(name).and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let millis = instant("appliedAt").zip(instant("time"));
    Marker {
        partition: number("partition").cloned().unwrap_or_default(),
        offset: number("offset").cloned().unwrap_or_default(),
        millis: millis.map(|(applied, time)| applied.as_millisecond() - time.as_millisecond()),
    }
}

/// Removes the customer's rows, and no others. Returns each table with how many.
pub(super) async fn remove(
    target: &Target,
    aws: &Aws,
    step: Step<'_>,
    customer: &str,
) -> Result<Vec<(String, usize)>, Problem> {
    let model = &target.model;
    let sink = step.consumer.and_then(|consumer| model.table(&consumer.table));
    let mut removed = vec![];
    // The marker last: as long as it is there, an event that comes once more is applied no more.
    for table in sink.into_iter().chain([model.system_table(TableRole::Events)]) {
        if is_keyed_by_customer(table, step) {
            let name = target.table_name(table);
            let number = empty(aws, table, &name, customer).await?;
            removed.push((name, number));
        }
    }
    Ok(removed)
}

/// Else a row isn't the customer's alone.
fn is_keyed_by_customer(table: &Table, step: Step<'_>) -> bool {
    table.role == TableRole::Events || table.key.name == step.topic.key.name
}

async fn empty(aws: &Aws, table: &Table, name: &str, customer: &str) -> Result<usize, Problem> {
    let client = aws.dynamodb();
    let key = match table.key.ty {
        KeyType::S => AttributeValue::S(customer.to_owned()),
        KeyType::N => AttributeValue::N(customer.to_owned()),
    };
    let mut pages = client
        .query()
        .table_name(name)
        .key_condition_expression("#key = :customer")
        .expression_attribute_names("#key", &table.key.name)
        .expression_attribute_values(":customer", key)
        .consistent_read(true)
        .into_paginator()
        .items()
        .send();
    let mut number = 0;
    while let Some(item) = pages.next().await {
        let mut item = item.told(&format!("look into the table {name}"))?;
        let keys = [Some(&table.key), table.sort.as_ref()].into_iter().flatten();
        let key: Item = keys.filter_map(|key| item.remove_entry(&key.name)).collect();
        let told = client.delete_item().table_name(name).set_key(Some(key)).send().await;
        told.told(&format!("remove the synthetic row from the table {name}"))?;
        number += 1;
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_tells_where_the_event_was_and_how_long_it_took() {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let number = |value: &str| AttributeValue::N(value.to_owned());
        let item = Item::from([
            ("time".to_owned(), text("2026-11-23T12:00:00.000Z")),
            ("appliedAt".to_owned(), text("2026-11-23T12:00:00.640Z")),
            ("partition".to_owned(), number("3")),
            ("offset".to_owned(), number("17")),
        ]);
        let marker = Marker { partition: "3".into(), offset: "17".into(), millis: Some(640) };
        assert_eq!(read(&item), marker);
    }

    #[test]
    fn a_marker_without_instants_has_no_duration() {
        assert_eq!(read(&Item::new()).millis, None);
    }
}
