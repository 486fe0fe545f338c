//! Manifests for property tests: any valid one, and large ones.
//!
//! Behind the feature `testing`, for the tests of other crates.

mod build;
mod spec;

use proptest::strategy::Strategy;

/// Any valid manifest, as text: in YAML's block style, or as JSON, which is YAML too.
///
/// It varies names (with keywords, dots and capitals), types, options, environments, brokers, keys, tables, alerts
/// and who consumes what. It shrinks towards one environment and one bare topic.
pub fn manifests() -> impl Strategy<Value = String> {
    spec::app().prop_map(|app| build::text(&app))
}

/// A manifest of so many topics, always the same; each has all that a topic can have.
pub fn many(topics: usize) -> String {
    build::many(topics)
}
