//! `process-documents`: processDocumentsWithKafka: publishes documents-processed.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    producers::process_documents::run().await
}
