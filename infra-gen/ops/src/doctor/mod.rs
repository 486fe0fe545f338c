//! `ops doctor`: what is wrong, why, and how to mend it.

mod alarms;
mod check;
mod cluster;
mod connections;
mod errors;
mod functions;
mod lag;
pub(crate) mod mappings;
mod metrics;
mod network;
pub(crate) mod scram;
mod secrets;
mod site;
mod stack;
mod tables;

use clap::Args;
use futures_util::{StreamExt as _, future::BoxFuture, stream};
use serde_json::json;
use tokio::join;

use crate::{
    Exit, Problem,
    aws::Aws,
    console::Console,
    status,
    target::{Target, Where},
};
pub(crate) use check::{Check, Finding, Verdict, details, table};
pub(crate) use site::Site;

/// Calls of one API at a time; more would be throttled.
const AT_ONCE: usize = 8;

#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) at: Where,
}

/// Looks at everything at once, and tells it.
pub(crate) async fn run(
    target: &Target,
    aws: &Aws,
    doctor: &Doctor,
    console: &mut Console,
) -> Result<Exit, Problem> {
    let Some(site) = Site::find(target, aws).await? else { return Err(status::not_there(target, aws)) };
    let checks = look(&site, doctor.at.local).await;
    let verdict = checks.iter().map(Check::verdict).max().unwrap_or(Verdict::Ok);
    let text = if doctor.at.json {
        let checks: Vec<_> = checks.iter().map(Check::to_json).collect();
        let told = json!({
            "stack": target.stack_name(), "region": aws.region(), "verdict": verdict, "checks": checks,
        });
        format!("{told:#}\n")
    } else {
        format!("{} in {}\n{}{}", target.stack_name(), aws.region(), table(&checks), details(&checks))
    };
    console
        .data(&text)
        .map_err(|error| Problem::failed(format!("can't write to standard output: {error}")))?;
    Ok(if verdict == Verdict::Bad { Exit::Unwell } else { Exit::Done })
}

/// All checks, in the order in which an event passes what they look at.
async fn look(site: &Site<'_>, local: bool) -> Vec<Check> {
    let (lags, tables, errors) = (lag::wanted(site), tables::wanted(site), errors::wanted(site));
    let metrics = lags.iter().map(|lag| &lag.wanted);
    let metrics = metrics.chain(tables.iter().chain(&errors).flat_map(|(_, metrics)| metrics)).cloned();
    // What several checks look at is asked for once.
    let (cluster, functions, place, series) = join!(
        cluster::describe(site),
        functions::describe(site),
        site.place(),
        metrics::read(site, metrics.collect())
    );
    // The local run tells of consumers alone; that it has no other metrics isn't that nothing happened.
    let nothing = Err(Problem::failed("nobody counts what functions and tables of the local run do").help(
        format!("see what functions wrote: the page of `make dev`, and {}", site.target.make("logs", &[])),
    ));
    let of_aws = if local { &nothing } else { &series };
    let (network, secrets, scram, mappings, tables, connections, alarms) = join!(
        network::look(site, &cluster, &functions),
        secrets::look(site),
        scram::look(site),
        mappings::look(site),
        tables::look(site, &tables, of_aws),
        connections::look(site),
        alarms::look(site, local)
    );
    vec![
        stack::look(site),
        cluster::look(site.target, &cluster),
        network,
        functions::judge_states(site.target, &functions),
        functions::judge_network(site.target, &functions, &place),
        secrets,
        scram,
        mappings,
        lag::judge(site.target, &lags, &series),
        errors::judge(&errors, of_aws),
        tables,
        connections,
        alarms,
    ]
}

/// What is bad among the likely causes of an event that is lost.
pub(crate) async fn likely_causes(site: &Site<'_>) -> Vec<Finding> {
    let (scram, mappings, functions) =
        join!(scram::look(site), mappings::look(site), functions::describe(site));
    let checks = [scram, mappings, functions::judge_states(site.target, &functions)];
    let findings = checks.into_iter().flat_map(|check| check.findings);
    findings.filter(|finding| finding.verdict >= Verdict::Warning).collect()
}

/// Several calls, some at a time, in their order.
async fn all<T>(calls: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    stream::iter(calls).buffered(AT_ONCE).collect().await
}
