//! `websocket-default`: Answers pings, sends a client what it missed, and renews its token.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Settings};

/// Runs it in Lambda.
pub async fn run() -> Result<(), Error> {
    runtime::websocket::default::run().await
}

/// The same function, to be called in process.
pub fn function(settings: &Settings, _: Metrics) -> Result<Box<dyn Function>, Error> {
    Ok(Box::new(runtime::websocket::default::Default::new(settings)?))
}
