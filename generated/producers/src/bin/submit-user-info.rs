//! `submit-user-info`: submitUserInfoWithKafka: publishes user-info-submitted.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    producers::submit_user_info::run().await
}
