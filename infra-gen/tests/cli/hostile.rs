//! Disks that are full, folders that can't be written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::assert_run;
use crate::project::{PROGRAM, Project, Run, SMALL, renamed};

/// Nobody in particular.
const NOBODY: u32 = 65534;

/// Runs as an ordinary user, for whom permissions count; the whole project is theirs.
fn run_as_user(project: &Project, arguments: &[&str]) -> Run {
    if rustix::process::geteuid().is_root() {
        give_to_user(project.root());
    }
    run_in_place(project, arguments)
}

/// The same, without giving them anything.
fn run_in_place(project: &Project, arguments: &[&str]) -> Run {
    if !rustix::process::geteuid().is_root() {
        return project.run(arguments);
    }
    // The build folder may be one that only root can enter.
    let program = tempfile::Builder::new().prefix("infra-gen-").tempdir().unwrap();
    fs::set_permissions(program.path(), Permissions::from_mode(0o755)).unwrap();
    let copy = program.path().join("infra-gen");
    fs::copy(PROGRAM, &copy).unwrap();
    let mut command = Command::new(&copy);
    command.args(arguments).current_dir(project.root()).uid(NOBODY).gid(NOBODY);
    // Another test that starts a program just now holds the copy open for a moment.
    let busy = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ExecutableFileBusy;
    let mut output = command.output();
    while output.as_ref().is_err_and(busy) {
        std::thread::yield_now();
        output = command.output();
    }
    Run::new(arguments, output.unwrap())
}

fn give_to_user(path: &Path) {
    lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            give_to_user(&entry.unwrap().path());
        }
    }
}

fn set_mode(project: &Project, path: &str, mode: u32) {
    fs::set_permissions(project.path(path), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written() {
    let project = Project::synthesised();
    let before = project.tree();
    project.manifest(&renamed());
    set_mode(&project, ".", 0o555);
    assert_run!("read_only", project, run_as_user(&project, &["synth"]));
    assert_eq!(project.tree(), before);
    // What needs no writing goes on.
    assert_eq!(run_as_user(&project, &["check"]).code, Some(3));
    set_mode(&project, ".", 0o755);
    project.manifest(SMALL);
    set_mode(&project, ".", 0o555);
    assert_eq!(run_as_user(&project, &["synth"]).code, Some(0));
    set_mode(&project, ".", 0o755);
}

#[test]
fn a_file_that_cannot_be_read() {
    let project = Project::synthesised();
    let schema = "generated/schema/topics.schema.json";
    set_mode(&project, schema, 0o000);
    for command in ["synth", "check"] {
        let run = run_as_user(&project, &[command]);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("topics.schema.json: Permission denied"), "{run}");
    }
    set_mode(&project, schema, 0o644);
    set_mode(&project, "topics.yaml", 0o000);
    let run = run_as_user(&project, &["synth"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("Permission denied"), "{run}");
}

#[test]
fn folders_of_others_that_cannot_be_written_are_carried_along() {
    let project = Project::synthesised();
    project.write("generated/mine/locked/file", "mine\n");
    set_mode(&project, "generated/mine/locked", 0o555);
    let before = project.tree();
    for manifest in [&renamed(), SMALL] {
        project.manifest(manifest);
        let run = run_as_user(&project, &["synth"]);
        assert_eq!(run.code, Some(0), "{run}");
        project.assert_tidy();
    }
    assert_eq!(project.tree(), before);
    set_mode(&project, "generated/mine/locked", 0o755);
}

#[test]
fn files_that_may_not_be_linked_are_copied() {
    let project = Project::synthesised();
    run_as_user(&project, &["check"]);
    // Linux lets nobody link other people's files that they can't write.
    project.write("generated/mine/theirs", "theirs\n");
    symlink("theirs", project.path("generated/mine/link")).unwrap();
    if rustix::process::geteuid().is_root() {
        give_to_user(&project.path("generated/mine"));
        for file in ["theirs", "link"] {
            lchown(project.path("generated/mine").join(file), Some(0), Some(0)).unwrap();
        }
    }
    let stamp = || {
        let found = fs::metadata(project.path("generated/mine/theirs")).unwrap();
        (found.mode(), found.mtime(), found.mtime_nsec())
    };
    let before = (project.tree(), stamp());
    for manifest in [&renamed(), SMALL] {
        project.manifest(manifest);
        let run = run_in_place(&project, &["synth"]);
        assert_eq!(run.code, Some(0), "{run}");
        assert!(!run.stderr.contains("note:"), "{run}");
        project.assert_tidy();
    }
    assert_eq!((project.tree(), stamp()), before);
}

/// `sudo make synth` doesn't take the folder from its owner.
#[test]
fn folders_keep_their_owner() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let project = Project::synthesised();
    give_to_user(project.root());
    project.manifest(&renamed());
    project.synth();
    for folder in ["generated", "generated/schema"] {
        assert_eq!(fs::metadata(project.path(folder)).unwrap().uid(), NOBODY, "{folder}");
    }
}

/// A limit on the size of files stands in for a full disk: writing fails, somewhere in the middle.
#[test]
fn a_disk_that_is_full() {
    let project = Project::synthesised();
    let before = project.tree();
    project.manifest(&renamed());
    let output = Command::new("sh")
        .args(["-c", r#"trap "" XFSZ; ulimit -f 1; exec "$@""#, "sh", PROGRAM, "synth"])
        .current_dir(project.root())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: can't write "), "{stderr}");
    assert_eq!(project.tree(), before);
    project.assert_tidy();
    project.synth();
    assert_eq!(project.run(&["check"]).code, Some(0));
}
