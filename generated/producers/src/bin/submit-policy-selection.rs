//! `submit-policy-selection`: submitPolicySelectionWithKafka: publishes workflow-completed.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    producers::submit_policy_selection::run().await
}
