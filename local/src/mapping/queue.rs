//! What a mapping does next: a machine without clock, network or broker.
//!
//! Each partition is a queue. A batch takes records from the front of partitions that have none under way, so that
//! a partition's order holds whatever happens. What failed stays in front, and holds up its own partition alone.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Bytes;

/// A record as it came from the broker.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// Milliseconds since 1970.
    pub(crate) timestamp: i64,
    pub(crate) timestamp_type: &'static str,
    pub(crate) key: Option<Bytes>,
    pub(crate) value: Option<Bytes>,
    pub(crate) headers: Vec<(String, Option<Bytes>)>,
    pub(crate) arrived: Instant,
}

impl Record {
    /// Bytes that it takes in a batch, near enough.
    pub(crate) fn size(&self) -> usize {
        let length = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, Bytes::len);
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + 4 * length(value)).sum();
        // Base64 for key and value, numbers for headers, and the names of the fields.
        (length(&self.key) + length(&self.value)) * 4 / 3 + headers + 200
    }

    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        value.as_ref().map(|value| String::from_utf8_lossy(value).into_owned())
    }
}

/// How the mapping is set.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Most records of a batch.
    pub(crate) size: usize,
    /// Most bytes of a batch.
    pub(crate) bytes: usize,
    /// How long a batch may wait to fill.
    pub(crate) window: Duration,
    /// Tries after the first.
    pub(crate) attempts: u32,
    /// Older records aren't tried again.
    pub(crate) max_age: Option<Duration>,
    /// A failing batch is halved.
    pub(crate) bisect: bool,
    /// The first pause after a failure; it doubles.
    pub(crate) first_pause: Duration,
    /// The longest pause.
    pub(crate) longest_pause: Duration,
}

/// Records that are handed over together, by partition.
#[derive(Debug, Clone)]
pub(crate) struct Batch(pub(crate) BTreeMap<i32, Vec<Arc<Record>>>);

impl Batch {
    pub(crate) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.0.values().flatten()
    }
}

/// What to do now.
#[derive(Debug)]
pub(crate) enum Next {
    /// Hand this over.
    Batch(Batch),
    /// Look again then.
    At(Instant),
    /// Nothing, until something comes.
    Nothing,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The function itself failed.
    Failed,
    /// The function was never called: its concurrency was used up, or everything is ending.
    NotCalled,
    /// These partitions failed from these offsets on; the others are done.
    From(BTreeMap<i32, i64>),
}

/// Why a record isn't tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    RetryAttemptsExhausted,
    MaximumRecordAgeExceeded,
}

impl Condition {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            Self::MaximumRecordAgeExceeded => "MaximumRecordAgeExceeded",
        }
    }
}

/// Records that go to the dead-letter topic before their partition goes on.
#[derive(Debug)]
pub(crate) struct Dead {
    pub(crate) partition: i32,
    pub(crate) records: Vec<Arc<Record>>,
    pub(crate) condition: Condition,
    pub(crate) tries: u32,
}

/// What follows a verdict.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Offsets to commit: the next to be read.
    pub(crate) commit: Vec<(i32, i64)>,
    /// What is given up.
    pub(crate) dead: Vec<Dead>,
    /// Records that are done.
    pub(crate) done: Vec<Arc<Record>>,
    /// The first record of each partition that will be tried again.
    pub(crate) again: Vec<Arc<Record>>,
}

#[derive(Debug, Default)]
struct Partition {
    waiting: VecDeque<Arc<Record>>,
    busy: bool,
    /// Tries of the record in front that failed.
    tries: u32,
    /// Failures one after another, for the pause.
    rounds: u32,
    /// Most records of the next batch.
    limit: Option<usize>,
    not_before: Option<Instant>,
    last: Option<i64>,
}

/// Every partition of a mapping.
#[derive(Debug)]
pub(crate) struct Queues {
    rules: Rules,
    partitions: BTreeMap<i32, Partition>,
    /// Where the next batch begins to look, so that no partition starves.
    turn: i32,
    bytes: usize,
}

/// What a new record is to the queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The next one.
    New,
    /// It is here already, or done.
    Known,
    /// So many records before it never came.
    After(i64),
}

