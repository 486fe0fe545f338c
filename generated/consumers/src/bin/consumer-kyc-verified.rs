//! `consumer-kyc-verified`: handleKYCVerified: applies kyc-verified.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    consumers::consumer_kyc_verified::run().await
}
