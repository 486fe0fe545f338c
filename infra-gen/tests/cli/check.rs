//! `infra-gen check`

use std::fs;

use crate::assert_run;
use crate::project::{Project, renamed};

#[test]
fn fresh_output_is_fresh() {
    let project = Project::synthesised();
    assert_run!("check_fresh", project, project.run(&["check"]));
    assert_run!("check_fresh_json", project, project.run(&["check", "--json"]));
}

#[test]
fn stale_output_is_named_shown_and_mended() {
    let project = Project::synthesised();
    let schema = "generated/schema/topics.schema.json";
    project.write(schema, project.read(schema) + "by hand\n");
    assert_run!("check_edited", project, project.run(&["check"]));
    let json = project.run(&["check", "--json"]);
    assert_eq!(json.code, Some(3));
    let json = json.json();
    assert_eq!(json["status"], "stale");
    assert_eq!(json["differences"][0]["path"], "schema/topics.schema.json");
    assert_eq!(json["differences"][0]["state"], "stale");
    assert_eq!(json["differences"][0]["edited"], true);
    assert!(json["differences"][0]["diff"].as_str().unwrap().contains("\n-by hand\n"));
    assert_eq!(json["mend"], "make synth");
    project.synth();
    assert_eq!(project.run(&["check"]).code, Some(0));
}

#[test]
fn missing_and_left_over_files_are_named() {
    let project = Project::synthesised();
    fs::remove_file(project.path("generated/schema/topics.schema.json")).unwrap();
    assert_run!("check_missing", project, project.run(&["check"]));
    project.synth();
    project.manifest(&renamed());
    let json = project.run(&["check", "--json"]).json();
    let states: Vec<_> = json["differences"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    for state in ["left-over", "missing", "stale"] {
        assert!(states.iter().any(|found| *found == state), "{state}: {json:#}");
    }
}

#[test]
fn no_output_at_all_is_stale() {
    let project = Project::new();
    let run = project.run(&["check"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stdout.contains("missing     schema/topics.schema.json\n"), "{run}");
    assert!(!project.path("generated").exists(), "check wrote something");
}

#[test]
fn a_lost_or_wrong_listing_is_stale() {
    let project = Project::synthesised();
    fs::remove_file(project.path("generated/.files")).unwrap();
    assert_run!("check_no_listing", project, project.run(&["check"]));
    project.synth();
    project.write("generated/.files", project.read("generated/.files") + "more\n");
    let run = project.run(&["check"]);
    assert!(run.stdout.starts_with("stale       .files\n"), "{run}");
}

#[test]
fn check_touches_nothing() {
    let project = Project::synthesised();
    project.write("generated/schema/topics.schema.json", "{}\n");
    let before = project.stamps();
    assert_eq!(project.run(&["check"]).code, Some(3));
    assert_eq!(project.stamps(), before);
}

#[test]
fn the_mend_names_what_was_checked() {
    let project = Project::new();
    let run = project.run(&["check", "--out", "elsewhere"]);
    assert!(run.stderr.contains("infra-gen synth --manifest topics.yaml --out elsewhere"), "{run}");
}
