//! Change sets: made, waited for, read with those of nested stacks, executed, and cleared away.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use aws_sdk_cloudformation::{
    Client,
    operation::describe_change_set::DescribeChangeSetOutput,
    types::{Capability, Change, ChangeSetStatus, ChangeSetType, ExecutionStatus, Parameter, Tag},
};

use crate::{
    Problem,
    aws::{Aws, Told as _},
};

/// The beginning of the names of ours. Each has a name of its own: AWS goes on deleting a change set, and those of nested
/// stacks, after it has answered, and takes no other one of the same name meanwhile.
const PREFIX: &str = "ops-deploy";
/// How long a deletion may take.
const PATIENCE: Duration = Duration::from_mins(3);
const FASTEST: Duration = Duration::from_millis(150);
const SLOWEST: Duration = Duration::from_secs(3);
/// What CloudFormation says when there is nothing to change.
const NOTHING: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// What a change set is made of.
pub(crate) struct Wish {
    pub(crate) stack: String,
    pub(crate) template_url: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) tags: Vec<(String, String)>,
    /// It makes the stack.
    pub(crate) create: bool,
    /// The stack is there, if only as an earlier change set's place.
    pub(crate) exists: bool,
    pub(crate) role: Option<String>,
}

/// A change set that could be executed.
#[derive(Debug)]
pub(crate) struct ChangeSet {
    pub(crate) id: String,
    pub(crate) stack_id: String,
    /// What changes, by the nested stack's logical id; the root's is empty.
    pub(crate) changes: BTreeMap<String, Vec<Change>>,
}

/// Makes one and waits for it; `None` when there is nothing to change.
///
/// # Errors
/// CloudFormation refuses it; nothing is left of it then.
pub(crate) async fn make(aws: &Aws, wish: Wish) -> Result<Option<ChangeSet>, Problem> {
    let client = aws.cloudformation();
    if wish.exists {
        clear(&client, &wish.stack).await;
    }
    let doing = format!("make a change set for {}", wish.stack);
    let name = format!("{PREFIX}-{}-{}", jiff::Timestamp::now().as_millisecond(), std::process::id());
    let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build();
    let made = client
        .create_change_set()
        .stack_name(&wish.stack)
        .change_set_name(&name)
        .change_set_type(if wish.create { ChangeSetType::Create } else { ChangeSetType::Update })
        .template_url(&wish.template_url)
        .set_parameters(Some(wish.parameters))
        .set_tags(Some(wish.tags.iter().map(tag).collect()))
        .set_role_arn(wish.role)
        .capabilities(Capability::CapabilityNamedIam)
        .capabilities(Capability::CapabilityAutoExpand)
        .include_nested_stacks(true)
        .send()
        .await
        .fault();
    let id = match made {
        // A try whose answer was lost has made it.
        Err(fault) if fault.is("AlreadyExistsException") => {
            let told =
                client.describe_change_set().stack_name(&wish.stack).change_set_name(&name).send().await;
            told.told(&doing)?.change_set_id.unwrap_or_default()
        }
        made => made.map_err(|fault| fault.problem(&doing))?.id.unwrap_or_default(),
    };
    let settled = wait(&client, &id, &doing).await?;
    let stack_id = settled.stack_id.clone().unwrap_or_default();
    let reason = settled.status_reason.clone().unwrap_or_default();
    if settled.status() != Some(&ChangeSetStatus::CreateComplete) {
        let problem = if NOTHING.iter().any(|words| reason.contains(words)) {
            None
        } else {
            Some(refused(&client, &wish.stack, &settled, &reason).await)
        };
        discard(aws, &id, &wish.stack, wish.create).await?;
        return problem.map_or(Ok(None), Err);
    }
    let changes = read(&client, settled, &doing).await?;
    Ok(Some(ChangeSet { id, stack_id, changes }))
}

