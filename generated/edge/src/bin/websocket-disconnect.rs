//! `websocket-disconnect`: Forgets a connection that closed.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    edge::websocket_disconnect::run().await
}
