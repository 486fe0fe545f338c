//! Is the stack as its template says?

use super::{Check, Finding, Site};
use crate::target::Target;

const NAME: &str = "stack";

pub(crate) fn look(site: &Site<'_>) -> Check {
    judge(site.target, &site.state, &site.reason)
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
fn judge(target: &Target, state: &str, reason: &str) -> Check {
    let stack = target.stack_name();
    let what = format!("the stack is {state}");
    let deploy = target.make("deploy", &[]);
    let events = format!("aws cloudformation describe-stack-events --stack-name {stack}");
    let finding = match state {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" => {
            None
        }
        "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => Some(
            Finding::warning(what)
                .because("the last update failed; what was there before it is running")
                .help(format!("see what failed: {events}"))
                .help(format!("mend that, then {deploy}")),
        ),
        "UPDATE_ROLLBACK_FAILED" => Some(
            Finding::bad(what)
                .because("an update failed, and so did the way back: nobody knows which half is running")
                .help(format!("aws cloudformation continue-update-rollback --stack-name {stack}")),
        ),
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" => Some(
            Finding::bad(what)
                .because("it was never wholly made")
                .help(format!("see what failed: {events}"))
                .help(format!(
                    "remove what is left, then make it anew: {}; {deploy}",
                    target.make("destroy", &[])
                )),
        ),
        state if state.ends_with("_IN_PROGRESS") => Some(
            Finding::warning(what).because("somebody is deploying").help("wait, then look again").passing(),
        ),
        _ => Some(Finding::bad(what).help(format!("see why: {events}"))),
    };
    let finding = finding.map(|finding| match reason {
        "" => finding,
        reason if finding.cause.is_empty() => finding.because(reason),
        reason => {
            let cause = format!("{}: {reason}", finding.cause);
            finding.because(cause)
        }
    });
    Check::new(NAME, state, finding.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn verdict(state: &str) -> Verdict {
        judge(&Target::example("dev", false), state, "").verdict()
    }

    #[test]
    fn complete_is_well_and_a_rollback_is_not() {
        assert_eq!(verdict("UPDATE_COMPLETE"), Verdict::Ok);
        assert_eq!(verdict("UPDATE_ROLLBACK_COMPLETE"), Verdict::Warning);
        assert_eq!(verdict("UPDATE_IN_PROGRESS"), Verdict::Warning);
        assert_eq!(verdict("UPDATE_ROLLBACK_IN_PROGRESS"), Verdict::Warning);
        assert_eq!(verdict("ROLLBACK_COMPLETE"), Verdict::Bad);
        assert_eq!(verdict("DELETE_FAILED"), Verdict::Bad);
        assert_eq!(verdict(""), Verdict::Bad, "a state that nobody knows is not well");
    }

    #[test]
    fn a_rollback_that_failed_is_continued() {
        let check = judge(&Target::example("dev", false), "UPDATE_ROLLBACK_FAILED", "Resource users is gone");
        assert_eq!(
            check.findings[0].help,
            ["aws cloudformation continue-update-rollback --stack-name onboard-ai-dev"]
        );
        assert!(check.findings[0].cause.ends_with(": Resource users is gone"), "{check:?}");
    }
}
