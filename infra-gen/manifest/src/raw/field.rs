//! Fields and types.
//!
//! A type is one flat object whose options depend on its `type`; which option goes with which type is checked
//! after the shape, because `type` may also name a shared type.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::{EnumValue, FieldName, Map, TypeRef};

/// The types that need no declaration.
pub(crate) const BUILT_IN_TYPES: &[&str] = &[
    "string",
    "email",
    "uuid",
    "date",
    "timestamp",
    "integer",
    "decimal",
    "boolean",
    "enum",
    "list",
    "object",
];

/// Declares the structs that hold a type. serde's `flatten` and `deny_unknown_fields` don't go together, so the
/// options are repeated in each, here alone.
macro_rules! with_options {
    ($($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// What it holds: `string`, `email`, `uuid`, `date`, `timestamp`, `integer`, `decimal`, `boolean`, `enum`,
            /// `list`, `object`, or the name of a type under `types`.
            #[serde(rename = "type")]
            pub(crate) ty: TypeRef,
            $($(#[$own_meta])* pub(crate) $own: $own_type,)*
            /// Of a `string`: fewest characters. Without it: 0. A key has at least one, whatever stands here.
            #[schemars(range(min = 0, max = 100_000))]
            pub(crate) min_length: Option<i64>,
            /// Of a `string`: most characters. Without it: 256.
            #[schemars(range(min = 1, max = 100_000))]
            pub(crate) max_length: Option<i64>,
            /// Of a `string`: a regular expression (Rust's `regex`) that some part of it must match.
            pub(crate) pattern: Option<String>,
            /// Of an `integer` or a `decimal`: the least value.
            pub(crate) min: Option<Scalar>,
            /// Of an `integer` or a `decimal`: the greatest value.
            pub(crate) max: Option<Scalar>,
            /// Of a `decimal`: most digits after the point. Without it: 2.
            #[schemars(range(min = 0, max = 9))]
            pub(crate) scale: Option<i64>,
            /// Of an `enum`: its words.
            #[schemars(length(min = 1, max = 200))]
            pub(crate) values: Option<Vec<EnumValue>>,
            /// Of a `list`: what each item is.
            pub(crate) items: Option<Box<Items>>,
            /// Of a `list`: fewest items. Without it: 0.
            #[schemars(range(min = 0, max = 10_000))]
            pub(crate) min_items: Option<i64>,
            /// Of a `list`: most items. Without it: 100.
            #[schemars(range(min = 1, max = 10_000))]
            pub(crate) max_items: Option<i64>,
            /// Of an `object`: its fields, by name.
            #[schemars(extend("minProperties" = 1))]
            pub(crate) fields: Option<Map<FieldName, Member>>,
        }

        impl $name {
            pub(crate) fn shape(&self) -> Shape<'_> {
                Shape {
                    ty: &self.ty,
                    min_length: self.min_length,
                    max_length: self.max_length,
                    pattern: self.pattern.as_deref(),
                    min: self.min.as_ref(),
                    max: self.max.as_ref(),
                    scale: self.scale,
                    values: self.values.as_deref(),
                    items: self.items.as_deref(),
                    min_items: self.min_items,
                    max_items: self.max_items,
                    fields: self.fields.as_ref(),
                }
            }
        }
    )+};
}

with_options! {
    /// A field of an event.
    Field {
        /// What it means, in one sentence.
        #[serde(default)]
        description: String,
        /// An event may come without it.
        #[serde(default)]
        optional: bool,
        /// The business rule sets it; a request may not.
        #[serde(default)]
        computed: bool,
        /// Personal data: never in a log, an alert or a metric.
        #[serde(default)]
        pii: bool,
        /// The push to the browser carries it. Without it: true, unless it is or holds personal data.
        browser: Option<bool>,
    }

    /// A field of an object.
    Member {
        /// What it means, in one sentence.
        #[serde(default)]
        description: String,
        /// An object may come without it.
        #[serde(default)]
        optional: bool,
        /// Personal data: never in a log, an alert or a metric.
        #[serde(default)]
        pii: bool,
    }

    /// What each item of a list is.
    Items {}

    /// A type with a name.
    TypeDef {
        /// What it means, in one sentence.
        #[serde(default)]
        description: String,
    }
}

/// The type that a field, an item or a shared type has, whichever struct it was written in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape<'a> {
    pub(crate) ty: &'a str,
    pub(crate) min_length: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) pattern: Option<&'a str>,
    pub(crate) min: Option<&'a Scalar>,
    pub(crate) max: Option<&'a Scalar>,
    pub(crate) scale: Option<i64>,
    pub(crate) values: Option<&'a [EnumValue]>,
    pub(crate) items: Option<&'a Items>,
    pub(crate) min_items: Option<i64>,
    pub(crate) max_items: Option<i64>,
    pub(crate) fields: Option<&'a Map<FieldName, Member>>,
}

/// A number, or one in quotes: `10`, `0.05`, "0.05".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar(pub(crate) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl de::Visitor<'_> for Number {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["number", "string"],
            "pattern": r"^-?[0-9]{1,18}(\.[0-9]{1,9})?$",
            "patternErrorMessage": "must be a number such as 10, -3 or 0.05",
        })
    }
}
