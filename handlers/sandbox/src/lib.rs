//! Runs packaged functions as Lambda does: `bootstrap` out of its zip, in a process of its own, behind the Lambda
//! Runtime API, with the environment that the model gives it, and with Kafka, DynamoDB, SNS and `@connections` on
//! loopback.
//!
//! What is deployed is what is tested and measured here: the very zips that `make build` makes.

mod api;
mod error;
mod packages;
mod process;
mod relay;
mod services;
mod world;

pub use error::Error;
pub use packages::Packages;
pub use process::{Answer, Sandbox};
pub use services::{Pushed, Told};
pub use world::World;
