use model::{FieldType, Ident};
use serde_json::json;

use super::*;
use crate::{hazards, json_schema};

fn assert_conforms(schema: &Value, instance: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(instance).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{instance:#}\n{errors:#?}");
}

#[test]
fn examples_conform_to_their_schemas() {
    let model = hazards::model();
    for topic in &model.topics {
        assert_conforms(&json_schema::event(&model, topic), &event(&model, topic));
        assert_conforms(&json_schema::request(&model, topic), &request(&model, topic));
    }
}

#[test]
fn a_request_has_no_computed_fields() {
    let model = hazards::model();
    let request = request(&model, &model.topics[0]);
    assert!(request.get("type").is_some());
    assert!(request.get("total").is_none());
}

#[test]
fn a_push_has_the_fields_for_the_browser_alone() {
    let model = hazards::model();
    let push = push(&model, &model.topics[0]).expect("the topic has a push");
    let fields: Vec<&String> = push["data"].as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["customerId", "type", "shop", "total"]);
    assert_eq!(push["data"]["shop"], json!({"city": "London"}));
    assert_eq!(push["type"], json!("ORDER_PLACED"));
}

#[test]
fn a_value_stays_within_narrow_bounds() {
    let model = hazards::model();
    let text = |min_length, max_length| FieldType::String { min_length, max_length, pattern: None };
    let field = |ty: FieldType| value(&model, &["customer_id"], &ty);
    assert_eq!(field(text(0, 4)), json!("cust"));
    assert_eq!(field(text(14, 20)), json!("customer idcus"));
    assert_eq!(field(text(0, 20)), json!("test-123"));
    assert_eq!(field(FieldType::Integer { min: 18, max: 120 }), json!(18));
    assert_eq!(field(FieldType::Integer { min: -5, max: -2 }), json!(-2));
    let decimal =
        |min: &str, max: &str, scale| FieldType::Decimal { min: min.into(), max: max.into(), scale };
    assert_eq!(field(decimal("0", "1000", 0)), json!("100"));
    assert_eq!(field(decimal("0.125", "0.5", 3)), json!("0.125"));
}

#[test]
fn the_same_name_has_the_same_uuid_and_it_is_valid() {
    assert_eq!(uuid("application_id"), uuid("application_id"));
    assert_ne!(uuid("application_id"), uuid("applicationid"));
    let id = uuid("x");
    assert_eq!((&id[14..15], id.len()), ("8", 36));
    assert!("89ab".contains(&id[19..20]));
}

#[test]
fn an_enum_shows_its_first_word() {
    let values = ["PASSPORT", "OTHER"].map(Ident::new).to_vec();
    assert_eq!(value(&hazards::model(), &["kind"], &FieldType::Enum { values }), json!("PASSPORT"));
}
