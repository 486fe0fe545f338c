//! Tables; their keys' types are those of the fields that are written into them.

use std::collections::BTreeMap;

use model::{Ident, Index, KeyAttribute, KeyType, Model, Table, TableRole, TimeToLive, quota};

use super::{
    Context,
    key::{self, Part},
};
use crate::{close, code::Code, diagnostic::Diagnostic, raw, span::Span, tree::Place};

/// The attribute that holds the second of expiry.
const TTL_ATTRIBUTE: &str = "expiresAt";
/// What can be a key attribute.
const KEY_TYPES: &[&str] = &["string", "email", "uuid", "date", "timestamp", "integer", "enum"];

pub(super) fn resolve(context: &mut Context<'_>) -> Vec<Table> {
    let manifest = context.manifest;
    let places = context.root.get("tables");
    for (name, raw) in manifest.tables.iter() {
        check(context, name, raw, places.get(name));
    }
    error_logs(context);
    manifest
        .tables
        .iter()
        .map(|(name, raw)| {
            let attribute = |field: &raw::Path| KeyAttribute {
                name: field.to_string(),
                ty: key_type(context, name, field),
            };
            Table {
                name: Ident::new(name),
                role: TableRole::Domain,
                key: attribute(&raw.key),
                sort: raw.sort.as_ref().map(attribute),
                ttl: raw
                    .ttl
                    .as_ref()
                    .and_then(raw::Duration::milliseconds)
                    .map(|ms| TimeToLive { attribute: TTL_ATTRIBUTE.into(), seconds: ms / 1_000 }),
                indexes: raw
                    .indexes
                    .iter()
                    .map(|(name, index)| Index {
                        name: Ident::new(name),
                        key: attribute(&index.key),
                        sort: index.sort.as_ref().map(attribute),
                    })
                    .collect(),
            }
        })
        .collect()
}

/// The topics whose consumers write into a table.
fn writers<'a>(manifest: &'a raw::Manifest, table: &str) -> Vec<(&'a str, &'a raw::Topic)> {
    manifest
        .topics
        .iter()
        .filter(move |(_, topic)| topic.consumer.as_ref().is_some_and(|consumer| &*consumer.table == table))
        .collect()
}

fn key_type(context: &Context<'_>, table: &str, field: &str) -> KeyType {
    let number = writers(context.manifest, table)
        .into_iter()
        .filter_map(|(_, topic)| topic.fields.get(field))
        .filter_map(|field| context.types.follow(field.shape()))
        .any(|shape| shape.ty == "integer");
    if number { KeyType::N } else { KeyType::S }
}

fn check(context: &mut Context<'_>, name: &str, raw: &raw::Table, place: Place<'_>) {
    let writers = writers(context.manifest, name);
    let mut attributes = vec![(Part::Partition, &*raw.key, Some(place.get("key").span()))];
    if let Some(sort) = &raw.sort {
        attributes.push((Part::Sort, sort, Some(place.get("sort").span())));
    }
    sort_is_key(context, &raw.key, raw.sort.as_deref(), place);
    for (part, attribute, span) in attributes {
        table_key(context, name, part, attribute, span, &writers);
    }
    attribute_types(context, name, &writers);
    if let Some(ttl) = &raw.ttl {
        time_to_live(context, ttl, place.get("ttl"));
        ttl_attribute(context, name, Some(place.get("ttl").span()), &writers);
    }
    for (index, raw) in raw.indexes.iter() {
        let place = place.get("indexes").get(index);
        sort_is_key(context, &raw.key, raw.sort.as_deref(), place);
        for (key, part, attribute) in
            [("key", Part::Partition, Some(&raw.key)), ("sort", Part::Sort, raw.sort.as_ref())]
        {
            if let Some(attribute) = attribute {
                index_attribute(context, (name, index), part, attribute, place.get(key).span(), &writers);
            }
        }
    }
    let most = quota::TABLE_INDEXES;
    if raw.indexes.len() > most {
        context.push(
            Diagnostic::new(
                Code::TooManyIndexes,
                place.get("indexes").key(),
                format!("`{name}` has {} indexes", raw.indexes.len()),
            )
            .label(format!("DynamoDB takes {most}"))
            .help("take out those that no query uses, or keep the data in a second table"),
        );
    }
}

