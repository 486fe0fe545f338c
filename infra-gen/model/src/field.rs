//! The fields of events, and their types.

use serde::Serialize;

use crate::Ident;

/// One field of an event or of an object in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "four independent marks that a person writes one by one")]
pub struct Field {
    /// As it stands in JSON.
    pub name: Ident,
    /// One sentence for people, or empty.
    pub description: String,
    /// What it holds.
    pub ty: FieldType,
    /// Every event carries it.
    pub required: bool,
    /// The business rule sets it; a request may not.
    pub computed: bool,
    /// Personal data: never in a log, an alert or a metric.
    pub pii: bool,
    /// The push to the browser carries it.
    pub browser: bool,
}

/// A field type that the manifest names once under `types`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedType {
    /// `CustomerId`.
    pub name: Ident,
    /// One sentence for people, or empty.
    pub description: String,
    /// What it stands for; an object or an enum here becomes a named type in Rust and TypeScript.
    pub ty: FieldType,
}

/// What a field may hold, with every bound resolved.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FieldType {
    /// Unicode text.
    String {
        /// Fewest characters.
        min_length: u32,
        /// Most characters.
        max_length: u32,
        /// A regular expression (the Rust `regex` crate's syntax) that some part of the text must match.
        pattern: Option<String>,
    },
    /// A mail address of at most 254 characters (RFC 5321, 4.5.3.1.3, less the brackets).
    Email,
    /// A UUID in its 36-character form (RFC 9562).
    Uuid,
    /// A calendar date, `2026-11-23` (RFC 3339 `full-date`).
    Date,
    /// An instant in UTC, `2026-11-23T12:00:00.000Z` (RFC 3339).
    Timestamp,
    /// A whole number that JSON, Rust's `i64` and JavaScript's `number` all hold exactly.
    Integer {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// A decimal number, kept exact: text in JSON, so that no float rounds it.
    Decimal {
        /// Least value, as decimal text.
        min: String,
        /// Greatest value, as decimal text.
        max: String,
        /// Most digits after the point.
        scale: u8,
    },
    /// `true` or `false`.
    Boolean,
    /// One of a closed list of words.
    Enum {
        /// The words as they stand in JSON.
        values: Vec<Ident>,
    },
    /// A list of one type.
    List {
        /// What each item is.
        items: Box<FieldType>,
        /// Fewest items.
        min_items: u32,
        /// Most items.
        max_items: u32,
    },
    /// An object with fields of its own.
    Object {
        /// In the manifest's order.
        fields: Vec<Field>,
    },
    /// A type under `types`, by name. It is resolved; look it up with [`crate::Model::shared_type`].
    Shared {
        /// The name as the manifest writes it.
        name: String,
    },
}
