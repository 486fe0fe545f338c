//! What the tests share.

pub(crate) mod cloud;
pub(crate) mod events;
pub(crate) mod relay;

use std::sync::{Arc, Mutex, PoisonError};

use runtime::metrics::{Metric, Metrics, Observer, Sample};

/// Remembers what was measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured(Arc<Mutex<Vec<(Metric, u64)>>>);

impl Observer for Measured {
    fn observe(&self, sample: &Sample<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((sample.metric, sample.value));
    }
}

impl Measured {
    pub(crate) fn metrics(&self) -> Metrics {
        Metrics::new(self.clone())
    }

    pub(crate) fn total(&self, metric: Metric) -> u64 {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        samples.iter().filter(|(other, _)| *other == metric).map(|(_, value)| value).sum()
    }
}
