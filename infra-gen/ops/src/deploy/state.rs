//! What state a stack is in, and what can be done with it.

use aws_sdk_cloudformation::types::{Stack, StackStatus};

use crate::{Problem, stack};

/// What a deployment does first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// There is nothing yet, or nothing but an earlier preview.
    Create,
    /// It is there.
    Update,
    /// Something goes on: follow it first.
    Join,
}

/// Decides by the stack's state
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>).
///
/// # Errors
/// A state that nothing can be deployed in, with the way out.
pub(crate) fn begin(name: &str, stack: Option<&Stack>, env: &str) -> Result<Begin, Problem> {
    let Some(status) = stack.and_then(Stack::stack_status).map(StackStatus::as_str) else {
        return Ok(Begin::Create);
    };
    let refuse = |why: &str| Problem::failed(format!("{name} is {status}: {why}"));
    let said = |problem: Problem| match stack.and_then(Stack::stack_status_reason) {
        Some(reason) if !reason.is_empty() => problem.note(reason),
        _ => problem,
    };
    match status {
        "REVIEW_IN_PROGRESS" | "DELETE_COMPLETE" => Ok(Begin::Create),
        "DELETE_IN_PROGRESS" => Err(refuse("it is being deleted")
            .help(format!("follow the deletion: make destroy ENV={env}; then deploy again"))),
        // Never finished being made: CloudFormation takes no update of it.
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
            Err(said(refuse("it was never made, and CloudFormation lets it only be deleted"))
                .help(format!("make destroy ENV={env}; then deploy again"))
                .help(
                    "why it failed: aws cloudformation describe-stack-events --stack-name ".to_owned() + name,
                ))
        }
        "DELETE_FAILED" => Err(said(refuse("a deletion of it failed halfway"))
            .help(format!("delete the rest: make destroy ENV={env}; then deploy again"))),
        "UPDATE_ROLLBACK_FAILED" => Err(said(refuse("an update failed, and so did taking it back"))
            .help(
                "mend what the reason above names, then: aws cloudformation continue-update-rollback \
                   --stack-name "
                    .to_owned()
                    + name,
            )
            .help("a resource that is gone can be left out of it: --resources-to-skip Stack.Resource")),
        other if other.ends_with("_IN_PROGRESS") => Ok(Begin::Join),
        _ => Ok(Begin::Update),
    }
}

/// An operation ended; was it what was wanted?
///
/// # Errors
/// It failed, with the first real cause on top.
pub(crate) fn judge(name: &str, ended: &stack::Ended, wanted: &[&str], env: &str) -> Result<(), Problem> {
    if wanted.contains(&ended.status.as_str()) {
        return Ok(());
    }
    let became = match ended.status.as_str() {
        "ROLLBACK_COMPLETE" => "what had been made was deleted again; the stack is left as ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE" => "everything was put back as it was before (UPDATE_ROLLBACK_COMPLETE)",
        "UPDATE_ROLLBACK_FAILED" => "it could not be put back as it was (UPDATE_ROLLBACK_FAILED)",
        "DELETE_FAILED" => "the rest of the stack stays as it is (DELETE_FAILED)",
        other => other,
    };
    let problem = match stack::first_cause(&ended.events) {
        Some(event) => {
            let problem = Problem::failed(format!("{} failed: {}", event.place(), event.reason))
                .note(format!("{}, {}", event.ty, event.status));
            match stack::log_group(event, &ended.events) {
                Some(group) => problem.help(format!("look into its log: aws logs tail {group} --since 1h")),
                None => problem,
            }
        }
        None => Problem::failed(format!("{name} became {}", ended.status)),
    };
    let problem = problem.note(format!("{name}: {became}"));
    Err(match ended.status.as_str() {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" => {
            problem.help(format!("mend it; then make destroy ENV={env}, and deploy again"))
        }
        "UPDATE_ROLLBACK_FAILED" => problem
            .help(format!("mend it; then: aws cloudformation continue-update-rollback --stack-name {name}")),
        "UPDATE_ROLLBACK_COMPLETE" => problem.help(format!("mend it; then make deploy ENV={env}")),
        _ => problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_created_updated_joined_or_has_a_way_out() {
        for status in StackStatus::values() {
            let stack = Stack::builder().stack_status(StackStatus::from(*status)).build();
            match begin("onboard-ai-dev", Some(&stack), "dev") {
                Ok(Begin::Create) => assert!(["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"].contains(status)),
                Ok(Begin::Update) => {
                    assert!(status.ends_with("_COMPLETE") || *status == "UPDATE_FAILED", "{status}");
                }
                Ok(Begin::Join) => assert!(status.ends_with("_IN_PROGRESS"), "{status}"),
                Err(problem) => assert!(!problem.help.is_empty(), "{status}"),
            }
        }
        assert_eq!(begin("onboard-ai-dev", None, "dev"), Ok(Begin::Create));
    }
}
