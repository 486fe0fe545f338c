use super::*;
use crate::hazards;

fn page(name: &str) -> String {
    let files = render(&hazards::model());
    files.into_iter().find(|file| file.path == format!("docs/{name}.md")).expect("the page").contents
}

#[test]
fn the_topics_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("topics"));
}

#[test]
fn the_architecture_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("architecture"));
}

#[test]
fn the_runbook_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("runbook"));
}

#[test]
fn the_security_checklist_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("security"));
}

#[test]
fn the_quick_reference_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("quick-reference"));
}

#[test]
fn the_deployment_guide_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("deployment"));
}

#[test]
fn the_kafka_guide_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("kafka"));
}
