//! The state of everything, and a table's rows.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::Console;

/// Rows that are shown of a table.
const ROWS: u32 = 200;

/// `GET /_local/state`
pub(super) async fn state(State(console): State<Arc<Console>>) -> Json<Value> {
    let deployment = &console.aws.deployment;
    let mut topics = BTreeMap::new();
    for (topic, progress) in &console.flow.progress {
        let numbers = progress.numbers();
        let end = console.flow.topics.end(topic);
        let lag = console.flow.lag(topic);
        let total: i64 = lag.values().sum();
        topics
            .insert(topic.clone(), json!({ "end": end, "lag": lag, "totalLag": total, "mapping": numbers }));
    }
    let dead = &deployment.model.cluster.dead_letter_topic;
    let mut tables = BTreeMap::new();
    for table in &deployment.model.tables {
        let name = deployment.table_name(table);
        let asked = json!({ "TableName": name, "Select": "COUNT" });
        let count = console.aws.tables.call("Scan", &asked).await.ok().map(|answer| answer["Count"].clone());
        tables.insert(name, count);
    }
    Json(json!({
        "topics": topics,
        "deadLetters": console.flow.topics.count(dead),
        "functions": console.aws.functions.state(),
        "tables": tables,
        "alerts": console.aws.channels.alerts().len(),
        "connections": console.edge.connections.len(),
    }))
}

/// `GET /_local/tables/{table}`: rows in DynamoDB's own JSON.
pub(super) async fn table(State(console): State<Arc<Console>>, Path(name): Path<String>) -> Response {
    let deployment = &console.aws.deployment;
    if !deployment.model.tables.iter().any(|table| deployment.table_name(table) == name) {
        return (StatusCode::NOT_FOUND, Json(json!({ "message": "no such table" }))).into_response();
    }
    match console.aws.tables.call("Scan", &json!({ "TableName": name, "Limit": ROWS })).await {
        Ok(answer) => Json(json!({ "items": answer["Items"] })).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "message": error }))).into_response(),
    }
}
