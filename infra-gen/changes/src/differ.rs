//! Which properties differ, and what each difference means for its resource.

use cfn::{PropertyInfo, Replacement, ResourceInfo};
use serde_json::{Map, Value};

use crate::compare::{Cause, Why};

/// Finds why a resource is replaced.
pub(crate) struct Differ<'a> {
    pub(crate) info: &'static ResourceInfo,
    /// Which resource that is replaced the value refers to.
    pub(crate) replaced: &'a dyn Fn(&Value) -> Option<String>,
    /// What was found, and whether it replaces for sure.
    pub(crate) found: Vec<(Replacement, Cause)>,
    /// What is updated in place.
    pub(crate) updated: Vec<Cause>,
}

impl Differ<'_> {
    /// Compares these properties of the resource or of a nested type; absent is empty.
    pub(crate) fn properties(
        &mut self,
        known: &'static [PropertyInfo],
        path: &str,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let members = |value: Option<&'_ Value>| value.and_then(Value::as_object).unwrap_or(&EMPTY).clone();
        let (old, new) = (members(old), members(new));
        for property in known {
            let (old, new) = (old.get(property.name), new.get(property.name));
            let place = format!("{path}{}", property.name);
            self.property(property, &place, old, new);
        }
    }

    fn property(
        &mut self,
        property: &'static PropertyInfo,
        place: &str,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let why = if old == new {
            let Some(target) = new.and_then(|new| (self.replaced)(new)) else { return };
            Why::Replaced(target)
        } else {
            Why::Changed { from: old.cloned(), to: new.cloned() }
        };
        if property.replacement != Replacement::No {
            self.found.push((property.replacement, Cause { property: place.to_owned(), why }));
            return;
        }
        let Some(nested) = property.nested.and_then(|name| self.info.nested(name)) else {
            self.updated.push(Cause { property: place.to_owned(), why });
            return;
        };
        let one = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
        if one(old).is_some() || one(new).is_some() {
            let (old, new) = (one(old).unwrap_or_default(), one(new).unwrap_or_default());
            for at in 0..old.len().max(new.len()) {
                self.properties(nested.properties, &format!("{place}.{at}."), old.get(at), new.get(at));
            }
        } else {
            self.properties(nested.properties, &format!("{place}."), old, new);
        }
    }
}
