//! Times as AWS writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Milliseconds since 1970.
pub(crate) fn millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970, with fractions: for the pipeline's picture.
pub(crate) fn precise() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
}

/// The same, of a moment that has passed.
pub(crate) fn precise_at(moment: tokio::time::Instant) -> f64 {
    precise() - moment.elapsed().as_secs_f64() * 1000.0
}

/// `2026-11-23T13:45:00.123Z`
pub(crate) fn iso(millis: i64) -> String {
    written(millis, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// A time in a pattern of `strftime`.
pub(crate) fn written(millis: i64, pattern: &str) -> String {
    let instant = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime(pattern).to_string()
}