impl Queues {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, partitions: BTreeMap::new(), turn: 0, bytes: 0 }
    }

    /// Bytes that wait or are under way.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Some partition is between tries of a batch that failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.partitions.values().any(|partition| partition.rounds > 0)
    }

    pub(crate) fn push(&mut self, record: Record) -> Arrival {
        let partition = self.partitions.entry(record.partition).or_default();
        let arrival = match partition.last {
            // A rebalance makes the broker send again what isn't committed.
            Some(last) if record.offset <= last => return Arrival::Known,
            Some(last) if record.offset > last + 1 => Arrival::After(record.offset - last - 1),
            _ => Arrival::New,
        };
        partition.last = Some(record.offset);
        self.bytes += record.size();
        partition.waiting.push_back(Arc::new(record));
        arrival
    }

    pub(crate) fn next(&mut self, now: Instant) -> Next {
        let mut soonest: Option<Instant> = None;
        let mut later = |at: Instant| soonest = Some(soonest.map_or(at, |soonest| soonest.min(at)));
        let order: Vec<i32> = {
            let after = self.partitions.range(self.turn..).map(|(number, _)| *number);
            after.chain(self.partitions.range(..self.turn).map(|(number, _)| *number)).collect()
        };
        let mut batch: BTreeMap<i32, Vec<Arc<Record>>> = BTreeMap::new();
        let (mut count, mut bytes, mut oldest) = (0, 0, now);
        let mut full = false;
        let failing =
            |number: &i32| self.partitions.get(number).is_some_and(|partition| partition.rounds > 0);
        // What failed is tried again alone, so that it can't take others down with it.
        let (again, first): (Vec<i32>, Vec<i32>) = order.into_iter().partition(failing);
        for (number, failing) in again
            .into_iter()
            .map(|number| (number, true))
            .chain(first.into_iter().map(|number| (number, false)))
        {
            let Some(partition) = self.partitions.get(&number) else { continue };
            if partition.busy || partition.waiting.is_empty() {
                continue;
            }
            if let Some(at) = partition.not_before.filter(|at| *at > now) {
                later(at);
                continue;
            }
            let most = partition.limit.unwrap_or(self.rules.size).min(self.rules.size - count);
            let mut taken = Vec::new();
            for record in partition.waiting.iter().take(most) {
                if count > 0 && bytes + record.size() > self.rules.bytes {
                    full = true;
                    break;
                }
                count += 1;
                bytes += record.size();
                oldest = oldest.min(record.arrived);
                taken.push(Arc::clone(record));
            }
            if !taken.is_empty() {
                batch.insert(number, taken);
            }
            full |= failing || count == self.rules.size;
            if full {
                break;
            }
        }
        if count == 0 {
            return soonest.map_or(Next::Nothing, Next::At);
        }
        let due = oldest + self.rules.window;
        if !full && due > now {
            later(due);
            return soonest.map_or(Next::Nothing, Next::At);
        }
        for number in batch.keys() {
            if let Some(partition) = self.partitions.get_mut(number) {
                partition.busy = true;
            }
        }
        self.turn = batch.keys().next_back().map_or(0, |last| last + 1);
        Next::Batch(Batch(batch))
    }

    /// Takes a verdict; `age` tells how old a record is.
    pub(crate) fn settle(
        &mut self,
        batch: Batch,
        verdict: &Verdict,
        now: Instant,
        age: impl Fn(&Record) -> Duration,
    ) -> Settled {
        let mut settled = Settled::default();
        for (number, records) in batch.0 {
            let Some(partition) = self.partitions.get_mut(&number) else { continue };
            let failed = match verdict {
                Verdict::NotCalled => {
                    // Nothing is held against the records: the same batch is tried again.
                    partition.busy = false;
                    partition.not_before = Some(now + self.rules.first_pause);
                    continue;
                }
                Verdict::Failed => Some(0),
                Verdict::From(from) => from
                    .get(&number)
                    .and_then(|offset| records.iter().position(|record| record.offset == *offset)),
            };
            let done = failed.unwrap_or(records.len());
            self.bytes -= partition.drop_front(done);
            if let Some(last) = done.checked_sub(1).and_then(|last| records.get(last)) {
                settled.commit.push((number, last.offset + 1));
            }
            settled.done.extend(records.iter().take(done).cloned());
            partition.busy = false;
            let Some(head) = records.get(done) else {
                partition.calm();
                continue;
            };
            if done > 0 {
                // Another record is in front now.
                partition.tries = 0;
            }
            let left = records.len() - done;
            let halve = self.rules.bisect && left > 1;
            // Halving finds the bad record; it isn't held against it.
            partition.tries += u32::from(!halve);
            partition.limit = halve.then_some(left.div_ceil(2)).or(self.rules.bisect.then_some(1));
            let pause = self.rules.first_pause.saturating_mul(1 << partition.rounds.min(16));
            partition.rounds += 1;
            partition.not_before = Some(now + pause.min(self.rules.longest_pause));
            let condition = if self.rules.max_age.is_some_and(|most| age(head) > most) {
                Some(Condition::MaximumRecordAgeExceeded)
            } else {
                (partition.tries > self.rules.attempts).then_some(Condition::RetryAttemptsExhausted)
            };
            match condition {
                Some(condition) => {
                    partition.busy = true;
                    let end = match condition {
                        // The others may be younger.
                        Condition::MaximumRecordAgeExceeded => done + 1,
                        Condition::RetryAttemptsExhausted => records.len(),
                    };
                    let (records, tries) = (records[done..end].to_vec(), partition.tries);
                    settled.dead.push(Dead { partition: number, records, condition, tries });
                }
                None => settled.again.push(Arc::clone(head)),
            }
        }
        settled
    }

    /// The dead are in their topic; their partition goes on. Returns the offset to commit.
    pub(crate) fn buried(&mut self, dead: &Dead) -> Option<(i32, i64)> {
        let partition = self.partitions.get_mut(&dead.partition)?;
        self.bytes -= partition.drop_front(dead.records.len());
        partition.busy = false;
        partition.calm();
        dead.records.last().map(|last| (dead.partition, last.offset + 1))
    }
}

