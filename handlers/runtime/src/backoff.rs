//! Waiting before another try.

use std::time::Duration;

/// Waits longer each time, with a share of chance so that those who collided don't collide again.
#[derive(Debug)]
pub(crate) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Tries after the first.
    const MOST: u32 = 6;

    pub(crate) fn new() -> Self {
        Self { tries: 0 }
    }

    /// Waits; `false` when it has been tried often enough.
    pub(crate) async fn wait(&mut self) -> bool {
        if self.tries == Self::MOST {
            return false;
        }
        let most = 20_u64 << self.tries;
        self.tries += 1;
        let (chance, _) = contract::random_uuid().as_u64_pair();
        tokio::time::sleep(Duration::from_millis(most / 2 + chance % (most / 2))).await;
        true
    }
}
