//! Work on several processors whose results come in the order of the calls, so that no output depends on timing.

use std::panic::resume_unwind;
use std::thread::{ScopedJoinHandle, scope};

/// Runs both at once.
pub(crate) fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let a = scope.spawn(a);
        let b = b();
        (finish(a), b)
    })
}

/// Maps each item on a thread of its own. For a handful of items that are each worth a millisecond.
pub(crate) fn map<T: Send, R: Send>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let work = &work;
    scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| scope.spawn(move || work(item))).collect();
        threads.into_iter().map(finish).collect()
    })
}

/// The thread's result; its panic goes on here, as if there had been one thread.
fn finish<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        assert_eq!(map([3, 1, 2], |number| number * 10), [30, 10, 20]);
        assert_eq!(both(|| 1, || 2), (1, 2));
    }

    #[test]
    #[should_panic(expected = "the second")]
    fn a_panic_is_that_of_the_thread() {
        map(["the first", "the second"], |name| assert_eq!(name, "the first", "{name}"));
    }
}
