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
fn the_quick_reference_of_a_model_with_hazards() {
    insta::assert_snapshot!(page("quick-reference"));
}