impl Partition {
    fn drop_front(&mut self, count: usize) -> usize {
        self.waiting.drain(..count.min(self.waiting.len())).map(|record| record.size()).sum()
    }

    fn calm(&mut self) {
        self.tries = 0;
        self.rounds = 0;
        self.limit = None;
        self.not_before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            size: 4,
            bytes: 1 << 20,
            window: Duration::ZERO,
            attempts: 2,
            max_age: None,
            bisect: true,
            first_pause: Duration::from_millis(10),
            longest_pause: Duration::from_millis(40),
        }
    }

    fn record(partition: i32, offset: i64, arrived: Instant) -> Record {
        Record {
            partition,
            offset,
            timestamp: 0,
            timestamp_type: "CREATE_TIME",
            key: None,
            value: Some(Bytes::from_static(b"{}")),
            headers: vec![],
            arrived,
        }
    }

    fn filled(rules: Rules, now: Instant, counts: &[(i32, i64)]) -> Queues {
        let mut queues = Queues::new(rules);
        for (partition, count) in counts {
            for offset in 0..*count {
                assert_eq!(queues.push(record(*partition, offset, now)), Arrival::New);
            }
        }
        queues
    }

    fn offsets(next: Next) -> (Batch, Vec<(i32, i64)>) {
        let Next::Batch(batch) = next else { panic!("{next:?} is no batch") };
        let offsets = batch.records().map(|record| (record.partition, record.offset)).collect();
        (batch, offsets)
    }

    fn young(_: &Record) -> Duration {
        Duration::ZERO
    }

    #[test]
    fn a_batch_is_full_at_its_size_and_a_busy_partition_waits() {
        let now = Instant::now();
        let mut queues = filled(rules(), now, &[(0, 3), (1, 3)]);
        let (first, taken) = offsets(queues.next(now));
        assert_eq!(taken, [(0, 0), (0, 1), (0, 2), (1, 0)]);
        assert!(matches!(queues.next(now), Next::Nothing));
        let settled = queues.settle(first, &Verdict::From(BTreeMap::new()), now, young);
        assert_eq!(settled.commit, [(0, 3), (1, 1)]);
        assert_eq!(offsets(queues.next(now)).1, [(1, 1), (1, 2)]);
    }

    #[test]
    fn a_batch_waits_for_its_window() {
        let now = Instant::now();
        let window = Duration::from_secs(1);
        let mut queues = filled(Rules { window, ..rules() }, now, &[(0, 1)]);
        assert!(matches!(queues.next(now), Next::At(at) if at == now + window));
        assert_eq!(offsets(queues.next(now + window)).1, [(0, 0)]);
    }

    #[test]
    fn a_partial_failure_holds_up_its_own_partition() {
        let now = Instant::now();
        let mut queues = filled(rules(), now, &[(0, 2), (1, 2)]);
        let (batch, _) = offsets(queues.next(now));
        let settled = queues.settle(batch, &Verdict::From(BTreeMap::from([(0, 1)])), now, young);
        assert_eq!(settled.commit, [(0, 1), (1, 2)]);
        assert_eq!(settled.again.len(), 1);
        queues.push(record(1, 2, now));
        assert_eq!(offsets(queues.next(now)).1, [(1, 2)]);
        assert_eq!(offsets(queues.next(now + Duration::from_millis(10))).1, [(0, 1)]);
    }

    #[test]
    fn halving_finds_the_bad_record_and_only_that_is_given_up() {
        let mut now = Instant::now();
        let mut queues = filled(rules(), now, &[(0, 4)]);
        let mut sizes = vec![];
        let dead = loop {
            now += Duration::from_millis(40);
            let (batch, taken) = offsets(queues.next(now));
            sizes.push(taken.len());
            let poisoned = taken.contains(&(0, 0));
            let verdict = if poisoned { Verdict::Failed } else { Verdict::From(BTreeMap::new()) };
            let mut settled = queues.settle(batch, &verdict, now, young);
            if let Some(dead) = settled.dead.pop() {
                break dead;
            }
        };
        // Four, two, one; then as often again as the rules allow.
        assert_eq!(sizes, [4, 2, 1, 1, 1]);
        assert_eq!((dead.records.len(), dead.tries), (1, 3));
        assert!(matches!(queues.next(now), Next::Nothing), "it waits until the dead are buried");
        assert_eq!(queues.buried(&dead), Some((0, 1)));
        assert_eq!(offsets(queues.next(now)).1, [(0, 1), (0, 2), (0, 3)]);
    }

    #[test]
    fn a_batch_that_was_never_handed_over_waits_whole_and_is_never_given_up() {
        let mut now = Instant::now();
        let max_age = Some(Duration::from_mins(1));
        let mut queues = filled(Rules { attempts: 0, max_age, ..rules() }, now, &[(0, 3), (1, 1)]);
        let all = [(0, 0), (0, 1), (0, 2), (1, 0)];
        for _ in 0..5 {
            let (batch, taken) = offsets(queues.next(now));
            assert_eq!(taken, all);
            let settled = queues.settle(batch, &Verdict::NotCalled, now, |_| Duration::from_hours(1));
            assert!(settled.dead.is_empty() && settled.again.is_empty() && settled.commit.is_empty());
            assert!(!queues.is_failing());
            let pause = Duration::from_millis(10);
            assert!(matches!(queues.next(now), Next::At(at) if at == now + pause), "it waits");
            now += pause;
        }
        let (batch, taken) = offsets(queues.next(now));
        assert_eq!(taken, all);
        let settled = queues.settle(batch, &Verdict::From(BTreeMap::new()), now, young);
        assert_eq!(settled.commit, [(0, 3), (1, 1)]);
    }

    #[test]
    fn an_old_record_is_not_tried_again() {
        let now = Instant::now();
        let max_age = Some(Duration::from_mins(1));
        let mut queues = filled(Rules { max_age, ..rules() }, now, &[(0, 1)]);
        let (batch, _) = offsets(queues.next(now));
        let settled = queues.settle(batch, &Verdict::Failed, now, |_| Duration::from_secs(61));
        assert_eq!(settled.dead[0].condition, Condition::MaximumRecordAgeExceeded);
    }

    #[test]
    fn without_halving_the_whole_batch_is_given_up() {
        let mut now = Instant::now();
        let mut queues = filled(Rules { bisect: false, attempts: 0, ..rules() }, now, &[(0, 3)]);
        let (batch, _) = offsets(queues.next(now));
        now += Duration::from_millis(1);
        let settled = queues.settle(batch, &Verdict::Failed, now, young);
        assert_eq!(settled.dead[0].records.len(), 3);
    }

    #[test]
    fn gaps_and_repetitions_are_seen() {
        let now = Instant::now();
        let mut queues = filled(rules(), now, &[(0, 2)]);
        assert_eq!(queues.push(record(0, 1, now)), Arrival::Known);
        assert_eq!(queues.push(record(0, 5, now)), Arrival::After(3));
    }
}
