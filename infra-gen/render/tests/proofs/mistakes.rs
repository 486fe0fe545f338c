//! Thirty mistakes, each caught before anything is deployed, and by what.
//!
//! The table is `tests/full/mistakes/mistakes.json`. Here is asserted what needs Rust alone: that types, the manifest's
//! rules and the proofs catch what the table says; `tests/full/mistakes.sh` asserts the checkers' part.

use std::fs;

use serde_json::Value;

use crate::assembly::{Deployment, project, shipped};
use crate::{iam, limits, members, network, order, references, stateful};

/// A proof by its name in the table.
fn proof(name: &str) -> fn(&Deployment) -> Vec<String> {
    match name {
        "iam" => iam::differences,
        "limits" => limits::refused,
        "network" => network::misplaced,
        "order" => |deployment| [order::cycles(deployment), order::chain(deployment)].concat(),
        "references" => references::dangling,
        "stateful" => stateful::wrong_policies,
        other => panic!("there is no proof {other}"),
    }
}

/// The shipped production templates with this mistake in them.
fn seeded(mistake: &Value) -> Deployment {
    let text = |name: &str| mistake[name].as_str().expect("text");
    let mut deployment = shipped("prod").clone();
    let mut at = deployment.spoil(text("stack"), text("resource"));
    let (path, last) = text("at").rsplit_once('/').unwrap_or(("", text("at")));
    for step in path.split('/').filter(|step| !step.is_empty()) {
        at = match step.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[step],
        };
    }
    match (mistake.get("to"), last.parse::<usize>()) {
        (Some(to), Ok(index)) => at[index] = to.clone(),
        (Some(to), Err(_)) => at[last] = to.clone(),
        (None, _) => {
            at.as_object_mut().expect("an object").remove(last).expect("it was there");
        }
    }
    deployment
}

#[test]
fn each_mistake_is_caught_before_a_deployment() {
    let table = fs::read_to_string(project().join("tests/full/mistakes/mistakes.json")).expect("the table");
    let table: Vec<Value> = serde_json::from_str(&table).expect("JSON");
    assert_eq!(table.len(), 30);
    for mistake in &table {
        let name = mistake["mistake"].as_str().expect("a name");
        let caught: Vec<_> = members(&mistake["caught"]).collect();
        assert!(!caught.is_empty(), "nobody catches {name}");
        for (by, what) in caught {
            let what = what.as_str().expect("text");
            match by.as_str() {
                // The cfn crate's own tests compile each, and compare what rustc says: all that they must refuse is in
                // this list.
                "types" => {
                    let said = project().join(format!("infra-gen/cfn/tests/ui/{what}.stderr"));
                    assert!(said.is_file(), "{name}: {} is not there", said.display());
                    let refused = project().join("infra-gen/cfn/src/refused.rs");
                    let refused = fs::read_to_string(refused).expect("the list");
                    assert!(
                        refused.lines().any(|line| line.trim() == what),
                        "{name}: {what} is not in the list"
                    );
                }
                "manifest" => {
                    let path = project().join(format!("infra-gen/manifest/tests/bad/{what}.yaml"));
                    assert!(path.is_file(), "{name}: {} is not there", path.display());
                    assert!(manifest::read_file(&path).is_err(), "{name}: {what} is taken for good");
                }
                "proof" => {
                    let found = proof(what)(&seeded(mistake));
                    let resource = mistake["resource"].as_str().expect("a resource");
                    let sees = found.iter().any(|line| line.contains(resource) || what != "iam");
                    assert!(sees, "{name}: the proof {what} finds {found:?}");
                }
                "cfn-lint" | "cloudformation-validate" => {}
                other => panic!("{name}: nothing is called {other}"),
            }
        }
    }
}
