//! The pipeline as it happens: every stage of every event, for whoever watches.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::clock;

/// How many stages are kept for watchers who come late.
const KEPT: usize = 5_000;

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A request reached the HTTP API.
    Requested,
    /// The HTTP API answered.
    Answered,
    /// The record is in its partition.
    Published,
    /// The record was handed to its consumer.
    Batched,
    /// The consumer's transaction is committed.
    Applied,
    /// A channel was told.
    Alerted,
    /// A connection was sent the event.
    Pushed,
    /// The consumer is done with the record.
    Done,
    /// The consumer failed; the record is tried again.
    Failed,
    /// The record went to the dead-letter topic.
    DeadLettered,
    /// A connection opened.
    Connected,
    /// A connection closed.
    Disconnected,
    /// The runner has something to say.
    Notice,
}

/// One stage of one event. Fields that a stage doesn't have are left out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Happening {
    /// Counts up from 1.
    pub seq: u64,
    /// Milliseconds since 1970, with fractions.
    pub at: f64,
    /// Where the event is.
    pub stage: Stage,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Whose event it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Its place in the topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
    /// Its place in the partition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// The function that works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long this stage took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took: Option<f64>,
    /// A word or a sentence more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Happening {
    /// At this moment.
    pub(crate) fn now(stage: Stage) -> Self {
        Self {
            seq: 0,
            at: clock::precise(),
            stage,
            event_id: None,
            customer_id: None,
            topic: None,
            partition: None,
            offset: None,
            function: None,
            connection_id: None,
            status: None,
            took: None,
            detail: None,
        }
    }
}

/// Tells watchers what happens; cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sender: broadcast::Sender<Arc<Happening>>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    seq: u64,
    last: VecDeque<Arc<Happening>>,
}

impl Default for Bus {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(KEPT);
        Self(Arc::new(Inner { sender, kept: Mutex::default() }))
    }
}

impl Bus {
    /// Tells every watcher.
    pub(crate) fn tell(&self, mut happening: Happening) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.seq += 1;
        happening.seq = kept.seq;
        let happening = Arc::new(happening);
        if kept.last.len() == KEPT {
            kept.last.pop_front();
        }
        kept.last.push_back(Arc::clone(&happening));
        // Sent under the lock, so that a new watcher misses nothing and sees nothing twice.
        let _ = self.0.sender.send(happening);
    }

    /// Says something to whoever watches.
    pub(crate) fn notice(&self, detail: impl Into<String>) {
        self.tell(Happening { detail: Some(detail.into()), ..Happening::now(Stage::Notice) });
    }

    /// What happened after `seq`, as far as it is kept, and all that follows.
    pub fn watch(&self, after: u64) -> (Vec<Arc<Happening>>, broadcast::Receiver<Arc<Happening>>) {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let past = kept.last.iter().filter(|happening| happening.seq > after).cloned().collect();
        (past, self.0.sender.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_late_watcher_gets_the_past_and_then_the_present() {
        let bus = Bus::default();
        bus.notice("one");
        bus.notice("two");
        let (past, mut present) = bus.watch(1);
        bus.notice("three");
        assert_eq!(past.iter().map(|happening| happening.seq).collect::<Vec<_>>(), [2]);
        assert_eq!(present.recv().await.expect("the bus lives").seq, 3);
    }
}
