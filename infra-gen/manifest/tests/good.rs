//! Manifests that are right, and what they mean.
//!
//! `UPDATE=1 cargo test -p manifest --test good` writes the `.json` files anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use manifest::read_file;
use model::Model;

fn good(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good").join(name)
}

fn read(path: &Path) -> Model {
    read_file(path).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

#[track_caller]
fn assert_golden(model: &Model, name: &str) {
    let json = serde_json::to_string_pretty(model).expect("a model is JSON") + "\n";
    let record = good(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&record, json).expect("it can be written");
    } else {
        let on_record = fs::read_to_string(&record).unwrap_or_default();
        let line = json.lines().zip(on_record.lines()).position(|(now, then)| now != then);
        assert!(json == on_record, "{name} is another from line {line:?} on; UPDATE=1 writes it anew");
    }
}

#[test]
fn the_manifest_that_the_project_began_with_means_what_is_on_record() {
    assert_golden(&read(&good("onboard-ai.yaml")), "onboard-ai.json");
}

#[test]
fn an_order_backend_means_what_is_on_record() {
    assert_golden(&read(&good("orders.yaml")), "orders.json");
}

#[test]
fn it_is_known_for_longer_than_a_record_lives_that_it_was_applied() {
    let text = fs::read_to_string(good("onboard-ai.yaml")).expect("the manifest");
    for (retention, want) in [("7d", None), ("82d", None), ("365d", Some((373 * 86_400).to_string()))] {
        let text = text.replacen("\n  retention: 7d\n", &format!("\n  retention: {retention}\n"), 1);
        let model =
            manifest::read("topics.yaml", &text).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let consumer = model.function(&model::Role::Consumer("kyc-verified".into()));
        let told = consumer.environment.iter().find(|one| one.name == "MARKER_SECONDS");
        assert_eq!(told.map(|one| &one.value), want.map(model::EnvValue::Text).as_ref(), "{retention}");
    }
}

#[test]
fn what_only_looks_wrong_is_right() {
    let model = read(&good("hazards.yaml"));
    let topic = model.topic("type").expect("it is there");
    assert_eq!(topic.fields[2].name.rust(), "r#type");
    assert_eq!(model.topic("Every.Type.v2").expect("it is there").name.pascal, "EveryTypeV2");
    let table = model.table("the.table_with-every-Sign").expect("it is there");
    assert_eq!(table.key.ty, model::KeyType::N);
    assert_eq!(table.indexes[0].key.ty, model::KeyType::S);
}

#[test]
fn text_that_is_a_key_is_never_empty() {
    let text = fs::read_to_string(good("orders.yaml")).expect("it can be read");
    let shared =
        "  OrderId: { type: Reference }\n  Reference: { type: string, min_length: 0, max_length: 26 }\n";
    let text = text.replacen(
        "  OrderId: { type: string, max_length: 26, pattern: \"^[0-9A-Z]+$\", description: A ULID. }\n",
        shared,
        1,
    );
    let text = text.replacen("customer: { type: uuid }", "customer: { type: string }", 1);
    let text = text.replacen(
        "orderId: { type: OrderId }\n",
        "orderId: { type: OrderId }\n      free: { type: string }\n",
        1,
    );
    let model = manifest::read("x", &text).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let fields = &model.topic("orders.placed").expect("it is there").fields;
    let least = |ty: &model::FieldType| match ty {
        model::FieldType::String { min_length, .. } => *min_length,
        other => panic!("{other:?} is no text"),
    };
    let field =
        |name: &str| least(&fields.iter().find(|field| field.name.name == name).expect("it is there").ty);
    assert_eq!(field("customer"), 1, "the key of an index");
    assert_eq!(field("free"), 0, "no key");
    let reference = model.shared_type("Reference").expect("it is there");
    assert_eq!(least(&reference.ty), 1, "what the topic's key is in the end");
}

#[test]
fn personal_data_inside_keeps_a_field_from_the_browser() {
    let model = read(&good("hazards.yaml"));
    let fields = &model.topic("Every.Type.v2").expect("it is there").fields;
    let browser =
        |name: &str| fields.iter().find(|field| field.name.name == name).expect("it is there").browser;
    assert!(!browser("list"), "an item's field is personal data");
    assert!(browser("email"), "marked for the browser all the same");
    assert!(browser("object"));
}

