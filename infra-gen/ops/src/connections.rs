//! `ops connections`: who is connected.

use clap::Args;
use jiff::Timestamp;
use model::TableRole;
use serde_json::{Value, json};

use crate::{
    Exit, Problem,
    aws::Aws,
    console::{Console, count},
    rows::{self, Row},
    target::{Target, Where},
    text,
};

/// WebSocket connections.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Connections {
    #[command(flatten)]
    pub(crate) at: Where,
    /// One customer's id
    #[arg(value_name = "CUSTOMER")]
    customer: Option<String>,
    /// Print the number of open connections alone
    #[arg(long)]
    count: bool,
}

/// A customer's connections.
#[derive(Debug, PartialEq, Eq)]
struct Connected {
    customer: String,
    ids: Vec<String>,
    /// Seconds since 1970.
    expires: i64,
}

impl Connected {
    fn of(row: &Row) -> Self {
        let ids = row.get("connectionIds").and_then(Value::as_array);
        Self {
            customer: rows::text(row, "customerId").to_owned(),
            ids: ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            expires: row.get("expiresAt").and_then(Value::as_i64).unwrap_or_default(),
        }
    }

    /// API Gateway closes a connection after two hours; DynamoDB removes the row within days.
    fn is_open(&self, now: i64) -> bool {
        self.expires > now
    }
}

impl Connections {
    /// Reads `websocket-connections`. A connection whose end nobody told of stays in it until a push finds it gone, or
    /// until two hours are over.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let table = rows::table(target, TableRole::Connections);
        let found = match &self.customer {
            Some(customer) => {
                rows::get(target, aws, &table, "customerId", customer).await?.into_iter().collect()
            }
            None => rows::scan(target, aws, &table).await?,
        };
        let mut all: Vec<Connected> = found.iter().map(Connected::of).collect();
        // A customer whose connections have all closed keeps a row without any.
        all.retain(|connected| !connected.ids.is_empty());
        all.sort_by(|one, other| one.customer.cmp(&other.customer));
        let now = Timestamp::now().as_second();
        let number = |open: bool| -> usize {
            all.iter().filter(|one| one.is_open(now) == open).map(|one| one.ids.len()).sum()
        };
        let (open, expired) = (number(true), number(false));
        if self.at.json {
            let list: Vec<Value> = all
                .iter()
                .map(|one| {
                    json!({
                        "customerId": one.customer,
                        "connectionIds": one.ids,
                        "expiresAt": one.expires,
                        "open": one.is_open(now),
                    })
                })
                .collect();
            let mut answer = json!({ "open": open, "expired": expired });
            if !self.count {
                answer["customers"] = list.into();
            }
            console.print(&format!("{answer:#}\n"))?;
            return Ok(Exit::Done);
        }
        if self.count {
            console.print(&format!("{open}\n"))?;
            return Ok(Exit::Done);
        }
        let mut lines = vec![text::header(&["CUSTOMER", "STATE", "EXPIRES", "CONNECTIONS"])];
        lines.extend(all.iter().map(|one| {
            let state = if one.is_open(now) { "open" } else { "expired" };
            vec![
                text::harmless(&one.customer),
                state.into(),
                text::time(one.expires.saturating_mul(1000)),
                text::harmless(&one.ids.join(" ")),
            ]
        }));
        console.print(&text::columns(&lines))?;
        let gone = if expired == 0 { String::new() } else { format!(", {expired} expired") };
        console.say(&format!("{} open{gone}", count(open, "connection")));
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_expired_is_not_open() {
        let row = json!({ "customerId": "c", "connectionIds": ["a", "b"], "expiresAt": 100 });
        let connected = Connected::of(row.as_object().expect("a row"));
        assert_eq!(connected.ids, ["a", "b"]);
        assert!(connected.is_open(99));
        assert!(!connected.is_open(100), "the runtime takes it for gone in that second as well");
    }
}
