//! `spec/overrides.toml`: what the service specification says wrongly, too narrowly or not at all.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Attributes that are one and the same.
    #[serde(default)]
    pub same: BTreeMap<String, String>,
    /// References that are wrong.
    #[serde(default)]
    pub deny: Vec<Deny>,
    /// References that are missing.
    #[serde(default)]
    pub add: Vec<Add>,
    /// Properties that take free text besides references.
    #[serde(default)]
    pub text: Vec<Because>,
    /// Properties that nothing but a helper fills.
    #[serde(default)]
    pub opaque: Vec<Because>,
    /// Policy documents.
    #[serde(default)]
    pub policies: Policies,
    /// Types that hold data.
    #[serde(default)]
    pub stateful: Types,
    /// Enumerations.
    #[serde(default)]
    pub enums: Enums,
    /// Types written by hand.
    #[serde(default)]
    pub hand: Types,
}

/// References to drop: all, or these.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deny {
    /// The property.
    pub property: String,
    /// The targets; all if empty.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Why.
    pub reason: String,
}

/// References to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// The property.
    pub property: String,
    /// The targets.
    pub targets: Vec<String>,
}

/// A property and a reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// The property.
    pub property: String,
    /// Why.
    pub reason: String,
}

/// Which properties are policy documents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// Of an identity: no principal.
    #[serde(default)]
    pub identity: Vec<String>,
    /// Of a resource: with a principal.
    #[serde(default)]
    pub resource: Vec<String>,
}

/// Type names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Types {
    /// The names.
    #[serde(default)]
    pub types: Vec<String>,
}

/// Enumerations that stay text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enums {
    /// The properties.
    #[serde(default)]
    pub open: Vec<String>,
}
