//! The zips are where the root template looks for them.

use std::collections::BTreeSet;

use serde_json::Value;

#[test]
fn the_root_template_asks_for_every_zip_by_its_key() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml");
    let model = manifest::read_file(path).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let files = render::render(&model).expect("it renders").files;
    let root = format!("cloudformation/{}.template.json", model.app.name);
    let root = files.iter().find(|file| file.path == root).expect("there is a root template");
    let template: Value = serde_json::from_str(&root.contents).expect("it is JSON");
    let parameters = template["Parameters"].as_object().expect("it has parameters");
    let asked: BTreeSet<String> = parameters
        .iter()
        .filter(|(name, _)| name.ends_with("Code"))
        .flat_map(|(_, parameter)| parameter["Default"].as_str().expect("a list").split(','))
        // A topic that only functions publish to has no producer.
        .filter(|key| *key != "none")
        .map(str::to_owned)
        .collect();
    let made: BTreeSet<String> = model.functions.iter().map(|function| model.zip_key(function)).collect();
    assert_eq!(asked, made);
}
