//! A new topic is an entry in the manifest, and nothing else.
//!
//! Here it is rendered and parsed; `tests/full/seventh-topic.sh` compiles it and runs its tests.

use std::{collections::BTreeSet, fs, path::Path};

use model::Model;
use proptest::prelude::*;
use render::{File, Output};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn model(text: &str) -> Model {
    manifest::read("topics.yaml", text).unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false)))
}

fn assert_rust(output: &Output) {
    for File { path, contents } in output.files.iter().chain(&output.scaffolds) {
        if path.ends_with(".rs") {
            syn::parse_file(contents).unwrap_or_else(|error| panic!("{path}: {error}\n{contents}"));
        }
    }
}

#[test]
fn new_topics_are_rendered() {
    let output = render::render(&model(&(read("topics.yaml") + &read("tests/full/seventh-topic.yaml"))))
        .expect("it renders");
    assert_rust(&output);
    let has = |path: &str| output.files.iter().any(|file| file.path == path);
    assert!(has("events/src/parcel_shipped_v2.rs"));
    assert!(has("events/tests/events/parcel_shipped_v2.rs"));
    assert!(has("producers/src/bin/publish-parcel-shipped-v2.rs"));
    assert!(has("consumers/src/bin/consumer-parcel-shipped-v2.rs"));
    assert!(
        output.scaffolds.iter().any(|file| file.path == "handlers/rules/src/topics/parcel_shipped_v2.rs")
    );
}

#[test]
fn new_topics_need_no_new_crates() {
    let crates = |text: &str| -> BTreeSet<String> {
        let files = render::render(&model(text)).expect("it renders").files.into_iter();
        files.filter_map(|file| file.path.strip_suffix("/Cargo.toml").map(str::to_owned)).collect()
    };
    let shipped = read("topics.yaml");
    let before = crates(&shipped);
    assert_eq!(before, crates(&(shipped + &read("tests/full/seventh-topic.yaml"))));
    let members = read("Cargo.toml");
    for folder in before {
        assert!(
            members.contains(&format!("\"generated/{folder}\"")),
            "{folder} is no member of the workspace"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_valid_manifest_renders_to_rust(manifest in manifest::testing::manifests()) {
        assert_rust(&render::render(&model(&manifest)).expect("it renders"));
    }
}
