//! Requests: JSON bodies that become a topic's request type.

use serde_json::Value;

use crate::{Event, Item, Unknown, Violations, read};

/// A body that is a JSON object, before its fields are checked.
#[derive(Clone, PartialEq)]
pub struct RequestBody(Item);

impl std::fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestBody(<personal>)")
    }
}

/// The body isn't a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not text.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Not JSON; with line and column.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not `{...}`.
    #[error("the body is not a JSON object")]
    NotAnObject,
}

impl RequestBody {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed::NotUtf8)?;
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Malformed::NotAnObject),
            Err(error) => Err(Malformed::NotJson(error.to_string())),
        }
    }

    /// What the caller wrote in the field that is the topic's key.
    pub fn key<E: Event>(&self) -> Option<&Value> {
        self.0.get(E::KEY)
    }

    /// Fills the field that is the topic's key.
    pub fn set_key<E: Event>(&mut self, key: &str) {
        self.0.insert(E::KEY.into(), key.into());
    }

    /// The request, or everything that is wrong with it: unknown fields and fields that the server sets, too.
    pub fn decode<E: Event>(self) -> Result<E::Request, Violations> {
        read(&Value::Object(self.0), Unknown::Refuse)
    }
}
