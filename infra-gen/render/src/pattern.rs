//! Regular expressions in ECMA-262.
//!
//! A manifest's patterns are of the Rust `regex` crate. JSON Schema and browsers read ECMA-262 with its `u`
//! flag, which spells some of it differently and takes `\d`, `\w` and `.` for other sets.

mod ecma;

pub use ecma::ecma;
