use model::{Field, FieldType, Ident};
use serde_json::{Value, json};

use super::*;
use crate::{example, hazards};

fn schema(ty: &FieldType) -> Value {
    Refs::Definitions.described("", ty)
}

fn accepts(schema: &Value, instance: &Value) -> bool {
    let validator = jsonschema::options().should_validate_formats(true).build(schema);
    validator.expect("the schema is one").is_valid(instance)
}

fn string(min_length: u32, max_length: u32, pattern: Option<&str>) -> FieldType {
    FieldType::String { min_length, max_length, pattern: pattern.map(str::to_owned) }
}

/// Each type, values at its bounds and values just over them.
fn cases() -> Vec<(FieldType, Vec<Value>, Vec<Value>)> {
    let decimal =
        |min: &str, max: &str, scale| FieldType::Decimal { min: min.into(), max: max.into(), scale };
    let values = ["A", "b-c"].map(Ident::new).to_vec();
    let items = Box::new(FieldType::Boolean);
    let field = |name: &str, required| Field {
        name: Ident::new(name),
        description: String::new(),
        ty: FieldType::Boolean,
        required,
        computed: false,
        pii: false,
        browser: true,
    };
    vec![
        (string(2, 3, None), vec![json!("ab"), json!("äöü")], vec![json!("a"), json!("abcd"), json!(1)]),
        (string(0, 9, Some("^[A-Z]{2}$")), vec![json!("AB")], vec![json!("ab"), json!("ABC")]),
        (string(0, 9, Some(r"^\d+$")), vec![json!("12"), json!("٣")], vec![json!("x")]),
        (
            FieldType::Email,
            vec![json!("a@example.com")],
            vec![json!("a"), json!(format!("a@{}.com", "b".repeat(250)))],
        ),
        (FieldType::Uuid, vec![json!(example::uuid("x"))], vec![json!("x"), json!("0000")]),
        (FieldType::Date, vec![json!("2024-02-29")], vec![json!("2023-02-29"), json!("2024-2-29")]),
        (
            FieldType::Timestamp,
            vec![json!("2026-11-23T12:00:00.000Z")],
            vec![json!("2026-11-23T12:00:00.000+01:00"), json!("2026-11-23")],
        ),
        (
            FieldType::Integer { min: -1, max: 2 },
            vec![json!(-1), json!(2)],
            vec![json!(-2), json!(3), json!(1.5), json!("1")],
        ),
        (
            decimal("0", "10000000", 2),
            vec![json!("0"), json!("12.5"), json!("10000000.00")],
            vec![json!("-1"), json!("1.234"), json!("100000000"), json!("01"), json!("1."), json!(1)],
        ),
        (decimal("-9.5", "9", 0), vec![json!("-9")], vec![json!("9.5"), json!("10")]),
        (FieldType::Boolean, vec![json!(true)], vec![json!("true")]),
        (FieldType::Enum { values }, vec![json!("b-c")], vec![json!("B")]),
        (
            FieldType::List { items, min_items: 1, max_items: 2 },
            vec![json!([true, false])],
            vec![json!([]), json!([true, true, true]), json!([1])],
        ),
        (
            FieldType::Object { fields: vec![field("type", true), field("b", false)] },
            vec![json!({"type": true}), json!({"type": true, "new": 1})],
            vec![json!({"b": true}), json!({"type": 1})],
        ),
    ]
}

#[test]
fn every_bound_of_every_type_is_in_the_schema() {
    for (ty, good, bad) in cases() {
        let schema = schema(&ty);
        for instance in good {
            assert!(accepts(&schema, &instance), "{schema} accepts {instance}");
        }
        for instance in bad {
            assert!(!accepts(&schema, &instance), "{schema} refuses {instance}");
        }
    }
}

#[test]
fn marks_beside_a_reference_survive_draft_07() {
    let model = hazards::model();
    let event = event(&model, &model.topics[0]);
    let field = &event["properties"]["homeAddress"];
    assert_eq!(field["allOf"], json!([{"$ref": "#/$defs/Address"}]));
    assert_eq!(field["x-pii"], json!(true));
    assert!(field.get("$ref").is_none());
}

#[test]
fn shared_types_come_with_those_that_they_need() {
    let model = hazards::model();
    let event = event(&model, &model.topics[0]);
    let names: Vec<&String> = event["$defs"].as_object().expect("there are some").keys().collect();
    assert_eq!(names, ["Address", "Country", "Shop"]);
}

#[test]
fn a_request_has_no_computed_field_and_nothing_unknown() {
    let model = hazards::model();
    let topic = &model.topics[0];
    let schema = request(&model, topic);
    let mut instance = example::request(&model, topic);
    assert!(accepts(&schema, &instance));
    instance.as_object_mut().expect("an object").remove("customerId");
    assert!(accepts(&schema, &instance), "the token tells the customer");
    instance["total"] = json!("1.00");
    assert!(!accepts(&schema, &instance));
}

#[test]
fn the_schema_of_an_event_reads_well() {
    let model = hazards::model();
    insta::assert_snapshot!(serde_json::to_string_pretty(&event(&model, &model.topics[0])).unwrap());
}
