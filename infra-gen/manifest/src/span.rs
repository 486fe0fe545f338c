//! Places in the text.

use std::ops::Range;

/// A half-open range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end.max(range.start) }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the two share a byte, or are at the same place.
    pub(crate) fn touches(self, other: Self) -> bool {
        self == other || (self.start < other.end && other.start < self.end)
    }
}

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// Where byte `offset` of `text` is.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = &text[..floor(text, offset)];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
    }
}

/// The start of the character that byte `at` is in.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The start of the first character from byte `at` on.
pub(crate) fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let text = "a: é\nschön: x";
        let x = text.find('x').expect("it is there");
        assert_eq!(Position::of(text, x), Position { line: 2, column: 8 });
        assert_eq!(Position::of(text, 4), Position { line: 1, column: 4 }, "inside of é is é's column");
        assert_eq!(Position::of(text, 1000), Position { line: 2, column: 9 });
    }
}
