//! Business rules: what makes an event of a request, a file for each topic.
//!
//! Every topic with a producer has a file in `topics/` with a type `Rule`. For a new topic, `make synth` writes a first
//! draft of it, with a test: it takes over what the caller sent and fills the computed fields with values that pass
//! their checks. Then the file is yours, and `make synth` never touches it again. When a topic leaves the manifest,
//! its file stays and is no longer compiled.
//!
//! So that a new topic needs no edit here, the list of the modules is generated: it names that folder's files with
//! `#[path]`, which compilers and editors follow alike. What several rules share goes into modules of your own,
//! declared here as usual; a topic may have the name of one, since it is in a folder and a module of its own.

pub mod age;
pub mod application;
pub mod catalogue;
pub mod country;
pub mod name;
pub mod reading;
pub mod sanctions;
#[cfg(test)]
mod testing;

#[path = "../../../generated/rules/mod.rs"]
pub mod topics;
