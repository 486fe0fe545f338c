//! The rows of `error-logs` that hold quarantined records.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use model::TableRole;
use serde_json::Value;

use super::{Outcome, Record};
use crate::{
    Problem,
    aws::{Aws, Told as _},
    rows::{self, Row},
    target::Target,
};

/// A record that waits to be put back.
const QUARANTINED: &str = "QUARANTINED";
/// One that was put back.
const REDRIVEN: &str = "REDRIVEN";
/// Among what is pending: it is being put back.
const REDRIVE: &str = "REDRIVE";

/// Every record that is quarantined, or those with these ids.
///
/// # Errors
/// An id that there isn't, or whose record was put back already; a record whose parts aren't all there.
pub(super) async fn open(target: &Target, aws: &Aws, ids: &BTreeSet<&str>) -> Result<Vec<Record>, Problem> {
    let table = rows::table(target, TableRole::Errors);
    let heads = if ids.is_empty() {
        let index = target.model.system_table(TableRole::Errors).indexes.first();
        let index = index.map(|index| index.name.name.as_str());
        rows::query(target, aws, &table, index, "kind", QUARANTINED).await?
    } else {
        let mut heads = vec![];
        for id in ids {
            heads.push(named(target, aws, &table, id).await?);
        }
        heads
    };
    let mut records = vec![];
    for head in heads {
        let mut parts = vec![];
        let number = head.get("parts").and_then(Value::as_i64).unwrap_or_default();
        for part in 1..=number {
            let id = format!("{}/{part}", rows::text(&head, "errorId"));
            parts.push(rows::get(target, aws, &table, "errorId", &id).await?);
        }
        records.push(restore(&head, &parts).ok_or_else(|| {
            Problem::failed(format!("the record of {} is not whole", rows::text(&head, "errorId")))
                .note("its rows expire 90 days after it was quarantined")
                .help("leave it out: name the others with --id")
        })?);
    }
    Ok(records)
}

/// The row with this id.
async fn named(target: &Target, aws: &Aws, table: &str, id: &str) -> Result<Row, Problem> {
    let row = rows::get(target, aws, table, "errorId", id).await?;
    let Some(row) = row else {
        return Err(Problem::bad_input(format!("there is no error {id} in {table}"))
            .help("list what can be put back: --dry-run"));
    };
    match rows::text(&row, "kind") {
        QUARANTINED => Ok(row),
        REDRIVEN => {
            let when = rows::text(&row, "redrivenAt");
            Err(Problem::bad_input(format!("{id} was put back already, at {when}")))
        }
        kind => Err(Problem::bad_input(format!("{id} is no quarantined record: it is of kind `{kind}`"))),
    }
}

/// Puts a record together; `None` when something is missing.
fn restore(head: &Row, parts: &[Option<Row>]) -> Option<Record> {
    let mut text = rows::text(head, "record").to_owned();
    for part in parts {
        text.push_str(rows::text(part.as_ref()?, "record"));
    }
    Some(Record {
        error_id: Some(rows::text(head, "errorId").to_owned()),
        topic: rows::text(head, "topic").to_owned(),
        partition: head.get("partition")?.as_i64()?,
        offset: head.get("offset")?.as_i64()?,
        reason: rows::text(head, "reason").to_owned(),
        sent: serde_json::from_str(&text).ok()?,
    })
}

/// Marks a record before the function is called with it, so that its row tells afterwards what became of it.
pub(super) async fn begin(target: &Target, aws: &Aws, id: &str) -> Result<(), Problem> {
    let table = rows::table(target, TableRole::Errors);
    let update = aws
        .dynamodb()
        .update_item()
        .table_name(&table)
        .key("errorId", AttributeValue::S(id.to_owned()))
        .update_expression("ADD pending :redrive")
        .condition_expression("attribute_exists(errorId)")
        .expression_attribute_values(":redrive", AttributeValue::Ss(vec![REDRIVE.to_owned()]));
    match update.send().await.fault() {
        Ok(_) => Ok(()),
        Err(fault) if fault.is("ConditionalCheckFailedException") => {
            Err(Problem::failed(format!("the error {id} is gone from {table}")).note("it has just expired"))
        }
        Err(fault) => Err(fault.problem(&format!("write the table {table}"))),
    }
}

/// What became of a record that the function took; one that it applied is marked so, and stays until it expires.
pub(super) async fn end(target: &Target, aws: &Aws, id: &str) -> Result<Outcome, Problem> {
    let table = rows::table(target, TableRole::Errors);
    let row = rows::get(target, aws, &table, "errorId", id).await?.unwrap_or_default();
    if !rows::has(&row, "pending", REDRIVE) {
        let text = |name| rows::text(&row, name);
        return Ok(Outcome::Again(format!("{}: {}", text("reason"), text("detail"))));
    }
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let update = aws
        .dynamodb()
        .update_item()
        .table_name(&table)
        .key("errorId", text(id))
        .update_expression("SET kind = :kind, redrivenAt = :now DELETE pending :redrive")
        .condition_expression("attribute_exists(errorId)")
        .expression_attribute_values(":kind", text(REDRIVEN))
        .expression_attribute_values(":now", text(&Timestamp::now().to_string()))
        .expression_attribute_values(":redrive", AttributeValue::Ss(vec![REDRIVE.to_owned()]));
    match update.send().await.fault() {
        Ok(_) => Ok(Outcome::Applied),
        // It has just expired, as it would have anyway.
        Err(fault) if fault.is("ConditionalCheckFailedException") => Ok(Outcome::Applied),
        Err(fault) => Err(fault.problem(&format!("mark {id} in {table} as put back"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: &Value) -> Row {
        value.as_object().expect("a row").clone()
    }

    #[test]
    fn a_record_in_parts_is_put_together_and_one_that_lacks_a_part_is_not() {
        let head = row(&json!({
            "errorId": "e", "topic": "t", "partition": 2, "offset": 7, "reason": "NOT_JSON", "parts": 1,
            "record": "{\"topic\":\"t\",\"val",
        }));
        let part = row(&json!({ "errorId": "e/1", "record": "ue\":\"e30=\"}" }));
        let record = restore(&head, &[Some(part)]).expect("it is whole");
        assert_eq!(record.sent, json!({ "topic": "t", "value": "e30=" }));
        assert_eq!(record.place(), ("t", 2, 7));
        assert_eq!(restore(&head, &[None]), None);
        assert_eq!(restore(&head, &[]), None, "a text that ends early is no record");
    }
}
