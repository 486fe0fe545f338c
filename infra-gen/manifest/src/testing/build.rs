//! From what varies to a manifest's text.

use serde_json::{Map, Value, json};

use super::spec::{App, Consumer, Environment, Field, Topic, Type};

/// The names of environments; two of them as long as each other, one long.
const ENVIRONMENTS: &[&str] = &["dev", "prod", "eu-west-1"];

pub(super) fn text(app: &App) -> String {
    let manifest = manifest(app);
    if app.json {
        serde_json::to_string_pretty(&manifest).expect("it is JSON")
    } else {
        serde_yaml::to_string(&manifest).expect("it is YAML")
    }
}

fn manifest(app: &App) -> Value {
    let express = app.environments.iter().any(|environment| environment.express);
    let mut manifest = json!({
        "app": app.name,
        "architecture": if app.arm { "arm64" } else { "x86_64" },
        "environments": object(app.environments.iter().zip(ENVIRONMENTS).map(|(one, name)| (*name, environment(one)))),
        "cluster": { "kafka": if express { "3.9.x.kraft" } else { "4.1.x.kraft" } },
        "tables": tables(app),
        "channels": object((0..app.channels).map(|index| (channel(index), json!({ "alarms": index == 0 })))),
        "types": object(app.types.iter().enumerate().map(|(index, one)| {
            (shared_name(index), ty(one, &app.types[..index], None))
        })),
        "topics": topics(app),
    });
    if app.defaults {
        manifest["defaults"] = json!({
            "partitions": 2,
            "retention": "3d",
            "targets": { "consume": "2s", "end_to_end": "5s" },
            "batch": { "size": 10, "window": "0s" },
            "retries": { "attempts": 0, "max_age": "1h" },
            "pollers": { "min": 1, "max": 1 },
        });
    }
    if app.error_topic {
        manifest["defaults"]["error_topic"] = "failures".into();
    }
    manifest
}

fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<Map<_, _>>())
}

fn environment(one: &Environment) -> Value {
    let family = if one.express { "express.m7g" } else { "kafka.m7g" };
    let mut brokers = json!({ "type": format!("{family}.{}", one.size), "count": one.zones * one.each });
    if !one.express {
        brokers["storage_gib"] = (u32::from(one.each) * 100).into();
    }
    json!({
        "production": one.production,
        "auth": if one.production { "token" } else { "none" },
        "zones": one.zones,
        "brokers": brokers,
        "log_retention": format!("{}d", one.log_days),
    })
}

fn channel(index: usize) -> String {
    format!("channel-{index}")
}

fn shared_name(index: usize) -> String {
    format!("Shared{index}")
}

fn table_name(index: usize) -> String {
    format!("table.{index}")
}

/// Names end with their number, so that none is another's in any spelling.
fn topic_name(index: usize, topic: &Topic) -> String {
    format!("{}{}n{index}", topic.word, topic.sign)
}

/// The table that a topic's consumer writes: its own, or that of the topic before it if that has one.
fn table_of(app: &App, index: usize) -> Option<usize> {
    let consumer = app.topics[index].consumer.as_ref()?;
    let before = index.checked_sub(1).and_then(|before| app.topics[before].consumer.as_ref());
    let shared = consumer.shared && before.is_some_and(|before| !before.shared);
    Some(if shared { index - 1 } else { index })
}

/// Tables by the topics that own them; every topic has the fields `id` and `part`.
fn tables(app: &App) -> Value {
    let owned = (0..app.topics.len()).filter(|index| table_of(app, *index) == Some(*index));
    object(owned.map(|index| {
        let mut table = json!({ "key": "id" });
        if let Some(consumer) = &app.topics[index].consumer {
            if consumer.merge {
                table["sort"] = "part".into();
            }
            if consumer.ttl {
                table["ttl"] = "90d".into();
            }
            if consumer.index {
                table["indexes"] = json!({ "by-part": { "key": "part", "sort": "id" } });
            }
        }
        (table_name(index), table)
    }))
}

fn topics(app: &App) -> Value {
    let mut topics: Map<String, Value> = app
        .topics
        .iter()
        .enumerate()
        .map(|(index, one)| (topic_name(index, one), topic(app, index, one)))
        .collect();
    if app.error_topic {
        topics.insert(
            "failures".into(),
            json!({
                "key": "customerId",
                "fields": {
                    "customerId": { "type": "string" },
                    "errorId": { "type": "uuid", "computed": true },
                    "message": { "type": "string", "max_length": 1000 },
                    "retryable": { "type": "boolean" },
                    "occurredAt": { "type": "timestamp" },
                },
                "consumer": { "table": "error-logs", "write": "put" },
            }),
        );
    }
    Value::Object(topics)
}

fn topic(app: &App, index: usize, one: &Topic) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), json!({ "type": "string", "max_length": 40 }));
    fields.insert("part".into(), json!({ "type": "integer" }));
    for (number, field) in one.fields.iter().enumerate() {
        // With the topic's number: two topics may write one table. With its own: a word may come twice.
        let name = if index == 0 && number == 0 {
            field.word.into()
        } else {
            format!("{}{index}n{number}", field.word)
        };
        fields.insert(name, self::field(field, &app.types, one.producer.is_some()));
    }
    let mut topic = json!({ "description": format!("Topic {index}: “{}”.", one.word), "key": "id" });
    if let Some(partitions) = one.partitions {
        topic["partitions"] = partitions.into();
    }
    if let Some(open) = one.producer {
        let tables: Vec<_> = (0..app.topics.len())
            .filter(|index| table_of(app, *index) == Some(*index))
            .map(table_name)
            .collect();
        topic["producer"] = json!({
            "function": format!("send-n{index}"),
            "route": format!("PUT /send/n{index}"),
            "auth": if open { "open" } else { "customer" },
            "reads": tables,
        });
    }
    if let Some(consumer) = &one.consumer {
        consume(app, index, one, consumer, &mut topic);
    }
    topic["fields"] = Value::Object(fields);
    topic
}

