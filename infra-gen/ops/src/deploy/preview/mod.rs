//! What a deployment would do, before it does it.

mod cost;
mod iam;
mod rows;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_sdk_cloudformation::types::Change;
use changes::{Assembly, Consequence};
use serde_json::{Value, json};

use crate::console::count;
pub(crate) use cost::Cost;
pub(crate) use rows::{Action, Row};

/// How many lines are shown of who may do what.
const SHOWN: usize = 40;

/// Everything that a person should know first.
#[derive(Debug)]
pub(crate) struct Preview {
    /// By place.
    pub(crate) rows: Vec<Row>,
    /// Who may do what: lines with `+` and `-`.
    pub(crate) iam: Vec<String>,
    /// By month.
    pub(crate) cost: Cost,
    /// What the templates' comparison found, for the gate.
    pub(crate) consequences: Vec<Consequence>,
}

impl Preview {
    /// Compares what is deployed with what is rendered, and takes in what CloudFormation's change set says.
    pub(crate) fn of(
        stack: &str,
        old: &Assembly,
        new: &Assembly,
        change_set: &BTreeMap<String, Vec<Change>>,
    ) -> Self {
        let consequences = changes::every(old, new);
        let (passed, will_be) = (old.passed(stack), new.passed(stack));
        let rows = rows::merge(&consequences, change_set, &|nested, parameter| {
            let place = (nested.to_owned(), parameter.to_owned());
            passed.get(&place).is_some_and(|value| will_be.get(&place) == Some(value))
        });
        let (before, after) = (old.resources(stack), new.resources(stack));
        Self { rows, iam: iam::changes(&before, &after), cost: Cost::of(&before, &after), consequences }
    }

    /// Nothing that anybody could see changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.iam.is_empty()
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "changes": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "iam": self.iam,
            "cost": self.cost.json(),
        })
    }

    /// For a person.
    pub(crate) fn text(&self) -> String {
        let mut text = table::changes(&self.rows);
        if !self.iam.is_empty() {
            text.push_str("\nwho may do what:\n");
            text.extend(self.iam.iter().take(SHOWN).map(|line| format!("  {line}\n")));
            if self.iam.len() > SHOWN {
                _ = writeln!(text, "  and {}; --json has them all", count(self.iam.len() - SHOWN, "other"));
            }
        }
        text.push('\n');
        text.push_str(&self.cost.text());
        text
    }
}
