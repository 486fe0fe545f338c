//! The functions of the WebSocket API, a module for each.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Running, Settings};

pub mod websocket_authorizer;
pub mod websocket_connect;
pub mod websocket_default;
pub mod websocket_disconnect;

#[cfg(test)]
mod tests;

/// Makes a function that is called in process.
pub type Constructor = fn(&Settings, Metrics) -> Result<Box<dyn Function>, Error>;

/// Every function by its name.
pub fn functions() -> Vec<(&'static str, Constructor)> {
    vec![
        ("websocket-authorizer", websocket_authorizer::function as Constructor),
        ("websocket-connect", websocket_connect::function as Constructor),
        ("websocket-default", websocket_default::function as Constructor),
        ("websocket-disconnect", websocket_disconnect::function as Constructor),
    ]
}

/// The names of all.
pub const NAMES: &[&str] =
    &["websocket-authorizer", "websocket-connect", "websocket-default", "websocket-disconnect"];

/// Runs the function of this name in Lambda, as its own program does; `None` where it is none of these.
pub fn run(name: &str) -> Option<Running> {
    Some(match name {
        "websocket-authorizer" => websocket_authorizer::run(),
        "websocket-connect" => websocket_connect::run(),
        "websocket-default" => websocket_default::run(),
        "websocket-disconnect" => websocket_disconnect::run(),
        _ => return None,
    })
}
