//! Laws that hold for what any valid manifest renders to.

use std::collections::BTreeSet;

use model::{Model, quota};
use proptest::prelude::*;
use serde_json::Value;

fn model(manifest: &str) -> Model {
    manifest::read("any.yaml", manifest)
        .unwrap_or_else(|errors| panic!("{}\n{manifest}", errors.render(false)))
}

/// The names that AWS knows things by must be within its limits, and no two of a kind the same.
fn check_names(model: &Model) {
    for environment in &model.environments {
        let distinct = |what: &str, names: Vec<String>, longest: usize| {
            for name in &names {
                assert!(name.len() <= longest, "{what} {name} is longer than {longest}");
            }
            let set: BTreeSet<&String> = names.iter().collect();
            assert_eq!(set.len(), names.len(), "two of one name: {what} {names:?}");
        };
        let functions =
            model.functions.iter().map(|function| model.function_name(function, environment)).collect();
        distinct("function", functions, quota::FUNCTION_NAME);
        let tables = model.tables.iter().map(|table| model.table_name(table, environment)).collect();
        distinct("table", tables, *quota::TABLE_NAME.end());
        let channels =
            model.channels.iter().map(|channel| model.channel_name(channel, environment)).collect();
        distinct("channel", channels, quota::CHANNEL_NAME);
        distinct("stack", vec![model.stack_name(environment)], quota::CLUSTER_NAME);
    }
    let groups: Vec<&str> = model
        .topics
        .iter()
        .filter_map(|topic| topic.consumer.as_ref())
        .map(|consumer| consumer.group.as_str())
        .collect();
    let set: BTreeSet<&&str> = groups.iter().collect();
    assert_eq!(set.len(), groups.len(), "two consumers in one group: {groups:?}");
}

/// Logical ids are unique by construction of a template; here they are held against CloudFormation's form.
fn check_templates(model: &Model) {
    let mut paths = BTreeSet::new();
    for file in render::render_cloudformation(model).expect("it renders") {
        assert!(paths.insert(file.path.to_lowercase()), "{} is rendered twice", file.path);
        let json: Value = serde_json::from_str(&file.contents).expect("JSON");
        if !file.path.ends_with(".template.json") {
            continue;
        }
        assert!(
            file.contents.len() <= cfn::quota::BODY_BYTES,
            "{} has {} bytes",
            file.path,
            file.contents.len()
        );
        for (id, _) in json["Resources"].as_object().expect("resources") {
            assert!(id.len() <= cfn::quota::NAME && id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_manifest_renders_within_the_limits(manifest in manifest::testing::manifests()) {
        let model = model(&manifest);
        check_names(&model);
        check_templates(&model);
    }
}

proptest! {
    // Everything is rendered twice here, which takes a while without optimisation.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_manifest_renders_to_the_same_bytes_twice(manifest in manifest::testing::manifests()) {
        let first = render::render(&model(&manifest));
        let second = render::render(&model(&manifest));
        prop_assert_eq!(first, second);
    }
}

#[test]
fn a_hundred_and_twenty_topics_stay_within_the_quotas() {
    let model = model(&manifest::testing::many(120));
    check_names(&model);
    check_templates(&model);
    let first = format!("cloudformation/{}/", model.environments[0].name);
    let mut resources = 0;
    for file in render::render_cloudformation(&model).expect("it renders") {
        if file.path.ends_with(".template.json")
            && (file.path.starts_with(&first) || file.path.matches('/').count() == 1)
        {
            let json: Value = serde_json::from_str(&file.contents).expect("JSON");
            resources += json["Resources"].as_object().expect("resources").len();
        }
    }
    assert!(resources <= quota::OPERATION_RESOURCES, "{resources}");
}
