//! What a consumer does to the world, one step at a time.
//!
//! The engine is written against this trait, so that tests can fail, repeat and interrupt every step.

use std::future::Future;

use super::{Change, quarantine::Poison};
use crate::consumer::Step;

/// A step that didn't happen, or whose outcome isn't known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EffectError {
    /// It may work when it is tried again.
    #[error("{0}")]
    Again(String),
    /// It can't ever work with this record.
    #[error("{0}")]
    Never(String),
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was committed now.
    Now,
    /// It was committed before; these steps aren't known to be done.
    Before(Vec<Step>),
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Connections that took it.
    pub delivered: usize,
    /// Connections that are there but don't take it.
    pub undelivered: usize,
    /// Connections that didn't take it for now, after a few tries.
    pub busy: usize,
}

/// The steps of a consumer.
pub trait Effects: Send + Sync {
    /// Commits the table's change and the event's marker together, once.
    fn apply(&self, change: &Change) -> impl Future<Output = Result<Applied, EffectError>> + Send;

    /// Commits several changes and their markers in one transaction: all of them, now, or none. They have no
    /// customer, event or item in common.
    ///
    /// # Errors
    /// When none was committed, for whatever reason, or it isn't known; then each is to be applied by itself.
    fn apply_together(&self, changes: &[&Change]) -> impl Future<Output = Result<(), EffectError>> + Send;

    /// Tells the channel. The event's id goes along, so that receivers know a repetition.
    fn alert(&self, change: &Change, text: &str) -> impl Future<Output = Result<(), EffectError>> + Send;

    /// The ids of the connections of each change's customer, as of now, read together. No customer comes twice.
    ///
    /// # Errors
    /// When they can't be read; then each push is to look for its own.
    fn connections_together(
        &self,
        changes: &[&Change],
    ) -> impl Future<Output = Result<Vec<Vec<String>>, EffectError>> + Send;

    /// Sends to each of the customer's connections: to `known`, or to those that it finds.
    fn push(
        &self,
        change: &Change,
        text: &str,
        known: Option<&[String]>,
    ) -> impl Future<Output = Result<Pushed, EffectError>> + Send;

    /// Remembers that these steps are done.
    fn done(&self, change: &Change, steps: &[Step]) -> impl Future<Output = Result<(), EffectError>> + Send;

    /// Remembers of several events that these steps are done: of all, or of none.
    ///
    /// # Errors
    /// When none is remembered, for whatever reason, or it isn't known; then each is to be remembered by itself.
    fn done_together(
        &self,
        done: &[(&Change, &[Step])],
    ) -> impl Future<Output = Result<(), EffectError>> + Send;

    /// Keeps a record whole that can't be used, and tells support of it, once.
    fn quarantine(&self, poison: &Poison<'_>) -> impl Future<Output = Result<(), EffectError>> + Send;
}
