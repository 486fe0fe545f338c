//! Runs that are killed.
//!
//! Whatever the moment, `generated/` is the old tree or the new one, and the next run finishes and tidies up.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::project::{Project, SMALL, renamed};

/// `tests/stepped` kills after each single step; here it is the program as a whole.
#[test]
fn at_moments_spread_over_a_run() {
    const MOMENTS: u32 = 24;
    let project = Project::synthesised();
    project.write("generated/mine/notes.txt", "mine\n");
    symlink("nowhere", project.path("generated/mine/link")).unwrap();
    fs::create_dir(project.path("generated/empty")).unwrap();
    let old = (SMALL.to_owned(), project.tree());
    project.manifest(&renamed());
    let start = Instant::now();
    project.synth();
    // How fast the machine is decides only which moments are hit.
    let step = start.elapsed() / MOMENTS;
    let new = (renamed(), project.tree());
    let states = [new, old];
    for moment in 0..MOMENTS {
        let [(_, from), (manifest, to)] =
            if moment % 2 == 0 { [&states[0], &states[1]] } else { [&states[1], &states[0]] };
        project.manifest(manifest);
        let mut child =
            project.command(&["synth"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(step * moment + Duration::from_micros(100));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = project.tree();
        assert!(found == *from || found == *to, "neither the old tree nor the new: {found:#?}");
        project.synth();
        assert_eq!(project.tree(), *to);
        project.assert_tidy();
    }
}

#[test]
fn leftovers_of_a_killed_run_are_cleared_even_when_nothing_changed() {
    let project = Project::synthesised();
    let before = project.tree();
    project.write(".generated.synth/new/half", "written");
    project.write(".generated.synth/lock", "");
    project.synth();
    assert_eq!(project.tree(), before);
    project.assert_tidy();
}

#[test]
fn a_run_killed_between_two_renames_is_undone() {
    let project = Project::synthesised();
    let before = project.tree();
    project.write(".generated.synth/new/half", "written");
    fs::rename(project.path("generated"), project.path(".generated.synth/old")).unwrap();
    let run = project.synth();
    assert!(run.stderr.contains("put generated back as it was before"), "{run}");
    assert_eq!(project.tree(), before);
    project.assert_tidy();
}
