//! The events of `topics.yaml`, a module for each topic.
//!
//! Rendered by `make synth`; a change made here is lost.

pub mod shared;
pub mod tables;

pub mod documents_processed;
pub mod kyc_verified;
pub mod policy_recommended;
pub mod user_info_submitted;
pub mod workflow_completed;
pub mod workflow_errors;
