//! First drafts of business rules.

use std::fs;

use crate::project::{Project, renamed};

const RULE: &str = "handlers/rules/src/topics/order_placed.rs";

/// A project with a crate for its rules.
fn project() -> Project {
    let project = Project::new();
    project.write("handlers/rules/src/lib.rs", "");
    project
}

#[test]
fn a_draft_is_written_once() {
    let project = project();
    let run = project.synth();
    assert!(run.stderr.contains(&format!("{RULE}: a first draft, yours from now on\n")), "{run}");
    assert!(project.read(RULE).contains("impl contract::Rule for Rule"));
    project.write(RULE, "mine\n");
    let run = project.run(&["synth", "--json"]).json();
    assert_eq!(run["drafts"], serde_json::json!([]));
    assert_eq!(project.read(RULE), "mine\n");
    assert_eq!(project.run(&["check"]).code, Some(0));
}

#[test]
fn a_missing_rule_is_stale() {
    let project = project();
    project.synth();
    fs::remove_file(project.path(RULE)).unwrap();
    let run = project.run(&["check"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stdout.contains(&format!("missing     {RULE} ")), "{run}");
    assert_eq!(project.run(&["check", "--json"]).json()["drafts"][0], RULE);
    project.synth();
    assert_eq!(project.run(&["check"]).code, Some(0));
}

#[test]
fn the_rule_of_a_removed_topic_stays() {
    let project = project();
    project.synth();
    project.manifest(&renamed());
    project.synth();
    assert!(project.path(RULE).exists());
    assert!(project.path("handlers/rules/src/topics/order_sent.rs").exists());
}
