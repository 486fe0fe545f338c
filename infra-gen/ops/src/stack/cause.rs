//! Why an operation failed: the first cause, not the last symptom.

use std::collections::BTreeSet;

use super::{Event, events::STACK};

/// What is said of resources that were stopped since another one failed
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html>).
const STOPPED: [&str; 4] = [
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "Resource import cancelled",
];
/// What is said of stacks in which something failed.
const ECHOES: [&str; 6] = [
    "Embedded stack ",
    "Nested stack ",
    "The following resource(s) failed",
    "[The following resource(s) failed",
    "Resource(s) failed",
    "Rollback requested by user",
];

/// The way back from an update begins.
const ROLLBACK: &str = "UPDATE_ROLLBACK_IN_PROGRESS";

/// The event with which it began: the earliest failure that isn't the echo of another one.
pub(crate) fn first_cause<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<&'a Event> {
    let mut failed: Vec<&Event> = events.into_iter().filter(|event| event.failed()).collect();
    // What happened in a nested stack is told there before the root tells that the nested stack failed.
    failed.sort_by_key(|event| (event.at, event.stack.is_empty()));
    let told_inside = |event: &Event| {
        let stack = if event.own { &event.stack } else { &event.resource };
        event.ty == STACK
            && failed
                .iter()
                .any(|other| !other.own && other.ty != STACK && (event.own || other.stack == *stack))
    };
    let real = |event: &&&Event| !is_stopped(event) && !is_echo(event) && !told_inside(event);
    // Where nothing but echoes is left, the first of them is better than nothing.
    let fallback = || failed.iter().find(|event| !is_stopped(event));
    failed.iter().find(real).or_else(fallback).or(failed.first()).copied()
}

/// What stopped the way back: the earliest real failure after it began, in the root or in its own stack.
pub(crate) fn first_cause_of_rollback(events: &[Event]) -> Option<&Event> {
    let mut going = BTreeSet::new();
    let on_the_way_back = events.iter().filter(|event| {
        if event.own && event.status == ROLLBACK {
            going.insert(event.stack.as_str());
        }
        going.contains("") || going.contains(event.stack.as_str())
    });
    first_cause(on_the_way_back)
}

/// As `continue-update-rollback --resources-to-skip` takes it: with the real name of the nested stack.
pub(crate) fn to_skip(event: &Event, events: &[Event]) -> String {
    let is_its_stack = |other: &&Event| {
        other.ty == STACK && !other.own && other.resource == event.stack && !other.physical.is_empty()
    };
    let stack = events.iter().find(is_its_stack).and_then(|stack| stack.physical.split('/').nth(1));
    match stack {
        Some(stack) => format!("{stack}.{}", event.resource),
        None => event.resource.clone(),
    }
}

fn is_stopped(event: &Event) -> bool {
    STOPPED.iter().any(|words| event.reason.starts_with(words))
}

fn is_echo(event: &Event) -> bool {
    event.ty == STACK && ECHOES.iter().any(|words| event.reason.starts_with(words))
}

/// The log to look into: of the function that failed, or that answers for a custom resource.
pub(crate) fn log_group(event: &Event, events: &[Event]) -> Option<String> {
    if event.ty == "AWS::Lambda::Function" && !event.physical.is_empty() {
        return Some(format!("/aws/lambda/{}", event.physical));
    }
    if !event.ty.starts_with("Custom::") && event.ty != "AWS::CloudFormation::CustomResource" {
        return None;
    }
    // A custom resource has its function in its own stack.
    let function = events.iter().rev().find(|other| {
        other.stack == event.stack && other.ty == "AWS::Lambda::Function" && !other.physical.is_empty()
    })?;
    Some(format!("/aws/lambda/{}", function.physical))
}

