//! What the types take and refuse, a module for each topic.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

mod support;

mod documents_processed;
mod kyc_verified;
mod policy_recommended;
mod user_info_submitted;
mod workflow_completed;
mod workflow_errors;
