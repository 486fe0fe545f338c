//! Files that infra-gen didn't write.

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use crate::assert_run;
use crate::project::{Entry, Project, SMALL, renamed};

#[test]
fn are_kept_as_they_are() {
    let project = Project::synthesised();
    project.write("generated/notes.txt", "mine\n");
    project.write("generated/cloudformation/deep/notes.txt", "mine too\n");
    fs::create_dir_all(project.path("generated/empty/inside")).unwrap();
    symlink("nowhere", project.path("generated/dangling")).unwrap();
    symlink("../topics.yaml", project.path("generated/link")).unwrap();
    symlink("cloudformation", project.path("generated/folder-link")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"generated/not-\xff-utf8");
    fs::write(project.root().join(odd), "odd\n").unwrap();
    fs::set_permissions(project.path("generated/notes.txt"), Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(project.path("generated/empty"), Permissions::from_mode(0o711)).unwrap();
    let stamp = |path: &str| {
        let found = fs::symlink_metadata(project.path(path)).unwrap();
        (found.mode(), found.mtime(), found.mtime_nsec())
    };
    let paths = ["generated/notes.txt", "generated/empty", "generated/empty/inside", "generated/link"];
    let before = (project.tree(), paths.map(stamp));
    for manifest in [&renamed(), SMALL] {
        project.manifest(manifest);
        project.synth();
        project.assert_tidy();
    }
    assert_eq!((project.tree(), paths.map(stamp)), before);
}

#[test]
fn in_the_way_are_not_overwritten() {
    let project = Project::new();
    project.write("generated/schema/topics.schema.json", "mine\n");
    let before = project.tree();
    assert_run!("in_the_way", project, project.run(&["synth"]));
    assert_eq!(project.tree(), before);
    project.assert_tidy();
    let json = project.run(&["synth", "--json"]);
    assert_eq!(json.code, Some(4));
    assert_eq!(json.json()["status"], "refused");
    let check = project.run(&["check"]);
    assert_eq!(check.code, Some(3));
    assert!(check.stdout.contains("in the way  schema/topics.schema.json\n"), "{check}");
}

#[test]
fn with_the_same_contents_become_owned() {
    let project = Project::synthesised();
    let before = project.tree();
    fs::remove_file(project.path("generated/.files")).unwrap();
    project.synth();
    assert_eq!(project.tree(), before);
}

#[test]
fn links_are_never_written_through() {
    let project = Project::synthesised();
    let before = project.tree();
    // One owned file was made a link: that is an edit, and is made a file again.
    project.write("outside.json", "outside\n");
    let owned = project.path("generated/schema/topics.schema.json");
    fs::remove_file(&owned).unwrap();
    symlink("../../outside.json", &owned).unwrap();
    project.synth();
    assert_eq!(project.tree(), before);
    assert_eq!(project.read("outside.json"), "outside\n");
    // A whole folder was: what is behind it isn't ours.
    fs::rename(project.path("generated/schema"), project.path("schema")).unwrap();
    symlink("../schema", project.path("generated/schema")).unwrap();
    project.manifest(&renamed());
    let run = project.run(&["synth"]);
    assert_eq!(run.code, Some(4), "{run}");
    assert_eq!(project.tree()[Path::new("schema")], Entry::Link("../schema".into()));
}

#[test]
fn the_output_folder_may_itself_be_a_link() {
    let project = Project::synthesised();
    fs::create_dir(project.path("real")).unwrap();
    fs::rename(project.path("generated"), project.path("real/output")).unwrap();
    symlink("real/output", project.path("generated")).unwrap();
    project.manifest(&renamed());
    project.synth();
    assert!(project.path("generated").is_symlink());
    assert_eq!(project.run(&["check"]).code, Some(0));
    assert_eq!(fs::read_dir(project.path("real")).unwrap().count(), 1);
}

#[test]
fn a_file_of_ours_makes_room_for_a_folder_and_back() {
    let project = Project::synthesised();
    let before = project.tree();
    let listing = project.read("generated/.files");
    let hash = "0".repeat(64);
    // An earlier version wrote `schema` as a file.
    fs::remove_dir_all(project.path("generated/schema")).unwrap();
    project.write("generated/schema", "old\n");
    project.write("generated/.files", format!("{listing}{hash}  schema\n"));
    project.synth();
    assert_eq!(project.tree(), before);
    // An earlier version wrote the schema into a folder of that name.
    let path = "schema/topics.schema.json";
    fs::remove_file(project.path("generated").join(path)).unwrap();
    project.write(&format!("generated/{path}/old"), "old\n");
    project.write("generated/.files", format!("{listing}{hash}  {path}/old\n"));
    project.synth();
    assert_eq!(project.tree(), before);
    // As before, but somebody put a file there.
    fs::remove_file(project.path("generated").join(path)).unwrap();
    project.write(&format!("generated/{path}/mine"), "mine\n");
    assert_eq!(project.run(&["synth"]).code, Some(4));
}
