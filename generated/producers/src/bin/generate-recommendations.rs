//! `generate-recommendations`: generateRecommendationsWithKafka: publishes policy-recommended.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    producers::generate_recommendations::run().await
}
