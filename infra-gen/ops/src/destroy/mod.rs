//! `ops destroy`: says what is kept and what is lost, asks, deletes, and names what is left.

mod empty;
mod fate;

use std::cell::Cell;

use aws_sdk_cloudformation::types::Stack;
use clap::Args;
use serde_json::json;

use crate::{
    Exit, Problem,
    aws::{Aws, Identity, Told as _},
    console::{Console, GOOD, HINT, styled},
    deploy,
    exit::Detail,
    stack::{Events, Following, Progress, follow},
    status,
    stop::{self, Phase},
    target::{Target, Where},
};
use fate::{Fate, Left};

/// The state of a stack that has nothing yet, as a preview leaves it.
const EMPTY: &str = "REVIEW_IN_PROGRESS";

/// What `destroy` takes.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Delete without asking: the stack's name, as it would have to be typed
    #[arg(long, value_name = "STACK")]
    yes: Option<String>,
    /// Show what would be lost and kept, and do nothing
    #[arg(long)]
    preview: bool,
    /// Empty the buckets that the stack deletes; CloudFormation deletes no bucket with objects in it
    #[arg(long)]
    empty_buckets: bool,
    #[command(flatten)]
    detail: Detail,
}

/// Deletes an environment.
pub(crate) async fn run(
    args: &Destroy,
    target: &Target,
    aws: &Aws,
    console: &mut Console,
) -> Result<Exit, Problem> {
    if args.at.local {
        return Err(Problem::bad_input("the local run has no stack")
            .help("stop it with Ctrl-C; what it keeps on disk: make dev ARGS=--help"));
    }
    let again = target.make("destroy", &[]);
    let phase = Cell::default();
    let destroyed = destroy(args, target, aws, &again, &phase, console);
    stop::unless(destroyed, || phase.get().stopped(target, &again)).await
}

async fn destroy(
    args: &Destroy,
    target: &Target,
    aws: &Aws,
    again: &str,
    phase: &Cell<Phase>,
    console: &mut Console,
) -> Result<Exit, Problem> {
    let name = target.stack_name();
    let identity = aws.identity().await?;
    console.say(&format!("{name} in {}, account {}, as {}", aws.region(), identity.account, identity.arn));
    let Some(stack) = status::find(aws, &name).await? else {
        return nothing(args, target, aws, &identity, console).await;
    };
    let id = stack.stack_id().unwrap_or(&name).to_owned();
    let state = stack.stack_status().map_or("", |status| status.as_str()).to_owned();
    // What a preview has left has neither resources nor a template.
    let fate = if state == EMPTY { Fate::default() } else { Fate::of(aws, &name, &stack).await? };
    let events = if state == "DELETE_IN_PROGRESS" {
        console.say(&format!("{name} is being deleted already; following it"));
        Events::of_last_operation(aws.cloudformation(), &id).await
    } else {
        if state.ends_with("_IN_PROGRESS") && state != EMPTY {
            return Err(Problem::failed(format!("{name} is {state}: something else goes on with it"))
                .help(format!("follow it: {}; then destroy it", target.make("deploy", &[]))));
        }
        tell(args, &name, &fate, console)?;
        if args.preview {
            return Ok(Exit::Done);
        }
        refuse_protected(&name, &stack, &fate)?;
        let full = empty::with_objects(aws, &fate.buckets).await?;
        if !full.is_empty() && !args.empty_buckets {
            return Err(Problem::refused(format!("not empty: {}", full.join(", ")))
                .note("CloudFormation deletes no bucket with objects in it, and would stop halfway")
                .help(format!("empty them as well: {again} ARGS=--empty-buckets")));
        }
        agree(args, &name, again).await?;
        if state == EMPTY && status::deployed(target, aws).await?.is_some() {
            return Err(Problem::refused(format!("not deleted: somebody deploys {name}"))
                .note("it had no resources when this run looked what would be lost")
                .help(format!("look again: {again}")));
        }
        for bucket in &full {
            phase.set(Phase::Emptying);
            console.say(&format!("emptying {bucket}"));
            empty::empty(aws, bucket).await?;
        }
        let events = Events::from_now(aws.cloudformation(), &id)
            .await
            .map_err(|fault| fault.problem("read the stack's events"))?;
        phase.set(Phase::Asked);
        aws.cloudformation().delete_stack().stack_name(&id).send().await.told(&format!("delete {name}"))?;
        Ok(events)
    };
    phase.set(Phase::Going);
    match events {
        Ok(events) => followed(args, target, aws, (&id, events), again, console).await?,
        // It was gone before its events could be read.
        Err(fault) if fault.is("ValidationError") => {}
        Err(fault) => {
            let help = format!("follow it again: {again}");
            return Err(fault.problem("read the stack's events").help(help));
        }
    }
    if !args.at.json {
        console.say(&format!("{}: {name}", styled(GOOD, "deleted")));
    }
    tell_left("deleted", args, &name, fate::left(aws, target, &identity, &fate).await, console)?;
    Ok(Exit::Done)
}

