//! How values appear in alerts and in debugging output.

use std::fmt;

use crate::{Date, Decimal, Timestamp, Uuid, Word};

/// Stands for personal data in generated `Debug` implementations.
#[derive(Clone, Copy)]
pub struct Personal;

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<personal>")
    }
}

/// A value in an alert's message: lists with commas, absence as a dash.
pub trait Show {
    /// As people read it.
    fn show(&self) -> String;
}

macro_rules! show_as_displayed {
    ($($ty:ty),*) => {$(
        impl Show for $ty {
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
show_as_displayed!(str, String, i64, bool, Uuid, Date, Timestamp, Decimal);

/// Generated enums get `Show` from this.
pub fn show_word(word: &impl Word) -> String {
    word.word().to_owned()
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_owned(), Show::show)
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> String {
        self.iter().map(Show::show).collect::<Vec<_>>().join(", ")
    }
}
