//! Functions and the project's own programs are built by one cargo into one folder.

use std::path::Path;

use cargo_metadata::{MetadataCommand, TargetKind};

#[test]
fn no_function_may_have_the_name_of_a_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("topics.yaml")).expect("the project's manifest");
    let metadata =
        MetadataCommand::new().current_dir(&root).no_deps().exec().expect("cargo reads the workspace");
    let own =
        metadata.packages.iter().filter(|package| !package.manifest_path.as_str().contains("/generated/"));
    let targets = own.flat_map(|package| &package.targets);
    let programs: Vec<&str> = targets
        .filter(|target| target.kind.contains(&TargetKind::Bin))
        .map(|target| target.name.as_str())
        .collect();
    assert!(programs.contains(&"local"), "{programs:?}");
    for program in programs {
        let text = text.replace("function: perform-kyc,", &format!("function: {program},"));
        let errors = manifest::read("topics.yaml", &text).expect_err(program);
        let codes: Vec<_> = errors.iter().map(manifest::Diagnostic::code).collect();
        assert_eq!(
            codes,
            [manifest::Code::NameTaken],
            "{program}: add it to `PROGRAMS` of the manifest's reader"
        );
    }
}
