//! What the synthetic event is: whose function makes it, of which request, for which customer.

use jiff::Timestamp;
use model::{Consumer, FieldType, Model, Role, Topic};
use render::example;
use serde_json::{Value, json};

use crate::{Problem, target::Target};

/// A synthetic customer's id starts with this, so that people know it for what it is.
const PREFIX: &str = "smoke-";

/// The step that is tried: the first one that needs no token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) topic: &'a Topic,
    /// Who applies it, if anyone does.
    pub(super) consumer: Option<&'a Consumer>,
}

impl<'a> Step<'a> {
    /// The first open step; where it can, one that alerts nobody.
    pub(super) fn first(model: &'a Model) -> Result<Self, Problem> {
        let open = |topic: &&Topic| topic.producer.as_ref().is_some_and(|producer| producer.open);
        let quiet = model.topics.iter().filter(open).find(|topic| topic.alert.is_none());
        let topic = quiet.or_else(|| model.topics.iter().find(open)).ok_or_else(|| {
            Problem::bad_input("no step can be tried: each needs a customer's token")
                .note("a synthetic event starts where a customer starts: at a producer with `auth: open`")
        })?;
        Ok(Self { topic, consumer: topic.consumer.as_ref() })
    }

    /// The producer's real name.
    pub(super) fn producer(self, target: &Target) -> String {
        target.function_name(target.model.function(&Role::Producer(self.topic.name.name.clone())))
    }

    /// The consumer's real name.
    pub(super) fn applier(self, target: &Target) -> String {
        target.function_name(target.model.function(&Role::Consumer(self.topic.name.name.clone())))
    }

    /// What the function is called with: the topic's own example, as a customer that nobody is.
    pub(super) fn payload(self, model: &Model, now: Timestamp) -> Value {
        let mut body = example::request(model, self.topic);
        let key = &self.topic.key.name;
        match customer(model, self.topic, now) {
            Some(customer) => body[key] = customer.into(),
            // The producer makes a customer of its own.
            None => drop(body.as_object_mut().and_then(|body| body.shift_remove(key))),
        }
        json!({ "body": body.to_string() })
    }
}

/// `smoke-20261123T234512123`, where the key's type allows it.
fn customer(model: &Model, topic: &Topic, now: Timestamp) -> Option<String> {
    let id = format!("{PREFIX}{}", now.strftime("%Y%m%dT%H%M%S%3f"));
    let mut ty = &topic.fields.iter().find(|field| field.name == topic.key)?.ty;
    while let FieldType::Shared { name } = ty {
        ty = &model.shared_type(name)?.ty;
    }
    let FieldType::String { min_length, max_length, pattern } = ty else { return None };
    let length = u32::try_from(id.len()).ok()?;
    let fits = pattern
        .as_ref()
        .is_none_or(|pattern| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&id)));
    ((*min_length..=*max_length).contains(&length) && fits).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml");
        manifest::read_file(std::path::Path::new(path)).expect("the manifest is good")
    }

    fn now() -> Timestamp {
        "2026-11-23T23:45:12.123Z".parse().expect("a timestamp")
    }

    #[test]
    fn the_first_open_step_is_tried_with_its_example_and_a_customer_that_nobody_is() {
        let model = model();
        let step = Step::first(&model).expect("there is one");
        assert_eq!(step.topic.name.name, "user-info-submitted");
        let payload = step.payload(&model, now());
        let body: Value = serde_json::from_str(payload["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body["customerId"], "smoke-20261123T234512123");
        assert_eq!(body["email"], "test@example.com");
        assert_eq!(body.get("submittedAt"), None, "computed fields are the producer's");
    }

    #[test]
    fn a_key_that_is_a_uuid_is_left_to_the_producer() {
        let mut parts = (*model()).clone();
        let topic = &mut parts.topics[0];
        let key = topic.key.clone();
        topic.fields.iter_mut().find(|field| field.name == key).expect("the key").ty = FieldType::Uuid;
        parts.tables.retain(|table| table.role == model::TableRole::Domain);
        let model = Model::new(parts);
        let payload = Step::first(&model).expect("there is one").payload(&model, now());
        let body: Value = serde_json::from_str(payload["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body.get("customerId"), None);
    }

    #[test]
    fn a_system_without_an_open_step_has_nothing_to_try() {
        let mut parts = (*model()).clone();
        for producer in parts.topics.iter_mut().filter_map(|topic| topic.producer.as_mut()) {
            producer.open = false;
        }
        parts.tables.retain(|table| table.role == model::TableRole::Domain);
        let refused = Step::first(&Model::new(parts)).expect_err("there is none");
        assert_eq!(refused.exit, crate::Exit::BadInput);
    }
}
