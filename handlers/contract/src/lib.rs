//! What an event is: its fields and their checks, its identity, its views, and the rule that makes it.
//!
//! Generated code implements [`Event`] for every topic of the manifest; the `runtime` crate publishes and
//! consumes whatever implements it; business rules implement [`Rule`]. Nothing here knows of AWS or Kafka's
//! protocol, so rules compile and run their tests in a moment.
//!
//! # What an event type looks like
//!
//! ```
//! use std::{borrow::Cow, fmt};
//! use contract::{check::{self, Word}, *};
//! use serde::Serialize;
//!
//! /// A customer's identity was checked.
//! #[derive(Clone, PartialEq, Serialize)]
//! pub struct KycVerified {
//!     #[serde(rename = "customerId")]
//!     pub customer_id: String,
//!     #[serde(rename = "fullName")]
//!     pub full_name: String,
//!     #[serde(rename = "note", skip_serializing_if = "Option::is_none")]
//!     pub note: Option<String>,
//!     #[serde(rename = "status")]
//!     pub status: KycVerifiedStatus,
//!     #[serde(rename = "fee")]
//!     pub fee: Decimal,
//!     #[serde(rename = "verifiedAt")]
//!     pub verified_at: Timestamp,
//! }
//!
//! // Written out, so that personal data can't reach a log.
//! impl fmt::Debug for KycVerified {
//!     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!         f.debug_struct("KycVerified")
//!             .field("customer_id", &self.customer_id)
//!             .field("full_name", &Personal)
//!             .field("note", &self.note)
//!             .field("status", &self.status)
//!             .field("fee", &self.fee)
//!             .field("verified_at", &self.verified_at)
//!             .finish()
//!     }
//! }
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
//! pub enum KycVerifiedStatus {
//!     #[serde(rename = "VERIFIED")]
//!     Verified,
//!     #[serde(rename = "REVIEW")]
//!     Review,
//! }
//!
//! impl Word for KycVerifiedStatus {
//!     const WORDS: &'static [&'static str] = &["VERIFIED", "REVIEW"];
//!     fn from_word(word: &str) -> Option<Self> {
//!         match word {
//!             "VERIFIED" => Some(Self::Verified),
//!             "REVIEW" => Some(Self::Review),
//!             _ => None,
//!         }
//!     }
//!     fn word(&self) -> &'static str {
//!         match self {
//!             Self::Verified => "VERIFIED",
//!             Self::Review => "REVIEW",
//!         }
//!     }
//! }
//!
//! impl Show for KycVerifiedStatus {
//!     fn show(&self) -> String {
//!         show_word(self)
//!     }
//! }
//!
//! static CUSTOMER_ID: check::Pattern = check::Pattern::new("^[A-Za-z0-9][A-Za-z0-9_-]*$");
//!
//! fn customer_id() -> check::Text {
//!     check::text(0, 64).pattern(&CUSTOMER_ID)
//! }
//!
//! impl Object for KycVerified {
//!     fn read(fields: &mut Fields<'_>) -> Option<Self> {
//!         // First every field, so that every fault is found; only then `?`.
//!         let customer_id = fields.required("customerId", &customer_id());
//!         let full_name = fields.required("fullName", &check::text(1, 100));
//!         let note = fields.optional("note", &check::text(0, 80));
//!         let status = fields.required("status", &check::words::<KycVerifiedStatus>());
//!         let fee = fields.required("fee", &check::decimal("0", "10000000", 2));
//!         let verified_at = fields.required("verifiedAt", &check::timestamp());
//!         Some(Self {
//!             customer_id: customer_id?,
//!             full_name: full_name?,
//!             note: note?,
//!             status: status?,
//!             fee: fee?,
//!             verified_at: verified_at?,
//!         })
//!     }
//! }
//!
//! /// What a caller sends: everything but the computed fields.
//! #[derive(Clone, PartialEq)]
//! pub struct KycVerifiedRequest {
//!     pub customer_id: String,
//!     pub full_name: String,
//! }
//! # impl fmt::Debug for KycVerifiedRequest {
//! #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("KycVerifiedRequest") }
//! # }
//!
//! impl Object for KycVerifiedRequest {
//!     const COMPUTED: &'static [&'static str] = &["status", "fee", "verifiedAt"];
//!     fn read(fields: &mut Fields<'_>) -> Option<Self> {
//!         let customer_id = fields.required("customerId", &customer_id());
//!         let full_name = fields.required("fullName", &check::text(1, 100));
//!         Some(Self { customer_id: customer_id?, full_name: full_name? })
//!     }
//! }
//!
//! /// Generated once for each table.
//! pub const KYC_RESULTS: Table = Table {
//!     name: "kyc-results",
//!     env: "KYC_RESULTS_TABLE",
//!     key: "customerId",
//!     sort: None,
//!     ttl: None,
//! };
//!
//! impl Event for KycVerified {
//!     const TOPIC: &'static str = "kyc-verified";
//!     const VERSION: u32 = 1;
//!     const TYPE: &'static str = "onboard-ai.kyc-verified";
//!     const KEY: &'static str = "customerId";
//!     const SINK: Option<Sink> = Some(Sink { table: KYC_RESULTS, write: Write::Put, marks: &[] });
//!     const PUSH: Option<&'static str> = Some("KYC_VERIFIED");
//!     const BROWSER: &'static [&'static str] = &["/customerId", "/status", "/verifiedAt"];
//!     type Request = KycVerifiedRequest;
//!
//!     fn key(&self) -> Cow<'_, str> {
//!         Cow::Borrowed(&self.customer_id)
//!     }
//!
//!     fn alert(&self) -> Option<String> {
//!         matches!(self.status, KycVerifiedStatus::Review)
//!             .then(|| format!("KYC of customer {} needs a review.", self.customer_id.show()))
//!     }
//! }
//!
//! // Every fault is found at once, each with its place:
//! let body = RequestBody::parse(br#"{"fullName": "", "status": "VERIFIED", "nmae": 1}"#).unwrap();
//! let faults = body.decode::<KycVerified>().unwrap_err();
//! assert_eq!(
//!     faults.to_string(),
//!     "/customerId is missing; /fullName must not be empty; \
//!      /status is set by the server and can't be sent; the document has an unknown field"
//! );
//! ```

pub mod calls;
pub mod check;
mod cloudevents;
mod context;
mod event;
mod id;
mod read;
mod request;
mod rule;
mod show;
mod table;
mod time;
mod view;
mod violation;

pub use check::{Check, Word};
pub use cloudevents::{Record, Unreadable, read_context, read_event};
pub use context::{EventContext, is_traceparent};
pub use event::{Event, Failure, FailureEvent, Nothing, cut};
pub use id::{EventId, NotAnEventId, derived_uuid, random_uuid};
pub use jiff::civil::Date;
pub use read::{Cursor, Fields, Object, Unknown, read, read_by};
pub use request::{Malformed, RequestBody};
pub use rule::{Refusal, Rule};
pub use rust_decimal::Decimal;
pub use show::{Personal, Show, show_word};
pub use table::{Item, Key, MemoryTables, Sink, Table, TableError, Tables, TimeToLive, Write};
pub use time::{NotAnInstant, Timestamp};
pub use uuid::Uuid;
pub use view::view;
pub use violation::{Violation, Violations};
