//! The outcome for people.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    install::seconds,
    outcome::{Checked, Outcome},
};

/// Of findings that differ only in their place, so many places are named.
const PLACES: usize = 6;

/// What was found and isn't waived, by checker and rule.
pub(crate) fn findings(outcome: &Outcome) -> String {
    let mut out = String::new();
    for checked in &outcome.checked {
        let mut by_rule: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for finding in checked.open() {
            let place = match finding.resource.as_str() {
                "" => finding.template.clone(),
                resource => format!("{}: {resource}", finding.template),
            };
            by_rule.entry((&finding.rule, &finding.message)).or_default().push(place);
        }
        for ((rule, message), places) in by_rule {
            let _ = writeln!(out, "{} {rule}: {message}", checked.checker);
            for place in places.iter().take(PLACES) {
                let _ = writeln!(out, "  {place}");
            }
            if places.len() > PLACES {
                let _ = writeln!(out, "  and {} more", places.len() - PLACES);
            }
        }
        if let Some(failure) = &checked.failure {
            let _ = writeln!(out, "{} failed: {failure}", checked.checker);
        }
    }
    out
}

/// The reasons why findings are waived, with how many each is for.
pub(crate) fn waived(outcome: &Outcome) -> String {
    let mut by_reason: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for checked in &outcome.checked {
        for (_, reason) in &checked.findings {
            if let Some(reason) = reason {
                *by_reason.entry(reason).or_default().entry(checked.checker.name()).or_default() += 1;
            }
        }
    }
    let mut out = String::new();
    for (reason, checkers) in by_reason {
        let number: usize = checkers.values().sum();
        let names: Vec<_> = checkers.into_keys().collect();
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "{number:>5} waived of {}: {reason}", names.join(", "));
    }
    out
}

/// One line a checker.
pub(crate) fn table(outcome: &Outcome) -> String {
    let mut rows = vec![["checker", "version", "rules", "findings", "waived", "time"].map(str::to_owned)];
    rows.extend(outcome.checked.iter().map(row));
    let widths: Vec<usize> =
        (0..6).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or_default()).collect();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            // Names to the left, numbers to the right.
            let _ =
                if column < 2 { write!(out, "{cell:<width$}  ") } else { write!(out, "{cell:>width$}  ") };
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

fn row(checked: &Checked) -> [String; 6] {
    let number = |number: usize| if checked.failure.is_some() { "failed".into() } else { number.to_string() };
    [
        checked.checker.name().into(),
        if checked.version.is_empty() { "-".into() } else { checked.version.clone() },
        checked.rules.map_or_else(|| "-".into(), |rules| rules.to_string()),
        number(checked.open().count()),
        number(checked.waived()),
        seconds(checked.time),
    ]
}
