//! Keys: which fields are one, what a request must be able to bring, and how long they may get.

use std::collections::BTreeSet;

use model::{Model, quota};

use super::{Context, field};
use crate::{
    code::Code,
    diagnostic::Diagnostic,
    raw::{self, Shape},
    tree::Place,
};

/// What a record's key can be: each has one spelling as text.
pub(super) const TYPES: &[&str] = &["string", "email", "uuid", "date", "timestamp", "integer", "enum"];

/// Ids as the runtime derives them for new customers; each hexadecimal digit is in one.
const IDS: &[&str] = &[
    "00000000-0000-8000-8000-000000000000",
    "01234567-89ab-8cde-bf01-23456789abcd",
    "ffffffff-ffff-8fff-bfff-ffffffffffff",
];

/// The fields that are a key of their topic, of a table or of an index. Text there has at least one character, whatever
/// the manifest says: DynamoDB takes no empty text as a key, and an event that can't be written would be set aside.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
pub(crate) struct Keys<'a> {
    /// With their topics.
    fields: BTreeSet<(&'a str, &'a str)>,
    /// The shared types of such fields.
    types: BTreeSet<&'a str>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(manifest: &'a raw::Manifest) -> Self {
        let mut keys = Self { fields: BTreeSet::new(), types: BTreeSet::new() };
        for (topic, raw) in manifest.topics.iter() {
            let of_table = raw.consumer.as_ref().map(|consumer| of_table(manifest, &consumer.table));
            let of_table = of_table.unwrap_or_default();
            for (name, field) in raw.fields.iter() {
                if *name == *raw.key || of_table.iter().any(|key| key == name) {
                    keys.fields.insert((topic, name));
                    keys.add_types(manifest, field.shape().ty);
                }
            }
        }
        keys
    }

    fn add_types(&mut self, manifest: &'a raw::Manifest, mut ty: &'a str) {
        // A type that leads back to itself is found twice, and was reported.
        while let Some(shared) = manifest.types.get(ty).filter(|_| self.types.insert(ty)) {
            ty = shared.shape().ty;
        }
    }

    /// Fewest characters of a topic's field, where it is text.
    pub(super) fn least(&self, topic: &str, field: &str) -> i64 {
        i64::from(self.fields.contains(&(topic, field)))
    }

    /// Fewest characters of a shared type, where it is text.
    pub(super) fn least_of_type(&self, name: &str) -> i64 {
        i64::from(self.types.contains(name))
    }
}

/// The attributes that are keys of a table or of its indexes.
fn of_table(manifest: &raw::Manifest, name: &str) -> Vec<String> {
    if let Some(table) = manifest.tables.get(name) {
        let indexes = table.indexes.iter().map(|(_, index)| (&index.key, &index.sort));
        let keys = indexes.chain([(&table.key, &table.sort)]);
        return keys
            .flat_map(|(key, sort)| [Some(key), sort.as_ref()])
            .flatten()
            .map(|key| String::from(&**key))
            .collect();
    }
    let mut system = Model::system_tables().into_iter();
    let table = system.find(|table| table.name.name == name);
    table.iter().flat_map(model::Table::key_attributes).map(|key| key.name.clone()).collect()
}

/// A topic's key is in a request, or the runtime puts it there.
pub(super) fn of_request(
    context: &mut Context<'_>,
    topic: &str,
    raw: &raw::Topic,
    field: &raw::Field,
    place: Place<'_>,
) {
    let Some(producer) = &raw.producer else { return };
    let name = &*raw.key;
    let (span, written) = (place.get("key").span(), place.get("fields").get(name));
    if field.computed {
        context.push(
            Diagnostic::new(Code::KeyIsComputed, span, format!("the key `{name}` of `{topic}` is computed"))
                .label("a key must be known before the rule runs")
                .also(written.get("computed").span(), "a request may not bring it")
                .note("it says which customer the event is of, and a rule may not choose another than the caller is")
                .help("take `computed: true` out, or choose another key"),
        );
        return;
    }
    let Some(shape) = context.types.follow(field.shape()) else { return };
    // Other types can't be a key at all, and that was reported.
    if producer.auth != raw::Access::Open || !TYPES.contains(&shape.ty) || holds_ids(shape) {
        return;
    }
    context.push(
        Diagnostic::new(
            Code::OpenKey,
            place.get("producer").get("auth").span(),
            format!("a new customer can't come by this route: `{name}` can't hold the id that they would get"),
        )
        .label("anyone may call it")
        .also(written.get("type").span(), "the key's type")
        .note("who calls an open route without an id becomes a customer whose id is a UUID in small letters")
        .help(
            "make the key a `uuid`, or a `string` whose length and pattern take one; or take `auth: open` out",
        ),
    );
}

fn holds_ids(shape: Shape<'_>) -> bool {
    let fits = |id: &str| {
        let length = i64::try_from(id.len()).unwrap_or(i64::MAX);
        let (min, max) = field::lengths(shape);
        (min..=max).contains(&length) && field::matches(shape, id)
    };
    shape.ty == "uuid" || (shape.ty == "string" && IDS.iter().all(|id| fits(id)))
}

/// The fewest and the most characters of a key of this type, as text.
pub(super) fn lengths(shape: Shape<'_>) -> (i64, i64) {
    let count = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    match shape.ty {
        // Text that is a key is never empty.
        "string" => {
            let (min, max) = field::lengths(shape);
            (min.max(1), max)
        }
        "email" => (3, 254),
        "uuid" => (36, 36),
        "date" => (10, 10),
        "timestamp" => (24, 24),
        "integer" => {
            // Without bounds as far as JavaScript counts exactly.
            let length = |bound: Option<&raw::Scalar>, last| bound.map_or(last, |bound| count(&bound.0));
            (1, length(shape.min, 17).max(length(shape.max, 16)))
        }
        "enum" => {
            let lengths = || shape.values.unwrap_or_default().iter().map(|word| count(word));
            (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0))
        }
        _ => (0, 0),
    }
}

/// The part that an attribute has in a key of DynamoDB's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The partition key.
    Partition,
    /// The sort key.
    Sort,
}

impl Part {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Partition => "partition key",
            Self::Sort => "sort key",
        }
    }
}

/// Refuses text that can be longer than DynamoDB takes; `of` says what it is there.
pub(super) fn length(
    context: &mut Context<'_>,
    topic: &str,
    (name, field): (&str, &raw::Field),
    part: Part,
    of: &str,
) {
    /// The most bytes that UTF-8 makes of one character.
    const CHARACTER: i64 = 4;

    let Some(shape) = context.types.follow(field.shape()).filter(|shape| shape.ty == "string") else {
        return;
    };
    let most = match part {
        Part::Partition => quota::PARTITION_KEY,
        Part::Sort => quota::SORT_KEY,
    };
    let characters = i64::try_from(most).unwrap_or(i64::MAX) / CHARACTER;
    let (_, longest) = field::lengths(shape);
    if longest <= characters {
        return;
    }
    let written = context.root.get("topics").get(topic).get("fields").get(name);
    let bound = written.get("max_length");
    // The bound of a shared type is written there.
    let span = if bound.is_written() { bound.span() } else { written.get("type").span() };
    context.push(
        Diagnostic::new(
            Code::KeyTooLong,
            span,
            format!("`{name}` can be longer than DynamoDB takes: it is {of}"),
        )
        .label(format!("up to {longest} characters"))
        .note(format!("such a key has at most {most} bytes, and UTF-8 makes up to four of one character"))
        .help(format!("give it `max_length: {characters}` or less")),
    );
}
