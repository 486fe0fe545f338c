//! The topic that commands and examples show: the first with a producer and a consumer.

use model::{Model, Role, Topic};
use serde::Serialize;

use super::variables;

/// Names to put into commands.
#[derive(Serialize)]
pub(super) struct First {
    pub(super) topic: String,
    producer: String,
    producer_function: String,
    producer_handler: String,
    consumer_function: String,
    consumer_handler: String,
    group: String,
    table: String,
    route: String,
    method: String,
    path: String,
    fixture: String,
    open: bool,
    key: String,
    push: Option<String>,
}

/// The first topic that has both; `None` where none has.
pub(super) fn find(model: &Model) -> Option<First> {
    model.topics.iter().find_map(|topic| names(model, topic))
}

fn names(model: &Model, topic: &Topic) -> Option<First> {
    let (producer, consumer) = (topic.producer.as_ref()?, topic.consumer.as_ref()?);
    let name = &topic.name.name;
    Some(First {
        topic: name.clone(),
        producer: producer.function.name.clone(),
        producer_function: variables::function(model, model.function(&Role::Producer(name.clone()))),
        producer_handler: producer.handler.name.clone(),
        consumer_function: variables::function(model, model.function(&Role::Consumer(name.clone()))),
        consumer_handler: consumer.handler.name.clone(),
        group: consumer.group.clone(),
        table: consumer.table.clone(),
        route: format!("{} {}", producer.method.as_str(), producer.path),
        method: producer.method.as_str().into(),
        path: producer.path.clone(),
        fixture: format!("generated/fixtures/{name}.request.json"),
        open: producer.open,
        key: topic.key.name.clone(),
        push: topic.push.as_ref().map(|push| push.event_type.clone()),
    })
}
