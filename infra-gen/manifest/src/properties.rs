//! What holds for every manifest, and for everything else.

use proptest::{prelude::*, sample::Index};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    Code, Diagnostics, SCHEMA, diagnostic::Report, json_schema, raw::Manifest, read, read_bytes, shape,
    span::floor, testing, tree,
};

/// What each of the three readers of the shape says.
#[derive(Debug)]
struct Verdicts {
    /// This crate's check.
    check: Vec<Code>,
    /// A complete JSON Schema validator.
    schema: bool,
    /// serde, on the structs.
    structs: Result<(), String>,
    /// serde, on the structs, of what the check made of it.
    mended: Result<(), String>,
}

fn verdicts(text: &str) -> Option<Verdicts> {
    let mut report = Report::default();
    let node = tree::parse(text, &mut report)?;
    // What the text itself has wrong is no matter of shape.
    if !report.is_empty() {
        return None;
    }
    let mended = shape::check(&node, text, &SCHEMA, "the manifest", &mut report);
    let check = report.finish("x", text).iter().map(crate::Diagnostic::code).collect();
    let value = node.to_yaml();
    let json: Json = serde_json::to_value(&value).expect("no key is anything but text");
    thread_local! {
        static VALIDATOR: jsonschema::Validator =
            jsonschema::draft202012::new(&json_schema()).expect("the schema is one");
    }
    Some(Verdicts {
        check,
        schema: VALIDATOR.with(|validator| validator.is_valid(&json)),
        structs: structs(value),
        mended: structs(mended.to_yaml()),
    })
}

fn structs(value: serde_yaml::Value) -> Result<(), String> {
    Manifest::deserialize(value).map(drop).map_err(|error| error.to_string())
}

/// Faults of value, which the structs leave to the schema.
fn is_value(code: Code) -> bool {
    matches!(
        code,
        Code::OutOfRange
            | Code::Spelling
            | Code::NameSpelling
            | Code::WrongLength
            // A list of words that are plain text in the structs.
            | Code::UnknownWord
            // `Option` takes a null.
            | Code::NoValue // A bound is read from a number or from text, a truth value is neither.
    )
}

fn assert_agreement(text: &str) {
    let Some(verdicts) = verdicts(text) else { return };
    assert_eq!(verdicts.mended, Ok(()), "the check leaves what can be read\n{text}");
    assert_eq!(verdicts.check.is_empty(), verdicts.schema, "check and schema: {verdicts:?}\n{text}");
    if verdicts.schema {
        assert_eq!(verdicts.structs, Ok(()), "schema and structs\n{text}");
    } else if verdicts.structs.is_ok() {
        assert!(verdicts.check.iter().all(|code| is_value(*code)), "structs and check: {verdicts:?}\n{text}");
    }
}

fn told(text: &str) -> String {
    match read("x", text) {
        Ok(_) => String::new(),
        Err(diagnostics) => whole(&diagnostics),
    }
}

/// All that can be made of diagnostics.
fn whole(diagnostics: &Diagnostics) -> String {
    assert!(!diagnostics.is_empty());
    assert_eq!(diagnostics.to_json().as_array().map(Vec::len), Some(diagnostics.len()));
    diagnostics.render(true);
    diagnostics.render(false)
}

/// A change of a manifest somewhere within.
#[derive(Debug, Clone)]
enum Change {
    Remove,
    Rename(String),
    Replace(Json),
    Add(String, Json),
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        any::<bool>().prop_map(Json::from),
        (-3..20_000_i64).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-10.0..10.0_f64).prop_map(Json::from),
        "[a-z]{0,8}".prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        prop::sample::select(
            &["7d", "500ms", "0s", "POST /x", "status is A", "{id}", "{", "10.20", "yes", "*x", "&a"][..]
        )
        .prop_map(Json::from),
        Just(Json::Null),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!(["a", "a"])),
        Just(serde_json::json!({ "type": "Shared0" })),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let key = prop_oneof![
        prop::sample::select(
            &["type", "key", "fields", "items", "values", "push", "table", "max", "optional", "alert"][..]
        )
        .prop_map(str::to_owned),
        "[a-zA-Z_.]{0,6}",
        any::<String>(),
    ];
    prop_oneof![
        Just(Change::Remove),
        key.clone().prop_map(Change::Rename),
        scalar().prop_map(Change::Replace),
        (key, scalar()).prop_map(|(key, value)| Change::Add(key, value)),
    ]
}

