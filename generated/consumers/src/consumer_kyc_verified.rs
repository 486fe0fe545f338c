//! `consumer-kyc-verified`: handleKYCVerified: applies kyc-verified.
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use runtime::{Error, Function, Metrics, Running, Settings, consumer::Consumer};

type Event = events::kyc_verified::KycVerified;

/// Runs it in Lambda.
pub fn run() -> Running {
    Box::pin(runtime::consumer::run::<Event>())
}

/// The same function, to be called in process.
pub fn function(settings: &Settings, metrics: Metrics) -> Result<Box<dyn Function>, Error> {
    Ok(Box::new(Consumer::<Event>::new(settings, metrics)?))
}
