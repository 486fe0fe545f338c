//! API Gateway's token bucket: so many requests a second, and a burst of twice as many.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

#[derive(Debug)]
pub(super) struct Throttle {
    rate: f64,
    state: Mutex<(f64, Instant)>,
}

impl Throttle {
    pub(super) fn new(rate: u32) -> Self {
        let rate = f64::from(rate);
        Self { rate, state: Mutex::new((rate * 2.0, Instant::now())) }
    }

    /// Takes a token; `false` when there is none.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, last) = &mut *state;
        *tokens =
            (*tokens + now.saturating_duration_since(*last).as_secs_f64() * self.rate).min(self.rate * 2.0);
        *last = now;
        let enough = *tokens >= 1.0;
        if enough {
            *tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_twice_the_rate_and_then_the_rate_holds() {
        let throttle = Throttle::new(5);
        let now = Instant::now();
        assert_eq!((0..20).filter(|_| throttle.take(now)).count(), 10);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..20).filter(|_| throttle.take(later)).count(), 5);
    }
}
