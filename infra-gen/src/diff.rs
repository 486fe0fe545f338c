//! A short unified diff.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use crate::console::{count, styled};

/// Lines that are shown of one file's differences.
const LINES: usize = 24;

/// What would change, as `diff -u` shows it but cut after a screenful; `None` when nothing would.
pub(crate) fn unified(name: &str, found: &str, rendered: &str) -> Option<String> {
    // Past the deadline the diff gets coarser. Only texts of many thousand lines without likeness get there.
    let diff = TextDiff::configure().timeout(Duration::from_secs(2)).diff_lines(found, rendered);
    let text = diff.unified_diff().context_radius(2).header(name, "as rendered").to_string();
    let total = text.lines().count();
    if total == 0 {
        return None;
    }
    let mut shown: String = text.lines().take(LINES).flat_map(|line| [line, "\n"]).collect();
    if total > LINES {
        shown += &["... and ", &count(total - LINES, "more line"), "\n"].concat();
    }
    Some(shown)
}

/// The same in colours.
pub(crate) fn coloured(diff: &str) -> String {
    let colour = |line: &str| {
        let style = match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => Style::new().bold(),
            Some(b'+') => AnsiColor::Green.on_default(),
            Some(b'-') => AnsiColor::Red.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => return format!("{line}\n"),
        };
        styled(style, line) + "\n"
    };
    diff.lines().map(colour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_changed_line_with_its_neighbours() {
        let diff = unified("x", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n").unwrap();
        assert_eq!(diff, "--- x\n+++ as rendered\n@@ -2,5 +2,5 @@\n b\n c\n-d\n+D\n e\n f\n");
    }

    #[test]
    fn is_cut_after_a_screenful() {
        let diff = unified("x", "", &"line\n".repeat(1000)).unwrap();
        assert_eq!(diff.lines().count(), LINES + 1);
        assert!(diff.ends_with("\n... and 979 more lines\n"), "{diff}");
    }

    #[test]
    fn equal_texts_have_none() {
        assert_eq!(unified("x", "a\n", "a\n"), None);
    }
}
