//! `infra-gen synth`

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::assert_run;
use crate::project::{Project, SMALL, renamed};

#[test]
fn writes_and_says_what() {
    let project = Project::new();
    assert_run!("synth_first", project, project.synth());
    assert_run!("synth_unchanged", project, project.synth());
    assert_run!("synth_json", project, project.run(&["synth", "--json"]));
    project.assert_tidy();
}

#[test]
fn the_second_run_touches_nothing() {
    let project = Project::synthesised();
    let before = project.stamps();
    project.synth();
    assert_eq!(project.stamps(), before);
}

#[test]
fn rust_alone_is_enough() {
    let project = Project::new();
    let run = project.command(&["synth"]).env("PATH", "").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(project.tree(), Project::synthesised().tree());
}

#[test]
fn what_a_change_replaces_is_told() {
    let project = Project::synthesised();
    let moved = SMALL.replace("    auth: none\n", "    auth: none\n    network: \"10.99\"\n");
    project.manifest(&moved);
    assert_run!("synth_replaces", project, project.synth());

    project.manifest(SMALL);
    let warnings = project.run(&["synth", "--json"]).json()["warnings"].clone();
    assert_eq!(warnings[0]["value"], "environments.dev.network");
    let resources = warnings[0]["resources"].as_array().expect("a list");
    let cluster = resources.iter().find(|found| found["type"] == "AWS::MSK::Cluster").expect("the cluster");
    assert_eq!(cluster["stack"], "dev/foundation");
    assert_eq!(project.run(&["synth", "--json"]).json()["warnings"], serde_json::json!([]));
}

#[test]
fn a_deployment_that_is_left_behind_is_told() {
    let project = Project::synthesised();
    project.manifest(&SMALL.replace("app: small", "app: tiny"));
    assert_run!("synth_leaves_behind", project, project.synth());
}

#[test]
fn the_manifest_alone_decides() {
    let (one, other) = (Project::synthesised(), Project::new());
    other.manifest(&renamed());
    other.synth();
    other.manifest(SMALL);
    other.synth();
    assert_eq!(other.tree(), one.tree());
}

#[test]
fn unchanged_files_keep_inode_and_time() {
    let project = Project::synthesised();
    let stamp = || {
        let found = fs::metadata(project.path("generated/schema/topics.schema.json")).unwrap();
        (found.ino(), found.mtime(), found.mtime_nsec())
    };
    let before = stamp();
    project.manifest(&renamed());
    let run = project.synth();
    assert!(run.stderr.contains("changed"), "{}", run.stderr);
    assert_eq!(stamp(), before);
}

#[test]
fn a_removed_topic_removes_its_files_and_folders() {
    let project = Project::new();
    project.manifest(&renamed());
    project.synth();
    let of_topic =
        |name: &str| project.tree().keys().filter(|path| path.to_str().unwrap().contains(name)).count();
    assert!(of_topic("order-sent") > 0, "no file is named for its topic");
    project.manifest(SMALL);
    project.synth();
    assert_eq!(of_topic("order-sent"), 0);
    assert!(of_topic("order-placed") > 0);
}

#[test]
fn every_file_is_listed_with_its_hash() {
    let project = Project::synthesised();
    let listing = project.read("generated/.files");
    let listed = listing.lines().filter(|line| !line.starts_with('#')).count();
    let run = project.run(&["synth", "--json"]).json();
    assert_eq!(run["files"]["total"], listed);
}

#[test]
fn an_edited_file_is_told_of_and_made_anew() {
    let project = Project::synthesised();
    let before = project.tree();
    project.write("generated/schema/topics.schema.json", "{}\n");
    assert_run!("synth_edited", project, project.synth());
    assert_eq!(project.tree(), before);
}

#[test]
fn a_merge_conflict_in_the_output_is_mended() {
    let project = Project::synthesised();
    let listing = project.read("generated/.files");
    let mine = project.tree();
    project.manifest(&renamed());
    project.synth();
    let theirs = project.read("generated/.files");
    let schema = project.read("generated/schema/topics.schema.json");
    project.write("generated/.files", format!("<<<<<<< HEAD\n{listing}=======\n{theirs}>>>>>>> other\n"));
    project.write("generated/schema/topics.schema.json", format!("<<<<<<< HEAD\n{schema}"));
    project.manifest(SMALL);
    project.synth();
    assert_eq!(project.tree(), mine);
}

#[test]
fn the_cdk_toolkit_gets_its_assembly() {
    let project = Project::new();
    project.write("cdk.out/synth.lock", "");
    let run = project.command(&["synth"]).env("CDK_OUTDIR", "cdk.out").output().unwrap();
    assert!(run.status.success());
    assert_eq!(run.stdout, b"", "the toolkit prints templates there");
    let expected: Vec<_> = project
        .tree()
        .into_iter()
        .filter_map(|(path, entry)| Some((path.strip_prefix("cloudformation").ok()?.to_owned(), entry)))
        .filter(|(path, _)| path.iter().next().is_some())
        .collect();
    assert!(!expected.is_empty());
    let mut found = crate::project::read_tree(&project.path("cdk.out"));
    assert!(found.remove(std::path::Path::new("synth.lock")).is_some(), "the toolkit's own file is gone");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);

    let again = project.command(&["synth", "--assembly", "there/too"]).output().unwrap();
    assert!(again.status.success());
    let there = crate::project::read_tree(&project.path("there/too"));
    assert_eq!(there.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_output_folder_elsewhere_is_made_with_those_above_it() {
    let project = Project::synthesised();
    assert_eq!(project.run(&["synth", "--out", "a/b/c"]).code, Some(0));
    assert_eq!(crate::project::read_tree(&project.path("a/b/c")), project.tree());
    let one = project.path("a/b");
    assert_eq!(fs::read_dir(one).unwrap().count(), 1, "something was left beside the output");
}
