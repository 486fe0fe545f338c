//! The WebSocket API's routes.

pub mod connect;
mod connections;
pub mod default;
pub mod disconnect;
mod event;

pub use connections::Connections;
pub use event::management_endpoint;

use event::{WebSocketEvent, status};
