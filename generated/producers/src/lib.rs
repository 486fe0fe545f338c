//! The functions that publish, a module for each.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Running, Settings, producer::Publisher};

pub mod generate_recommendations;
pub mod perform_kyc;
pub mod process_documents;
pub mod submit_policy_selection;
pub mod submit_user_info;

#[cfg(test)]
mod tests;

/// Makes a function that is called in process.
pub type Constructor<P> = fn(P, &Settings, Metrics) -> Result<Box<dyn Function>, Error>;

/// Every function by its name in `topics.yaml`.
pub fn functions<P: Publisher>() -> Vec<(&'static str, Constructor<P>)> {
    vec![
        ("generate-recommendations", generate_recommendations::function as Constructor<P>),
        ("perform-kyc", perform_kyc::function as Constructor<P>),
        ("process-documents", process_documents::function as Constructor<P>),
        ("submit-policy-selection", submit_policy_selection::function as Constructor<P>),
        ("submit-user-info", submit_user_info::function as Constructor<P>),
    ]
}

/// The names of all.
pub const NAMES: &[&str] = &[
    "generate-recommendations",
    "perform-kyc",
    "process-documents",
    "submit-policy-selection",
    "submit-user-info",
];

/// Runs the function of this name in Lambda, as its own program does; `None` where it is none of these.
pub fn run(name: &str) -> Option<Running> {
    Some(match name {
        "generate-recommendations" => generate_recommendations::run(),
        "perform-kyc" => perform_kyc::run(),
        "process-documents" => process_documents::run(),
        "submit-policy-selection" => submit_policy_selection::run(),
        "submit-user-info" => submit_user_info::run(),
        _ => return None,
    })
}
