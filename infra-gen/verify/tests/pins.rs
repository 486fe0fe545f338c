//! One version of aws-cdk-lib, of the CDK's command line and of constructs, wherever they are pinned.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_cdk_has_one_version_everywhere() {
    let packages = [
        ("generated/cdk/package.json", "devDependencies"),
        ("tests/full/cdk/package.json", "dependencies"),
        ("infra-gen/verify/tools/package.json", "dependencies"),
    ];
    for (name, number) in [("aws-cdk-lib", 3), ("aws-cdk", 2), ("constructs", 3)] {
        let pins: Vec<String> = packages
            .iter()
            .filter_map(|(path, key)| Some(read(path)[*key][name].as_str()?.to_owned()))
            .collect();
        assert_eq!(pins.len(), number, "{name}: {pins:?}");
        assert_eq!(pins.iter().collect::<BTreeSet<_>>().len(), 1, "{name}: {pins:?}");
        let exact =
            |pin: &String| pin.split('.').count() == 3 && pin.chars().all(|c| c == '.' || c.is_ascii_digit());
        assert!(pins.iter().all(exact), "{name} is not pinned exactly: {pins:?}");
    }
    let library = read("generated/cdk/package.json")["devDependencies"]["aws-cdk-lib"].clone();
    assert_eq!(read("infra-gen/cfn-codegen/spec/aws-cdk-lib.json")["source"]["aws-cdk-lib"], library);
}
