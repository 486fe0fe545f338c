//! The state of everything, and a table's rows.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use model::TableRole;
use serde_json::{Value, json};

use super::Console;

/// Rows that are shown of a table.
const ROWS: usize = 200;

/// What tells a row's age: the version of what an event wrote, else when it was written, else when it expires.
const AGES: [&str; 4] = ["_version", "appliedAt", "occurredAt", "expiresAt"];

/// `GET /_local/state`
pub(super) async fn state(State(console): State<Arc<Console>>) -> Json<Value> {
    let deployment = &console.aws.deployment;
    let quarantined = quarantined(&console).await;
    let mut topics = BTreeMap::new();
    for (topic, progress) in &console.flow.progress {
        let numbers = progress.numbers();
        let end = console.flow.topics.end(topic);
        let lag = console.flow.lag(topic);
        let total: i64 = lag.values().sum();
        let told = json!({
            "end": end,
            "lag": lag,
            "totalLag": total,
            "quarantined": quarantined.get(topic).copied().unwrap_or(0),
            "mapping": numbers,
        });
        topics.insert(topic.clone(), told);
    }
    let dead = &deployment.model.cluster.dead_letter_topic;
    let mut tables = BTreeMap::new();
    for table in &deployment.model.tables {
        let name = deployment.table_name(table);
        // Of AWS, hours old; of the embedded DynamoDB and of DynamoDB Local, as of now. To count by scanning would take
        // a core from the pipeline when there are some ten thousand rows.
        let told = console.aws.tables.call("DescribeTable", &json!({ "TableName": name })).await.ok();
        tables.insert(name, told.and_then(|told| told["Table"]["ItemCount"].as_u64()));
    }
    Json(json!({
        "run": console.run,
        "topics": topics,
        "deadLetters": console.flow.topics.count(dead),
        "functions": console.aws.functions.state(),
        "tables": tables,
        "alerts": console.aws.channels.alerts().len(),
        "connections": console.edge.connections.len(),
        "brokerDown": console.broker.is_down(),
    }))
}

/// Records that were set aside, by topic.
async fn quarantined(console: &Console) -> BTreeMap<String, u64> {
    let deployment = &console.aws.deployment;
    let table = deployment.model.system_table(TableRole::Errors);
    let mut counts = BTreeMap::new();
    let Some(index) = table.indexes.iter().find(|index| index.key.name == "kind") else { return counts };
    let asked = json!({
        "TableName": deployment.table_name(table),
        "IndexName": index.name.name,
        "KeyConditionExpression": "#kind = :kind",
        "ProjectionExpression": "#topic",
        "ExpressionAttributeNames": { "#kind": "kind", "#topic": "topic" },
        "ExpressionAttributeValues": { ":kind": { "S": "QUARANTINED" } },
    });
    for page in console.aws.tables.pages("Query", asked).await.unwrap_or_default() {
        let topics = page["Items"].as_array().into_iter().flatten();
        for topic in topics.filter_map(|row| row["topic"]["S"].as_str()) {
            *counts.entry(topic.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// `GET /_local/tables/{table}`: the newest rows in DynamoDB's own JSON, oldest first.
pub(super) async fn table(State(console): State<Arc<Console>>, Path(name): Path<String>) -> Response {
    let deployment = &console.aws.deployment;
    if !deployment.model.tables.iter().any(|table| deployment.table_name(table) == name) {
        return (StatusCode::NOT_FOUND, Json(json!({ "message": "no such table" }))).into_response();
    }
    match console.aws.tables.pages("Scan", json!({ "TableName": name })).await {
        Ok(pages) => {
            let rows = pages.into_iter().flat_map(|mut page| match page["Items"].take() {
                Value::Array(rows) => rows,
                _ => vec![],
            });
            Json(json!({ "items": newest(rows.collect()) })).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "message": error }))).into_response(),
    }
}

/// The last [`ROWS`] by age. A scan's own order is that of the keys' hashes.
fn newest(mut rows: Vec<Value>) -> Vec<Value> {
    let age = |row: &Value| {
        let found = AGES.iter().find_map(|name| row[name]["S"].as_str().or(row[name]["N"].as_str()));
        found.unwrap_or_default().to_owned()
    };
    rows.sort_by_cached_key(age);
    rows.split_off(rows.len().saturating_sub(ROWS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_rows_are_shown_whatever_wrote_them() {
        let row = |name: &str, kind: &str, value: String| json!({ name: { kind: value } });
        let mut rows: Vec<Value> = (0..ROWS)
            .map(|second| {
                row("_version", "S", format!("2026-01-01T00:{:02}:{:02}Z/id", second / 60, second % 60))
            })
            .collect();
        let newer = row("occurredAt", "S", "2026-01-02T00:00:00Z".into());
        rows.insert(0, newer.clone());
        let shown = newest(rows);
        assert_eq!(shown.len(), ROWS);
        assert_eq!(shown[0]["_version"]["S"], "2026-01-01T00:00:01Z/id", "the oldest is left out");
        assert_eq!(shown.last(), Some(&newer));
    }
}
