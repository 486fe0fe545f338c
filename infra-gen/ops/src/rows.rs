//! Rows of the runtime's own tables.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::TableRole;
use serde_json::{Map, Value};

use crate::{
    Problem,
    aws::{Aws, Told as _},
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
    let rows: Vec<Attributes> = pages.try_collect().await.told(&format!("read the table {table}"))?;
    Ok(rows.iter().map(row).collect())
}

/// One row as it is now.
pub(crate) async fn get(aws: &Aws, table: &str, key: &str, value: &str) -> Result<Option<Row>, Problem> {
    let get = aws
        .dynamodb()
        .get_item()
        .table_name(table)
        .key(key, AttributeValue::S(value.to_owned()))
        .consistent_read(true);
    let got = get.send().await.told(&format!("read the table {table}"))?;
    Ok(got.item().map(row))
}

/// Every row.
pub(crate) async fn scan(aws: &Aws, table: &str) -> Result<Vec<Row>, Problem> {
    let pages = aws.dynamodb().scan().table_name(table).into_paginator().items().send();
    let rows: Vec<Attributes> = pages.try_collect().await.told(&format!("read the table {table}"))?;
    Ok(rows.iter().map(row).collect())
}
