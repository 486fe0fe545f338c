//! What state a stack is in, and what can be done with it.

use aws_sdk_cloudformation::types::{Stack, StackStatus};

use crate::{
    Problem,
    stack::{self, Event},
    target::Target,
};

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
pub(crate) fn begin(target: &Target, stack: Option<&Stack>) -> Result<Begin, Problem> {
    let Some(status) = stack.and_then(Stack::stack_status).map(StackStatus::as_str) else {
        return Ok(Begin::Create);
    };
    let name = target.stack_name();
    let destroy = target.make("destroy", &[]);
    let refuse = |why: &str| Problem::failed(format!("{name} is {status}: {why}"));
    let said = |problem: Problem| match stack.and_then(Stack::stack_status_reason) {
        Some(reason) if !reason.is_empty() => problem.note(reason),
        _ => problem,
    };
    match status {
        "REVIEW_IN_PROGRESS" | "DELETE_COMPLETE" => Ok(Begin::Create),
        "DELETE_IN_PROGRESS" => {
            Err(refuse("it is being deleted")
                .help(format!("follow the deletion: {destroy}; then deploy again")))
        }
        // Never finished being made: CloudFormation takes no update of it.
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
            Err(said(refuse("it was never made, and CloudFormation lets it only be deleted"))
                .help(format!("{destroy}; then deploy again"))
                .help(
                    "why it failed: aws cloudformation describe-stack-events --stack-name ".to_owned()
                        + &name,
                ))
        }
        "DELETE_FAILED" => Err(said(refuse("a deletion of it failed halfway"))
            .help(format!("delete the rest: {destroy}; then deploy again"))),
        "UPDATE_ROLLBACK_FAILED" => Err(said(refuse("an update failed, and so did taking it back"))
            .help(
                "mend what the reason above names, then: aws cloudformation continue-update-rollback \
                   --stack-name "
                    .to_owned()
                    + &name,
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
pub(crate) fn judge(target: &Target, ended: &stack::Ended, wanted: &[&str]) -> Result<(), Problem> {
    if wanted.contains(&ended.status.as_str()) {
        return Ok(());
    }
    let name = target.stack_name();
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
    let (deploy, destroy) = (target.make("deploy", &[]), target.make("destroy", &[]));
    Err(match ended.status.as_str() {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" => {
            problem.help(format!("mend it; then {destroy}, and deploy again"))
        }
        "UPDATE_ROLLBACK_FAILED" => stuck(problem, &name, &ended.events),
        "UPDATE_ROLLBACK_COMPLETE" => problem.help(format!("mend it; then {deploy}")),
        "DELETE_FAILED" => problem.help(format!("mend it; then {destroy}, which goes on with the rest")),
        _ => problem,
    })
}

/// The way back failed for a reason of its own, and that one has to be mended before it can go on.
fn stuck(problem: Problem, name: &str, events: &[Event]) -> Problem {
    let go_on = format!("aws cloudformation continue-update-rollback --stack-name {name}");
    let Some(event) = stack::first_cause_of_rollback(events) else {
        return problem.help(format!("see what stopped the way back, and mend it; then: {go_on}"));
    };
    let place = event.place();
    problem
        .note(format!("the way back was stopped by {place}: {}", event.reason))
        .help(format!("mend {place}; then: {go_on}"))
        .help(format!(
            "or leave it out, if it is gone: {go_on} --resources-to-skip {}",
            stack::to_skip(event, events)
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_created_updated_joined_or_has_a_way_out() {
        let target = Target::example("dev", false);
        for status in StackStatus::values() {
            let stack = Stack::builder().stack_status(StackStatus::from(*status)).build();
            match begin(&target, Some(&stack)) {
                Ok(Begin::Create) => assert!(["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"].contains(status)),
                Ok(Begin::Update) => {
                    assert!(status.ends_with("_COMPLETE") || *status == "UPDATE_FAILED", "{status}");
                }
                Ok(Begin::Join) => assert!(status.ends_with("_IN_PROGRESS"), "{status}"),
                Err(problem) => assert!(!problem.help.is_empty(), "{status}"),
            }
        }
        assert_eq!(begin(&target, None), Ok(Begin::Create));
    }

    fn event(at: i64, resource: &str, status: &str, own: bool) -> Event {
        let ty = if own { stack::STACK } else { "AWS::MSK::Cluster" };
        Event {
            id: format!("{resource}{at}"),
            stack: String::new(),
            resource: resource.into(),
            physical: String::new(),
            ty: ty.into(),
            status: status.into(),
            reason: format!("why {resource} failed"),
            at: aws_smithy_types::DateTime::from_secs(at),
            own,
        }
    }

    fn judged(status: &str, events: Vec<Event>) -> Problem {
        let ended = stack::Ended { status: status.into(), stack: None, events };
        judge(&Target::example("prod", false), &ended, &["UPDATE_COMPLETE", "DELETE_COMPLETE"])
            .expect_err("it failed")
    }

    #[test]
    fn of_a_way_back_that_failed_the_reason_is_told_beside_that_of_the_update() {
        let events = vec![
            event(1, "Alarm", "UPDATE_FAILED", false),
            event(2, "onboard-ai-prod", "UPDATE_ROLLBACK_IN_PROGRESS", true),
            event(3, "Cluster", "UPDATE_FAILED", false),
        ];
        let problem = judged("UPDATE_ROLLBACK_FAILED", events);
        assert_eq!(problem.what, "Alarm failed: why Alarm failed");
        assert_eq!(problem.notes[2], "the way back was stopped by Cluster: why Cluster failed");
        let go_on = "aws cloudformation continue-update-rollback --stack-name onboard-ai-prod";
        assert_eq!(problem.help[0], format!("mend Cluster; then: {go_on}"));
        assert!(problem.help[1].ends_with(&format!("{go_on} --resources-to-skip Cluster")), "{problem:?}");
    }

    #[test]
    fn a_deletion_that_failed_is_gone_on_with() {
        let problem = judged("DELETE_FAILED", vec![event(1, "Cluster", "DELETE_FAILED", false)]);
        assert_eq!(problem.what, "Cluster failed: why Cluster failed");
        assert_eq!(problem.help, ["mend it; then make destroy ENV=prod, which goes on with the rest"]);
    }
}
