//! `infra-gen synth`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::Synth;
use crate::console::{GOOD, HINT, WARN, count, styled};
use crate::output::{self, Notice, Report, Tree};
use crate::warnings::{self, ASSEMBLY, Warning};
use crate::{Console, Error, Exit, Rendered, drafts};

/// What tells a person what was made.
const FIRST: &str = "docs/topics.md";

pub(super) fn run(args: &Synth, console: &mut Console) -> Result<Exit, Error> {
    let start = Instant::now();
    let (model, rendered) = super::render(&args.manifest, &args.out)?;
    let out = &args.out.out;
    let warnings = warnings::of_update(out, &rendered.tree);
    let report = output::write(out, &rendered.tree, &mut |notice| tell(console, out, &notice))?;
    let drafts = drafts::write(out, &rendered.scaffolds)?;
    let assembly = args.assembly.clone().or_else(toolkit_folder);
    if let Some(assembly) = &assembly {
        output::write_into(assembly, &rendered.tree, ASSEMBLY)?;
    }
    let made = Made {
        app: &model.app.name,
        out,
        rendered: &rendered,
        report: &report,
        drafts: &drafts,
        assembly: assembly.as_deref(),
        warnings: &warnings,
    };
    if args.json {
        console.data(&made.json(start.elapsed()))?;
    } else {
        // Not data: the CDK toolkit runs this program and has its own output on standard output.
        console.say(&made.text(start.elapsed()));
    }
    Ok(Exit::Done)
}

/// Where the CDK toolkit, which runs this program as its app, expects the cloud assembly.
fn toolkit_folder() -> Option<PathBuf> {
    std::env::var_os("CDK_OUTDIR").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn tell(console: &mut Console, out: &Path, notice: &Notice) {
    let out = out.display();
    let text = match notice {
        Notice::Waiting => format!("another synth is writing {out}; waiting for it"),
        Notice::Recovered => format!("an earlier synth was stopped halfway; put {out} back as it was before"),
        Notice::Salvaged(path) => format!("{} was written meanwhile; kept it", path.display()),
        Notice::NotCleared(error) => {
            format!("{out} is new, but the old one couldn't be cleared away: {error}")
        }
    };
    console.say(&format!("{}: {text}", styled(WARN, "note")));
}

/// What there is to tell.
struct Made<'a> {
    app: &'a str,
    out: &'a Path,
    rendered: &'a Rendered,
    report: &'a Report,
    /// First drafts that were written.
    drafts: &'a [String],
    assembly: Option<&'a Path>,
    /// What a deployment of it would do to what holds data.
    warnings: &'a [Warning],
}

impl Made<'_> {
    fn json(&self, took: Duration) -> String {
        let Self { app, out, rendered, report, drafts, assembly, warnings } = self;
        let summary = rendered.summary;
        let object = json!({
            "status": Exit::Done.word(),
            "exit_code": Exit::Done.code(),
            "app": app,
            "out": out,
            "assembly": assembly,
            "topics": summary.topics,
            "functions": summary.functions,
            "stacks": summary.stacks,
            "resources": summary.resources,
            "files": {
                "total": rendered.tree.len(),
                "unchanged": report.unchanged,
                "added": report.added,
                "changed": report.changed,
                "removed": report.removed,
                "edited": report.edited,
            },
            "drafts": drafts,
            "warnings": warnings.iter().map(Warning::json).collect::<Vec<_>>(),
            "milliseconds": (took.as_secs_f64() * 1_000_000.0).round() / 1000.0,
        });
        format!("{object:#}\n")
    }

    fn text(&self, took: Duration) -> String {
        let Self { app, out, rendered, report, drafts, assembly, warnings } = self;
        let summary = rendered.summary;
        let mut lines = vec![
            format!(
                "{}: {}, {}, {}, {}",
                styled(GOOD, app),
                count(summary.topics, "topic"),
                count(summary.functions, "function"),
                count(summary.stacks, "stack"),
                count(summary.resources, "resource"),
            ),
            format!("{}: {}", out.display(), changes(report)),
            format!("  {}", folders(&rendered.tree)),
        ];
        lines.extend(drafts.iter().map(|path| format!("{path}: a first draft, yours from now on")));
        if !report.edited.is_empty() {
            lines.push(format!(
                "{}: edited by hand, and made anew: {}",
                styled(WARN, "note"),
                report.edited.join(", ")
            ));
        }
        for warning in *warnings {
            lines.push(format!("{}: changing `{}` has consequences", styled(WARN, "warning"), warning.value));
            lines.extend(warning.lines().iter().map(|line| format!("  {line}")));
            lines.push(format!("  {}: {}", styled(HINT, "to keep what is there"), warning.keep));
        }
        if let Some(assembly) = assembly {
            lines.push(format!("{}: the cloud assembly", assembly.display()));
        }
        if rendered.tree.get(FIRST).is_some() {
            lines.push(format!("start reading in {}", out.join(FIRST).display()));
        }
        lines.push(format!("done in {:.0} ms", took.as_secs_f64() * 1000.0));
        lines.join("\n")
    }
}

/// `2 files new, 4 changed, 1 removed, 120 unchanged`
fn changes(report: &Report) -> String {
    let numbers = [
        (report.added.len(), "new"),
        (report.changed.len(), "changed"),
        (report.removed.len(), "removed"),
        (report.unchanged, "unchanged"),
    ];
    let told: Vec<_> = numbers.iter().filter(|(number, _)| *number > 0).collect();
    let tell = |(at, (number, what)): (usize, &&(usize, &str))| {
        if at == 0 { format!("{} {what}", count(*number, "file")) } else { format!("{number} {what}") }
    };
    told.iter().enumerate().map(tell).collect::<Vec<_>>().join(", ")
}

/// `cloudformation 13, docs 4, asyncapi.yaml`: where to look, files last.
fn folders(tree: &Tree) -> String {
    let mut folders = BTreeMap::<&str, usize>::new();
    let mut files = vec![];
    for (path, _) in tree.iter() {
        match path.split_once('/') {
            Some((folder, _)) => *folders.entry(folder).or_default() += 1,
            None => files.push(path.to_owned()),
        }
    }
    let folders = folders.iter().map(|(folder, files)| format!("{folder} {files}"));
    folders.chain(files).collect::<Vec<_>>().join(", ")
}
