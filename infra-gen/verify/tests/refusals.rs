//! The program, as far as it needs no checker: what it says of bad input and of tools that are missing.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

struct Scene(tempfile::TempDir);

impl Scene {
    fn new(waivers: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("templates")).expect("it can be made");
        fs::write(folder.path().join("templates/a.template.json"), "{}").expect("it can be written");
        fs::write(folder.path().join("waivers.yaml"), waivers).expect("it can be written");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs it where there is no program to be found.
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_verify"))
            .args(["--templates", "templates", "--waivers", "waivers.yaml", "--tools", "tools"])
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", self.path())
            .output()
            .expect("it runs")
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_bad_waivers_file_is_bad_input() {
    let scene = Scene::new("waivers:\n  - rules: { chekov: [A] }\n");
    let output = scene.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains("waivers.yaml:2:14") && said.contains("did you mean `checkov`?"), "{said}");
    assert!(said.contains("nothing was checked"), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&scene.run(&["--json"]).stdout).expect("it is JSON");
    assert_eq!((&json["exit_code"], &json["diagnostics"][0]["line"]), (&2.into(), &2.into()));
}

#[test]
fn without_templates_or_waivers_it_is_bad_input_with_a_mend() {
    let scene = Scene::new("waivers: []");
    fs::remove_file(scene.path().join("templates/a.template.json")).expect("it is there");
    let output = scene.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("there is no *.template.json in templates"), "{}", said(&output));
    assert!(said(&output).contains("help: run it in the project's folder"), "{}", said(&output));

    let scene = Scene::new("waivers: []");
    fs::remove_file(scene.path().join("waivers.yaml")).expect("it is there");
    let output = scene.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("help: name the file with --waivers"), "{}", said(&output));
}

#[test]
fn a_missing_tool_has_an_exit_code_and_a_mend_of_its_own() {
    let scene = Scene::new("waivers: []");
    let output = scene.run(&["--only", "checkov"]);
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(said(&output).contains("Python 3.11 or newer is needed"), "{}", said(&output));
    assert!(said(&output).contains("--only cdk-l1,cdk-nag,cfn-guard"), "{}", said(&output));
    let output = scene.run(&["--only", "cfn-guard", "--json"]);
    assert_eq!(output.status.code(), Some(5));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(json["status"], "tool-missing");
    assert!(json["help"].as_str().is_some_and(|help| help.contains("nodejs.org")), "{json}");
}

#[test]
fn an_unknown_checker_is_bad_input() {
    let output = Scene::new("waivers: []").run(&["--only", "chekov"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("checkov"), "{}", said(&output));
}
