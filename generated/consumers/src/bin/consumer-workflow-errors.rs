//! `consumer-workflow-errors`: handleWorkflowError: applies workflow-errors.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    consumers::consumer_workflow_errors::run().await
}
