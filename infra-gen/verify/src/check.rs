//! The one command: runs the checkers, two at a time, and weighs what they say.

use std::{
    fs,
    io::Write as _,
    sync::Mutex,
    time::{Duration, Instant},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use manifest::Diagnostics;
use serde_json::json;

use crate::{
    Checker, Exit,
    cli::Cli,
    guard,
    install::{self, Tools, seconds},
    outcome::{Checked, Outcome},
    report::Report,
    show,
    templates::Templates,
    waivers::Waivers,
};

/// How many checkers run at once. Each keeps one processor busy.
const AT_ONCE: usize = 2;

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the templates in {folder} can't be read: {error}")]
    Templates { folder: String, error: std::io::Error },
    #[error("there is no *.template.json in {0}")]
    NoTemplates(String),
    #[error("{path} can't be read: {error}")]
    NoWaivers { path: String, error: std::io::Error },
    #[error("the waivers file has errors")]
    Waivers(Diagnostics),
    #[error(transparent)]
    Install(#[from] install::Error),
}

impl Error {
    fn exit(&self) -> Exit {
        match self {
            Self::Install(error) => error.exit(),
            _ => Exit::BadInput,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Templates { .. } | Self::NoTemplates(_) => {
                Some("run it in the project's folder after `make synth`, or say --templates DIR".into())
            }
            Self::NoWaivers { .. } => {
                Some("name the file with --waivers; one without waivers says `waivers: []`".into())
            }
            Self::Waivers(_) => None,
            Self::Install(error) => Some(error.help()),
        }
    }
}

/// Runs the command.
pub(crate) fn run(cli: &Cli) -> Exit {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    match check(cli, today) {
        Ok(outcome) => tell(cli, &outcome),
        Err(error) => refuse(cli, &error),
    }
}

/// Tells a person how it goes. That nobody listens is no error.
fn say(text: &str) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

fn print(text: &str) -> Exit {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            say(&format!("error: can't write to standard output: {error}"));
            Exit::Failed
        }
        _ => Exit::Done,
    }
}

fn check(cli: &Cli, today: Date) -> Result<Outcome, Error> {
    let folder = cli.templates.display().to_string();
    let templates = Templates::find(&cli.templates)
        .map_err(|error| Error::Templates { folder: folder.clone(), error })?;
    if templates.files.is_empty() {
        return Err(Error::NoTemplates(folder));
    }
    let path = cli.waivers.display().to_string();
    let bytes = fs::read(&cli.waivers).map_err(|error| Error::NoWaivers { path, error })?;
    let mut waivers = Waivers::read(&cli.waivers, &bytes).map_err(Error::Waivers)?;

    let checkers = cli.checkers();
    let tools = Tools::open(&cli.tools())?;
    for checker in &checkers {
        tools.install(*checker, &mut say)?;
    }
    let mut checked = run_all(&tools, &templates, &checkers);
    for one in &mut checked {
        for (finding, reason) in &mut one.findings {
            *reason = waivers.reason(one.checker, &finding.template, finding).map(Into::into);
        }
    }
    let ran: Vec<_> = checked.iter().filter(|one| one.failure.is_none()).map(|one| one.checker).collect();
    let names = templates.files.iter().map(|file| templates.short(&file.to_string_lossy())).collect();
    Ok(Outcome { templates: names, waivers: waivers.faults(today, &ran), checked })
}

/// Runs them, the longest first; gives them in the order asked for.
fn run_all(tools: &Tools, templates: &Templates, checkers: &[Checker]) -> Vec<Checked> {
    say(&format!("{} templates, {} checkers, {AT_ONCE} at a time", templates.files.len(), checkers.len()));
    let mut waiting = checkers.to_vec();
    waiting.sort_by_key(|checker| checker.weight());
    let waiting = Mutex::new(waiting);
    let finished = Mutex::new(vec![]);
    let lock = |error: std::sync::PoisonError<_>| error.into_inner();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(lock).pop();
                    let Some(checker) = next else { break };
                    let outcome = run_one(tools, templates, checker);
                    say(&progress(&outcome));
                    finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    let mut finished = finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    finished.sort_by_key(|checked| checkers.iter().position(|checker| *checker == checked.checker));
    finished
}

fn progress(checked: &Checked) -> String {
    let time = seconds(checked.time);
    match &checked.failure {
        Some(failure) => format!("  {}: failed after {time}: {failure}", checked.checker),
        None => {
            format!("  {} {}: {} found in {time}", checked.checker, checked.version, checked.findings.len())
        }
    }
}

fn run_one(tools: &Tools, templates: &Templates, checker: Checker) -> Checked {
    let start = Instant::now();
    let given: Vec<_> = templates.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let nothing = |time: Duration| Checked {
        checker,
        version: String::new(),
        rules: None,
        time,
        failure: None,
        findings: vec![],
    };
    match report(tools, checker, &given) {
        Ok(report) => Checked {
            version: report.version,
            rules: report.rules,
            findings: report
                .findings
                .into_iter()
                .map(|mut finding| {
                    finding.template = templates.short(&finding.template);
                    (finding, None)
                })
                .collect(),
            ..nothing(start.elapsed())
        },
        Err(failure) => Checked { failure: Some(failure), ..nothing(start.elapsed()) },
    }
}

/// Runs one; what is wrong with its run is told in words.
fn report(tools: &Tools, checker: Checker, given: &[String]) -> Result<Report, String> {
    let ready = tools.ready(checker).map_err(|error| error.to_string())?;
    let mut command = ready.command;
    let output = command.args(given).output().map_err(|error| format!("it can't be run: {error}"))?;
    // Guard says with its exit code that rules are broken, which its output says as well.
    let broken_rules = ready.version.is_some() && output.status.code() == Some(19);
    if !output.status.success() && !broken_rules {
        return Err(install::tail(&output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let report = match ready.version {
        Some(version) => guard::parse(&version, &text, install::rules()),
        None => Report::parse(&text),
    };
    report.and_then(|report| report.of_all(given)).map_err(|fault| fault.to_string())
}

fn tell(cli: &Cli, outcome: &Outcome) -> Exit {
    let exit = outcome.exit();
    if cli.json {
        return exit.max(print(&format!("{:#}\n", outcome.to_json())));
    }
    let findings = show::findings(outcome);
    if !findings.is_empty() {
        say(&format!("\n{}", findings.trim_end()));
    }
    if let Some(diagnostics) = &outcome.waivers {
        say(&format!("\n{}", diagnostics.render(colours()).trim_end()));
    }
    let table = format!("\n{}\n{}", show::table(outcome), show::waived(outcome));
    let exit = exit.max(print(&table));
    if outcome.checked.iter().any(|checked| checked.open().count() > 0) {
        say(&format!("help: mend the renderer; or waive it with a reason in {}", cli.waivers.display()));
    }
    exit
}

fn refuse(cli: &Cli, error: &Error) -> Exit {
    let exit = error.exit();
    if cli.json {
        let mut object =
            json!({ "status": exit.word(), "exit_code": exit.code(), "message": error.to_string() });
        if let Some(help) = error.help() {
            object["help"] = help.into();
        }
        if let Error::Waivers(diagnostics) = error {
            object["diagnostics"] = diagnostics.to_json();
        }
        return exit.max(print(&format!("{object:#}\n")));
    }
    match error {
        Error::Waivers(diagnostics) => say(diagnostics.render(colours()).trim_end()),
        _ => say(&format!("error: {error}")),
    }
    if let Some(help) = error.help() {
        say(&format!("  help: {help}"));
    }
    exit
}

fn colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}
