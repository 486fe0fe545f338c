//! Lets cargo build the functions.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsString,
    io::BufReader,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use cargo_metadata::{Message, MetadataCommand, Package, TargetKind};
use model::{Architecture, Model};

use crate::{Error, Glibc};

/// Help for a machine that can't build for the processor.
pub(crate) const MISSING_TARGET: &str = "nothing is downloaded unasked; install it with \
    `rustup target add {triple}`,\nand GNU's compiler for it (Debian: g++-aarch64-linux-gnu);\n\
    or build on such a machine; or set `architecture: x86_64`";

/// What builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builder {
    /// `cargo build`: with this machine's glibc.
    Cargo,
    /// `cargo zigbuild`: with Lambda's, wherever it runs; `cargo-zigbuild` and `zig` must be there.
    Zig,
}

/// What this machine can build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its own target.
    pub triple: String,
    /// Those with a standard library.
    pub targets: BTreeSet<String>,
}

impl Host {
    /// Asks rustc for itself and for `wanted`.
    pub fn ask(wanted: &str) -> Result<Self, Error> {
        let rustc = |arguments: &[&str]| {
            let program = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
            let failed = |reason: String| Error::NoTool { program: program.to_string_lossy().into(), reason };
            let output =
                Command::new(&program).args(arguments).output().map_err(|error| failed(error.to_string()))?;
            if !output.status.success() {
                return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
            }
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let triple = rustc(&["--print", "host-tuple"])?;
        let library = rustc(&["--print", "target-libdir", "--target", wanted])?;
        let mut targets = BTreeSet::from([triple.clone()]);
        if Path::new(&library).is_dir() {
            targets.insert(wanted.to_owned());
        }
        Ok(Self { triple, targets })
    }
}

/// Rust's name of the processor with Lambda's operating system.
pub fn triple(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64-unknown-linux-gnu",
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
    }
}

/// What the programs of GNU's compiler for a target begin with, as Debian, Ubuntu and Fedora name them.
fn prefix(triple: &str) -> String {
    triple.replace("-unknown-", "-") + "-"
}

/// Variables that make a build for another processor use that one's compiler, those aside that are set.
///
/// Cargo is told its linker (<https://doc.rust-lang.org/cargo/reference/config.html#targettriplelinker>). The `configure`
/// of librdkafka knows nothing of cargo's target: it takes what `CC`, `CXX` and `AR` name. Those would be taken for this
/// machine's own programs as well, were there none for it (<https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables>).
fn cross_variables(triple: &str, get: impl Fn(&str) -> Option<OsString>) -> Vec<(String, OsString)> {
    let linker = format!("CARGO_TARGET_{}_LINKER", triple.to_uppercase().replace('-', "_"));
    let mut variables = vec![];
    let mut set = |name: &str, value: OsString| {
        if get(name).is_none() {
            variables.push((name.to_owned(), value));
        }
    };
    let prefix = prefix(triple);
    set(&linker, format!("{prefix}gcc").into());
    for (name, program, own) in
        [("CC", "gcc", "cc"), ("CXX", "g++", "c++"), ("AR", "ar", "ar"), ("RANLIB", "ranlib", "ranlib")]
    {
        set(&format!("HOST_{name}"), own.into());
        set(name, format!("{prefix}{program}").into());
    }
    variables
}

/// What cargo is told, before the packages.
fn arguments(triple: &str, host: &Host, builder: Builder) -> Result<Vec<String>, Error> {
    if !host.targets.contains(triple) {
        return Err(Error::NoTarget(triple.to_owned()));
    }
    let command = match builder {
        Builder::Cargo => "build",
        Builder::Zig => "zigbuild",
    };
    let mut arguments: Vec<String> = [
        command,
        "--release",
        "--locked",
        "--bins",
        // Also where a global setting says otherwise.
        "--message-format=json-render-diagnostics",
    ]
    .map(str::to_owned)
    .into();
    match builder {
        // Without --target, what other release builds compiled is used again.
        Builder::Cargo if triple == host.triple => {}
        Builder::Cargo => arguments.extend(["--target".into(), triple.to_owned()]),
        Builder::Zig => arguments.extend(["--target".into(), format!("{triple}.{}", Glibc::LAMBDA)]),
    }
    Ok(arguments)
}

