//! Kinds of text: names, lengths of time, routes. Each has its pattern, and says in words what it takes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// One kind of text, as a key or as a value.
pub(crate) trait Text {
    /// Its JSON Schema.
    fn schema() -> Schema;
}

/// Declares a kind of text. `patternErrorMessage` is what VS Code shows, and what the diagnostics say.
macro_rules! text {
    ($($(#[$doc:meta])* $name:ident { $pattern:literal, $what:literal, [$($example:literal),*] })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(String);

        impl Text for $name {
            fn schema() -> Schema {
                let mut schema = json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "patternErrorMessage": concat!("must be ", $what),
                });
                let examples: &[&str] = &[$($example),*];
                if !examples.is_empty() {
                    schema.insert("examples".into(), examples.into());
                }
                schema
            }
        }
        text!(@common $name);
    )+};
    (@common $name:ident) => {
        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                Self::schema()
            }
        }
    };
}

text! {
    /// The app's or an environment's name.
    Name {
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "lower-case letters, digits and single hyphens between them, and start with a letter",
        ["onboard-ai"]
    }
    /// A length of time.
    Duration {
        r"^(0|[1-9][0-9]{0,9})(ms|s|m|h|d)$",
        "a whole number and its unit, such as `500ms`, `30s`, `15m`, `2h` or `7d`",
        ["500ms", "30s", "15m", "2h", "7d"]
    }
    /// The first two octets of a VPC's /16.
    Network {
        r"^(10\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])|172\.(1[6-9]|2[0-9]|3[01])|192\.168)$",
        "the first two octets of a private network, such as \"10.20\", \"172.16\" or \"192.168\"",
        ["10.20"]
    }
    /// A Kafka topic's name.
    TopicName {
        r"^[A-Za-z][A-Za-z0-9._-]*$",
        "ASCII letters, digits, `.`, `_` and `-`, and start with a letter",
        ["order-placed", "orders.placed.v1"]
    }
    /// A DynamoDB table's or index's name.
    TableName {
        r"^[A-Za-z][A-Za-z0-9._-]*$",
        "ASCII letters, digits, `.`, `_` and `-`, and start with a letter",
        ["orders", "by-status"]
    }
    /// An SNS topic's name.
    ChannelName {
        r"^[A-Za-z][A-Za-z0-9_-]*$",
        "ASCII letters, digits, `_` and `-`, and start with a letter",
        ["support"]
    }
    /// A shared type's name.
    TypeName {
        r"^[A-Z][A-Za-z0-9]*$",
        "ASCII letters and digits, and start with a capital letter",
        ["OrderId"]
    }
    /// A built-in type or a shared type's name.
    TypeRef {
        r"^[!-~]+$",
        "the name of a type",
        ["string", "email", "uuid", "date", "timestamp", "integer", "decimal", "boolean", "enum", "list", "object"]
    }
    /// A field's name.
    FieldName {
        r"^[A-Za-z][A-Za-z0-9_]*$",
        "ASCII letters, digits and `_`, and start with a letter",
        ["orderId"]
    }
    /// One of an enum's words.
    EnumValue {
        r"^[A-Za-z][A-Za-z0-9._-]*$",
        "ASCII letters, digits, `.`, `_` and `-`, and start with a letter",
        ["PAID"]
    }
    /// A function's name.
    Function {
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "lower-case letters, digits and single hyphens between them, and start with a letter",
        ["submit-order"]
    }
    /// What people call a function.
    Handler {
        r"^[a-z][A-Za-z0-9]*$",
        "ASCII letters and digits, and start with a lower-case letter",
        ["handleOrderPlaced"]
    }
    /// The end of a consumer group's id.
    Group {
        r"^[A-Za-z0-9._-]+$",
        "ASCII letters, digits, `.`, `_` and `-`",
        ["orders"]
    }
    /// A name in the manifest that refers to something else in it. Whether it is there is asked later, with better words
    /// than a pattern has.
    Identifier {
        r"^[!-~]+$",
        "the name of something else in the manifest",
        []
    }
    /// A field of an event, by name.
    Path {
        r"^[!-~]+$",
        "the name of a field",
        []
    }
    /// A method and a path.
    Route {
        r"^(POST|PUT|PATCH) (/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$",
        "`POST`, `PUT` or `PATCH`, a space, and a path of plain segments, such as `POST /orders`",
        ["POST /orders"]
    }
    /// An alert's text.
    Message {
        r"[^ ]",
        "text that is not empty",
        ["Order {orderId} was placed."]
    }
    /// The event type that the browser sees.
    PushType {
        r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$",
        "capital letters, digits and single underscores between them, and start with a letter",
        ["ORDER_PLACED"]
    }
}

/// A Kafka version as MSK writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct KafkaVersion(String);

impl Text for KafkaVersion {
    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": super::KAFKA_VERSIONS })
    }
}
text!(@common KafkaVersion);

/// A broker's instance type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct InstanceType(String);

impl Text for InstanceType {
    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": super::INSTANCE_TYPES })
    }
}
text!(@common InstanceType);

impl Duration {
    /// Its milliseconds; `None` for what the schema refuses.
    pub(crate) fn milliseconds(&self) -> Option<u64> {
        let digits = self.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = self.split_at(digits);
        let unit = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_unit() {
        let read = |text: &str| Duration::from(text).milliseconds();
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("30s"), Some(30_000));
        assert_eq!(read("15m"), Some(900_000));
        assert_eq!(read("2h"), Some(7_200_000));
        assert_eq!(read("7d"), Some(604_800_000));
        assert_eq!(read("7 d"), None);
        assert_eq!(read("99999999999999999999d"), None);
        assert_eq!(read(""), None);
    }
}
