//! Follows an operation to its end, whatever happens to the connection meanwhile.

use std::time::{Duration, Instant};

use aws_sdk_cloudformation::types::Stack;

use super::{Event, Events, Progress};
use crate::{
    Problem,
    aws::{Aws, Fault, Told as _},
    console::Console,
};

/// The first pause between two polls; each is longer, to [`SLOWEST`].
const FASTEST: Duration = Duration::from_millis(250);
/// CloudFormation throttles who asks much more often.
const SLOWEST: Duration = Duration::from_secs(5);
/// How long it may be that no poll succeeds, beyond what the SDK tries by itself.
const PATIENCE: Duration = Duration::from_mins(10);

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The stack's state: `UPDATE_COMPLETE`.
    pub(crate) status: String,
    /// The stack, where it is still there.
    pub(crate) stack: Option<Stack>,
    /// Everything that happened, oldest first.
    pub(crate) events: Vec<Event>,
}

/// What is followed.
pub(crate) struct Following<'a> {
    pub(crate) aws: &'a Aws,
    /// The root stack's id, which finds it after it was deleted, too.
    pub(crate) id: &'a str,
    /// What a person types to follow it again: `make deploy ENV=dev`.
    pub(crate) rejoin: &'a str,
}

/// Follows the operation until the stack rests.
///
/// # Errors
/// Credentials that expired; no answer for ten minutes. The operation goes on all the same, and each says how to follow it
/// again.
pub(crate) async fn follow(
    following: &Following<'_>,
    mut events: Events,
    progress: &mut Progress,
    console: &mut Console,
) -> Result<Ended, Problem> {
    let ended = poll(following, &mut events, progress, console).await;
    progress.end();
    ended.map_err(|fault| {
        fault
            .problem("follow the stack")
            .note("CloudFormation goes on with it")
            .help(format!("follow it again: {}", following.rejoin))
    })
}

async fn poll(
    following: &Following<'_>,
    events: &mut Events,
    progress: &mut Progress,
    console: &mut Console,
) -> Result<Ended, Fault> {
    let mut all = vec![];
    let mut pause = FASTEST;
    let mut failing: Option<Instant> = None;
    loop {
        match round(following, events).await {
            Ok((stack, new)) => {
                if failing.take().is_some() {
                    progress.note("CloudFormation answers again", console);
                }
                pause = if new.is_empty() { (pause * 3 / 2).min(SLOWEST) } else { FASTEST };
                for event in &new {
                    progress.event(event, console);
                }
                let nothing_new = new.is_empty();
                all.extend(new);
                let status =
                    stack.as_ref().and_then(Stack::stack_status).map(|status| status.as_str().to_owned());
                // The state from before is told until the operation has begun; nothing comes after a deletion.
                let begun = all.iter().any(|event: &Event| event.own && event.stack.is_empty())
                    || status.as_deref() == Some("DELETE_COMPLETE");
                match status {
                    // Once more, as an event may come later than the state that it leads to.
                    Some(status) if begun && nothing_new && !status.ends_with("_IN_PROGRESS") => {
                        return Ok(Ended { status, stack, events: all });
                    }
                    None if nothing_new => {
                        return Ok(Ended { status: "DELETE_COMPLETE".into(), stack, events: all });
                    }
                    _ => progress.quiet(console),
                }
            }
            Err(fault) if fault.is_passing() => {
                let since = *failing.get_or_insert_with(|| {
                    progress.note("CloudFormation doesn't answer; asking again", console);
                    Instant::now()
                });
                if since.elapsed() > PATIENCE {
                    return Err(fault);
                }
                pause = SLOWEST;
            }
            Err(fault) => return Err(fault),
        }
        tokio::time::sleep(pause).await;
    }
}

async fn round(following: &Following<'_>, events: &mut Events) -> Result<(Option<Stack>, Vec<Event>), Fault> {
    let client = following.aws.cloudformation();
    let told = client.describe_stacks().stack_name(following.id).send().await.fault();
    let stack = match told {
        Ok(told) => told.stacks.unwrap_or_default().into_iter().next(),
        Err(fault) if fault.is("ValidationError") && fault.message.contains("does not exist") => None,
        Err(fault) => return Err(fault),
    };
    let new = match events.next().await {
        Err(fault) if stack.is_none() && fault.is("ValidationError") => vec![],
        told => told?,
    };
    Ok((stack, new))
}
