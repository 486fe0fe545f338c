//! Events as generated code would have them: one that replaces an item, two that meet in one, one for failures.

#![allow(dead_code, reason = "each topic's type has what some topic's test needs")]

use std::{borrow::Cow, fmt};

use contract::{
    Event, EventContext, EventId, Failure, FailureEvent, Fields, Object, Personal, Record, Sink, Table,
    TimeToLive, Timestamp, Write, check,
};
use runtime::consumer::KafkaRecord;
use serde::Serialize;

pub(crate) const ACCOUNTS: Table = Table {
    name: "accounts",
    env: "ACCOUNTS_TABLE",
    key: "customerId",
    sort: None,
    ttl: Some(TimeToLive { attribute: "expiresAt", seconds: 60 }),
};

pub(crate) const APPLICATIONS: Table = Table {
    name: "applications",
    env: "APPLICATIONS_TABLE",
    key: "customerId",
    sort: Some("applicationId"),
    ttl: None,
};

pub(crate) const ERROR_LOGS: Table =
    Table { name: "error-logs", env: "ERROR_LOGS_TABLE", key: "errorId", sort: None, ttl: None };

macro_rules! event {
    ($name:ident, $request:ident, $topic:literal, $table:expr, $write:expr, $push:expr) => {
        #[derive(Clone, PartialEq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            pub(crate) customer_id: String,
            pub(crate) application_id: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) status: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) note: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) email: Option<String>,
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("customer_id", &self.customer_id)
                    .field("email", &Personal)
                    .finish_non_exhaustive()
            }
        }

        impl $name {
            pub(crate) fn new(customer: &str, application: &str) -> Self {
                Self {
                    customer_id: customer.into(),
                    application_id: application.into(),
                    status: None,
                    note: None,
                    email: None,
                }
            }

            pub(crate) fn status(self, status: &str) -> Self {
                Self { status: Some(status.into()), ..self }
            }

            pub(crate) fn note(self, note: &str) -> Self {
                Self { note: Some(note.into()), ..self }
            }
        }

        impl Object for $name {
            fn read(fields: &mut Fields<'_>) -> Option<Self> {
                let customer_id = fields.required("customerId", &check::text(1, 80));
                let application_id = fields.required("applicationId", &check::text(0, 64));
                let status = fields.optional("status", &check::text(0, 20));
                let note = fields.optional("note", &check::text(0, 500_000));
                let email = fields.optional("email", &check::email());
                Some(Self {
                    customer_id: customer_id?,
                    application_id: application_id?,
                    status: status?,
                    note: note?,
                    email: email?,
                })
            }
        }

        #[derive(Clone, Debug)]
        pub(crate) struct $request {
            pub(crate) customer_id: String,
            pub(crate) note: Option<String>,
            pub(crate) email: String,
        }

        impl Object for $request {
            const COMPUTED: &'static [&'static str] = &["applicationId", "status"];
            fn read(fields: &mut Fields<'_>) -> Option<Self> {
                let customer_id = fields.required("customerId", &check::text(1, 80));
                let note = fields.optional("note", &check::text(0, 500_000));
                let email = fields.required("email", &check::email());
                Some(Self { customer_id: customer_id?, note: note?, email: email? })
            }
        }

        impl Event for $name {
            const TOPIC: &'static str = $topic;
            const VERSION: u32 = 1;
            const TYPE: &'static str = concat!("test.", $topic);
            const KEY: &'static str = "customerId";
            const SINK: Option<Sink> = Some(Sink { table: $table, write: $write, marks: &[] });
            const PUSH: Option<&'static str> = $push;
            const BROWSER: &'static [&'static str] = &["/customerId", "/applicationId", "/status"];
            type Request = $request;
            fn key(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.customer_id)
            }
            fn alert(&self) -> Option<String> {
                let review = self.status.as_deref() == Some("REVIEW");
                review.then(|| format!("Customer {} needs a review.", self.customer_id))
            }
        }
    };
}

event!(Opened, OpenRequest, "opened", ACCOUNTS, Write::Put, Some("OPENED"));
event!(Noted, NoteRequest, "noted", APPLICATIONS, Write::Merge, Some("NOTED"));
event!(Closed, CloseRequest, "closed", APPLICATIONS, Write::Merge, Some("CLOSED"));
event!(Replaced, ReplaceRequest, "replaced", APPLICATIONS, Write::Put, None);

/// What a failed step publishes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    pub(crate) customer_id: String,
    pub(crate) error_id: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retryable: bool,
}

impl Object for Failed {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &check::text(1, 64));
        let error_id = fields.required("errorId", &check::text(36, 36));
        let code = fields.required("code", &check::text(0, 80));
        let message = fields.required("message", &check::text(0, 100));
        let retryable = fields.required("retryable", &check::boolean());
        Some(Self {
            customer_id: customer_id?,
            error_id: error_id?,
            code: code?,
            message: message?,
            retryable: retryable?,
        })
    }
}

impl Event for Failed {
    const TOPIC: &'static str = "failed";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "test.failed";
    const KEY: &'static str = "customerId";
    const SINK: Option<Sink> =
        Some(Sink { table: ERROR_LOGS, write: Write::Put, marks: &[("kind", "WORKFLOW_ERROR")] });
    type Request = contract::Nothing;
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.customer_id)
    }
}

impl FailureEvent for Failed {
    fn from_failure(failure: &Failure) -> Self {
        Self {
            customer_id: failure.customer_id.clone(),
            error_id: failure.error_id.to_string(),
            code: failure.code.clone(),
            message: contract::cut(&failure.message, 100),
            retryable: failure.retryable,
        }
    }
}

/// 2026-11-23T12:00:00Z and so many milliseconds.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_435_200_000 + millis).expect("it is in our time")
}

/// A context whose id and time follow from `number`.
pub(crate) fn context(number: i64) -> EventContext {
    let id = format!("0193a000-0000-7000-8000-{number:012}");
    EventContext {
        id: EventId::parse(&id).expect("it is an id"),
        time: at(number),
        source: "/test".into(),
        traceparent: None,
    }
}

/// The record of `event`, as Lambda sends it.
pub(crate) fn record<E: Event>(
    event: &E,
    context: &EventContext,
    partition: i32,
    offset: i64,
) -> KafkaRecord {
    let Record { topic, key, value, headers, .. } = Record::new(event, context);
    let record = KafkaRecord::new(topic, partition, offset, context.time.as_millis());
    let record = record.with(Some(key.as_bytes()), Some(&value));
    headers.iter().fold(record, |record, (name, value)| record.header(name, value.as_bytes()))
}
