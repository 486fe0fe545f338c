//! The template of `ui/everything.rs`, byte for byte.

#[path = "ui/everything.rs"]
mod everything;

#[test]
fn everything_renders_as_recorded() {
    let template = everything::template().unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    let text = serde_json::to_string_pretty(&template).expect("JSON");
    insta::assert_snapshot!(text);
}

#[test]
fn rendering_is_deterministic() {
    assert_eq!(everything::template(), everything::template());
}
