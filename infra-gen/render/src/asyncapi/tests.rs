use super::*;
use crate::hazards;

#[test]
fn the_document_of_a_model_with_hazards() {
    insta::assert_snapshot!(yaml(&document(&hazards::model())));
}

#[test]
fn an_event_schema_and_its_copy_differ_in_references_alone() {
    let model = hazards::model();
    let topic = &model.topics[0];
    let event = json_schema::event(&model, topic).to_string().replace("#/$defs/", "#/components/schemas/");
    let event: Value = serde_json::from_str(&event).unwrap();
    let copy = &document(&model)["components"]["messages"]["ordersPlaced"]["payload"];
    for part in ["type", "properties", "required"] {
        assert_eq!(event[part], copy[part]);
    }
    assert_eq!(event["$defs"], document(&model)["components"]["schemas"]);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document(&hazards::model());
    let mut references = vec![];
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("references stay in the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(reference)) => references.push(reference.clone()),
            _ => collect(value, references),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