fn consume(app: &App, index: usize, one: &Topic, consumer: &Consumer, topic: &mut Value) {
    let table = table_of(app, index).map(table_name).unwrap_or_default();
    topic["consumer"] = json!({ "table": table, "write": if consumer.merge { "merge" } else { "put" } });
    if consumer.window {
        topic["consumer"]["batch"] = json!({ "size": 1 + index, "window": "2s" });
        topic["targets"] = json!({ "consume": "3s", "end_to_end": "1m" });
    }
    if consumer.push {
        topic["push"] = json!({});
    }
    if let Some(choice) = &consumer.alert {
        let conditions = [
            "id is a",
            "id is not one of a, b c",
            "part > -7",
            "part <= 7",
            "part is one of 1, 2",
            "part is not 0",
        ];
        topic["alert"] = json!({
            "channel": channel(choice.index(app.channels)),
            "when": choice.get(&conditions),
            "message": format!("{{id}} and {{part}} of {}", one.word),
        });
    }
}

fn field(one: &Field, types: &[Type], computable: bool) -> Value {
    let mut field = ty(&one.ty, types, None);
    for (mark, set) in
        [("optional", one.optional), ("pii", one.pii), ("computed", one.computed && computable)]
    {
        if set {
            field[mark] = true.into();
        }
    }
    if let Some(browser) = one.browser {
        field["browser"] = browser.into();
    }
    field
}

/// A type as a manifest writes it; `types` are the shared ones that it may name.
fn ty(one: &Type, types: &[Type], depth: Option<usize>) -> Value {
    let depth = depth.unwrap_or(0);
    match one {
        Type::Text { min, more, pattern } => {
            let mut text = json!({ "type": "string", "min_length": min, "max_length": u16::from(*min) + u16::from(*more) + 1 });
            if *pattern {
                text["pattern"] = "^[^\\d]*\\p{L}?$".into();
            }
            text
        }
        Type::Plain(name) => json!({ "type": name }),
        Type::Integer { min, more } => {
            json!({ "type": "integer", "min": min, "max": i64::from(*min) + i64::from(*more) })
        }
        Type::Decimal { min, more, scale } => {
            // As a number where it has no fraction, else as text.
            let max = i64::from(*min) + i64::from(*more);
            let max = if *scale == 0 {
                json!(max)
            } else {
                json!(format!("{max}.{}", "5".repeat(usize::from(*scale))))
            };
            let max = if max.as_str().is_some_and(|max| max.starts_with('-')) {
                json!(i64::from(*min) + i64::from(*more))
            } else {
                max
            };
            json!({ "type": "decimal", "min": min, "max": max, "scale": scale })
        }
        Type::Enum(count) => {
            let words = ["yes", "NO", "in-stock", "Sold_Out", "null_", "type"];
            json!({ "type": "enum", "values": words[..usize::from(*count)] })
        }
        Type::List { of, most } => {
            json!({ "type": "list", "items": ty(of, types, Some(depth + 1)), "max_items": most })
        }
        Type::Object(members) => {
            let members = members
                .iter()
                .enumerate()
                .map(|(index, member)| (format!("m{index}"), ty(member, types, Some(depth + 1))));
            json!({ "type": "object", "fields": object(members) })
        }
        Type::Shared(index) if types.is_empty() => {
            json!({ "type": if index.index(2) == 0 { "uuid" } else { "date" } })
        }
        Type::Shared(index) => json!({ "type": shared_name(index.index(types.len())) }),
    }
}

pub(super) fn many(topics: usize) -> String {
    let names = (0..topics).map(|index| format!("step-{index:03}-done"));
    let topics = object(names.map(|name| {
        let topic = json!({
            "description": "A step is done.",
            "key": "caseId",
            "fields": {
                "caseId": { "type": "uuid" },
                "kind": { "type": "enum", "values": ["FIRST", "AGAIN"] },
                "score": { "type": "integer", "min": 0, "max": 100, "computed": true },
                "doneAt": { "type": "timestamp", "computed": true },
            },
            "producer": {},
            "consumer": { "table": "cases", "write": "merge" },
            "alert": { "channel": "operators", "when": "score >= 90", "message": "{caseId}: {score}" },
            "push": {},
        });
        (name, topic)
    }));
    let manifest = json!({
        "app": "many",
        "environments": {
            "dev": { "zones": 3, "brokers": { "type": "kafka.m7g.2xlarge", "count": 3, "storage_gib": 100 } },
        },
        "cluster": { "kafka": "3.9.x.kraft" },
        "tables": { "cases": { "key": "caseId" } },
        "channels": { "operators": { "alarms": true } },
        "topics": topics,
    });
    serde_yaml::to_string(&manifest).expect("it is YAML")
}
