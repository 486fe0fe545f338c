//! The functions that apply events, a module for each.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Running, Settings};

pub mod consumer_documents_processed;
pub mod consumer_kyc_verified;
pub mod consumer_policy_recommended;
pub mod consumer_user_info_submitted;
pub mod consumer_workflow_completed;
pub mod consumer_workflow_errors;

#[cfg(test)]
mod tests;

/// Makes a function that is called in process.
pub type Constructor = fn(&Settings, Metrics) -> Result<Box<dyn Function>, Error>;

/// Every function by its name.
pub fn functions() -> Vec<(&'static str, Constructor)> {
    vec![
        ("consumer-documents-processed", consumer_documents_processed::function as Constructor),
        ("consumer-kyc-verified", consumer_kyc_verified::function as Constructor),
        ("consumer-policy-recommended", consumer_policy_recommended::function as Constructor),
        ("consumer-user-info-submitted", consumer_user_info_submitted::function as Constructor),
        ("consumer-workflow-completed", consumer_workflow_completed::function as Constructor),
        ("consumer-workflow-errors", consumer_workflow_errors::function as Constructor),
    ]
}

/// The names of all.
pub const NAMES: &[&str] = &[
    "consumer-documents-processed",
    "consumer-kyc-verified",
    "consumer-policy-recommended",
    "consumer-user-info-submitted",
    "consumer-workflow-completed",
    "consumer-workflow-errors",
];

/// Runs the function of this name in Lambda, as its own program does; `None` where it is none of these.
pub fn run(name: &str) -> Option<Running> {
    Some(match name {
        "consumer-documents-processed" => consumer_documents_processed::run(),
        "consumer-kyc-verified" => consumer_kyc_verified::run(),
        "consumer-policy-recommended" => consumer_policy_recommended::run(),
        "consumer-user-info-submitted" => consumer_user_info_submitted::run(),
        "consumer-workflow-completed" => consumer_workflow_completed::run(),
        "consumer-workflow-errors" => consumer_workflow_errors::run(),
        _ => return None,
    })
}
