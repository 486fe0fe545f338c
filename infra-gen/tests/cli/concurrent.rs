//! Two runs at once.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::project::{Project, SMALL, renamed};

#[test]
fn a_run_waits_for_the_one_before_it() {
    let project = Project::new();
    fs::create_dir(project.path(".generated.synth")).unwrap();
    let lock = File::create(project.path(".generated.synth/lock")).unwrap();
    lock.lock().unwrap();
    let mut child = project.command(&["synth"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "note: another synth is writing generated; waiting for it");
    assert!(!project.path("generated").exists());
    drop(lock);
    assert!(lines.last().unwrap().starts_with("done in"));
    assert!(child.wait().unwrap().success());
    project.assert_tidy();
}

#[test]
fn many_runs_leave_the_work_of_one() {
    let project = Project::new();
    project.write("other.yaml", renamed());
    let manifests = ["topics.yaml", "other.yaml"];
    let whole = manifests.map(|manifest| {
        project.run(&["synth", "--manifest", manifest]);
        project.tree()
    });
    for _ in 0..3 {
        let runs = manifests.repeat(3).into_iter().map(|manifest| {
            let mut command = project.command(&["synth", "--manifest", manifest]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for run in runs.collect::<Vec<_>>() {
            let output = run.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(whole.contains(&project.tree()), "the output is of neither manifest");
        assert!(!project.path(".generated.synth").exists());
    }
    assert_eq!(project.read("topics.yaml"), SMALL);
}