/// Builds every function of the model; the programs by the functions' names.
pub(crate) fn build(
    model: &Model,
    root: &Path,
    builder: Builder,
) -> Result<BTreeMap<String, PathBuf>, Error> {
    let names: BTreeSet<&str> = model.functions.iter().map(|function| function.name.name.as_str()).collect();
    let packages = packages(&names, root)?;
    let triple = triple(model.architecture);
    let host = Host::ask(triple)?;
    let arguments = arguments(triple, &host, builder)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let failed = |reason: String| Error::NoTool { program: cargo.to_string_lossy().into(), reason };
    let mut command = Command::new(&cargo);
    let cross = (builder == Builder::Cargo && triple != host.triple).then(|| prefix(triple));
    if cross.is_some() {
        command.envs(cross_variables(triple, |name| env::var_os(name)));
    }
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_cargo_run(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    let mut child = command
        .current_dir(root)
        .args(arguments)
        .args(packages.iter().flat_map(|package| [OsString::from("--package"), package.into()]))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let output = child.stdout.take().ok_or_else(|| failed("it has no output".into()))?;
    let mut programs = BTreeMap::new();
    for message in Message::parse_stream(BufReader::new(output)) {
        let message = message.map_err(|error| failed(error.to_string()))?;
        if let Message::CompilerArtifact(artifact) = message
            && let Some(executable) = artifact.executable
            && names.contains(artifact.target.name.as_str())
        {
            programs.insert(artifact.target.name, executable.into_std_path_buf());
        }
    }
    if !child.wait().map_err(|error| failed(error.to_string()))?.success() {
        return Err(Error::Build { cross });
    }
    match names.iter().find(|name| !programs.contains_key(**name)) {
        Some(name) => Err(Error::NotRendered((*name).to_owned())),
        None => Ok(programs),
    }
}

/// What `cargo run` tells the program that it runs about the program's own package. Build scripts that ask to be run
/// again when such a variable changes (ring's does) would else be run again each time, and all that depends on them
/// compiled again.
fn is_of_cargo_run(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || matches!(variable, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR")
}

/// The packages whose programs the functions are.
fn packages(names: &BTreeSet<&str>, root: &Path) -> Result<BTreeSet<String>, Error> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().map_err(|error| {
        Error::NoTool { program: "cargo metadata".into(), reason: error.to_string().trim().to_owned() }
    })?;
    let programs = |package: &Package| -> BTreeSet<String> {
        let programs = package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Bin));
        programs.map(|target| target.name.clone()).collect()
    };
    let mut missing = names.clone();
    let mut packages = BTreeSet::new();
    for package in &metadata.packages {
        for program in programs(package) {
            if missing.remove(program.as_str()) {
                packages.insert(package.name.to_string());
            }
        }
    }
    match missing.first() {
        Some(name) => Err(Error::NotRendered((*name).to_owned())),
        None => Ok(packages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(triple: &str, others: &[&str]) -> Host {
        let targets = others.iter().chain([&triple]).map(|&target| target.to_owned()).collect();
        Host { triple: triple.into(), targets }
    }

    const X86: &str = "x86_64-unknown-linux-gnu";
    const ARM: &str = "aarch64-unknown-linux-gnu";

    #[test]
    fn for_the_machines_own_processor_it_shares_the_release_build() {
        let arguments = arguments(X86, &host(X86, &[]), Builder::Cargo).expect("it can");
        assert!(!arguments.iter().any(|argument| argument == "--target"), "{arguments:?}");
    }

    #[test]
    fn for_another_processor_the_target_must_be_there() {
        let error = arguments(ARM, &host(X86, &[]), Builder::Cargo).expect_err("it can't");
        assert_eq!(
            error.to_string(),
            "Rust's target aarch64-unknown-linux-gnu, which the manifest's `architecture` needs, is not installed"
        );
        let help = error.help().expect("there is a way");
        assert!(help.contains("rustup target add aarch64-unknown-linux-gnu"), "{help}");
        let arguments = arguments(ARM, &host(X86, &[ARM]), Builder::Cargo).expect("now it can");
        assert!(arguments.ends_with(&["--target".into(), ARM.into()]), "{arguments:?}");
    }

    #[test]
    fn a_build_for_another_processor_takes_that_ones_compiler_unless_it_is_told_another() {
        let own = |name: &str| (name == "CC").then(|| OsString::from("clang --target=aarch64-linux-gnu"));
        let variables: BTreeMap<_, _> = cross_variables(ARM, own).into_iter().collect();
        let told = |name: &str| variables.get(name).and_then(|value| value.to_str());
        assert_eq!(told("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"), Some("aarch64-linux-gnu-gcc"));
        assert_eq!((told("CC"), told("HOST_CC")), (None, Some("cc")), "CC is set");
        assert_eq!((told("CXX"), told("HOST_CXX")), (Some("aarch64-linux-gnu-g++"), Some("c++")));
        assert_eq!(told("AR"), Some("aarch64-linux-gnu-ar"));
    }

    #[test]
    fn a_build_for_another_processor_that_fails_tells_of_its_compiler() {
        let help = |cross: Option<String>| Error::Build { cross }.help();
        let text = help(Some(prefix(ARM))).expect("there is a way");
        assert!(text.contains("aarch64-linux-gnu-gcc") && text.contains("g++-aarch64-linux-gnu"), "{text}");
        assert_eq!(help(None), None);
    }

    #[test]
    fn settings_of_cargo_stay_and_what_it_tells_of_a_package_goes() {
        for variable in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "OUT_DIR"] {
            assert!(is_of_cargo_run(variable), "{variable}");
        }
        for variable in
            ["CARGO_TARGET_DIR", "CARGO_HOME", "CARGO_BUILD_JOBS", "CARGO_PROFILE_RELEASE_LTO", "PATH"]
        {
            assert!(!is_of_cargo_run(variable), "{variable}");
        }
    }

    #[test]
    fn zig_links_against_lambdas_glibc() {
        let arguments = arguments(X86, &host(X86, &[]), Builder::Zig).expect("it can");
        assert_eq!(arguments[0], "zigbuild");
        assert!(arguments.ends_with(&["--target".into(), format!("{X86}.2.34")]), "{arguments:?}");
    }

    #[test]
    fn this_machine_has_its_own_target() {
        let host = Host::ask(triple(Architecture::X86_64)).expect("rustc is there");
        assert!(host.targets.contains(&host.triple));
        assert!(Host::ask("no-such-target").is_err());
    }

    #[test]
    fn a_function_without_a_program_is_told() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let error = packages(&BTreeSet::from(["no-such-function"]), &root).expect_err("there is none");
        assert!(error.to_string().contains("no-such-function"), "{error}");
    }
}
