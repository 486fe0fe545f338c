//! What is said when the input is wrong.

use std::fs;
use std::os::unix::fs::symlink;

use crate::assert_run;
use crate::project::{Project, SMALL};

#[test]
fn a_bad_manifest_is_told_with_its_place_and_changes_nothing() {
    let project = Project::synthesised();
    let before = project.stamps();
    project.manifest(&SMALL.replace("key: orderId", "key: orderID"));
    assert_run!("bad_manifest", project, project.run(&["synth"]));
    let json = project.run(&["synth", "--json"]);
    assert_eq!(json.code, Some(2));
    assert_eq!(json.stderr, "");
    assert_eq!(json.json()["status"], "invalid");
    assert!(!json.json()["diagnostics"].is_null(), "{json}");
    for command in ["check", "model"] {
        assert_eq!(project.run(&[command]).code, Some(2), "{command}");
    }
    let mut after = project.stamps();
    after.insert(".".into(), before[std::path::Path::new(".")]);
    assert_eq!(after, before);
}

#[test]
fn a_manifest_that_is_not_there() {
    let project = Project::new();
    assert_run!("no_manifest", project, project.run(&["synth", "--manifest", "topic.yaml"]));
    fs::rename(project.path("topics.yaml"), project.path("topics.yml")).unwrap();
    assert_run!("no_manifest_other_ending", project, project.run(&["synth"]));
    let run = project.run(&["check", "--json", "--manifest", "nowhere/at/all.yaml"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.json()["exit_code"], 2);
}

#[test]
fn a_manifest_in_a_folder_above_is_pointed_at() {
    let project = Project::new();
    fs::create_dir_all(project.path("deep/down")).unwrap();
    let run = project.command(&["synth"]).current_dir(project.path("deep/down")).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(stderr.ends_with("help: say --manifest ../../topics.yaml\n"), "{stderr}");
}

#[test]
fn a_manifest_that_is_no_text() {
    let project = Project::new();
    project.write("topics.yaml", b"app: small\ndescription: caf\xe9\n");
    assert_run!("not_utf8", project, project.run(&["synth"]));
    fs::remove_file(project.path("topics.yaml")).unwrap();
    fs::create_dir(project.path("topics.yaml")).unwrap();
    assert_run!("manifest_is_folder", project, project.run(&["synth"]));
}

#[test]
fn an_output_folder_that_can_be_none() {
    let project = Project::new();
    project.write("file", "mine\n");
    symlink("nowhere", project.path("dangling")).unwrap();
    assert_run!("out_is_file", project, project.run(&["synth", "--out", "file"]));
    for (out, says) in [
        ("file/below", "is no folder"),
        ("dangling", "is no folder"),
        ("/", "holds the manifest"),
        (".", "holds the manifest"),
        ("..", "holds the manifest"),
        ("not/there/..", "can't be replaced"),
    ] {
        let run = project.run(&["synth", "--out", out]);
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains(says), "{run}");
    }
    assert_eq!(project.read("file"), "mine\n");
}
