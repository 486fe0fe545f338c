//! The checkers' programs: installed from the registries once, and anew when a pin changes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use crate::{
    Exit,
    checker::{Checker, Needs},
    guard,
};

/// Where in a virtual environment, or beside `node_modules`, the pins are kept that it was made from.
const MARK: &str = "installed";
/// The oldest Python that the pins are for.
const PYTHON: (u32, u32) = (3, 11);
/// The oldest Node.js that aws-cdk-lib takes.
const NODE: (u32, u32) = (20, 0);

const PACKAGE: &str = include_str!("../tools/package.json");
const LOCK: &str = include_str!("../tools/package-lock.json");
const NPMRC: &str = include_str!("../tools/.npmrc");
/// The scripts that run checkers, and the rules of our own, by where they are put.
const SCRIPTS: &[(&str, &str)] = &[
    ("python/cfn_lint_run.py", include_str!("../tools/cfn_lint_run.py")),
    ("python/checkov_run.py", include_str!("../tools/checkov_run.py")),
    ("python/cloudformation_validate_run.py", include_str!("../tools/cloudformation_validate_run.py")),
    ("node/stacks.mjs", include_str!("../tools/stacks.mjs")),
    ("node/cdk_l1_run.mjs", include_str!("../tools/cdk_l1_run.mjs")),
    ("node/cdk_nag_run.mjs", include_str!("../tools/cdk_nag_run.mjs")),
    ("rules/msk.guard", include_str!("../rules/msk.guard")),
    ("rules/checklist.guard", include_str!("../rules/checklist.guard")),
];
/// The npm package that carries CloudFormation Guard, and AWS Control Tower's rules for it.
const GUARD: &str = "node/node_modules/@cdklabs/cdk-validator-cfnguard";

/// AWS Control Tower's rules in that package: CT.MSK.PR.1 and CT.MSK.PR.2.
const CONTROL_TOWER: [&str; 2] = ["msk_broker_node_tls_check", "msk_public_access_check"];

/// The names of the rules that Guard is given: our own, and Control Tower's.
pub(crate) fn rules() -> impl Iterator<Item = &'static str> {
    let own = SCRIPTS.iter().filter(|(path, _)| path.starts_with("rules/"));
    own.flat_map(|(_, text)| guard::names(text)).chain(CONTROL_TOWER)
}

/// Why a checker can't be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A program isn't there, or too old.
    #[error("{program} {}.{} or newer is needed, and {found}", least.0, least.1)]
    Missing { program: &'static str, least: (u32, u32), found: String },
    /// A program that came with another isn't there.
    #[error("{program} can't be run: {error}")]
    NoProgram { program: String, error: io::Error },
    /// A program said no.
    #[error("`{command}` failed: {said}")]
    Refused { command: String, said: String },
    /// There is no build of CloudFormation Guard for this machine.
    #[error("the pinned cfn-guard is not built for {0}")]
    NoGuard(String),
    /// The folder of tools can't be written.
    #[error("{} can't be written: {error}", path.display())]
    Disk { path: PathBuf, error: io::Error },
}

impl Error {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Missing { .. } | Self::NoProgram { .. } | Self::NoGuard(_) => Exit::ToolMissing,
            Self::Refused { .. } | Self::Disk { .. } => Exit::Failed,
        }
    }

    /// What the user can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Missing { program: "Python", .. } => {
                "install it (Debian: apt-get install python3 python3-venv), or leave its checkers out: --only \
                 cdk-l1,cdk-nag,cfn-guard"
            }
            Self::Missing { .. } | Self::NoProgram { .. } => {
                "install it (https://nodejs.org, npm comes with it), or leave its checkers out: --only \
                 cfn-lint,cloudformation-validate,checkov"
            }
            Self::NoGuard(_) => "leave it out with --only; it has builds for Linux and macOS, x86_64 and aarch64",
            Self::Refused { command, .. } if command.contains("venv") => {
                "Debian keeps this part of Python apart: apt-get install python3-venv"
            }
            Self::Refused { .. } => "the first run needs PyPI and npm; see what it said, and run it again",
            Self::Disk { .. } => "free the disk, or name another folder with --tools",
        }
        .into()
    }
}

/// A command for one checker; the templates are to be added as its arguments.
pub(crate) struct Ready {
    pub(crate) command: Command,
    /// CloudFormation Guard's version; the others tell theirs themselves.
    pub(crate) version: Option<String>,
}

/// The installed checkers.
pub(crate) struct Tools {
    folder: PathBuf,
    /// Held while others might install the same.
    _lock: fs::File,
}

