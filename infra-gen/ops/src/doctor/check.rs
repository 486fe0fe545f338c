//! What a look at one thing found, and how it is told.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    Problem,
    aws::Fault,
    console::{BAD, GOOD, HINT, WARN, styled},
};

/// How well something is; the worst one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    Ok,
    /// Nobody could look, so nobody knows.
    Unknown,
    /// It works, but not for ever or not as it was meant.
    Warning,
    /// Events are lost, late or refused.
    Bad,
}

/// One thing that isn't as it should be, or that couldn't be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    /// What is so, in one line.
    pub(crate) what: String,
    /// Why; empty where nobody knows.
    pub(crate) cause: String,
    /// How to mend it, one way each; mostly a command to paste.
    pub(crate) help: Vec<String>,
    /// It ends by itself.
    pub(crate) passing: bool,
}

impl Finding {
    fn new(verdict: Verdict, what: impl Into<String>) -> Self {
        Self { verdict, what: what.into(), cause: String::new(), help: vec![], passing: false }
    }

    pub(crate) fn bad(what: impl Into<String>) -> Self {
        Self::new(Verdict::Bad, what)
    }

    pub(crate) fn warning(what: impl Into<String>) -> Self {
        Self::new(Verdict::Warning, what)
    }

    pub(crate) fn unknown(what: impl Into<String>) -> Self {
        Self::new(Verdict::Unknown, what)
    }

    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    #[must_use]
    pub(crate) fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    /// The look failed; `doing` goes on from "can't".
    pub(crate) fn unseen(doing: &str, fault: &Fault) -> Self {
        fault.problem(doing).into()
    }
}

impl From<Problem> for Finding {
    /// That a look failed is nobody's verdict.
    fn from(problem: Problem) -> Self {
        Self {
            verdict: Verdict::Unknown,
            what: problem.what,
            cause: problem.notes.join("; "),
            help: problem.help,
            passing: false,
        }
    }
}

/// A look at one thing, or at all things of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// One or two words: `mappings`.
    pub(crate) name: &'static str,
    /// What is well: `6 are enabled`.
    pub(crate) well: String,
    /// What isn't.
    pub(crate) findings: Vec<Finding>,
}

impl Check {
    pub(crate) fn new(name: &'static str, well: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self { name, well: well.into(), findings }
    }

    /// Nobody could look.
    pub(crate) fn unseen(name: &'static str, finding: impl Into<Finding>) -> Self {
        Self::new(name, "", vec![finding.into()])
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok)
    }

    /// The worst finding, the first of them.
    pub(crate) fn worst(&self) -> Option<&Finding> {
        let worst = self.verdict();
        self.findings.iter().find(|finding| finding.verdict == worst)
    }

    /// One line.
    pub(crate) fn summary(&self) -> String {
        let Some(worst) = self.worst() else { return self.well.clone() };
        match self.findings.len() - 1 {
            0 => worst.what.clone(),
            more => format!("{} (and {more} more)", worst.what),
        }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "check": self.name,
            "verdict": self.verdict(),
            "summary": self.summary(),
            "findings": self.findings,
        })
    }
}

/// One line for each check.
pub(crate) fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    let line = |check: &Check| {
        let (style, word) = word(check.verdict());
        // Padded before it is coloured: colours have no width.
        let word = styled(style, &format!("{word:8}"));
        format!("  {word}  {:width$}  {}\n", check.name, check.summary())
    };
    checks.iter().map(line).collect()
}

/// Each finding with cause and help, the worst first.
pub(crate) fn details(checks: &[Check]) -> String {
    let mut findings: Vec<(&Finding, usize)> =
        checks.iter().flat_map(|check| alike(&check.findings)).collect();
    findings.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.verdict));
    let mut text = String::new();
    for (finding, more) in findings {
        let (style, word) = word(finding.verdict);
        let more = if more == 0 { String::new() } else { format!(" (and {more} more like it)") };
        // Writing to a string can't fail.
        let _ = write!(text, "\n{}: {}{more}\n", styled(style, word), finding.what);
        if !finding.cause.is_empty() {
            let _ = writeln!(text, "  {}: {}", styled(HINT, "cause"), finding.cause);
        }
        for help in &finding.help {
            let _ = writeln!(text, "  {}: {help}", styled(HINT, "help"));
        }
    }
    text
}

/// The findings, with how many more there are like it: what isn't allowed for one function isn't for the others.
fn alike(findings: &[Finding]) -> Vec<(&Finding, usize)> {
    let mut told: Vec<(&Finding, usize)> = vec![];
    for finding in findings {
        let is_like = |other: &Finding| {
            finding.verdict == Verdict::Unknown
                && (other.verdict, &other.help) == (finding.verdict, &finding.help)
        };
        match told.iter_mut().find(|(other, _)| is_like(other)) {
            Some((_, more)) => *more += 1,
            None => told.push((finding, 0)),
        }
    }
    told
}

fn word(verdict: Verdict) -> (anstyle::Style, &'static str) {
    match verdict {
        Verdict::Ok => (GOOD, "ok"),
        Verdict::Unknown => (HINT, "not seen"),
        Verdict::Warning => (WARN, "warning"),
        Verdict::Bad => (BAD, "bad"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> [Check; 3] {
        let unseen =
            |name: &str| Finding::unknown(format!("can't look at {name}")).help("use a role that may");
        [
            Check::new("stack", "CREATE_COMPLETE", vec![]),
            Check::new("functions", "", vec![unseen("a"), unseen("b"), unseen("c")]),
            Check::new(
                "mappings",
                "",
                vec![
                    Finding::bad("the mapping is Disabled")
                        .because("it was switched off")
                        .help("aws lambda ..."),
                ],
            ),
        ]
    }

    #[test]
    fn the_worst_is_told_first_and_what_is_alike_once() {
        let text =
            anstream::adapter::strip_str(&format!("{}{}", table(&checks()), details(&checks()))).to_string();
        insta::assert_snapshot!(text, @r"
          ok        stack      CREATE_COMPLETE
          not seen  functions  can't look at a (and 2 more)
          bad       mappings   the mapping is Disabled

        bad: the mapping is Disabled
          cause: it was switched off
          help: aws lambda ...

        not seen: can't look at a (and 2 more like it)
          help: use a role that may
        ");
    }

    #[test]
    fn what_nobody_could_look_at_is_not_ok() {
        assert_eq!(checks().map(|check| check.verdict()), [Verdict::Ok, Verdict::Unknown, Verdict::Bad]);
    }
}
