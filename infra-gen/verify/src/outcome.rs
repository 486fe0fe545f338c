//! What came of it all.

use std::time::Duration;

use manifest::Diagnostics;
use serde_json::{Value, json};

use crate::{Checker, Exit, report::Finding};

/// What came of one checker.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Which.
    pub checker: Checker,
    /// Its version; empty if it couldn't be run.
    pub version: String,
    /// How many rules it has, where it tells.
    pub rules: Option<usize>,
    /// How long it ran.
    pub time: Duration,
    /// Why there is no report, where there is none.
    pub failure: Option<String>,
    /// What it found, each with the reason why it is waived, if it is.
    pub findings: Vec<(Finding, Option<String>)>,
}

impl Checked {
    /// What is not waived.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|(_, reason)| reason.is_none()).map(|(finding, _)| finding)
    }

    /// How much is waived.
    pub fn waived(&self) -> usize {
        self.findings.iter().filter(|(_, reason)| reason.is_some()).count()
    }
}

/// What came of it all.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The templates, as `dev/edge.template.json`.
    pub templates: Vec<String>,
    /// Each checker.
    pub checked: Vec<Checked>,
    /// What is wrong with the waivers: over, or of no use.
    pub waivers: Option<Diagnostics>,
}

impl Outcome {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        if self.checked.iter().any(|checked| checked.failure.is_some()) {
            Exit::Failed
        } else if self.waivers.is_some() || self.checked.iter().any(|checked| checked.open().count() > 0) {
            Exit::Findings
        } else {
            Exit::Done
        }
    }

    /// For programs. The keys stay: `{status, exit_code, templates, checkers, findings, waivers}`.
    pub fn to_json(&self) -> Value {
        let checkers: Vec<_> = self.checked.iter().map(checker).collect();
        let findings: Vec<_> = self
            .checked
            .iter()
            .flat_map(|checked| checked.findings.iter().map(move |found| (checked.checker, found)))
            .map(|(checker, (finding, reason))| {
                json!({
                    "checker": checker,
                    "rule": finding.rule,
                    "template": finding.template,
                    "resource": finding.resource,
                    "message": finding.message,
                    "waived": reason,
                })
            })
            .collect();
        json!({
            "status": self.exit().word(),
            "exit_code": self.exit().code(),
            "templates": self.templates,
            "checkers": checkers,
            "findings": findings,
            "waivers": self.waivers.as_ref().map_or_else(|| json!([]), Diagnostics::to_json),
        })
    }
}

fn checker(checked: &Checked) -> Value {
    json!({
        "checker": checked.checker,
        "version": checked.version,
        "rules": checked.rules,
        "findings": checked.open().count(),
        "waived": checked.waived(),
        "milliseconds": u64::try_from(checked.time.as_millis()).unwrap_or(u64::MAX),
        "failure": checked.failure,
    })
}
