//! A look into the JSON Schema, as far as the manifest's uses it.

use serde_json::{Map, Value as Json};

use crate::{
    span::Span,
    tree::{Entry, Node, Value},
};

/// Every keyword that the manifest's schema has. A test refuses others, which the check would pass over.
#[cfg(test)]
const KEYWORDS: &[&str] = &[
    // that decide
    "$ref",
    "type",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "minProperties",
    "items",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "pattern",
    // that tell
    "$schema",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "format",
    "patternErrorMessage",
    "defaultSnippets",
];

/// A subschema; a reference is followed.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    root: &'a Json,
    /// As it stands where it is used, with that place's description.
    here: &'a Json,
    /// What it refers to, or itself.
    target: &'a Json,
    /// The referred definition's name; empty for one without.
    name: &'a str,
}

/// JSON's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    Text,
    List,
    Map,
}

impl Kind {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::Text,
            "array" => Self::List,
            "object" => Self::Map,
            _ => return None,
        })
    }

    pub(super) fn takes(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::Null, Value::Null)
                | (Self::Boolean, Value::Bool(_))
                | (Self::Integer, Value::Integer(_))
                | (Self::Number, Value::Integer(_) | Value::Float(..))
                | (Self::Text, Value::Text(_))
                | (Self::List, Value::List(_))
                | (Self::Map, Value::Map(_))
        )
    }

    /// What a value is, for people.
    pub(super) fn name_of(value: &Value) -> &'static str {
        match value {
            Value::Null => "empty",
            Value::Bool(_) => "a truth value",
            Value::Integer(_) => "a whole number",
            Value::Float(..) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

impl<'a> Schema<'a> {
    /// `name` is what the whole is called.
    pub(super) fn root(root: &'a Json, name: &'a str) -> Self {
        Self { root, here: root, target: root, name }
    }

    fn at(self, here: &'a Json) -> Self {
        let mut target = here;
        let mut name = "";
        while let Some(reference) = target.get("$ref").and_then(Json::as_str) {
            name = reference.rsplit('/').next().unwrap_or_default();
            match self.root.get("$defs").and_then(|defs| defs.get(name)) {
                Some(found) => target = found,
                None => break,
            }
        }
        Self { root: self.root, here, target, name }
    }

    pub(super) fn kinds(self) -> Vec<Kind> {
        match self.target.get("type") {
            Some(Json::String(name)) => Kind::read(name).into_iter().collect(),
            Some(Json::Array(names)) => {
                names.iter().filter_map(Json::as_str).filter_map(Kind::read).collect()
            }
            _ => vec![],
        }
    }

    /// What it takes, for people.
    pub(super) fn wanted(self) -> String {
        if let Some(words) = self.words() {
            return format!("one of {}", crate::close::list(&words));
        }
        let wanted: Vec<_> = self.kinds().into_iter().map(Kind::wanted).collect();
        wanted.join(" or ")
    }

    pub(super) fn words(self) -> Option<Vec<&'a str>> {
        Some(self.target.get("enum")?.as_array()?.iter().filter_map(Json::as_str).collect())
    }

    pub(super) fn pattern(self) -> Option<&'a str> {
        self.target.get("pattern")?.as_str()
    }

    /// `must be ...`
    pub(super) fn rule(self) -> &'a str {
        self.target
            .get("patternErrorMessage")
            .and_then(Json::as_str)
            .unwrap_or("is not spelled as it must be")
    }

    pub(super) fn description(self) -> &'a str {
        let of = |schema: &'a Json| schema.get("description").and_then(Json::as_str);
        of(self.here).or_else(|| of(self.target)).unwrap_or_default()
    }

    pub(super) fn example(self) -> Option<&'a str> {
        self.target.get("examples")?.get(0)?.as_str()
    }

    pub(super) fn is_duration(self) -> bool {
        self.rule().contains("`500ms`")
    }

    fn object(self, key: &str) -> Option<&'a Map<String, Json>> {
        self.target.get(key)?.as_object()
    }

    pub(super) fn properties(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.object("properties").into_iter().flatten().map(move |(key, here)| (key.as_str(), self.at(here)))
    }

    pub(super) fn property(self, key: &str) -> Option<Self> {
        self.object("properties")?.get(key).map(|here| self.at(here))
    }

    /// What each entry of a map with free names is.
    pub(super) fn entries(self) -> Option<Self> {
        let entries = self.target.get("additionalProperties").filter(|schema| schema.is_object())?;
        Some(self.at(entries))
    }

    pub(super) fn names(self) -> Option<Self> {
        self.target.get("propertyNames").map(|here| self.at(here))
    }

    pub(super) fn required(self) -> impl Iterator<Item = &'a str> {
        self.target.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
    }

    pub(super) fn items(self) -> Option<Self> {
        self.target.get("items").map(|here| self.at(here))
    }

    pub(super) fn min_properties(self) -> Option<u64> {
        // It is said of one map at its own place, not of all of its kind.
        self.here.get("minProperties").or_else(|| self.target.get("minProperties"))?.as_u64()
    }

    pub(super) fn min_items(self) -> Option<u64> {
        self.target.get("minItems")?.as_u64()
    }

    pub(super) fn max_items(self) -> Option<u64> {
        self.target.get("maxItems")?.as_u64()
    }

    pub(super) fn minimum(self) -> Option<i128> {
        self.target.get("minimum")?.as_i64().map(Into::into)
    }

    pub(super) fn maximum(self) -> Option<i128> {
        self.target.get("maximum")?.as_i64().map(Into::into)
    }

    /// What an object of this kind is called.
    pub(super) fn noun(self) -> String {
        match self.name {
            "Field" => "a topic's field".into(),
            "Member" => "an object's field".into(),
            "Items" => "`items`".into(),
            "TypeDef" => "a shared type".into(),
            "DeadLetters" => "`dead_letters`".into(),
            "Environment" | "Alert" | "Index" => format!("an {}", self.name.to_lowercase()),
            "Topic" | "Table" | "Channel" | "Subscriber" | "Producer" | "Consumer" => {
                format!("a {}", self.name.to_lowercase())
            }
            "" => "this map".into(),
            whole if whole.contains(' ') => whole.into(),
            name => format!("`{}`", name.to_lowercase()),
        }
    }

    /// The way to the nearest object inside of this one that has the key.
    pub(super) fn path_to(self, key: &str) -> Option<String> {
        let direct = self.properties().find(|(_, inner)| inner.property(key).is_some());
        if let Some((name, _)) = direct {
            return Some(name.into());
        }
        self.properties().find_map(|(name, inner)| {
            let (next, _) = inner.properties().find(|(_, inner)| inner.property(key).is_some())?;
            Some(format!("{name}.{next}"))
        })
    }

    /// A value of the right shape to go on with. Text is empty: what refers to it knows it for unknown.
    pub(super) fn filler(self, span: Span) -> Node {
        let kind = self.kinds().first().copied().unwrap_or(Kind::Map);
        let value = match kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Bool(false),
            Kind::Integer | Kind::Number => {
                Value::Integer(self.minimum().and_then(|min| i64::try_from(min).ok()).unwrap_or(0))
            }
            Kind::Text => Value::Text(match self.words() {
                Some(words) => words.first().copied().unwrap_or_default().into(),
                None => String::new(),
            }),
            Kind::List => Value::List(vec![]),
            Kind::Map => Value::Map(
                self.required()
                    .filter_map(|key| {
                        let node = self.property(key)?.filler(span);
                        Some(Entry { key: key.into(), key_span: span, node })
                    })
                    .collect(),
            ),
        };
        Node { span, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(schema: &Json, found: &mut Vec<String>) {
        let Some(object) = schema.as_object() else { return };
        for (key, value) in object {
            found.push(key.clone());
            match key.as_str() {
                "properties" | "$defs" => {
                    value.as_object().into_iter().flatten().for_each(|(_, inner)| keywords(inner, found));
                }
                "items" | "additionalProperties" | "propertyNames" => keywords(value, found),
                _ => {}
            }
        }
    }

    #[test]
    fn the_schema_says_nothing_that_the_check_passes_over() {
        let mut found = vec![];
        keywords(&crate::json_schema(), &mut found);
        found.retain(|key| !KEYWORDS.contains(&key.as_str()));
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn every_pattern_of_the_schema_is_a_regular_expression() {
        fn patterns(schema: &Json, found: &mut usize) {
            match schema {
                Json::Object(object) => {
                    if let Some(pattern) = object.get("pattern").and_then(Json::as_str) {
                        crate::shape::pattern::compile(pattern);
                        *found += 1;
                    }
                    object.values().for_each(|inner| patterns(inner, found));
                }
                Json::Array(items) => items.iter().for_each(|inner| patterns(inner, found)),
                _ => {}
            }
        }
        let mut found = 0;
        patterns(&crate::json_schema(), &mut found);
        assert!(found > 10);
    }
}
