//! `consumer-documents-processed`: handleDocumentsProcessed: applies documents-processed.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    consumers::consumer_documents_processed::run().await
}
