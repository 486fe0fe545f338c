//! Names of the generated Rust.
//!
//! The manifest refuses names that no spelling helps: two that are one, and the keywords that can't be raw.
//! What is left is settled here: words that the generated code has a use for itself.

use std::collections::BTreeSet;

use model::{Ident, Topic};
use serde::Serialize;

/// Types that stand in the generated code by these names alone.
const TAKEN_TYPES: &[&str] = &["EventContext", "Option", "Refusal", "Rule", "String", "Tables", "Vec"];

/// Modules and files that the generated crates have besides the topics'.
const TAKEN_MODULES: &[&str] = &["lib", "main", "mod", "shared", "support", "tables", "tests"];

/// What the library of a crate of functions calls by these names: a crate, and a type of the language.
const TAKEN_BY_FUNCTIONS: &[&str] = &["lib", "main", "mod", "runtime", "str", "tests"];

/// The module of a topic: its name in code, and that of its file without the ending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Module {
    /// `type`
    pub(super) file: String,
    /// `r#type`
    pub(super) name: String,
}

/// The module of this topic, in every crate that has one for each topic.
pub(super) fn module(topic: &Topic) -> Module {
    named(&topic.name, "_topic", TAKEN_MODULES)
}

/// The module of the function of this name.
pub(super) fn function_module(name: &Ident) -> Module {
    named(name, "_function", TAKEN_BY_FUNCTIONS)
}

/// `ending` is appended to what is taken, and to what would be one with that: `lib_topic` where `lib` is.
fn named(name: &Ident, ending: &str, taken: &[&str]) -> Module {
    if taken.contains(&name.snake.trim_end_matches(ending)) {
        let name = format!("{}{ending}", name.snake);
        return Module { file: name.clone(), name };
    }
    Module { name: name.rust(), file: name.snake.clone() }
}

/// The type of this topic's events.
pub(super) fn event(topic: &Topic) -> String {
    let pascal = &topic.name.pascal;
    let taken = TAKEN_TYPES.contains(&pascal.as_str());
    if taken { format!("{pascal}Event") } else { pascal.clone() }
}

/// The type of what a caller of this topic's producer sends.
pub(super) fn request(topic: &Topic) -> String {
    format!("{}Request", event(topic))
}

/// The variant of an enum's word.
pub(super) fn variant(word: &Ident) -> String {
    match word.pascal.as_str() {
        "Self" => "Self_".into(),
        pascal if pascal.starts_with(|first: char| first.is_ascii_digit()) => format!("V{pascal}"),
        pascal => pascal.into(),
    }
}

/// The local variable that a field is read into.
pub(super) fn local(field: &Ident) -> String {
    // The parameter that it is read from. No name of the manifest's ends with an underscore in this spelling.
    if field.snake == "fields" { "fields_".into() } else { field.rust() }
}

/// Names of one module, each of them once.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// `wanted`, or with a number behind it where that is taken.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{wanted}{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_variants() {
        for (word, wanted) in [("2D", "V2d"), ("a-b", "AB"), ("Self", "Self_"), ("RE_ORDER", "ReOrder")] {
            assert_eq!(variant(&Ident::new(word)), wanted);
        }
    }

    #[test]
    fn modules_of_taken_names_are_called_otherwise() {
        let of = |name: &str| function_module(&Ident::new(name)).name;
        assert_eq!(of("runtime"), "runtime_function");
        assert_eq!(of("runtime-function"), "runtime_function_function");
        assert_eq!(of("type"), "r#type");
        assert_eq!(of("publish"), "publish");
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut names = Names::default();
        assert_eq!(names.claim("A"), "A");
        assert_eq!(names.claim("A"), "A2");
        assert_eq!(names.claim("A"), "A3");
    }
}
