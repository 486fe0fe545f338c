//! A small model of everything that is easy to render wrongly.

use model::{
    Alert, Architecture, Auth, Batch, Brokers, Channel, Cluster, Condition, Consumer, Environment, Field,
    FieldType, Ident, KeyAttribute, KeyType, Literal, Method, Model, Operator, Parts, Pollers, Producer,
    Protocol, Push, Removal, Retry, SharedType, Subscriber, Table, TableRole, Targets, TimeToLive, Topic,
    Write,
};

/// A topic with dots, a field called `type`, Markdown and Unicode in descriptions, a pattern with a bar.
pub(crate) fn model() -> Model {
    Model::new(Parts {
        app: Ident::new("shop"),
        description: "A *small* shop | with `hazards` & café_style names.".into(),
        architecture: Architecture::X86_64,
        environments: vec![environment("dev", Auth::None, 2), environment("prod", Auth::Token, 3)],
        cluster: Cluster {
            kafka_version: "3.9.x.kraft".into(),
            dead_letter_topic: "shop-dead-letters".into(),
            dead_letter_partitions: 1,
            dead_letter_retention_ms: 14 * DAY_MS,
        },
        tables: vec![Table {
            name: Ident::new("orders"),
            role: TableRole::Domain,
            key: KeyAttribute { name: "customerId".into(), ty: KeyType::S },
            sort: Some(KeyAttribute { name: "orderId".into(), ty: KeyType::S }),
            ttl: Some(TimeToLive { attribute: "expiresAt".into(), seconds: 30 * 24 * 60 * 60 }),
            indexes: vec![],
        }],
        channels: vec![Channel {
            name: Ident::new("desk"),
            description: "The <desk>.".into(),
            alarms: true,
            subscribers: vec![Subscriber {
                protocol: Protocol::Email,
                endpoint: "desk@shop.example".into(),
                environments: vec!["prod".into()],
            }],
        }],
        types: vec![
            SharedType {
                name: Ident::new("Address"),
                description: "Where to | deliver.".into(),
                ty: FieldType::Object {
                    fields: vec![
                        field("line1", text(1, 120, None)),
                        Field { required: false, ..field("country", shared("Country")) },
                    ],
                },
            },
            SharedType {
                name: Ident::new("Country"),
                description: String::new(),
                ty: text(0, 2, Some("^(DE|GB|[A-Z]{2})$")),
            },
            SharedType {
                name: Ident::new("Shop"),
                description: String::new(),
                ty: FieldType::Object {
                    fields: vec![
                        field("city", text(0, 40, None)),
                        Field { browser: false, ..field("till", integer(1, 9)) },
                    ],
                },
            },
            SharedType { name: Ident::new("Unused"), description: String::new(), ty: FieldType::Boolean },
        ],
        topics: vec![orders(), errors()],
    })
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn environment(name: &str, auth: Auth, zones: u8) -> Environment {
    Environment {
        name: name.into(),
        production: name == "prod",
        auth,
        zones,
        network: "10.20".into(),
        brokers: Brokers {
            instance_type: "kafka.m7g.large".into(),
            count: u16::from(zones),
            storage_gib: 10,
            replication: u16::from(zones),
        },
        log_retention_days: 14,
        removal: Removal::Destroy,
        deletion_protection: false,
        recovery_days: 7,
        audit: false,
        http_rate: 50,
    }
}

fn orders() -> Topic {
    let optional = |field: Field| Field { required: false, ..field };
    let pii = |field: Field| Field { pii: true, browser: false, ..field };
    Topic {
        description: "A customer ordered `something` | or *nothing*; größer ≥ 1.".into(),
        fields: vec![
            field("customerId", text(1, 64, Some("^[A-Za-z0-9-]+$"))),
            Field {
                description: "Kind of order: `A|B`, _not_ C.".into(),
                ..field("type", FieldType::Enum { values: ["NEW", "RE-ORDER"].map(Ident::new).into() })
            },
            pii(optional(field("homeAddress", shared("Address")))),
            optional(field("shop", shared("Shop"))),
            Field {
                browser: false,
                ..field(
                    "items",
                    FieldType::List {
                        items: Box::new(FieldType::Object {
                            fields: vec![
                                field("sku", text(3, 8, Some("^[A-Z]+$"))),
                                field("count", integer(1, 99)),
                            ],
                        }),
                        min_items: 2,
                        max_items: 5,
                    },
                )
            },
            Field {
                computed: true,
                ..field("total", FieldType::Decimal { min: "-10.5".into(), max: "1000".into(), scale: 2 })
            },
        ],
        producer: Some(Producer {
            function: Ident::new("place-order"),
            handler: Ident::new("placeOrderWithKafka"),
            method: Method::Put,
            path: "/orders".into(),
            open: false,
            reads: vec!["orders".into()],
            timeout_seconds: 15,
            memory_mib: 512,
        }),
        alert: Some(Alert {
            channel: "desk".into(),
            when: Some(Condition {
                field: Ident::new("total"),
                operator: Operator::AtLeast,
                values: vec![Literal::Text("500".into())],
            }),
            message: "Order of {customerId} is | {total}.".into(),
        }),
        push: Some(Push { event_type: "ORDER_PLACED".into() }),
        error_topic: Some("shop-errors".into()),
        ..topic("orders.placed", "orders", "put")
    }
}

fn errors() -> Topic {
    Topic {
        description: "A step failed.".into(),
        fields: vec![
            field("customerId", text(1, 64, None)),
            field("errorId", FieldType::Uuid),
            field("occurredAt", FieldType::Timestamp),
            Field { required: false, ..field("day", FieldType::Date) },
            Field { required: false, ..field("contact", FieldType::Email) },
        ],
        collects_errors: true,
        ..topic("shop-errors", "error-logs", "errors")
    }
}

fn topic(name: &str, table: &str, group: &str) -> Topic {
    Topic {
        name: Ident::new(name),
        description: String::new(),
        partitions: 3,
        retention_ms: 7 * DAY_MS,
        key: Ident::new("customerId"),
        version: 2,
        fields: vec![],
        producer: None,
        consumer: Some(Consumer {
            function: Ident::new(format!("consumer-{}", name.replace('.', "-"))),
            handler: Ident::new(format!("handle{}", Ident::new(name).pascal)),
            group: format!("shop-consumer-{group}"),
            table: table.into(),
            write: Write::Put,
            batch: Batch { size: 100, window_ms: 0 },
            retry: Retry { attempts: 3, max_age_seconds: None, bisect: true },
            pollers: Pollers { min: 1, max: 10, group: "shop".into() },
            timeout_seconds: 30,
            memory_mib: 256,
        }),
        alert: None,
        push: None,
        targets: Targets { publish_ms: 100, consume_ms: 500, push_ms: 100, end_to_end_ms: 1000 },
        error_topic: None,
        collects_errors: false,
    }
}

fn field(name: &str, ty: FieldType) -> Field {
    Field {
        name: Ident::new(name),
        description: String::new(),
        ty,
        required: true,
        computed: false,
        pii: false,
        browser: true,
    }
}

fn text(min_length: u32, max_length: u32, pattern: Option<&str>) -> FieldType {
    FieldType::String { min_length, max_length, pattern: pattern.map(str::to_owned) }
}

fn integer(min: i64, max: i64) -> FieldType {
    FieldType::Integer { min, max }
}

fn shared(name: &str) -> FieldType {
    FieldType::Shared { name: name.into() }
}
