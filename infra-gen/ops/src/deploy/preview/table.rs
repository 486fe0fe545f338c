//! The rows as a person reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Action, Row};
use crate::console::{BAD, GOOD, HINT, WARN, count, styled};

/// How many lines of one stack are shown that only add or change something.
const SHOWN: usize = 40;
/// How many reasons are shown of one resource.
const REASONS: usize = 3;

/// Sections by stack.
pub(super) fn changes(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut stacks = BTreeMap::<&str, Vec<&Row>>::new();
    for row in rows {
        stacks.entry(&row.stack).or_default().push(row);
    }
    for (stack, rows) in stacks {
        let name = if stack.is_empty() { "the root stack" } else { stack };
        _ = writeln!(text, "{name}: {}", numbers(&rows));
        let width = rows.iter().map(|row| row.place().len()).max().unwrap_or_default();
        for (at, row) in rows.iter().enumerate() {
            if at >= SHOWN && matches!(row.action, Action::Added | Action::Changed) {
                _ = writeln!(text, "  and {}", count(rows.len() - at, "other"));
                break;
            }
            text.push_str(&line(row, width));
        }
    }
    text
}

fn numbers(rows: &[&Row]) -> String {
    let mut numbers = BTreeMap::<Action, usize>::new();
    for row in rows {
        *numbers.entry(row.action).or_default() += 1;
    }
    numbers
        .iter()
        .map(|(action, number)| format!("{number} {}", action.word()))
        .collect::<Vec<_>>()
        .join(", ")
}

fn line(row: &Row, width: usize) -> String {
    let style = match row.action {
        Action::Refused | Action::Replaced | Action::Removed => BAD,
        Action::MayBeReplaced => WARN,
        Action::Changed => HINT,
        Action::Added => GOOD,
    };
    let more = row.why.len().saturating_sub(REASONS);
    let mut why = row.why[..row.why.len().min(REASONS)].join(", ");
    if more > 0 {
        _ = write!(why, " and {more} more");
    }
    let kept = match row.action {
        Action::Replaced | Action::MayBeReplaced | Action::Removed if row.kept => "  (the old one is kept)",
        Action::Replaced | Action::MayBeReplaced | Action::Removed if row.stateful => "  (its data is lost)",
        _ => "",
    };
    let line = format!(
        "  {} {:width$}  {:34} {why}{kept}",
        styled(style, &format!("{:<15}", row.action.word())),
        row.place(),
        row.ty,
    );
    format!("{}\n", line.trim_end())
}
