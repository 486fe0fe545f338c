//! `bootstrap-brokers`: Finds the cluster's bootstrap brokers for CloudFormation.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    bootstrap::run().await
}
