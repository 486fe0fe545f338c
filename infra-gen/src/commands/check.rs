//! `infra-gen check`

use std::fs;

use serde_json::{Value, json};

use crate::cli::{Check, Manifest, Out};
use crate::console::{BAD, GOOD, HINT, WARN, count, styled};
use crate::output::{self, Difference, State, Tree};
use crate::{Console, Error, Exit, diff, drafts};

/// Files of which the differences are shown.
const DIFFS: usize = 3;

pub(super) fn run(args: &Check, console: &mut Console) -> Result<Exit, Error> {
    let (_, rendered) = super::render(&args.manifest, &args.out)?;
    let comparison = output::compare(&args.out.out, &rendered.tree)?;
    let drafts = drafts::missing(&args.out.out, &rendered.scaffolds);
    let drafts = drafts.into_iter().map(|draft| draft.path.as_str()).collect();
    let found = Found { args, tree: &rendered.tree, differences: &comparison.differences, drafts };
    let exit = if found.count() == 0 { Exit::Done } else { Exit::Stale };
    if args.json {
        console.data(&format!("{:#}\n", found.json(exit)))?;
    } else {
        console.data(&found.text())?;
        console.say(&found.verdict());
    }
    Ok(exit)
}

/// What there is to tell.
struct Found<'a> {
    args: &'a Check,
    tree: &'a Tree,
    differences: &'a [Difference],
    /// Files of the user's own that aren't there yet.
    drafts: Vec<&'a str>,
}

impl Found<'_> {
    fn count(&self) -> usize {
        self.differences.len() + self.drafts.len()
    }

    fn json(&self, exit: Exit) -> Value {
        let diffs = self.diffs();
        let differences = self.differences.iter().map(|difference| {
            let diff = diffs.iter().find(|(path, _)| *path == difference.path).map(|(_, diff)| diff);
            let Difference { path, state, edited } = difference;
            json!({ "path": path, "state": state, "edited": edited, "diff": diff })
        });
        json!({
            "status": exit.word(),
            "exit_code": exit.code(),
            "out": self.args.out.out,
            "files": self.tree.len(),
            "differences": differences.collect::<Vec<_>>(),
            "drafts": self.drafts,
            "mend": (exit == Exit::Stale).then(|| self.mend()),
        })
    }

    fn text(&self) -> String {
        let lines = self.differences.iter().map(|Difference { path, state, edited }| {
            let (style, word) = match state {
                State::Missing => (BAD, "missing"),
                State::Stale => (BAD, "stale"),
                State::LeftOver => (BAD, "left over"),
                State::InTheWay => (WARN, "in the way"),
            };
            // Padded before it is styled, as the codes have no width.
            let word = styled(style, &format!("{word:<12}"));
            let note = if *edited { " (edited by hand)" } else { "" };
            format!("{word}{path}{note}\n")
        });
        let drafts = self.drafts.iter().map(|path| {
            let word = styled(BAD, &format!("{:<12}", "missing"));
            format!("{word}{path} (a first draft; yours once it is written)\n")
        });
        let diffs = self.diffs().into_iter().map(|(_, diff)| format!("\n{}", diff::coloured(&diff)));
        lines.chain(drafts).chain(diffs).collect()
    }

    /// What synth would change in the first few files.
    fn diffs(&self) -> Vec<(&str, String)> {
        let shown = |difference: &&Difference| matches!(difference.state, State::Stale | State::InTheWay);
        let diff = |difference: &'_ Difference| {
            let full = self.args.out.out.join(&difference.path);
            let found = fs::read(&full).ok()?;
            let rendered = self.tree.get(&difference.path)?;
            diff::unified(&full.display().to_string(), &String::from_utf8_lossy(&found), rendered)
        };
        let paths = self.differences.iter().filter(shown);
        paths.filter_map(|path| Some((path.path.as_str(), diff(path)?))).take(DIFFS).collect()
    }

    fn verdict(&self) -> String {
        let out = self.args.out.out.display();
        let manifest = self.args.manifest.manifest.display();
        match self.count() {
            0 => format!("{}: {out} is what {manifest} gives", styled(GOOD, "fresh")),
            number => format!(
                "{}: {out} isn't what {manifest} gives: {}\n  {}: {}",
                styled(BAD, "stale"),
                count(number, "difference"),
                styled(HINT, "mend"),
                self.mend(),
            ),
        }
    }

    /// The command that makes it fresh.
    fn mend(&self) -> String {
        let (manifest, out) = (&self.args.manifest.manifest, &self.args.out.out);
        if manifest.as_os_str() == Manifest::DEFAULT && out.as_os_str() == Out::DEFAULT {
            "make synth".into()
        } else {
            format!("infra-gen synth --manifest {} --out {}", manifest.display(), out.display())
        }
    }
}
