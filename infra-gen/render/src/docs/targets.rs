//! How fast each stage must be.

use model::Model;
use serde::Serialize;

use super::words::duration;

/// The targets that topics have alike.
#[derive(Serialize)]
pub(super) struct Row {
    topics: String,
    publish: String,
    consume: String,
    push: String,
    end_to_end: String,
}

/// A row for each set of targets, the first topic's first.
pub(super) fn rows(model: &Model) -> Vec<Row> {
    let mut groups: Vec<(model::Targets, Vec<&str>)> = vec![];
    for topic in &model.topics {
        match groups.iter_mut().find(|(targets, _)| *targets == topic.targets) {
            Some((_, names)) => names.push(&topic.name.name),
            None => groups.push((topic.targets, vec![&topic.name.name])),
        }
    }
    let row = |(targets, names): (model::Targets, Vec<&str>)| Row {
        topics: names.join(", "),
        publish: duration(targets.publish_ms),
        consume: duration(targets.consume_ms),
        push: duration(targets.push_ms),
        end_to_end: duration(targets.end_to_end_ms),
    };
    groups.into_iter().map(row).collect()
}