/// Waits until it is made or refused.
async fn wait(client: &Client, id: &str, doing: &str) -> Result<DescribeChangeSetOutput, Problem> {
    let mut pause = FASTEST;
    loop {
        let told = client.describe_change_set().change_set_name(id).send().await.told(doing)?;
        match told.status() {
            Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
            _ => return Ok(told),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(SLOWEST);
    }
}

/// All pages of a change set, and those of nested stacks.
async fn read(
    client: &Client,
    root: DescribeChangeSetOutput,
    doing: &str,
) -> Result<BTreeMap<String, Vec<Change>>, Problem> {
    let mut changes = BTreeMap::new();
    let root = pages(client, root, doing).await?;
    for change in &root {
        let Some(resource) = change.resource_change() else { continue };
        let (Some(id), Some(name)) = (resource.change_set_id(), resource.logical_resource_id()) else {
            continue;
        };
        let nested = client.describe_change_set().change_set_name(id).send().await.told(doing)?;
        // That of a nested stack which stays as it is has failed for want of changes, and has none.
        changes.insert(name.to_owned(), pages(client, nested, doing).await?);
    }
    changes.insert(String::new(), root);
    Ok(changes)
}

async fn pages(client: &Client, first: DescribeChangeSetOutput, doing: &str) -> Result<Vec<Change>, Problem> {
    let id = first.change_set_id.unwrap_or_default();
    let mut changes = first.changes.unwrap_or_default();
    let mut token = first.next_token;
    while let Some(next) = token {
        let told =
            client.describe_change_set().change_set_name(&id).next_token(next).send().await.told(doing)?;
        changes.extend(told.changes.unwrap_or_default());
        token = told.next_token;
    }
    Ok(changes)
}

/// Why CloudFormation refuses it. A nested stack's refusal, and what its validation found, are told elsewhere than in
/// the reason.
async fn refused(client: &Client, stack: &str, settled: &DescribeChangeSetOutput, reason: &str) -> Problem {
    let mut problem = Problem::failed(format!("CloudFormation refuses the change set for {stack}"));
    if !reason.is_empty() {
        problem = problem.note(reason);
    }
    for change in settled.changes() {
        let Some(resource) = change.resource_change() else { continue };
        let Some(id) = resource.change_set_id() else { continue };
        let Ok(nested) = client.describe_change_set().change_set_name(id).send().await else { continue };
        let why = nested.status_reason().unwrap_or_default();
        let is_real = nested.status() == Some(&ChangeSetStatus::Failed)
            && !why.is_empty()
            && !NOTHING.iter().any(|words| why.contains(words));
        if is_real {
            problem = problem.note(format!("{}: {why}", resource.logical_resource_id().unwrap_or_default()));
        }
    }
    let Some(id) = settled.change_set_id() else { return problem };
    let filter = aws_sdk_cloudformation::types::EventFilter::builder().failed_events(true).build();
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    if let Ok(told) = client.describe_events().change_set_name(id).filters(filter).send().await {
        for event in told.operation_events() {
            let why = event.validation_status_reason().or(event.resource_status_reason());
            if let Some(why) = why {
                let place = event.logical_resource_id().unwrap_or_default();
                let path = event.validation_path().unwrap_or_default();
                problem = problem.note(format!("{place} {path}: {why}"));
            }
        }
    }
    problem
}

/// Executes it.
pub(crate) async fn execute(aws: &Aws, set: &ChangeSet, stack: &str) -> Result<(), Problem> {
    let doing = format!("execute the change set for {stack}");
    let told = aws.cloudformation().execute_change_set().change_set_name(&set.id).send().await.fault();
    match told {
        // A try whose answer was lost had begun it, and may have ended it: EXECUTE_COMPLETE.
        Err(fault) if fault.is("InvalidChangeSetStatus") && fault.message.contains("EXECUTE_") => Ok(()),
        Err(fault) if fault.is("ChangeSetNotFound") => Err(fault
            .problem(&doing)
            .note("another deployment may have cleared it away meanwhile")
            .help("look again: run the same again")),
        told => told.map(drop).map_err(|fault| fault.problem(&doing)),
    }
}

/// Removes a change set that isn't executed and, where there is no more to the stack than it, the stack.
pub(crate) async fn discard(aws: &Aws, id: &str, stack: &str, created: bool) -> Result<(), Problem> {
    let client = aws.cloudformation();
    let doing = format!("remove the change set of {stack}");
    client.delete_change_set().change_set_name(id).send().await.told(&doing)?;
    if created {
        // Only a stack without resources: the state says so.
        let is_empty = crate::status::find(aws, stack).await?.is_some_and(|found| {
            found.stack_status().is_some_and(|status| status.as_str() == "REVIEW_IN_PROGRESS")
        });
        if is_empty {
            gone(&client, id, &doing).await?;
            client.delete_stack().stack_name(stack).send().await.told(&doing)?;
        }
    }
    Ok(())
}

/// Waits until a change set that is being deleted is no more.
async fn gone(client: &Client, id: &str, doing: &str) -> Result<(), Problem> {
    let since = Instant::now();
    let mut pause = FASTEST;
    loop {
        let told = match client.describe_change_set().change_set_name(id).send().await.fault() {
            // With its stack, where the service has taken that away as well.
            Err(fault) if fault.is("ChangeSetNotFound") || fault.is("ValidationError") => return Ok(()),
            told => told.map_err(|fault| fault.problem(doing))?,
        };
        let status = told.status().map_or("", ChangeSetStatus::as_str);
        if status == "DELETE_COMPLETE" {
            return Ok(());
        }
        if status == "DELETE_FAILED" || since.elapsed() > PATIENCE {
            let problem = Problem::failed(format!("can't {doing}: it is {status}"));
            return Err(match told.status_reason() {
                Some(reason) => problem.note(reason),
                None => problem,
            });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(SLOWEST);
    }
}

/// Removes what earlier runs left. What can't be removed is in nobody's way, so that is no error.
async fn clear(client: &Client, stack: &str) {
    let mut pages = client.list_change_sets().stack_name(stack).into_paginator().send();
    while let Some(Ok(page)) = pages.next().await {
        for summary in page.summaries() {
            let ours = summary.change_set_name().is_some_and(|name| name.starts_with(PREFIX));
            let done = summary.execution_status() == Some(&ExecutionStatus::ExecuteComplete);
            if let (true, Some(id)) = (ours && !done, summary.change_set_id()) {
                drop(client.delete_change_set().change_set_name(id).send().await);
            }
        }
    }
}
