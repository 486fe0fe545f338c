//! `--help` is part of the interface.

use crate::assert_run;
use crate::project::Project;

#[test]
fn help_is_as_pinned() {
    let project = Project::new();
    for (name, arguments) in [
        ("help", ["--help"].as_slice()),
        ("help_synth", &["synth", "--help"]),
        ("help_check", &["check", "--help"]),
        ("help_schema", &["schema", "--help"]),
        ("help_model", &["model", "--help"]),
    ] {
        assert_run!(name, project, project.run(arguments));
    }
}

#[test]
fn a_wrong_argument_is_bad_input() {
    let project = Project::new();
    assert_run!("unknown_argument", project, project.run(&["synth", "--otu", "x"]));
    assert_run!("no_command", project, project.run(&[]));
}
