//! What is checked in is what the generator writes, and agrees with aws-cdk-lib.

use std::collections::BTreeSet;

use cfn_codegen::{crosscheck, emit, files, pretty};

#[test]
fn the_generated_code_is_up_to_date() {
    let wanted =
        emit::files(&files::slice().expect("the slice"), &files::overrides().expect("the overrides"));
    let stale = files::stale(&wanted.expect("code")).expect("the files");
    assert!(stale.is_empty(), "stale: {stale:?}; run `cargo run -p cfn-codegen -- generate`");
}

#[test]
fn generating_is_deterministic() {
    let (slice, overrides) = (files::slice().expect("the slice"), files::overrides().expect("the overrides"));
    assert_eq!(
        emit::files(&slice, &overrides).expect("code"),
        emit::files(&slice, &overrides).expect("code")
    );
}

#[test]
fn the_slice_has_the_types_in_use_and_the_pinned_version() {
    let slice = files::slice().expect("the slice");
    let types: BTreeSet<String> = files::types().expect("the list").into_iter().collect();
    assert_eq!(slice.resources.keys().cloned().collect::<BTreeSet<_>>(), types);
    let versions = files::versions().expect("the versions");
    for source in [slice.source, files::library().expect("the library").source] {
        for (package, version) in source {
            assert_eq!(versions.get(&package), Some(&version), "{package}");
        }
    }
}

#[test]
fn the_files_are_in_the_form_that_is_written() {
    for (name, value) in [
        ("slice.json", serde_json::to_value(files::slice().expect("the slice"))),
        ("aws-cdk-lib.json", serde_json::to_value(files::library().expect("the library"))),
    ] {
        let text = files::text(&files::spec().join(name)).expect("the file");
        assert_eq!(text, pretty::pretty(&value.expect("JSON")), "{name}");
    }
}

#[test]
fn the_slice_has_no_prose() {
    fn sentences(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) if text.split(' ').count() > 2 => found.push(text.clone()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| sentences(item, found)),
            serde_json::Value::Object(members) => {
                members.values().for_each(|member| sentences(member, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    sentences(&serde_json::to_value(files::slice().expect("the slice")).expect("JSON"), &mut found);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn slice_and_library_differ_only_as_explained() {
    let differences =
        crosscheck::differences(&files::slice().expect("the slice"), &files::library().expect("the library"));
    let wrong = crosscheck::unexplained(&differences, &files::known().expect("the known differences"));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
