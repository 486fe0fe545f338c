//! A project folder for one test, and runs of the program in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub(crate) use crate::tree::{Entry, read_tree};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_infra-gen");

/// The manifest of [`Project::new`].
pub(crate) const SMALL: &str = include_str!("small.yaml");

/// [`SMALL`] after an edit: one topic has another name, so files come, go and change.
pub(crate) fn renamed() -> String {
    SMALL.replace("order-placed", "order-sent").replace("place-order", "send-order")
}

/// A folder with a manifest.
pub(crate) struct Project {
    dir: TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("infra-gen-").tempdir().unwrap();
        let project = Self { dir };
        project.manifest(SMALL);
        project
    }

    /// A project that was synthesised.
    pub(crate) fn synthesised() -> Self {
        let project = Self::new();
        project.synth();
        project
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn manifest(&self, text: &str) {
        self.write("topics.yaml", text);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.root()).stdin(Stdio::null());
        for variable in ["CDK_OUTDIR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::new(arguments, self.command(arguments).output().unwrap())
    }

    /// Runs synth, which must succeed.
    pub(crate) fn synth(&self) -> Run {
        let run = self.run(&["synth"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run
    }

    /// Everything under `generated/`.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Entry> {
        read_tree(&self.path("generated"))
    }

    /// What would tell that something was touched, for `generated/`, all in it, and the folder that it is in.
    pub(crate) fn stamps(&self) -> BTreeMap<PathBuf, [i64; 5]> {
        let stamp = |path: &Path| {
            let found = fs::symlink_metadata(path).unwrap();
            [found.ino().cast_signed(), found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()]
        };
        let generated = self.path("generated");
        let mut stamps: BTreeMap<_, _> =
            self.tree().into_keys().map(|path| (path.clone(), stamp(&generated.join(path)))).collect();
        stamps.insert("generated".into(), stamp(&generated));
        stamps.insert(".".into(), stamp(self.root()));
        stamps
    }

    /// Nothing is beside the manifest and the output.
    pub(crate) fn assert_tidy(&self) {
        let names = fs::read_dir(self.root()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, ["generated", "topics.yaml"]);
    }
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Run {
    arguments: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn new(arguments: &[&str], output: Output) -> Self {
        Self {
            arguments: arguments.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { arguments, code, stdout, stderr } = self;
        let code = code.map_or("none".into(), |code| code.to_string());
        write!(f, "$ infra-gen {arguments}\nexit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

/// Compares a run with its golden. What differs from run to run, or with every renderer, is left out.
#[macro_export]
macro_rules! assert_run {
    ($name:expr, $project:expr, $run:expr) => {
        let root = std::fs::canonicalize($project.root()).unwrap();
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            filters => vec![
                (regex_lite::escape(root.to_str().unwrap()).as_str(), "[PROJECT]"),
                (r"in \d+ ms", "in [TIME] ms"),
                (r#""milliseconds": [\d.]+"#, r#""milliseconds": [TIME]"#),
                (r"\d+ (function|stack|resource)s?", "[N] ${1}s"),
                (r#""(functions|stacks|resources|total|unchanged|files)": \d+"#, r#""$1": [N]"#),
                (r"\d+ (files? )?(new|changed|removed|unchanged)\b", "[N] $2"),
                (r"(?m)^  \w+ \d+(, [\w.]+( \d+)?)+$", "  [FOLDERS]"),
                (r"@@ -\d+,\d+ \+\d+,\d+ @@", "@@ [LINES] @@"),
            ],
        }, { insta::assert_snapshot!($name, $run.to_string()) });
    };
}
