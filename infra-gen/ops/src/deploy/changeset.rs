//! Change sets: made, waited for, read with those of nested stacks, executed, and cleared away.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudformation::{
    Client,
    operation::describe_change_set::DescribeChangeSetOutput,
    types::{
        Capability, Change, ChangeSetStatus, ChangeSetType, DeploymentMode, ExecutionStatus, Parameter, Tag,
    },
};

use crate::{
    Problem,
    aws::{Aws, Told as _},
    console::{Console, HINT, styled},
    stack::place,
};

/// The beginning of the names of ours. Each has a name of its own: AWS goes on deleting a change set, and those of nested
/// stacks, after it has answered, and takes no other one of the same name meanwhile.
const PREFIX: &str = "ops-deploy";
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
    /// What was changed or deleted by hand is put back as well.
    pub(crate) revert_drift: bool,
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
/// CloudFormation refuses it.
pub(crate) async fn make(aws: &Aws, wish: Wish, console: &mut Console) -> Result<Option<ChangeSet>, Problem> {
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
        .set_deployment_mode((wish.revert_drift && !wish.create).then_some(DeploymentMode::RevertDrift))
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
        discard(aws, &id, &wish.stack, console).await;
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
            let name = resource.logical_resource_id().unwrap_or_default();
            problem = problem.note(format!("{name}: {why}"));
            problem = found(client, name, id).await.into_iter().fold(problem, Problem::note);
        }
    }
    let Some(id) = settled.change_set_id() else { return problem };
    found(client, "", id).await.into_iter().fold(problem, Problem::note)
}

/// What validation found in one change set: nobody tells it of those of nested stacks but they themselves
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>).
async fn found(client: &Client, stack: &str, id: &str) -> Vec<String> {
    let filter = aws_sdk_cloudformation::types::EventFilter::builder().failed_events(true).build();
    let Ok(told) = client.describe_events().change_set_name(id).filters(filter).send().await else {
        return vec![];
    };
    let events = told.operation_events().iter();
    events
        .filter_map(|event| {
            let why = event.validation_status_reason().or(event.resource_status_reason())?;
            let place = place(stack, event.logical_resource_id().unwrap_or_default());
            Some(format!("{place} {}: {why}", event.validation_path().unwrap_or_default()))
        })
        .collect()
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

/// Removes a change set that isn't executed. That it can't be removed is told, and hides nothing else: the next deployment
/// removes it. A stack that it has made as its place stays, empty: another deployment may be about to fill it.
pub(crate) async fn discard(aws: &Aws, id: &str, stack: &str, console: &mut Console) {
    let told = aws.cloudformation().delete_change_set().change_set_name(id).send().await;
    if let Err(problem) = told.told(&format!("remove the change set of {stack}")) {
        let why = problem.notes.join("; ");
        console.say(&format!("{}: {problem} ({why}); the next deployment removes it", styled(HINT, "note")));
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
