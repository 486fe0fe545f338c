//! What is proven of every rendered template before anyone pays for it.
//!
//! Each proof is a function that lists what it finds wrong. It is run over every environment of every good manifest,
//! where it must find nothing, and over a template with a fault, where it must find that fault.

mod assembly;
mod code;
mod environment;
mod iam;
mod limits;
mod mistakes;
mod network;
mod order;
mod references;
mod secrets;
mod stateful;

use assembly::{Deployment, deployments};
use serde_json::Value;

/// A proof finds nothing in what is rendered.
fn holds(proof: impl Fn(&Deployment) -> Vec<String>) {
    let all = deployments();
    assert!(all.len() > 6, "every environment of every manifest: {}", all.len());
    for deployment in all {
        let found = proof(deployment);
        assert!(found.is_empty(), "{}:\n{}", deployment.stack_name(), found.join("\n"));
    }
}

/// A proof finds this in the shipped manifest's production once a template is changed.
fn finds(proof: impl Fn(&Deployment) -> Vec<String>, change: impl FnOnce(&mut Deployment), expected: &str) {
    let mut deployment = assembly::shipped("prod").clone();
    change(&mut deployment);
    let found = proof(&deployment);
    assert!(found.iter().any(|line| line.contains(expected)), "{expected} is not among {found:#?}");
}

/// The members of an object; none of anything else.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
