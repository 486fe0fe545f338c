//! Everything that is easy to render wrongly, as Rust.

use model::{
    Alert, Condition, Field, FieldType, Ident, Literal, Model, Operator, Parts, SharedType, TableRole, Topic,
};

use super::*;
use crate::hazards;

/// The renderers' common hazards, and those that are Rust's alone.
fn model() -> Model {
    let common = hazards::model();
    let mut parts: Parts = (*common).clone();
    parts.tables.retain(|table| table.role == TableRole::Domain);
    parts.types.extend([
        shared("Words", list(words(&["2D", "a-b", "Self"]), 1)),
        shared("Things", list(shared_ref("Thing"), 2)),
        shared(
            "Thing",
            object(vec![field("kind", words(&["Some", "None"])), field("where", shared_ref("Place"))]),
        ),
        shared("Place", shared_ref("Shop")),
    ]);
    let template = parts.topics[0].clone();
    parts.topics.push(options(&template));
    parts.topics.push(named("lib", "put-lib", &template));
    parts.topics.push(named(&["word"; 40].join("-"), "put-words", &template));
    Model::new(parts)
}

fn named(name: &str, function: &str, template: &Topic) -> Topic {
    let mut topic = template.clone();
    topic.name = Ident::new(name);
    topic.consumer = None;
    topic.producer.as_mut().expect("the template has a producer").function = Ident::new(function);
    topic
}

/// A topic with the name of a type that every file uses.
fn options(template: &Topic) -> Topic {
    let computed = |field: Field| Field { computed: true, ..field };
    let optional = |field: Field| Field { required: false, ..field };
    let quotes = FieldType::String { min_length: 1, max_length: 9, pattern: Some(r#"^["\\'{}*/]+$"#.into()) };
    Topic {
        description: "\"One\" \\ {{ two }}\r\n```\n*/ größer \u{202e}drawkcab // #[x]".into(),
        fields: vec![
            Field { pii: true, ..field("customerId", FieldType::Uuid) },
            field("match", quotes.clone()),
            field("fields", FieldType::Boolean),
            optional(field("async", list(object(vec![field("type", FieldType::Email)]), 0))),
            // Two ways to one name, and a name that is the request's.
            field("a", object(vec![field("bC", words(&["X"]))])),
            field("aB", object(vec![field("c", words(&["Y"]))])),
            field("request", object(vec![])),
            optional(field("score", FieldType::Decimal { min: "-1".into(), max: "1".into(), scale: 9 })),
            optional(field("note", FieldType::Email)),
            computed(field("words", shared_ref("Words"))),
            computed(field("things", shared_ref("Things"))),
            computed(field("made", object(vec![field("at", FieldType::Timestamp), field("text", quotes)]))),
            computed(optional(field("day", FieldType::Date))),
            computed(field("on", FieldType::Date)),
            computed(field("far", FieldType::Decimal { min: "0.050".into(), max: "2".into(), scale: 3 })),
            computed(field("low", FieldType::Integer { min: i64::MIN, max: -5 })),
        ],
        alert: Some(Alert {
            channel: "desk".into(),
            when: Some(Condition {
                field: Ident::new("note"),
                operator: Operator::IsNot,
                values: vec![Literal::Text("a\"b@c".into()), Literal::Text("d@e".into())],
            }),
            message: "\"{match}\" \\ {score} of {words}".into(),
        }),
        error_topic: None,
        ..named("option", "main", template)
    }
}

fn field(name: &str, ty: FieldType) -> Field {
    Field {
        name: Ident::new(name),
        description: String::new(),
        ty,
        required: true,
        computed: false,
        pii: false,
        browser: true,
    }
}

fn shared(name: &str, ty: FieldType) -> SharedType {
    SharedType { name: Ident::new(name), description: String::new(), ty }
}

fn shared_ref(name: &str) -> FieldType {
    FieldType::Shared { name: name.into() }
}

fn words(words: &[&str]) -> FieldType {
    FieldType::Enum { values: words.iter().map(|word| Ident::new(*word)).collect() }
}

fn list(items: FieldType, min_items: u32) -> FieldType {
    FieldType::List { items: Box::new(items), min_items, max_items: 3 }
}

fn object(fields: Vec<Field>) -> FieldType {
    FieldType::Object { fields }
}

fn find<'a>(files: &'a [File], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path);
    &file.unwrap_or_else(|| panic!("no {path} among {files:#?}")).contents
}

#[test]
fn every_file_is_rust() {
    let model = model();
    for File { path, contents } in render(&model).iter().chain(&scaffolds(&model)) {
        if path.ends_with(".rs") {
            syn::parse_file(contents).unwrap_or_else(|error| panic!("{path}: {error}\n{contents}"));
        }
    }
}

#[test]
fn no_two_files_have_one_path() {
    let mut paths: Vec<String> = render(&model()).into_iter().map(|file| file.path).collect();
    let count = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), count);
}

#[test]
fn hazards_read_well() {
    let model = model();
    let files = render(&model);
    insta::assert_snapshot!("option", find(&files, "events/src/option.rs"));
    insta::assert_snapshot!("shared", find(&files, "events/src/shared.rs"));
    insta::assert_snapshot!("errors", find(&files, "events/src/shop_errors.rs"));
    insta::assert_snapshot!("tests", find(&files, "events/tests/events/option.rs"));
    insta::assert_snapshot!("producer", find(&files, "producers/src/main_function.rs"));
}

#[test]
fn first_drafts_read_well() {
    let drafts = scaffolds(&model());
    insta::assert_snapshot!("rule", find(&drafts, "handlers/rules/src/topics/option.rs"));
}

#[test]
fn a_module_has_no_name_that_is_taken() {
    let files = render(&model());
    assert!(find(&files, "events/src/lib.rs").contains("pub mod lib_topic;\n"));
    assert!(find(&files, "rules/mod.rs").contains("handlers/rules/src/topics/lib_topic.rs"));
}

#[test]
fn comments_hold_what_rustc_takes() {
    assert_eq!(doc("a\r\n  b\u{202e}c\td"), "a b c d");
}
