//! Rows of the runtime's own tables.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::TableRole;
use serde_json::{Map, Value};

use crate::{
    Problem,
    aws::{Aws, Fault, Told as _},
    status,
    target::Target,
};

/// What DynamoDB gives and takes.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// A row as JSON, its attributes in the order of their names.
pub(crate) type Row = Map<String, Value>;

/// The row as JSON. Sets are sorted; numbers that JSON's readers would round stay text; bytes, of which no table here
/// has any, are null.
pub(crate) fn row(attributes: &Attributes) -> Row {
    let mut names: Vec<&String> = attributes.keys().collect();
    names.sort_unstable();
    names.into_iter().map(|name| (name.clone(), json(&attributes[name]))).collect()
}

fn json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(text) => text.parse::<i64>().map_or_else(|_| text.as_str().into(), Value::from),
        AttributeValue::Bool(truth) => (*truth).into(),
        AttributeValue::L(list) => list.iter().map(json).collect(),
        AttributeValue::M(map) => Value::Object(row(map)),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => {
            let mut texts = texts.clone();
            texts.sort_unstable();
            texts.into()
        }
        _ => Value::Null,
    }
}

/// A text of a row; empty when it isn't there.
pub(crate) fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a set of a row has this.
pub(crate) fn has(row: &Row, name: &str, value: &str) -> bool {
    row.get(name).and_then(Value::as_array).is_some_and(|set| set.iter().any(|item| item == value))
}

/// `kafka-events-dev`
pub(crate) fn table(target: &Target, role: TableRole) -> String {
    target.table_name(target.model.system_table(role))
}

/// The rows with this partition key, through an index where one is named; in the order of their sort key.
pub(crate) async fn query(
    target: &Target,
    aws: &Aws,
    table: &str,
    index: Option<&str>,
    key: &str,
    value: &str,
) -> Result<Vec<Row>, Problem> {
    let pages = aws
        .dynamodb()
        .query()
        .table_name(table)
        .set_index_name(index.map(str::to_owned))
        .key_condition_expression("#key = :value")
        .expression_attribute_names("#key", key)
        .expression_attribute_values(":value", AttributeValue::S(value.to_owned()))
        .into_paginator()
        .items()
        .send();
    let rows: Result<Vec<Attributes>, _> = pages.try_collect().await.fault();
    match rows {
        Ok(rows) => Ok(rows.iter().map(row).collect()),
        Err(fault) => Err(unread(target, aws, table, &fault).await),
    }
}

/// One row as it is now.
pub(crate) async fn get(
    target: &Target,
    aws: &Aws,
    table: &str,
    key: &str,
    value: &str,
) -> Result<Option<Row>, Problem> {
    let get = aws
        .dynamodb()
        .get_item()
        .table_name(table)
        .key(key, AttributeValue::S(value.to_owned()))
        .consistent_read(true);
    match get.send().await.fault() {
        Ok(got) => Ok(got.item().map(row)),
        Err(fault) => Err(unread(target, aws, table, &fault).await),
    }
}

/// Every row.
pub(crate) async fn scan(target: &Target, aws: &Aws, table: &str) -> Result<Vec<Row>, Problem> {
    let pages = aws.dynamodb().scan().table_name(table).into_paginator().items().send();
    let rows: Result<Vec<Attributes>, _> = pages.try_collect().await.fault();
    match rows {
        Ok(rows) => Ok(rows.iter().map(row).collect()),
        Err(fault) => Err(unread(target, aws, table, &fault).await),
    }
}

/// Why a table can't be read. One that isn't there is nothing strange where nothing is deployed.
async fn unread(target: &Target, aws: &Aws, table: &str, fault: &Fault) -> Problem {
    let problem = fault.problem(&format!("read the table {table}"));
    if !fault.is("ResourceNotFoundException") {
        return problem;
    }
    match status::deployed(target, aws).await {
        Ok(None) => status::not_there(target, aws),
        _ => problem.help(format!("look what else is missing: {}", target.make("doctor", &[]))),
    }
}
