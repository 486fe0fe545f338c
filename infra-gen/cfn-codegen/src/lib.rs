//! Generates the resource types of the `cfn` crate.
//!
//! The source is the database of npm `@aws-cdk/aws-service-spec`, the same that the L1 constructs of `aws-cdk-lib` are
//! generated from. [`database::cut`] cuts out the types in use, without prose, as `spec/slice.json`; [`emit::files`] turns
//! that and `spec/overrides.toml` into Rust. Both results are checked in, so that a build needs neither npm nor a network.
//! [`crosscheck::differences`] compares the slice with `aws-cdk-lib` itself.

pub mod crosscheck;
pub mod database;
pub mod emit;
pub mod files;
pub mod names;
pub mod overrides;
pub mod pretty;
pub mod resolve;
pub mod slice;
