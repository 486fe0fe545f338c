//! `websocket-authorizer`: Lets a caller in whose token is the customer's.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    edge::websocket_authorizer::run().await
}