/// There is no stack; what one has left may still be there.
async fn nothing(
    args: &Destroy,
    target: &Target,
    aws: &Aws,
    identity: &Identity,
    console: &mut Console,
) -> Result<Exit, Problem> {
    let name = target.stack_name();
    if !args.at.json {
        console.say(&format!("{}: there is no stack {name}", styled(GOOD, "nothing to do")));
    }
    tell_left("unchanged", args, &name, fate::left(aws, target, identity, &Fate::default()).await, console)?;
    Ok(args.detail.nothing_to_do())
}

/// What is left, and what couldn't be looked at: the stack is gone whatever that comes to.
fn tell_left(
    status: &str,
    args: &Destroy,
    name: &str,
    (left, unseen): (Vec<Left>, Vec<Problem>),
    console: &mut Console,
) -> Result<(), Problem> {
    let unseen: Vec<String> =
        unseen.iter().map(|problem| format!("{problem} ({})", problem.notes.join("; "))).collect();
    if args.at.json {
        let line =
            json!({ "event": "done", "status": status, "stack": name, "left": left, "unseen": unseen });
        return console.print(&format!("{line}\n"));
    }
    if !left.is_empty() {
        console.say("what is left, and what removes it:");
        console.print(&left.iter().map(Left::lines).collect::<String>())?;
    }
    for unseen in unseen {
        console.say(&format!("{}: {unseen}; more may be left", styled(HINT, "note")));
    }
    Ok(())
}

fn tell(args: &Destroy, name: &str, fate: &Fate, console: &mut Console) -> Result<(), Problem> {
    if args.at.json {
        let mut line = fate.json();
        line["event"] = "preview".into();
        line["stack"] = name.into();
        console.print(&format!("{line}\n"))
    } else {
        console.say(&fate.text());
        Ok(())
    }
}

/// What somebody has protected is not deleted by a flag of this program.
fn refuse_protected(name: &str, stack: &Stack, fate: &Fate) -> Result<(), Problem> {
    if stack.enable_termination_protection() == Some(true) {
        return Err(Problem::refused(format!("{name} is protected from deletion"))
            .note("`deletion_protection` in the manifest sets it, at a deployment")
            .help(format!(
                "take the protection away first: aws cloudformation update-termination-protection \
                 --no-enable-termination-protection --stack-name {name}"
            )));
    }
    if fate.protected.is_empty() {
        return Ok(());
    }
    let mut problem = Problem::refused(format!("protected from deletion: {}", fate.protected.join(", ")))
        .note("CloudFormation would stop halfway");
    for table in &fate.protected {
        problem = problem
            .help(format!("aws dynamodb update-table --table-name {table} --no-deletion-protection-enabled"));
    }
    Err(problem)
}

async fn agree(args: &Destroy, name: &str, again: &str) -> Result<(), Problem> {
    match &args.yes {
        Some(yes) if yes == name => return Ok(()),
        Some(yes) => {
            return Err(Problem::bad_input(format!("--yes {yes}: the stack's name is {name}"))
                .help(format!("{again} ARGS=\"--yes {name}\"")));
        }
        None => {}
    }
    let question = format!("type the stack's name, {name}, to delete it:");
    let flag = format!("say it beforehand: {again} ARGS=\"--yes {name}\"");
    if deploy::confirm(&question, &[name], &flag).await? {
        return Ok(());
    }
    Err(Problem::refused("not deleted: that is not the stack's name").note("nothing was changed"))
}

async fn followed(
    args: &Destroy,
    target: &Target,
    aws: &Aws,
    (id, events): (&str, Events),
    again: &str,
    console: &mut Console,
) -> Result<(), Problem> {
    let following = Following { aws, id, rejoin: again };
    let mut progress = Progress::new(args.at.json);
    let ended = follow(&following, events, &mut progress, console).await?;
    deploy::judge(target, &ended, &["DELETE_COMPLETE"])
}
