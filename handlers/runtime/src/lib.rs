//! What runs in Lambda, apart from the business rules. A generated main is one call:
//!
//! ```ignore
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), runtime::Error> {
//!     use runtime::producer::{Access, ErrorTopic};
//!     let errors = ErrorTopic::of::<events::WorkflowErrors>();
//!     runtime::producer::run(rules::PerformKyc, Access::Customer, errors, publish::Kafka).await
//! }
//! ```
//!
//! `runtime::consumer::run::<events::KycVerified>()`, `runtime::authorizer::run()` and
//! `runtime::websocket::{connect, disconnect, default}::run()` are the others.
//!
//! Every handler is also a [`Function`] that can be called in process, with [`Settings`] of its own: that is how
//! the local run and the tests call them.

pub mod authorizer;
mod aws;
mod backoff;
mod base64;
pub mod consumer;
mod invocation;
mod item;
pub mod log;
pub mod metrics;
pub mod producer;
pub mod secrets;
mod settings;
mod tables;
pub mod token;
pub mod websocket;

pub use aws::Aws;
pub use invocation::{Answer, Fault, Function, Invocation, serve};
pub use metrics::Metrics;
pub use settings::{AuthMode, Settings, SettingsError};
pub use tables::DynamoTables;

/// A function's program at work, until Lambda ends it. Boxed, so that it is compiled in the crate that has the function
/// and not once more in each program.
pub type Running = futures_util::future::LocalBoxFuture<'static, Result<(), Error>>;

/// A function can't start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It isn't told what it needs.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A secret can't be had.
    #[error(transparent)]
    Secret(#[from] secrets::SecretError),
    /// Kafka's client can't be made.
    #[error("the Kafka client can't be made: {0}")]
    Kafka(String),
    /// Lambda's runtime API ended.
    #[error("the Lambda runtime API failed: {0}")]
    Lambda(String),
}
