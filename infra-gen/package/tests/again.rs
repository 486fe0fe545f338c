//! Packaging again: cargo itself builds small programs, and what has not changed is left alone.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use model::{Model, Role};

/// A workspace with a program for each function of a manifest.
struct Project {
    folder: tempfile::TempDir,
    model: Model,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = folder.path().join("topics.yaml");
        let small = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cli/small.yaml");
        fs::copy(small, &manifest).expect("a manifest");
        let model =
            manifest::read_file(&manifest).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let mut cargo =
            "[package]\nname = \"functions\"\nedition = \"2024\"\n\n[profile.release]\nstrip = true\n"
                .to_owned();
        fs::create_dir(folder.path().join("src")).expect("a folder");
        let project = Self { folder, model };
        for function in &project.model.functions {
            let name = &function.name.name;
            write!(cargo, "\n[[bin]]\nname = \"{name}\"\npath = \"src/{name}.rs\"\n").expect("text");
            project.source(name, "one");
        }
        project.write("Cargo.toml", &cargo);
        project
            .write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"functions\"\nversion = \"0.0.0\"\n");
        project
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).expect("a file");
    }

    /// A program that says this. That of a producer has Kafka's client in it, as far as anybody can see.
    fn source(&self, name: &str, text: &str) {
        let function = self.model.functions.iter().find(|function| function.name.name == name);
        let is_producer = function.is_some_and(|function| matches!(function.role, Role::Producer(_)));
        let kafka = if is_producer { "librdkafka OpenSSL 3." } else { "none" };
        let main = format!(
            "fn main() {{\n    println!(\"{{}}\", std::hint::black_box(\"{name} {text} {kafka}\"));\n}}\n"
        );
        self.write(&format!("src/{name}.rs"), &main);
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("target/lambda")
    }

    /// Runs the program; what it and cargo said.
    fn package(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_package"));
        let target = self.folder.path().join("target");
        command
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .args(["--out", "target/lambda"]);
        for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            command.env_remove(flags);
        }
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{said}");
        said.into_owned()
    }

    /// When each program and each zip was written.
    fn written(&self) -> BTreeMap<PathBuf, SystemTime> {
        let programs = self
            .model
            .functions
            .iter()
            .map(|function| self.folder.path().join("target/release").join(&function.name.name));
        let zips = self.model.functions.iter().map(|function| self.zip(&function.name.name));
        programs.chain(zips).map(|path| (path.clone(), modified(&path))).collect()
    }

    fn zip(&self, name: &str) -> PathBuf {
        self.out().join(format!("{name}.zip"))
    }
}

fn modified(path: &Path) -> SystemTime {
    let metadata = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    metadata.modified().expect("a time")
}

#[test]
fn what_has_not_changed_is_neither_built_nor_zipped_again() {
    let project = Project::new();
    assert!(project.package().contains("Compiling functions"));
    let first = project.written();
    assert_eq!(first.len(), 2 * project.model.functions.len());

    assert!(!project.package().contains("Compiling"));
    assert_eq!(project.written(), first);

    project.source("place-order", "another");
    let before = fs::read(project.zip("place-order")).expect("its zip");
    assert!(project.package().contains("Compiling functions"));
    let second = project.written();
    let changed: Vec<&PathBuf> = first.keys().filter(|path| first[*path] != second[*path]).collect();
    let program = project.folder.path().join("target/release/place-order");
    assert_eq!(changed, [&project.zip("place-order"), &program]);
    assert_ne!(fs::read(project.zip("place-order")).expect("its zip"), before);

    // A zip that somebody touched is made again, and from the program alone.
    let good = fs::read(project.zip("place-order")).expect("its zip");
    fs::write(project.zip("place-order"), "touched").expect("a file");
    assert!(!project.package().contains("Compiling"));
    assert_eq!(fs::read(project.zip("place-order")).expect("its zip"), good);
}
