//! Data on standard output, the rest on standard error; colours; closed pipes.

use std::io::Read as _;
use std::process::Stdio;

use crate::project::Project;

#[test]
fn data_alone_is_on_standard_output() {
    let project = Project::new();
    assert_eq!(project.synth().stdout, "");
    let schema = project.run(&["schema"]);
    assert_eq!(schema.stdout, project.read("generated/schema/topics.schema.json"));
    assert_eq!(schema.stderr, "");
    for arguments in [["model"].as_slice(), &["model", "--json"]] {
        let model = project.run(arguments);
        assert_eq!(model.json()["app"]["name"], "small");
        assert_eq!(model.stderr, "");
    }
}

#[test]
fn colours_are_for_terminals_and_can_be_turned_off() {
    let project = Project::new();
    let escapes = |variables: &[(&str, &str)]| {
        let mut command = project.command(&["check"]);
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    assert!(!escapes(&[]), "a pipe is no terminal");
    assert!(escapes(&[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let project = Project::synthesised();
    for arguments in [["model"].as_slice(), &["schema"], &["synth", "--json"], &["check"], &["--help"]] {
        let mut child =
            project.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn nobody_to_tell_is_no_error() {
    let project = Project::new();
    let mut child = project.command(&["synth"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(project.run(&["check"]).code, Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_an_error() {
    let project = Project::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = project.command(&["model"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: can't write to standard output: No space left"), "{stderr}");
}
