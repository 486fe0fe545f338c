//! Closed lists of words, lists and objects.

use std::marker::PhantomData;

use serde_json::Value;

use super::{Check, as_text, count};
use crate::{Cursor, Object, read::read_at};

/// An enum of words.
pub trait Word: Sized + 'static {
    /// The words as they stand in JSON, in the manifest's order.
    const WORDS: &'static [&'static str];

    /// The variant of this word.
    fn from_word(word: &str) -> Option<Self>;

    /// The word of this variant.
    fn word(&self) -> &'static str;
}

/// One of a closed list of words; see [`words`].
#[derive(Debug)]
pub struct Words<T>(PhantomData<fn() -> T>);

/// One of `T`'s words.
pub const fn words<T: Word>() -> Words<T> {
    Words(PhantomData)
}

impl<T: Word> Check for Words<T> {
    type Output = T;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<T> {
        let text = as_text(value, cursor)?;
        T::from_word(text).or_else(|| cursor.fault(format!("is not one of {}", T::WORDS.join(", "))))
    }
}

/// A list; see [`list`].
#[derive(Debug, Clone, Copy)]
pub struct ListOf<C> {
    items: C,
    min: usize,
    max: usize,
}

/// A list of `min` to `max` items.
pub const fn list<C: Check>(items: C, min: usize, max: usize) -> ListOf<C> {
    ListOf { items, min, max }
}

impl<C: Check> Check for ListOf<C> {
    type Output = Vec<C::Output>;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<Vec<C::Output>> {
        let Value::Array(items) = value else {
            return cursor.fault("must be a list");
        };
        if items.len() < self.min {
            return cursor.fault(format!("has fewer than {}", count(self.min, "item")));
        }
        // Its items aren't looked at: a list far too long would make a report far too long.
        if items.len() > self.max {
            return cursor.fault(format!("has more than {}", count(self.max, "item")));
        }
        let checked: Vec<Option<C::Output>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| cursor.at(&index.to_string(), |cursor| self.items.check(item, cursor)))
            .collect();
        checked.into_iter().collect()
    }
}

/// An object with fields of its own; see [`object`].
#[derive(Debug)]
pub struct ObjectOf<T>(PhantomData<fn() -> T>);

/// An object that is read as `T`.
pub const fn object<T: Object>() -> ObjectOf<T> {
    ObjectOf(PhantomData)
}

impl<T: Object> Check for ObjectOf<T> {
    type Output = T;
    fn check(&self, value: &Value, cursor: &mut Cursor) -> Option<T> {
        read_at(value, cursor)
    }
}
