//! What varies from one manifest to the next, as small numbers that shrink well.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each varies by itself")]
pub(super) struct App {
    pub(super) name: String,
    pub(super) arm: bool,
    pub(super) json: bool,
    pub(super) environments: Vec<Environment>,
    pub(super) types: Vec<Type>,
    pub(super) error_topic: bool,
    pub(super) defaults: bool,
    pub(super) channels: usize,
    pub(super) topics: Vec<Topic>,
}

#[derive(Debug, Clone)]
pub(super) struct Environment {
    pub(super) production: bool,
    pub(super) zones: u8,
    pub(super) express: bool,
    /// Brokers in each zone.
    pub(super) each: u8,
    pub(super) size: &'static str,
    pub(super) log_days: u16,
}

/// A type with its options; a number is taken for an option by its last bits.
#[derive(Debug, Clone)]
pub(super) enum Type {
    Text { min: u8, more: u8, pattern: bool },
    Plain(&'static str),
    Integer { min: i32, more: u16 },
    Decimal { min: i16, more: u16, scale: u8 },
    Enum(u8),
    List { of: Box<Type>, most: u8 },
    Object(Vec<Type>),
    Shared(Index),
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) word: &'static str,
    pub(super) ty: Type,
    pub(super) optional: bool,
    pub(super) pii: bool,
    pub(super) computed: bool,
    pub(super) browser: Option<bool>,
}

#[derive(Debug, Clone)]
pub(super) struct Topic {
    pub(super) word: &'static str,
    pub(super) sign: char,
    pub(super) fields: Vec<Field>,
    pub(super) partitions: Option<u8>,
    pub(super) producer: Option<bool>,
    pub(super) consumer: Option<Consumer>,
}

#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each varies by itself")]
pub(super) struct Consumer {
    pub(super) merge: bool,
    /// Into the table of the topic before it.
    pub(super) shared: bool,
    pub(super) window: bool,
    pub(super) ttl: bool,
    pub(super) index: bool,
    pub(super) alert: Option<Index>,
    pub(super) push: bool,
}

/// Words that topics and fields are called by; some are keywords, which is no fault.
const WORDS: &[&str] = &[
    "order",
    "Invoice",
    "user-info",
    "type",
    "match",
    "parcel.sent",
    "a_b",
    "kyc",
    "class",
    "fn",
    "Stock2",
    "async",
];
const FIELDS: &[&str] = &[
    "name",
    "type",
    "class",
    "match",
    "fn",
    "createdAt",
    "status",
    "amount",
    "a_b",
    "Upper",
    "x1",
    "async",
    "yield",
    "constructor",
    "default",
];
const SIZES: &[&str] = &["large", "xlarge", "2xlarge", "4xlarge", "16xlarge"];

pub(super) fn app() -> impl Strategy<Value = App> {
    let head =
        ("[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let body = (vec(environment(), 1..4), vec(ty(), 0..4), 1..4_usize, vec(topic(), 1..6));
    (head, body).prop_map(
        |((name, arm, json, error_topic, defaults), (environments, types, channels, topics))| App {
            name,
            arm,
            json,
            environments,
            types,
            error_topic,
            defaults,
            channels,
            topics,
        },
    )
}

fn environment() -> impl Strategy<Value = Environment> {
    let days = select(model::quota::LOG_RETENTION_DAYS);
    (any::<bool>(), 2..4_u8, any::<bool>(), 1..4_u8, select(SIZES), days).prop_map(
        |(production, zones, express, each, size, log_days)| Environment {
            production,
            zones: if express { 3 } else { zones },
            express,
            each,
            size,
            log_days,
        },
    )
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        (0..10_u8, any::<u8>(), any::<bool>()).prop_map(|(min, more, pattern)| Type::Text {
            min,
            more,
            pattern
        }),
        select(&["email", "uuid", "date", "timestamp", "boolean"][..]).prop_map(Type::Plain),
        (any::<i32>(), any::<u16>()).prop_map(|(min, more)| Type::Integer { min, more }),
        (any::<i16>(), any::<u16>(), 0..5_u8).prop_map(|(min, more, scale)| Type::Decimal {
            min,
            more,
            scale
        }),
        (1..6_u8).prop_map(Type::Enum),
        any::<Index>().prop_map(Type::Shared),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), 1..5_u8).prop_map(|(of, most)| Type::List { of: Box::new(of), most }),
            vec(inner, 1..4).prop_map(Type::Object),
        ]
    })
}

fn field() -> impl Strategy<Value = Field> {
    (select(FIELDS), ty(), any::<bool>(), any::<bool>(), any::<bool>(), any::<Option<bool>>()).prop_map(
        |(word, ty, optional, pii, computed, browser)| Field { word, ty, optional, pii, computed, browser },
    )
}

fn topic() -> impl Strategy<Value = Topic> {
    let signs = select(&['-', '.', '_'][..]);
    let partitions = proptest::option::of(1..20_u8);
    (
        select(WORDS),
        signs,
        vec(field(), 0..6),
        partitions,
        any::<Option<bool>>(),
        proptest::option::of(consumer()),
    )
        .prop_map(|(word, sign, fields, partitions, producer, consumer)| Topic {
            word,
            sign,
            fields,
            partitions,
            producer,
            consumer,
        })
}

fn consumer() -> impl Strategy<Value = Consumer> {
    let marks = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (marks, proptest::option::of(any::<Index>())).prop_map(
        |((merge, shared, window, ttl, index, push), alert)| Consumer {
            merge,
            shared,
            window,
            ttl,
            index,
            alert,
            push,
        },
    )
}