#[test]
fn a_default_for_pollers_fits_topics_with_fewer_partitions() {
    let model = read(&good("hazards.yaml"));
    let pollers = |topic: &str| {
        model.topic(topic).and_then(|topic| topic.consumer.as_ref()).map(|consumer| consumer.pollers.max)
    };
    assert_eq!(pollers("Every.Type.v2"), Some(1));
    assert_eq!(pollers("type"), Some(6));
}

#[test]
fn defaults_for_pollers_give_way_to_a_topics_own() {
    let text = fs::read_to_string(good("orders.yaml")).expect("it can be read");
    let pollers = |default: &str, own: &str, partitions: u32| {
        let manifest = text.replacen(
            "\ntopics:\n",
            &format!(
                "\ntopics:\n  polled:\n    key: id\n    partitions: {partitions}\n    fields: {{ id: {{ type: uuid }} }}\n    consumer: {{ table: polled, write: put, pollers: {own} }}\n"
            ),
            1,
        );
        let manifest = manifest.replacen("\ntables:\n", "\ntables:\n  polled: { key: id }\n", 1);
        let manifest = manifest.replacen("\ndefaults:\n", &format!("\ndefaults:\n  pollers: {default}\n"), 1);
        let model =
            manifest::read("x", &manifest).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let consumer = model.topic("polled").and_then(|topic| topic.consumer.clone()).expect("it has one");
        (consumer.pollers.min, consumer.pollers.max)
    };
    assert_eq!(pollers("{ min: 5 }", "{}", 1), (1, 1), "no more than partitions");
    assert_eq!(pollers("{ min: 3 }", "{ max: 1 }", 6), (1, 1), "no more than its own most");
    assert_eq!(pollers("{ min: 3 }", "{}", 6), (3, 3));
    assert_eq!(pollers("{ max: 4 }", "{ min: 5 }", 6), (5, 5), "its own least stands");
}

#[test]
fn a_field_that_may_be_absent_can_be_none_of_its_words() {
    let text = fs::read_to_string(good("hazards.yaml")).expect("it can be read");
    let only = "  absent: { key: k, fields: { k: { type: uuid }, w: { type: enum, values: [A], optional: true } }, consumer: { table: nobody, write: put }, alert: { channel: all, when: w is not A, message: \"{k}\" } }\n";
    let optional = text.replacen("\ntopics:\n", &format!("\ntopics:\n{only}"), 1);
    manifest::read("x", &optional).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let required = optional.replacen("values: [A], optional: true", "values: [A]", 1);
    let refused = manifest::read("x", &required).expect_err("it can't be anything else");
    assert_eq!(
        refused.iter().map(manifest::Diagnostic::code).collect::<Vec<_>>(),
        [manifest::Code::ConditionValue]
    );
}

#[test]
fn bounds_of_decimals_keep_all_of_their_digits() {
    let text = fs::read_to_string(good("orders.yaml")).expect("it can be read");
    let field =
        "orderId: { type: OrderId }\n      exact: { type: decimal, min: 0.10, max: 999999999999999.99 }\n";
    let text = text.replacen("orderId: { type: OrderId }\n", field, 1);
    let model = manifest::read("x", &text).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let fields = model.topics.iter().flat_map(|topic| &topic.fields);
    let exact = { fields }.find(|field| field.name.name == "exact").expect("it is there");
    let want = model::FieldType::Decimal { min: "0.10".into(), max: "999999999999999.99".into(), scale: 2 };
    assert_eq!(exact.ty, want);
}

#[test]
fn an_error_topic_has_no_error_topic() {
    let model = read(&good("hazards.yaml"));
    let errors = model.topic("errors").expect("it is there");
    assert!(errors.collects_errors);
    assert_eq!(errors.error_topic, None);
    assert_eq!(model.topic("type").and_then(|topic| topic.error_topic.as_deref()), Some("errors"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text = fs::read_to_string(good("onboard-ai.yaml")).expect("it can be read");
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(manifest::read("x", &windows), manifest::read("x", &text));
}

#[test]
fn a_file_that_is_not_there_is_a_diagnostic() {
    let diagnostics = read_file("no/such/topics.yaml").expect_err("it isn't there");
    assert_eq!(diagnostics.iter().next().map(manifest::Diagnostic::code), Some(manifest::Code::Unreadable));
    assert!(diagnostics.render(false).contains("no/such/topics.yaml"));
}