/// The runtime's own table that events may be written into.
fn error_logs(context: &mut Context<'_>) {
    for table in Model::system_tables() {
        let name = &table.name.name;
        let writers = writers(context.manifest, name);
        if table.role != TableRole::Errors || writers.is_empty() {
            continue;
        }
        table_key(context, name, Part::Partition, &table.key.name, None, &writers);
        attribute_types(context, name, &writers);
        ttl_attribute(context, name, None, &writers);
        for attribute in
            table.indexes.iter().flat_map(|index| [Some(&index.key), index.sort.as_ref()]).flatten()
        {
            for (topic, raw) in &writers {
                let Some(field) = raw.fields.get(&attribute.name) else { continue };
                let Some(shape) = context.types.follow(field.shape()) else { continue };
                if kind(shape.ty) != Some("text") {
                    let place = context.root.get("topics").get(topic).get("fields").get(&attribute.name);
                    context.push(
                        Diagnostic::new(
                            Code::AttributeTypes,
                            place.get("type").span(),
                            format!(
                                "`{}` of `{name}` is text, and `{topic}` writes `{}`",
                                attribute.name, shape.ty
                            ),
                        )
                        .note(format!(
                            "`{name}` comes with the runtime, and an index of it has this attribute"
                        ))
                        .help("give the field another name, or make it text"),
                    );
                }
            }
        }
    }
}

fn sort_is_key(context: &mut Context<'_>, key: &str, sort: Option<&str>, place: Place<'_>) {
    if sort == Some(key) && !key.is_empty() {
        context.push(
            Diagnostic::new(
                Code::SortIsKey,
                place.get("sort").span(),
                format!("`{key}` is both the key and the sort key"),
            )
            .also(place.get("key").span(), "the key")
            .note("DynamoDB takes two different attributes")
            .help("take `sort` out, or name the field that tells items of one key apart"),
        );
    }
}

/// Every event that becomes an item has to bring the table's key.
fn table_key(
    context: &mut Context<'_>,
    table: &str,
    part: Part,
    attribute: &str,
    declared: Option<Span>,
    writers: &[(&str, &raw::Topic)],
) {
    if attribute.is_empty() {
        return;
    }
    let what = part.words();
    for (topic, raw) in writers.iter().filter(|(_, raw)| raw.fields.len() > 0) {
        let place = context.root.get("topics").get(topic);
        let here = place.get("consumer").get("table").span();
        let tell = |diagnostic: Diagnostic| match declared {
            Some(span) => diagnostic.also(span, format!("the {what} of `{table}`")),
            None => diagnostic.note(format!("`{table}` comes with the runtime; its {what} is `{attribute}`")),
        };
        let Some(field) = raw.fields.get(attribute) else {
            let near = close::closest(attribute, raw.fields.keys());
            context.push(
                tell(Diagnostic::new(
                    Code::TableKey,
                    here,
                    format!("events of `{topic}` have no field `{attribute}`, the {what} of `{table}`"),
                ))
                .note("without it an event can't become an item")
                .help(match near {
                    Some(near) => {
                        format!("did you mean `{near}`? Else add a required field `{attribute}` to `{topic}`")
                    }
                    None => format!(
                        "add a required field `{attribute}` to `{topic}`, or write into another table"
                    ),
                }),
            );
            continue;
        };
        let written = place.get("fields").get(attribute);
        // The topic's own key was looked at as such.
        if part == Part::Sort || attribute != &*raw.key {
            key::length(context, topic, (attribute, field), part, &format!("the {what} of `{table}`"));
        }
        if field.optional {
            context.push(
                tell(Diagnostic::new(
                    Code::TableKey,
                    written.get("optional").key(),
                    format!("`{attribute}` is the {what} of `{table}` and can't be optional"),
                ))
                .also(here, "written there")
                .note("an event without it can't become an item")
                .help("take `optional: true` out"),
            );
        }
        if let Some(shape) = context.types.follow(field.shape())
            && !KEY_TYPES.contains(&shape.ty)
        {
            context.push(
                tell(Diagnostic::new(
                    Code::TableKey,
                    written.get("type").span(),
                    format!("`{attribute}` is the {what} of `{table}` and can't be of type `{}`", shape.ty),
                ))
                .also(here, "written there")
                .note(no_key(shape.ty))
                .help(format!("it can be one of {}", close::list(KEY_TYPES))),
            );
        }
    }
}

/// Why a field of this type is no key.
fn no_key(ty: &str) -> &'static str {
    if ty == "decimal" {
        "decimals are kept as text, which has no order of numbers, and one number in several spellings"
    } else {
        "DynamoDB's keys are text or numbers"
    }
}

/// How DynamoDB holds a value of this type.
fn kind(ty: &str) -> Option<&'static str> {
    Some(match ty {
        // A decimal, too: items hold events as they are in JSON, where it is text so that no float rounds it.
        "string" | "email" | "uuid" | "date" | "timestamp" | "enum" | "decimal" => "text",
        "integer" => "a number",
        "boolean" => "a truth value",
        "list" => "a list",
        "object" => "a map",
        _ => return None,
    })
}

