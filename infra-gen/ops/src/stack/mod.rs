//! A stack while it changes: its events, what it waits for, and why it failed.

mod cause;
mod events;
mod follow;
mod progress;

pub(crate) use cause::{first_cause, first_cause_of_rollback, log_group, to_skip};
pub(crate) use events::{Event, Events, STACK, place};
pub(crate) use follow::{Ended, Following, follow};
pub(crate) use progress::Progress;
