//! A cluster that is there already: named with all that belongs to it, and used by no other environment.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::Stack;

use super::{deployed, parameters::value};
use crate::{Problem, aws::Aws, console::Console, status, target::Target};

/// The parameter that names it.
const CLUSTER: &str = "ExistingClusterArn";

/// What an existing cluster is named by, and what is missing where it isn't there.
const EXISTING: [(&str, &str); 4] = [
    ("ExistingSubnetIds", "the subnets that functions reach it from"),
    ("ExistingSecurityGroupId", "the security group that reaches it"),
    ("ExistingSecretArn", "the secret of a SCRAM user"),
    ("ExistingSecretKeyArn", "the KMS key of that secret"),
];

/// Checks that an existing cluster is named with all that belongs to it.
///
/// # Errors
/// Something is missing, or is given without a cluster.
pub(super) fn is_named_whole(
    given: &[(String, String)],
    deployed: &BTreeMap<String, String>,
) -> Result<(), Problem> {
    let value = |name| value(given, deployed, name);
    let (there, missing): (Vec<_>, Vec<_>) = EXISTING.iter().partition(|(name, _)| !value(name).is_empty());
    let cluster = value(CLUSTER);
    let problem = match (cluster.is_empty(), there.first()) {
        (true, Some((name, _))) => {
            Problem::bad_input(format!("`{name}` is given, and no existing cluster that it belongs to"))
                .help(format!("name the cluster: --parameter {CLUSTER}=ARN"))
        }
        (false, _) if !missing.is_empty() => {
            let problem = Problem::bad_input(format!("`{cluster}` is not named with all that belongs to it"));
            missing.into_iter().fold(problem, |problem, (name, what)| {
                problem.help(format!("name {what}: --parameter {name}=..."))
            })
        }
        _ => return Ok(()),
    };
    Err(problem.note("an existing cluster has its own network, and a user of its own"))
}

/// Checks that no other environment of the manifest is on an existing cluster that this one is to use from now on.
///
/// # Errors
/// One is there; CloudFormation doesn't look whether it can be.
pub(super) async fn serves_no_other(
    aws: &Aws,
    target: &Target,
    given: &[(String, String)],
    deployed: &BTreeMap<String, String>,
    console: &mut Console,
) -> Result<(), Problem> {
    let cluster = value(given, deployed, CLUSTER);
    if cluster.is_empty() || deployed.get(CLUSTER).is_some_and(|old| old == cluster) {
        return Ok(());
    }
    let own = &target.environment.name;
    for other in target.model.environments.iter().filter(|other| other.name != *own) {
        let name = target.model.stack_name(other);
        match status::look(aws, &name).await {
            Ok(stack) if stack.as_ref().is_some_and(|stack| is_on(stack, cluster)) => {
                return Err(Problem::refused(format!("{name} is on the cluster that {own} is given"))
                    .note(format!("it is {cluster}"))
                    .note(
                        "topics and consumer groups have no environment in their names: each of the two would \
                         get a part of the other's records",
                    )
                    .help(format!("name another cluster, or leave {CLUSTER} out and {own} has one of its own")));
            }
            Ok(_) => {}
            // Whoever may deploy one environment need not be allowed to look at another.
            Err(fault) if fault.is("AccessDenied") => {
                console.say(&format!("can't look whether {name} is on this cluster: {}", fault.message));
            }
            Err(fault) => return Err(fault.problem(&format!("look at the stack {name}"))),
        }
    }
    Ok(())
}

/// The stack has made this cluster, or was given it.
fn is_on(stack: &Stack, cluster: &str) -> bool {
    let given = deployed::parameters(Some(stack)).remove(CLUSTER);
    status::cluster_of(stack).into_iter().chain(given).any(|own| own == cluster)
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::primitives::DateTime;
    use aws_sdk_cloudformation::types::{Output, Parameter, StackStatus};

    use super::*;

    #[test]
    fn an_existing_cluster_is_named_whole() {
        let name = |name: &str| (name.to_owned(), "x".to_owned());
        let all: Vec<_> = EXISTING.iter().map(|(parameter, _)| name(parameter)).collect();
        let none = BTreeMap::new();
        is_named_whole(&[], &none).expect("a cluster is made");
        let cluster = [name("ExistingClusterArn")];
        let problem = is_named_whole(&cluster, &none).expect_err("nothing else is there");
        assert_eq!(problem.help.len(), 4, "{problem:?}");
        is_named_whole(&[&cluster[..], &all].concat(), &none).expect("it is whole");
        is_named_whole(&cluster, &all.iter().cloned().collect()).expect("the rest is deployed");
        let problem =
            is_named_whole(&[&cluster[..], &all[..3]].concat(), &none).expect_err("the key is missing");
        assert!(problem.help[0].contains("--parameter ExistingSecretKeyArn="), "{problem:?}");
        let problem = is_named_whole(&all[..1], &none).expect_err("there is no cluster");
        assert!(problem.help[0].contains("ExistingClusterArn"), "{problem:?}");
        // Back to a cluster of its own.
        let emptied: Vec<_> = EXISTING.iter().map(|(name, _)| ((*name).to_owned(), String::new())).collect();
        let emptied = [&[("ExistingClusterArn".to_owned(), String::new())][..], &emptied].concat();
        is_named_whole(&emptied, &all.into_iter().chain(cluster).collect()).expect("nothing is left of it");
    }

    #[test]
    fn a_stack_is_on_the_cluster_that_it_made_or_was_given() {
        let stack = || {
            Stack::builder()
                .stack_name("a")
                .creation_time(DateTime::from_secs(0))
                .stack_status(StackStatus::CreateComplete)
        };
        let made =
            stack().outputs(Output::builder().output_key("KafkaClusterArn").output_value("arn:a").build());
        let given = Parameter::builder().parameter_key("ExistingClusterArn").parameter_value("arn:a").build();
        // Its outputs come when it is complete.
        let given = stack().parameters(given);
        for stack in [made, given] {
            let stack = stack.build();
            assert!(is_on(&stack, "arn:a") && !is_on(&stack, "arn:b"), "{stack:?}");
        }
    }
}
