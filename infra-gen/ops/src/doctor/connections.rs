//! Which WebSocket connections are stale: rows past their expiry, and connections that are gone.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::DateTime;
use futures_util::FutureExt as _;
use model::TableRole;

use super::{Check, Finding, Site, all};
use crate::{Problem, aws::Told as _, console::count};

const NAME: &str = "connections";
/// Time to live removes items within some days of their expiry
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>).
const LATE: Duration = Duration::from_hours(3 * 24);
/// Rows that are looked at; more would cost the table's readers.
const MOST_ROWS: usize = 10_000;
/// Connections that API Gateway is asked about.
const MOST_ASKED: usize = 100;

/// What the table has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rows {
    /// Not expired.
    customers: usize,
    /// Of rows that aren't expired.
    ids: Vec<String>,
    expired: usize,
    /// Long past their expiry.
    late: usize,
    /// There are more.
    more: bool,
}

/// What API Gateway knows of them.
#[derive(Debug, PartialEq, Eq)]
enum Alive {
    /// Of so many, so many are gone.
    Asked(usize, usize),
    Unseen(Box<Finding>),
}

pub(crate) async fn look(site: &Site<'_>) -> Check {
    let table = site.target.table_name(site.target.model.system_table(TableRole::Connections));
    let rows = match rows(site, &table).await {
        Ok(rows) => rows,
        Err(problem) => return Check::unseen(NAME, problem),
    };
    let alive = ask(site, &rows.ids).await;
    judge(&table, &rows, &alive)
}

async fn rows(site: &Site<'_>, table: &str) -> Result<Rows, Problem> {
    let now = DateTime::from(SystemTime::now()).secs();
    let client = site.aws.dynamodb();
    let mut items = client
        .scan()
        .table_name(table)
        .projection_expression("connectionIds, expiresAt")
        .into_paginator()
        .items()
        .send();
    let mut rows = Rows::default();
    let mut read = 0;
    while let Some(item) = items.next().await {
        let item = item.told(&format!("look into the table {table}"))?;
        read += 1;
        if read > MOST_ROWS {
            rows.more = true;
            break;
        }
        rows.add(&item, now);
    }
    Ok(rows)
}

impl Rows {
    fn add(&mut self, item: &HashMap<String, AttributeValue>, now: i64) {
        let expiry = item.get("expiresAt").and_then(|expiry| expiry.as_n().ok()?.parse::<i64>().ok());
        let over = expiry.map_or(0, |expiry| now - expiry);
        if over > 0 {
            self.expired += 1;
            self.late += usize::from(u64::try_from(over).is_ok_and(|over| over > LATE.as_secs()));
        } else if let Some(ids) = item.get("connectionIds").and_then(|ids| ids.as_ss().ok()) {
            self.customers += 1;
            self.ids.extend(ids.iter().cloned());
        }
    }
}

/// Asks API Gateway about the first of them.
async fn ask(site: &Site<'_>, ids: &[String]) -> Alive {
    if ids.is_empty() {
        return Alive::Asked(0, 0);
    }
    let Some(endpoint) = site.output("WebSocketApiEndpoint") else {
        let finding = Finding::unknown("nobody knows which connections are gone");
        return Alive::Unseen(Box::new(
            finding.because("the stack's output WebSocketApiEndpoint is missing"),
        ));
    };
    let client = site.aws.connections(endpoint);
    let asked = &ids[..ids.len().min(MOST_ASKED)];
    let gone = all(asked.iter().map(|id| is_gone(&client, id).boxed()).collect()).await;
    match gone.into_iter().collect::<Result<Vec<bool>, Problem>>() {
        Ok(gone) => Alive::Asked(asked.len(), gone.into_iter().filter(|&gone| gone).count()),
        Err(problem) => Alive::Unseen(Box::new(problem.into())),
    }
}

async fn is_gone(client: &Client, id: &str) -> Result<bool, Problem> {
    match client.get_connection().connection_id(id).send().await.fault() {
        Ok(_) => Ok(false),
        Err(fault) if fault.is("GoneException") => Ok(true),
        Err(fault) => Err(fault.problem("ask API Gateway for a connection")),
    }
}

fn judge(table: &str, rows: &Rows, alive: &Alive) -> Check {
    let mut findings = vec![];
    if rows.late > 0 {
        findings.push(
            Finding::warning(format!("{} of {table} expired days ago", count(rows.late, "row")))
                .because("time to live is off, or slow; nobody is sent anything through them")
                .help(format!("is it on? aws dynamodb describe-time-to-live --table-name {table}"))
                .help(format!(
                    "aws dynamodb update-time-to-live --table-name {table} \
                     --time-to-live-specification Enabled=true,AttributeName=expiresAt"
                )),
        );
    }
    match alive {
        Alive::Asked(_, 0) => {}
        Alive::Asked(asked, gone) => findings.push(
            Finding::warning(format!(
                "of {}, {gone} gone and still in a row",
                count(*asked, "connection")
            ))
            .because(
                "API Gateway tells of the end of a connection as well as it can; the next push removes them",
            )
            .help("should they grow: look at the log of websocket-disconnect"),
        ),
        Alive::Unseen(finding) => findings.push((**finding).clone()),
    }
    let more = if rows.more { " at least" } else { "" };
    let expired = match rows.expired {
        0 => String::new(),
        expired => format!("; {} expired, not yet removed", count(expired, "row")),
    };
    let ids = count(rows.ids.len(), "connection");
    let well = format!("{ids} of {}{more}{expired}", count(rows.customers, "customer"));
    Check::new(NAME, well, findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const NOW: i64 = 1_795_478_400;

    fn rows(expiries: &[i64]) -> Rows {
        let mut rows = Rows::default();
        for expiry in expiries {
            let item = HashMap::from([
                ("connectionIds".to_owned(), AttributeValue::Ss(vec!["L0SM9cOFvHcCIhw=".into()])),
                ("expiresAt".to_owned(), AttributeValue::N(expiry.to_string())),
            ]);
            rows.add(&item, NOW);
        }
        rows
    }

    #[test]
    fn rows_that_just_expired_are_told_and_are_well() {
        let check = judge("websocket-connections-dev", &rows(&[NOW + 60, NOW - 60]), &Alive::Asked(1, 0));
        assert_eq!(check.verdict(), Verdict::Ok);
        assert_eq!(check.well, "1 connection of 1 customer; 1 row expired, not yet removed");
    }

    #[test]
    fn rows_that_expired_days_ago_mean_that_time_to_live_is_off() {
        let check = judge("websocket-connections-dev", &rows(&[NOW - 4 * 86_400]), &Alive::Asked(0, 0));
        assert_eq!(check.verdict(), Verdict::Warning);
        assert!(check.findings[0].help[1].contains("update-time-to-live"), "{check:?}");
    }

    #[test]
    fn connections_that_are_gone_are_counted() {
        let check = judge("websocket-connections-dev", &rows(&[NOW + 60, NOW + 60]), &Alive::Asked(2, 1));
        assert_eq!(check.summary(), "of 2 connections, 1 gone and still in a row");
    }

    #[test]
    fn a_row_without_connections_is_nobodys() {
        let mut rows = Rows::default();
        rows.add(&HashMap::new(), NOW);
        assert_eq!(rows, Rows::default());
    }
}
