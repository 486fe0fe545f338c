//! The functions that publish, a module for each.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Settings, producer::Publisher};

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

/// Runs the function of this name in Lambda, as its own program does; `None` where it is none of these.
pub async fn run(name: &str) -> Option<Result<(), Error>> {
    Some(match name {
        "generate-recommendations" => generate_recommendations::run().await,
        "perform-kyc" => perform_kyc::run().await,
        "process-documents" => process_documents::run().await,
        "submit-policy-selection" => submit_policy_selection::run().await,
        "submit-user-info" => submit_user_info::run().await,
        _ => return None,
    })
}
