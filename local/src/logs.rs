//! CloudWatch Logs in memory: one group a function, one stream a sandbox.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::clock;

/// Events that a group keeps; older ones are dropped.
const KEPT: usize = 20_000;

/// The logs of all functions; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Logs(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    groups: BTreeMap<String, Group>,
}

#[derive(Debug, Default)]
struct Group {
    created: i64,
    streams: BTreeMap<Arc<str>, Stream>,
    events: VecDeque<LogEvent>,
}

/// One line of a log.
#[derive(Debug, Clone)]
pub struct LogEvent {
    /// Counts up over all groups.
    pub id: u64,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The sandbox's stream.
    pub stream: Arc<str>,
    /// The line.
    pub message: String,
}

/// A stream's times, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Stream {
    /// When it was made.
    pub created: i64,
    /// The first line's time.
    pub first: Option<i64>,
    /// The last line's time.
    pub last: Option<i64>,
}

impl Logs {
    /// Makes the group, so that it is listed before its first line.
    pub(crate) fn add_group(&self, group: &str) {
        let now = clock::millis();
        self.lock()
            .groups
            .entry(group.to_owned())
            .or_insert_with(|| Group { created: now, ..Group::default() });
    }

    /// Adds a line.
    pub(crate) fn write(&self, group: &str, stream: &Arc<str>, message: String) {
        let now = clock::millis();
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        let group = state.groups.entry(group.to_owned()).or_default();
        let entry = group.streams.entry(Arc::clone(stream)).or_insert(Stream {
            created: now,
            first: None,
            last: None,
        });
        entry.first.get_or_insert(now);
        entry.last = Some(now);
        if group.events.len() == KEPT {
            group.events.pop_front();
        }
        group.events.push_back(LogEvent { id, timestamp: now, stream: Arc::clone(stream), message });
    }

    /// Names and creation times of groups.
    pub fn groups(&self) -> Vec<(String, i64)> {
        self.lock().groups.iter().map(|(name, group)| (name.clone(), group.created)).collect()
    }

    /// The streams of a group; `None` where there is no such group.
    pub fn streams(&self, group: &str) -> Option<Vec<(Arc<str>, Stream)>> {
        let state = self.lock();
        let group = state.groups.get(group)?;
        Some(group.streams.iter().map(|(name, stream)| (Arc::clone(name), *stream)).collect())
    }

    /// The lines of a group that `wanted` takes, oldest first; `None` where there is no such group.
    pub fn events(&self, group: &str, wanted: impl Fn(&LogEvent) -> bool) -> Option<Vec<LogEvent>> {
        let state = self.lock();
        let group = state.groups.get(group)?;
        Some(group.events.iter().filter(|event| wanted(event)).cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