/// Applies a change at one of the value's places, each as likely as the next.
fn apply(value: &mut Json, at: Index, change: &Change) {
    fn places(value: &Json, here: &str, found: &mut Vec<String>) {
        let mut walk = |key: &str, inner: &Json| {
            let here = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
            places(inner, &here, found);
            found.push(here);
        };
        match value {
            Json::Object(object) => object.iter().for_each(|(key, inner)| walk(key, inner)),
            Json::Array(items) => {
                items.iter().enumerate().for_each(|(key, inner)| walk(&key.to_string(), inner));
            }
            _ => {}
        }
    }
    let mut found = vec![];
    places(value, "", &mut found);
    if found.is_empty() {
        return;
    }
    let place = at.get(&found);
    let (parent, key) = place.rsplit_once('/').expect("a place has a slash");
    let key = key.replace("~1", "/").replace("~0", "~");
    match (value.pointer_mut(parent), change) {
        (Some(Json::Object(object)), Change::Remove) => drop(object.remove(&key)),
        (Some(Json::Object(object)), Change::Rename(name)) => {
            if let Some(inner) = object.remove(&key) {
                object.insert(name.clone(), inner);
            }
        }
        (Some(Json::Object(object)), Change::Add(name, inner)) => {
            drop(object.insert(name.clone(), inner.clone()));
        }
        (Some(Json::Object(object)), Change::Replace(inner)) => drop(object.insert(key, inner.clone())),
        (Some(Json::Array(items)), Change::Replace(inner)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = inner.clone();
            }
        }
        _ => {}
    }
}

fn changed(text: &str, changes: &[(Index, Change)]) -> String {
    let mut value: Json = serde_yaml::from_str(text).expect("it is YAML");
    for (at, change) in changes {
        apply(&mut value, *at, change);
    }
    // JSON, because a key or a text may be any.
    serde_json::to_string_pretty(&value).expect("it is JSON")
}

/// Fewer cases than usual, for each reads a whole manifest; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if asked { config } else { ProptestConfig { cases: 96, ..config } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_a_manifest_or_diagnostics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(diagnostics) = read_bytes("x", &bytes) {
            whole(&diagnostics);
        }
    }

    #[test]
    fn any_text_in_yamls_own_signs_is_a_manifest_or_diagnostics(text in "([-:?&*!|>'\"%@`{}\\[\\],#~<. \t\r\n]|[a-c]|é|\u{feff}){0,60}") {
        told(&text);
    }

    #[test]
    fn a_manifest_cut_off_or_with_a_piece_of_noise_is_refused_or_read(
        text in testing::manifests(),
        at in any::<Index>(),
        noise in "[-:{}\\[\\]&*!\t\n \"'é]{0,4}",
        cut in any::<bool>(),
    ) {
        let at = floor(&text, at.index(text.len()));
        let rest = if cut { "" } else { &text[at..] };
        told(&format!("{}{noise}{rest}", &text[..at]));
    }

    #[test]
    fn any_valid_manifest_is_read(text in testing::manifests()) {
        prop_assert_eq!(told(&text), "");
        assert_agreement(&text);
    }

    #[test]
    fn a_manifest_is_read_the_same_by_another_parser(text in testing::manifests()) {
        // libyaml's; the tree here is granit-parser's.
        let theirs: Manifest = serde_yaml::from_str(&text).expect("it is valid");
        let mut report = Report::default();
        let node = tree::parse(&text, &mut report).expect("it is valid");
        prop_assert_eq!(Manifest::deserialize(node.to_yaml()).expect("it is valid"), theirs);
    }

    #[test]
    fn a_changed_manifest_has_one_shape_for_all(
        text in testing::manifests(),
        changes in proptest::collection::vec((any::<Index>(), change()), 1..5),
    ) {
        let text = changed(&text, &changes);
        told(&text);
        assert_agreement(&text);
    }
}

#[test]
fn the_schema_takes_the_projects_own_manifest() {
    let text = include_str!("../../../topics.yaml");
    assert_agreement(text);
    assert!(verdicts(text).is_some_and(|verdicts| verdicts.schema));
}

#[test]
fn a_whole_number_may_have_a_point() {
    let text = include_str!("../../../topics.yaml").replacen("count: 3,", "count: 3.0,", 1);
    assert!(text.contains("count: 3.0,"));
    let verdicts = verdicts(&text).expect("it is YAML");
    assert!(verdicts.schema && verdicts.check.is_empty() && verdicts.mended.is_ok(), "{verdicts:?}");
}

#[test]
fn a_hundred_and_twenty_topics_are_read() {
    let model = read("many.yaml", &testing::many(120)).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    assert_eq!(model.topics.len(), 120);
    let group =
        |index: usize| model.topics[index].consumer.as_ref().map(|consumer| consumer.pollers.group.as_str());
    assert_eq!(group(99), Some("many"));
    assert_eq!(group(100), Some("many-2"));
}

#[test]
fn what_is_said_does_not_depend_on_chance() {
    let text = include_str!("../tests/bad/many-mistakes-at-once.yaml");
    assert_eq!(told(text), told(text));
    assert_eq!(json_schema().to_string(), json_schema().to_string());
}
