//! The schema's patterns, compiled once for the whole program.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use regex::bytes::{Regex, RegexBuilder};

static COMPILED: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());

/// Whether `text` matches one of the schema's patterns. They are all of ASCII, which compiles ten times as fast.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = match compiled.get(pattern) {
        Some(regex) => regex,
        None => compiled.entry(pattern.into()).or_insert(compile(pattern)),
    };
    regex.is_match(text.as_bytes())
}

pub(super) fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("a test compiles all of the schema's patterns")
}
