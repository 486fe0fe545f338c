//! What must not compile, and what must.
//!
//! The messages in `ui/*.stderr` are those of one compiler, since others word them differently. With another compiler the
//! doc tests of `src/refused.rs` still prove that the same files are refused. To record anew: `TRYBUILD=overwrite`.

use std::process::Command;

/// The compiler that the messages were recorded with.
const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn ui() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version =
        Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/everything.rs");
    if String::from_utf8_lossy(&version).starts_with(RECORDED_WITH) {
        for entry in std::fs::read_dir("tests/ui").expect("the folder of the cases") {
            let path = entry.expect("a case").path();
            if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("everything.rs") {
                cases.compile_fail(path);
            }
        }
    }
}
