//! `consumer-user-info-submitted`: handleUserInfoSubmitted: applies user-info-submitted.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    consumers::consumer_user_info_submitted::run().await
}
