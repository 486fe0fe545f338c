//! `websocket-default`: Answers pings, sends a client what it missed, and renews its token.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    edge::websocket_default::run().await
}
