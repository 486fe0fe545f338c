//! What a checker says, in the form that the scripts in `tools/` give it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a checker says of the templates that it was given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The checker's version.
    pub version: String,
    /// How many rules it has; unknown for some.
    #[serde(default)]
    pub rules: Option<usize>,
    /// The templates that it has looked at: what is missing here was not checked, whatever the findings say.
    pub templates: BTreeSet<String>,
    /// What it found.
    pub findings: BTreeSet<Finding>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The checker's name of the rule.
    pub rule: String,
    /// The template's path.
    pub template: String,
    /// The logical id of the resource, parameter or output; empty where it is of the template as a whole.
    pub resource: String,
    /// What is wrong, in the checker's words.
    pub message: String,
}

/// Why a checker's report is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The checker's output is not what it should be.
    #[error("its output is no report: {0}")]
    NoReport(String),
    /// The checker passed over templates.
    #[error("it looked at {} of {given} templates; it passed over {}", given - missed.len(), missed.join(", "))]
    Missed {
        /// How many it was given.
        given: usize,
        /// Those that it has not looked at.
        missed: Vec<String>,
    },
    /// The checker has not read rules that it was given.
    #[error("it has not read the rules {}", .0.join(", "))]
    Unread(Vec<String>),
    /// The checker has no rules.
    #[error("it has no rules")]
    NoRules,
}

impl Report {
    /// Reads what a script printed.
    pub fn parse(output: &str) -> Result<Self, Fault> {
        serde_json::from_str(output).map_err(|error| Fault::NoReport(error.to_string()))
    }

    /// Whether it is of all of these templates; a report of fewer tells nothing.
    pub fn of_all(self, given: &[String]) -> Result<Self, Fault> {
        let missed: Vec<_> =
            given.iter().filter(|template| !self.templates.contains(*template)).cloned().collect();
        if self.rules == Some(0) {
            Err(Fault::NoRules)
        } else if missed.is_empty() {
            Ok(self)
        } else {
            Err(Fault::Missed { given: given.len(), missed })
        }
    }
}