/// The words of an event, without what is there for machines.
pub(crate) fn reason(event: &Event) -> String {
    if event.reason.is_empty() { "CloudFormation gives no reason".to_owned() } else { event.reason.clone() }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn event(at: i64, stack: &str, resource: &str, ty: &str, status: &str, reason: &str) -> Event {
        Event {
            id: format!("{stack}{resource}{at}"),
            stack: stack.into(),
            resource: resource.into(),
            physical: String::new(),
            ty: ty.into(),
            status: status.into(),
            reason: reason.into(),
            at: DateTime::from_secs(at),
            own: false,
        }
    }

    #[test]
    fn a_symptom_is_told_before_the_cause() {
        let events = [
            event(
                3,
                "Foundation",
                "Topic",
                "AWS::SNS::Topic",
                "CREATE_FAILED",
                "Resource creation cancelled",
            ),
            event(
                2,
                "Data",
                "Users",
                "AWS::DynamoDB::Table",
                "CREATE_FAILED",
                "Limit of 2500 tables (Service: DynamoDb)",
            ),
            event(
                3,
                "",
                "Data",
                STACK,
                "CREATE_FAILED",
                "Embedded stack arn:aws:cloudformation:::stack/x was not successfully created: The following resource(s) failed to create: [Users].",
            ),
        ];
        assert_eq!(first_cause(&events).expect("a cause").resource, "Users");
    }

    #[test]
    fn the_echo_in_the_root_has_the_same_second_as_the_cause() {
        let events = [
            event(2, "", "Data", STACK, "UPDATE_FAILED", "whatever an emulator says"),
            event(2, "Data", "Users", "AWS::DynamoDB::Table", "UPDATE_FAILED", "ValidationException"),
        ];
        assert_eq!(first_cause(&events).expect("a cause").resource, "Users");
    }

    #[test]
    fn a_nested_stack_that_could_not_begin_is_the_cause_itself() {
        let events = [
            event(1, "", "Edge", STACK, "CREATE_FAILED", "S3 error: Access Denied"),
            event(2, "Data", "Users", "AWS::DynamoDB::Table", "CREATE_FAILED", "Resource creation cancelled"),
        ];
        assert_eq!(first_cause(&events).expect("a cause").resource, "Edge");
    }

    #[test]
    fn what_stops_the_way_back_is_told_from_what_began_it() {
        let own = |at, stack: &str, status: &str| Event {
            own: true,
            ..event(at, stack, "shop-dev", STACK, status, "")
        };
        let nested = Event {
            physical: "arn:aws:cloudformation:us-east-1:1:stack/shop-dev-Data-1X/2".into(),
            ..event(1, "", "Data", STACK, "UPDATE_IN_PROGRESS", "")
        };
        let mut events = vec![
            nested,
            event(2, "", "Alarm", "AWS::CloudWatch::Alarm", "UPDATE_FAILED", "the update's own"),
            own(3, "", ROLLBACK),
            event(4, "Data", "Users", "AWS::DynamoDB::Table", "UPDATE_FAILED", "it is gone"),
            own(5, "", "UPDATE_ROLLBACK_FAILED"),
        ];
        let stopped = first_cause_of_rollback(&events).expect("a cause");
        assert_eq!(
            (stopped.resource.as_str(), to_skip(stopped, &events).as_str()),
            ("Users", "shop-dev-Data-1X.Users")
        );
        assert_eq!(first_cause(&events).expect("a cause").resource, "Alarm");
        // The nested stack was on its way back before the root was.
        events[2] = own(3, "Data", ROLLBACK);
        events.push(event(
            6,
            "",
            "Data",
            STACK,
            "UPDATE_FAILED",
            "Embedded stack x was not successfully updated",
        ));
        assert_eq!(first_cause_of_rollback(&events).expect("a cause").resource, "Users");
        assert_eq!(first_cause_of_rollback(&events[..2]), None, "it never began");
    }

    #[test]
    fn only_echoes_are_better_than_nothing() {
        let events =
            [event(1, "", "Edge", STACK, "CREATE_FAILED", "Embedded stack x was not successfully created")];
        assert_eq!(first_cause(&events).expect("a cause").resource, "Edge");
        assert_eq!(first_cause([]), None);
    }
}
