//! `websocket-default`: Answers pings, sends a client what it missed, and renews its token.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Running, Settings};

/// Runs it in Lambda.
pub fn run() -> Running {
    Box::pin(runtime::websocket::default::run())
}

/// The same function, to be called in process.
pub fn function(settings: &Settings, _: Metrics) -> Result<Box<dyn Function>, Error> {
    Ok(Box::new(runtime::websocket::default::Default::new(settings)?))
}