impl Tools {
    /// Opens the folder, waiting for others who use it, and brings the scripts up to date.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let disk = |path: &Path| {
            let path = path.to_owned();
            move |error| Error::Disk { path, error }
        };
        fs::create_dir_all(folder).map_err(disk(folder))?;
        let folder = fs::canonicalize(folder).map_err(disk(folder))?;
        let lock = fs::File::create(folder.join("lock")).map_err(disk(&folder))?;
        lock.lock().map_err(disk(&folder))?;
        for (name, text) in SCRIPTS {
            let path = folder.join(name);
            let parent = path.parent().unwrap_or(&folder);
            fs::create_dir_all(parent).map_err(disk(parent))?;
            fs::write(&path, text).map_err(disk(&path))?;
        }
        Ok(Self { folder, _lock: lock })
    }

    /// Installs what a checker needs, where it isn't yet; says so with how long it took.
    pub(crate) fn install(&self, checker: Checker, say: &mut dyn FnMut(&str)) -> Result<(), Error> {
        match checker.needs() {
            Needs::Python { requirements, .. } => self.python(checker, requirements, say),
            Needs::Node { .. } | Needs::Guard => self.node(say),
        }
    }

    fn python(&self, checker: Checker, requirements: &str, say: &mut dyn FnMut(&str)) -> Result<(), Error> {
        let python = at_least("Python", "python3", PYTHON)?;
        let venv = self.folder.join(checker.name());
        self.once(&venv, requirements, checker.name(), say, |venv| {
            run(Command::new(&python).args(["-m", "venv"]).arg(venv))?;
            let list = venv.join("requirements.txt");
            write(&list, requirements)?;
            let pip = Command::new(venv.join("bin/python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--require-hashes",
                    "-r",
                ])
                .arg(&list)
                .output();
            done("pip install", pip)
        })
    }

    fn node(&self, say: &mut dyn FnMut(&str)) -> Result<(), Error> {
        at_least("Node.js", "node", NODE)?;
        let folder = self.folder.join("node");
        let modules = folder.join("node_modules");
        self.once(&modules, LOCK, "aws-cdk-lib, cdk-nag and cfn-guard", say, |_| {
            for (name, text) in [("package.json", PACKAGE), ("package-lock.json", LOCK), (".npmrc", NPMRC)] {
                write(&folder.join(name), text)?;
            }
            let npm = Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&folder)
                .output();
            done("npm ci", npm)
        })
    }

    /// Makes a folder anew unless it was made from the same pins.
    fn once(
        &self,
        folder: &Path,
        pins: &str,
        what: &str,
        say: &mut dyn FnMut(&str),
        make: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mark = folder.join(MARK);
        if fs::read_to_string(&mark).is_ok_and(|made_from| made_from == pins) {
            return Ok(());
        }
        say(&format!("installing {what} into {}: once, a minute or two", self.folder.display()));
        let start = Instant::now();
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| Error::Disk { path: folder.into(), error })?;
        }
        make(folder)?;
        write(&mark, pins)?;
        say(&format!("installed {what} in {}", seconds(start.elapsed())));
        Ok(())
    }

    /// What runs a checker that is installed.
    pub(crate) fn ready(&self, checker: Checker) -> Result<Ready, Error> {
        let (command, version) = match checker.needs() {
            Needs::Python { script, .. } => {
                let mut command = Command::new(self.folder.join(checker.name()).join("bin/python"));
                command.arg(self.folder.join("python").join(script));
                (command, None)
            }
            Needs::Node { script } => {
                let mut command = Command::new("node");
                command.arg(script).current_dir(self.folder.join("node"));
                (command, None)
            }
            Needs::Guard => {
                let package = self.folder.join(GUARD);
                let program = guard_program().map(|part| package.join("bin").join(part))?;
                let version = run(Command::new(&program).arg("--version"))?;
                let mut command = Command::new(&program);
                command
                    .args(["validate", "--structured", "--output-format", "json", "--show-summary", "none"])
                    .arg("--rules")
                    .arg(self.folder.join("rules"))
                    .arg(package.join("rules/control-tower/cfn-guard/msk"))
                    .arg("--data");
                (command, Some(version.trim().trim_start_matches("cfn-guard ").to_owned()))
            }
        };
        Ok(Ready { command, version })
    }
}

/// The package's name of this machine.
fn guard_program() -> Result<String, Error> {
    use std::env::consts::{ARCH, OS};
    let system = match OS {
        "linux" => "ubuntu",
        other => other,
    };
    match (OS, ARCH) {
        ("linux" | "macos", "x86_64" | "aarch64") => Ok(format!("{system}/{ARCH}/cfn-guard")),
        _ => Err(Error::NoGuard(format!("{OS} on {ARCH}"))),
    }
}

/// The program, if it is there and new enough.
fn at_least(program: &'static str, command: &str, least: (u32, u32)) -> Result<PathBuf, Error> {
    let missing = |found: String| Error::Missing { program, least, found };
    let output = Command::new(command).arg("--version").output();
    let output = output.map_err(|error| missing(format!("`{command}` can't be run: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match version(&said) {
        Some(found) if found >= least => Ok(command.into()),
        _ => Err(missing(format!("`{command} --version` says {said:?}"))),
    }
}

/// `v20.20.2` and `Python 3.11.7` as numbers.
fn version(said: &str) -> Option<(u32, u32)> {
    let digits = said.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut parts = digits.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn run(command: &mut Command) -> Result<String, Error> {
    let name = format!("{command:?}");
    let output = command.output();
    if let Ok(output) = &output
        && output.status.success()
    {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    done(&name, output).map(|()| String::new())
}

fn done(command: &str, output: io::Result<Output>) -> Result<(), Error> {
    let output = output.map_err(|error| Error::NoProgram { program: command.into(), error })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Refused { command: command.into(), said: tail(&output) })
}

/// The end of what a program said that failed.
pub(crate) fn tail(output: &Output) -> String {
    let said =
        [&output.stderr, &output.stdout].map(|stream| String::from_utf8_lossy(stream).trim().to_owned());
    let lines: Vec<_> = said.iter().flat_map(|text| text.lines()).collect();
    let last = lines.len().saturating_sub(12);
    format!("{}\n{}", output.status, lines[last..].join("\n"))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|error| Error::Disk { path: path.into(), error })
}

/// `1.2 s`
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("Python 3.9.1"), Some((3, 9)));
        assert!(version("Python 3.9.1") < Some(PYTHON));
        assert_eq!(version("nothing"), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_a_missing_tool_with_a_mend() {
        let error = at_least("Python", "no-such-program", PYTHON).expect_err("it is not there");
        assert_eq!(error.exit(), Exit::ToolMissing);
        assert!(
            error.to_string().starts_with("Python 3.11 or newer is needed, and `no-such-program`"),
            "{error}"
        );
        assert!(error.help().contains("--only cdk-l1,cdk-nag,cfn-guard"));
    }
}
