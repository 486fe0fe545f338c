//! `ops events`: what happened to a customer, in order.

use clap::Args;
use model::TableRole;
use serde_json::{Value, json};

use crate::{
    Exit, Problem,
    aws::Aws,
    console::Console,
    rows::{self, Row},
    target::{Target, Where},
    text,
};

/// A customer's events.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Events {
    #[command(flatten)]
    pub(crate) at: Where,
    /// The customer's id
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// Print what the browser was sent as well: it is the customer's own data
    #[arg(long)]
    data: bool,
}

impl Events {
    /// Reads `kafka-events`, where each event has a row from the moment that it was applied, for 90 days.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let table = rows::table(target, TableRole::Events);
        let mut found = rows::query(target, aws, &table, None, "customerId", &self.customer).await?;
        // The sort key is an id that begins with the time, but of each producer's own clock.
        found.sort_by(|one, other| order(one).cmp(&order(other)));
        if self.at.json {
            let all: Vec<Value> = found.iter().map(|row| self.json(target, row)).collect();
            console.print(&format!("{:#}\n", Value::from(all)))?;
            return Ok(Exit::Done);
        }
        if found.is_empty() {
            console.say(&format!(
                "customer {} has no events in {table}, which keeps them for 90 days",
                self.customer
            ));
            return Ok(Exit::Done);
        }
        let mut lines = vec![text::header(&["TIME", "TOPIC", "TYPE", "APPLIED", "ALERT", "PUSH", "EVENT"])];
        for row in &found {
            let cell = |name: &str| text::harmless(rows::text(row, name));
            let applied = cell("appliedAt");
            lines.push(vec![
                cell("time"),
                cell("topic"),
                cell("type"),
                if applied.is_empty() { "-".into() } else { applied },
                alert(target, row).into(),
                push(row).into(),
                cell("eventId"),
            ]);
            if self.data && row.contains_key("push") {
                lines.push(vec![format!("  {}", cell("push"))]);
            }
        }
        console.print(&lay(&lines))?;
        Ok(Exit::Done)
    }

    fn json(&self, target: &Target, row: &Row) -> Value {
        let field = |name: &str| row.get(name).cloned().unwrap_or_default();
        let mut event = json!({
            "eventId": field("eventId"),
            "customerId": field("customerId"),
            "topic": field("topic"),
            "type": field("type"),
            "time": field("time"),
            "source": field("source"),
            "partition": field("partition"),
            "offset": field("offset"),
            "appliedAt": field("appliedAt"),
            "notifiedAt": field("notifiedAt"),
            "pending": row.get("pending").cloned().unwrap_or_else(|| json!([])),
            "alert": alert(target, row),
            "push": push(row),
        });
        if self.data {
            // It was written as JSON.
            event["data"] = serde_json::from_str(rows::text(row, "push")).unwrap_or_default();
        }
        event
    }
}

fn order(row: &Row) -> (&str, &str) {
    (rows::text(row, "time"), rows::text(row, "eventId"))
}

/// Columns, with lines between them that have one cell and don't widen its column.
fn lay(lines: &[Vec<String>]) -> String {
    let cells: Vec<Vec<String>> = lines.iter().filter(|line| line.len() > 1).cloned().collect();
    let laid = text::columns(&cells);
    let mut laid = laid.lines();
    let line = |line: &Vec<String>| match line.as_slice() {
        [alone] => format!("{alone}\n"),
        _ => format!("{}\n", laid.next().unwrap_or_default()),
    };
    lines.iter().map(line).collect()
}

/// Whether the channel was told. The row has no mark of its own for it: a topic whose alert depends on the event, and
/// whose push is done, may have had none.
fn alert(target: &Target, row: &Row) -> &'static str {
    let topic = target.model.topic(rows::text(row, "topic"));
    let Some(alert) = topic.and_then(|topic| topic.alert.as_ref()) else { return "-" };
    if rows::has(row, "pending", "ALERT") {
        "pending"
    } else if alert.when.is_none() || (row.contains_key("notifiedAt") && !row.contains_key("push")) {
        "told"
    } else {
        "if due"
    }
}

/// Whether it was pushed to whoever was connected.
fn push(row: &Row) -> &'static str {
    if rows::has(row, "pending", "PUSH") {
        "pending"
    } else if row.contains_key("push") {
        "pushed"
    } else {
        "-"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Value) -> Row {
        match value {
            Value::Object(row) => row,
            other => panic!("{other} is no row"),
        }
    }

    #[test]
    fn what_is_pending_is_not_called_done() {
        assert_eq!(push(&row(json!({ "push": "{}", "pending": ["PUSH"] }))), "pending");
        assert_eq!(push(&row(json!({ "push": "{}", "pending": ["ALERT"] }))), "pushed");
        assert_eq!(push(&row(json!({}))), "-");
    }

    #[test]
    fn data_does_not_widen_the_columns() {
        let cells = |cells: &[&str]| text::header(cells);
        let lines =
            [cells(&["A", "B"]), cells(&["1", "2"]), cells(&["  {\"long\":\"text\"}"]), cells(&["3", "4"])];
        assert_eq!(lay(&lines), "A  B\n1  2\n  {\"long\":\"text\"}\n3  4\n");
    }
}