/// One attribute has one type, whichever topic writes it.
fn attribute_types(context: &mut Context<'_>, table: &str, writers: &[(&str, &raw::Topic)]) {
    let mut first: BTreeMap<&str, (&str, &'static str, Span)> = BTreeMap::new();
    for (topic, raw) in writers {
        for (name, field) in raw.fields.iter() {
            let Some(kind) = context.types.follow(field.shape()).and_then(|shape| kind(shape.ty)) else {
                continue;
            };
            let span = context.root.get("topics").get(topic).get("fields").get(name).get("type").span();
            let (other, before, place) = *first.entry(name).or_insert((topic, kind, span));
            if before != kind {
                context.push(
                    Diagnostic::new(
                        Code::AttributeTypes,
                        span,
                        format!(
                            "`{topic}` writes `{name}` into `{table}` as {kind}, and `{other}` as {before}"
                        ),
                    )
                    .label(kind)
                    .also(place, before)
                    .note("whoever reads the table, or an index of it, could not know which it gets")
                    .help("give both one type, give one another name, or use two tables"),
                );
            }
        }
    }
}

fn index_attribute(
    context: &mut Context<'_>,
    (table, index): (&str, &str),
    part: Part,
    attribute: &str,
    span: Span,
    writers: &[(&str, &raw::Topic)],
) {
    // Another program may fill a table that no consumer writes.
    if writers.is_empty() || attribute.is_empty() {
        return;
    }
    let fields: Vec<_> = writers
        .iter()
        .filter_map(|(topic, raw)| raw.fields.get(attribute).map(|field| (*topic, field)))
        .collect();
    if fields.is_empty() {
        let mut known: Vec<_> = writers.iter().flat_map(|(_, raw)| raw.fields.keys()).collect();
        known.sort_unstable();
        known.dedup();
        context.push(
            Diagnostic::new(
                Code::IndexAttribute,
                span,
                format!("no event that is written into `{table}` has a field `{attribute}`"),
            )
            .label(close::did_you_mean(attribute, "fields", known))
            .note(format!("the index `{index}` would always be empty"))
            .help("name a field of the events, or take the index out"),
        );
    }
    for (topic, field) in fields {
        let of = format!("the {} of the index `{index}` of `{table}`", part.words());
        key::length(context, topic, (attribute, field), part, &of);
        if let Some(shape) = context.types.follow(field.shape())
            && !KEY_TYPES.contains(&shape.ty)
        {
            let written = context.root.get("topics").get(topic).get("fields").get(attribute).get("type");
            context.push(
                Diagnostic::new(
                    Code::IndexAttribute,
                    span,
                    format!(
                        "`{attribute}` is of type `{}` and can't be a key of the index `{index}`",
                        shape.ty
                    ),
                )
                .also(written.span(), "its type")
                .note(no_key(shape.ty))
                .help(format!("it can be one of {}", close::list(KEY_TYPES))),
            );
        }
    }
}

fn time_to_live(context: &mut Context<'_>, raw: &raw::Duration, place: Place<'_>) {
    const CENTURY: u64 = 36_500 * 86_400_000;
    let Some(ms) = raw.milliseconds() else { return };
    if ms < 1_000 || ms % 1_000 != 0 || ms > CENTURY {
        context.push(
            Diagnostic::new(
                Code::TtlOutOfRange,
                place.span(),
                format!("an item can't live for `{}`", &**raw),
            )
            .label("not whole seconds, from 1s to 36500d")
            .note("DynamoDB keeps the second of expiry, and deletes within days after it")
            .help("write for example `30d`"),
        );
    }
}

fn ttl_attribute(
    context: &mut Context<'_>,
    table: &str,
    declared: Option<Span>,
    writers: &[(&str, &raw::Topic)],
) {
    for (topic, raw) in writers {
        if !raw.fields.contains(TTL_ATTRIBUTE) {
            continue;
        }
        let place = context.root.get("topics").get(topic).get("fields").get(TTL_ATTRIBUTE);
        let diagnostic = Diagnostic::new(
            Code::TtlAttribute,
            place.key(),
            format!(
                "`{table}` keeps its items' expiry in `{TTL_ATTRIBUTE}`, and `{topic}` would overwrite it"
            ),
        );
        let diagnostic = match declared {
            Some(span) => diagnostic.also(span, "items of this table expire"),
            None => {
                diagnostic.note(format!("`{table}` comes with the runtime; its items expire after 90 days"))
            }
        };
        context.push(diagnostic.help("give the field another name, such as `validUntil`"));
    }
}
