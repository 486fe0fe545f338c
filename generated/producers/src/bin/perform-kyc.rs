//! `perform-kyc`: performKYCWithKafka: publishes kyc-verified.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    producers::perform_kyc::run().await
}
