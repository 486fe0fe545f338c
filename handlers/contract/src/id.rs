//! Event ids, and ids made from them.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::Timestamp;

/// The identity of one event: what duplicates are recognised by, in tables, alerts and the browser.
///
/// Ours are UUIDs of version 7 (RFC 9562), whose text sorts by time. Other systems' ids are any text
/// without control characters of 1 to 256 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct EventId(String);

/// The text can't be an event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event id has 1 to 256 bytes and no control characters")]
pub struct NotAnEventId;

impl EventId {
    /// A new id for an event of this moment, greater than every id that this process made before.
    ///
    /// # Panics
    /// When the operating system has no randomness to give.
    pub fn new(now: Timestamp) -> Self {
        let mut random = [0; 10];
        getrandom::fill(&mut random).expect("the operating system gives randomness");
        let tick = next_tick(now, u16::from_be_bytes([random[0], random[1]]));
        let millis = tick >> 12;
        // Twelve bits of the tick count upwards within the millisecond (RFC 9562, 6.2, method 1).
        let counter = u16::try_from(tick & 0xfff).unwrap_or(0).to_be_bytes();
        random[..2].copy_from_slice(&counter);
        Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string())
    }

    /// An id that came from outside.
    pub fn parse(text: &str) -> Result<Self, NotAnEventId> {
        let fits = (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnEventId) }
    }

    /// The id of the event that a request makes: the same for the same key and parts, and sorted by the key's
    /// time. `None` unless the key is a UUID of version 7.
    ///
    /// The parts (topic and body) keep a client that uses one key for two things from losing the second.
    pub fn of_request<'a>(key: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let uuid = (key.len() == 36).then(|| Uuid::try_parse(key).ok()).flatten()?;
        let (seconds, nanos) =
            (uuid.get_version_num() == 7).then(|| uuid.get_timestamp()).flatten()?.to_unix();
        let hash = hash(uuid.as_bytes(), parts);
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        let millis = seconds.checked_mul(1000)?.checked_add(u64::from(nanos / 1_000_000))?;
        Some(Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last tick given out: 48 bits of milliseconds, then 12 bits that count.
static LAST: AtomicU64 = AtomicU64::new(0);

fn next_tick(now: Timestamp, random: u16) -> u64 {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0) & 0xffff_ffff_ffff;
    // The upper half of the counter is left free, so that it doesn't run over into the next millisecond.
    let fresh = millis << 12 | u64::from(random & 0x7ff);
    let next = |last: u64| fresh.max(last + 1);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
    next(last.unwrap_or_default())
}

/// A random UUID (version 4).
///
/// # Panics
/// When the operating system has no randomness to give.
pub fn random_uuid() -> Uuid {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the operating system gives randomness");
    Builder::from_random_bytes(random).into_uuid()
}

/// The same UUID (version 8) for the same parts, always.
///
/// What is made twice, by a retry, is then made under one id.
pub fn derived_uuid<'a>(parts: impl IntoIterator<Item = &'a str>) -> Uuid {
    let hash = hash(b"derived", parts.into_iter().map(str::as_bytes));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn hash<'a>(first: &[u8], rest: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut update = |part: &[u8]| {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    update(first);
    rest.into_iter().for_each(&mut update);
    hash.finalize().into()
}
