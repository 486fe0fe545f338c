//! What a deployment ends with: is what CloudFormation calls complete also running?

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{
    Problem,
    aws::Aws,
    console::Console,
    doctor::{self, Check, Finding, Site, Verdict},
    smoke::{self, Passed},
    status,
    target::Target,
};

/// Between two looks at the mappings.
const PAUSE: Duration = Duration::from_secs(5);

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For mappings that are being made or switched on.
    pub(crate) mappings: Duration,
    /// For the synthetic event to be applied.
    pub(crate) event: Duration,
}

impl Default for Patience {
    /// A mapping is enabled minutes before its pollers have found the brokers.
    fn default() -> Self {
        Self { mappings: Duration::from_mins(10), event: Duration::from_mins(5) }
    }
}

/// What was seen.
#[derive(Debug, Clone)]
pub(crate) struct After {
    /// SCRAM users and mappings.
    pub(crate) checks: Vec<Check>,
    /// The synthetic event; `None` where something bad was seen before it.
    pub(crate) event: Option<Result<Passed, Problem>>,
}

/// Looks at SCRAM users and mappings, then sends a synthetic event through; it says meanwhile what it waits for.
///
/// # Errors
/// The stack isn't there, or can't be looked at. What isn't well is no error but in what is returned.
pub(crate) async fn check(
    target: &Target,
    aws: &Aws,
    patience: Patience,
    console: &mut Console,
) -> Result<After, Problem> {
    let Some(site) = Site::find(target, aws).await? else {
        return Err(status::not_there(target, aws));
    };
    let scram = doctor::scram::look(&site).await;
    let mappings = settled(&site, patience.mappings, console).await;
    let checks = vec![scram, mappings];
    let event = if checks.iter().any(|check| check.verdict() == Verdict::Bad) {
        None
    } else {
        console.say("sending a synthetic event through");
        Some(smoke::send(&site, patience.event, false).await)
    };
    Ok(After { checks, event })
}

/// The mappings, once none is on its way any more.
async fn settled(site: &Site<'_>, patience: Duration, console: &mut Console) -> Check {
    let until = Instant::now() + patience;
    let mut said = String::new();
    loop {
        let check = doctor::mappings::look(site).await;
        let Some(moving) = check.findings.iter().find(|finding| finding.passing) else {
            return check;
        };
        if Instant::now() >= until {
            return check;
        }
        if said != moving.what {
            said.clone_from(&moving.what);
            console.say(&format!("waiting: {said}"));
        }
        sleep(PAUSE).await;
    }
}

impl After {
    /// All was looked at, nothing is bad or still on its way, and the event came through.
    pub(crate) fn is_well(&self) -> bool {
        let is_well = |finding: &Finding| finding.verdict == Verdict::Warning && !finding.passing;
        self.checks.iter().flat_map(|check| &check.findings).all(is_well) && matches!(self.event, Some(Ok(_)))
    }

    /// The checks that came to no end: nobody could look, or what they look at was still on its way.
    fn open(&self) -> Vec<&'static str> {
        let is_open = |finding: &Finding| finding.verdict == Verdict::Unknown || finding.passing;
        let open = self.checks.iter().filter(|check| check.findings.iter().any(is_open));
        open.map(|check| check.name).collect()
    }

    /// A line for each check, each finding with its help, and the event's stages.
    pub(crate) fn text(&self, target: &Target) -> String {
        let event = match &self.event {
            Some(Ok(passed)) => passed.text(),
            Some(Err(problem)) => doctor::details(&[lost(problem)]),
            None => format!(
                "  no synthetic event was sent: mend the above first, then {}\n",
                target.make("smoke", &[])
            ),
        };
        let open = match self.open().join(", ") {
            none if none.is_empty() => none,
            open => format!(
                "\nnot checked to the end: {open}; the deployment itself is complete: look again with {}\n",
                target.make("doctor", &[])
            ),
        };
        format!("{}{}{event}{open}", doctor::table(&self.checks), doctor::details(&self.checks))
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let checks: Vec<_> = self.checks.iter().map(Check::to_json).collect();
        let event = match &self.event {
            Some(Ok(passed)) => passed.to_json(),
            Some(Err(problem)) => lost(problem).to_json(),
            None => serde_json::Value::Null,
        };
        serde_json::json!({ "well": self.is_well(), "checks": checks, "unchecked": self.open(), "event": event })
    }
}

/// The event that was refused, or not seen again.
fn lost(problem: &Problem) -> Check {
    let finding = Finding::from(problem.clone());
    Check::new("event", "", vec![Finding { verdict: Verdict::Bad, ..finding }])
}
