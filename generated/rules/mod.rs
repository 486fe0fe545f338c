//! The business rules, a file for each topic in `handlers/rules/src/topics`.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost. The rules themselves aren't: `make synth`
//! writes the first draft of a rule that isn't there, and never touches one that is.

#[path = "../../handlers/rules/src/topics/documents_processed.rs"]
pub mod documents_processed;

#[path = "../../handlers/rules/src/topics/kyc_verified.rs"]
pub mod kyc_verified;

#[path = "../../handlers/rules/src/topics/policy_recommended.rs"]
pub mod policy_recommended;

#[path = "../../handlers/rules/src/topics/user_info_submitted.rs"]
pub mod user_info_submitted;

#[path = "../../handlers/rules/src/topics/workflow_completed.rs"]
pub mod workflow_completed;
