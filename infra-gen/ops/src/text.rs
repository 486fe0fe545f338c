//! Text for people: columns, times, and what may not reach a terminal.

use jiff::Timestamp;

/// Lines of cells, each as wide as its column; the first is the header. Nothing for a header alone.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    if rows.len() < 2 {
        return String::new();
    }
    let length = |text: &String| text.chars().count();
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column| rows.iter().filter_map(|row| row.get(column)).map(length).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - length(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A header of [`columns`].
pub(crate) fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// `2026-11-23 13:45:00.123`, UTC, of milliseconds since 1970.
pub(crate) fn time(millis: i64) -> String {
    let instant = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// What others wrote, without what would move the cursor or colour the screen.
pub(crate) fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for c in text.trim_end().chars() {
        match c {
            '\t' => harmless.push(' '),
            c if c.is_control() => harmless.extend(c.escape_default()),
            c => harmless.push(c),
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [header(&["A", "B", "C"]), header(&["long", "", "x"]), header(&["ä", "bb", ""])];
        assert_eq!(columns(&rows), "A     B   C\nlong      x\nä     bb\n");
        assert_eq!(columns(&rows[..1]), "");
    }

    #[test]
    fn a_log_can_not_write_to_the_terminal() {
        assert_eq!(harmless("a\tb\u{1b}[2Jc\r\n"), "a b\\u{1b}[2Jc");
    }
}
