//! The local run: REST to Kafka to consumer to DynamoDB, SNS and WebSocket on one machine.
//!
//! The functions run unmodified from their real entry points, each in processes of its own. What they find around
//! them is here: the Lambda Runtime API, the event source mappings, the HTTP and WebSocket APIs, and the AWS APIs that
//! they and people call. All of it is made from the model, as the templates are, so that the laptop and the cloud
//! can't drift apart.
//!
//! | module | stands for |
//! | --- | --- |
//! | [`functions`] | Lambda |
//! | [`mapping`] | Lambda's event source mappings for MSK |
//! | `edge` | API Gateway |
//! | [`aws`] | the AWS APIs, for functions, the CLI and SDKs |
//! | [`broker`] | MSK |
//! | `tables` | DynamoDB |
//! | [`bench`] | nothing: it measures all of it |
//! | `console` | what the page in the browser reads |

pub mod aws;
mod banner;
pub mod bench;
pub mod broker;
pub mod bus;
mod clock;
mod console;
mod deployment;
mod edge;
mod error;
pub mod functions;
pub mod logs;
pub mod mapping;
mod offsets;
mod options;
mod private;
mod run;
pub mod secrets;
mod tables;
pub mod tap;

pub use banner::Banner;
pub use deployment::{ACCOUNT, Deployment, Endpoints, REGION};
pub use error::LocalError;
pub use options::{BrokerChoice, ExternalBroker, Limits, Options, Ports};
pub use run::Run;
