//! `consumer-policy-recommended`: handlePolicyRecommended: applies policy-recommended.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    consumers::consumer_policy_recommended::run().await
}
