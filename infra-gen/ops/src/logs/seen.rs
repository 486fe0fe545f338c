//! Lets each event through once.

use std::collections::BTreeMap;

use super::LogEvent;

/// Milliseconds that an event may come late without being missed. CloudWatch takes seconds; what comes later than
/// this is found by the next run without `--follow`.
const LATE: i64 = 2 * 60 * 1000;

/// What was let through.
#[derive(Debug)]
pub(super) struct Seen {
    /// Events before it aren't wanted: milliseconds since 1970.
    from: i64,
    /// The newest event's time.
    newest: i64,
    /// Ids and times of events that the next poll may bring again.
    ids: BTreeMap<String, i64>,
}

impl Seen {
    /// Nothing yet; events from this moment on are wanted.
    pub(super) fn from(from: i64) -> Self {
        Self { from, newest: from, ids: BTreeMap::new() }
    }

    /// From when on the next poll has to look.
    pub(super) fn since(&self) -> i64 {
        self.from.max(self.newest - LATE)
    }

    /// Those that weren't let through before, in order.
    pub(super) fn take(&mut self, mut events: Vec<LogEvent>) -> Vec<LogEvent> {
        events.retain(|event| self.ids.insert(event.id.clone(), event.at).is_none());
        // What was written in the same millisecond stays as CloudWatch has it.
        events.sort_by_key(|event| event.at);
        self.newest = events.last().map_or(self.newest, |event| event.at.max(self.newest));
        let since = self.since();
        self.ids.retain(|_, at| *at >= since);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(all: &[(&str, i64)]) -> Vec<LogEvent> {
        let event = |(id, at): &(&str, i64)| LogEvent {
            id: (*id).to_owned(),
            at: *at,
            function: "f".into(),
            stream: String::new(),
            message: String::new(),
        };
        all.iter().map(event).collect()
    }

    fn ids(events: &[LogEvent]) -> Vec<&str> {
        events.iter().map(|event| event.id.as_str()).collect()
    }

    #[test]
    fn an_event_that_comes_again_is_not_shown_again() {
        let mut seen = Seen::from(0);
        assert_eq!(ids(&seen.take(events(&[("a", 1), ("b", 2)]))), ["a", "b"]);
        assert_eq!(ids(&seen.take(events(&[("a", 1), ("b", 2), ("c", 2)]))), ["c"]);
        assert_eq!(ids(&seen.take(events(&[("d", 3), ("d", 3)]))), ["d"]);
    }

    #[test]
    fn an_event_that_comes_late_is_shown() {
        let mut seen = Seen::from(0);
        seen.take(events(&[("new", LATE + 100)]));
        assert_eq!(seen.since(), 100);
        assert_eq!(ids(&seen.take(events(&[("late", 100), ("new", LATE + 100)]))), ["late"]);
    }

    #[test]
    fn what_can_not_come_again_is_forgotten() {
        let mut seen = Seen::from(0);
        for number in 0..1000 {
            seen.take(events(&[(&number.to_string(), number * LATE)]));
            assert!(seen.ids.len() <= 2, "{seen:?}");
        }
    }

    #[test]
    fn nothing_before_the_beginning_is_asked_for() {
        let mut seen = Seen::from(1_000_000);
        seen.take(events(&[("a", 1_000_001)]));
        assert_eq!(seen.since(), 1_000_000);
    }
}
