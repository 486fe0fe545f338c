//! The waivers file: what is wrong with one, what fits, and what is over or of no use.
//!
//! `UPDATE=1 cargo test -p verify --test waivers` writes the `.stderr` files anew.

use std::{fs, path::Path};

use jiff::civil::{Date, date};
use verify::{Checker, report::Finding, waivers::Waivers};

const TODAY: Date = date(2026, 11, 23);

/// The YAML files of a folder beside this file, by name.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
            (name, fs::read(path).expect("it can be read"))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Holds what is said of a file to what is on record beside it.
fn on_record(folder: &str, name: &str, told: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let record = folder.join(name).with_extension("stderr");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&record, told).expect("it can be written");
    }
    let expected = fs::read_to_string(&record).unwrap_or_default();
    assert_eq!(told, expected, "{} is not so; UPDATE=1 writes it anew", record.display());
}

fn finding(rule: &str, resource: &str) -> Finding {
    Finding {
        rule: rule.into(),
        template: String::new(),
        resource: resource.into(),
        message: "it is so".into(),
    }
}

fn read(yaml: &str) -> Waivers {
    Waivers::read(Path::new("waivers.yaml"), yaml.as_bytes()).expect("it is well-formed")
}

const ONE: &str = "
waivers:
  - rules: { checkov: [CKV_AWS_116], cdk-nag: ['*-LambdaDLQ'] }
    resources: [Producer]
    templates: [dev/*]
    reason: Lambda uses a function's dead-letter queue for asynchronous calls alone.
    expires: 2027-05-31
";

#[test]
fn a_bad_file_is_refused_in_the_words_on_record() {
    for (name, bytes) in files("bad") {
        let wrong = Waivers::read(Path::new(&name), &bytes).expect_err(&name);
        on_record("bad", &name, &wrong.render(false));
        for one in &wrong {
            assert!(
                !one.mends().is_empty() || wrong.render(false).contains("did you mean"),
                "{name}: no mend for {}",
                one.message()
            );
        }
    }
}

#[test]
fn what_is_over_or_of_no_use_is_told_in_the_words_on_record() {
    for (name, bytes) in files("unfit") {
        let mut waivers = Waivers::read(Path::new(&name), &bytes).expect("it is well-formed");
        assert!(waivers.reason(Checker::Checkov, "dev/a", &finding("CKV_AWS_116", "Producer")).is_some());
        let told = waivers.faults(TODAY, Checker::ALL).expect("something is wrong with it");
        on_record("unfit", &name, &told.render(false));
    }
}

#[test]
fn checker_rule_resource_and_template_must_all_fit() {
    let mut waivers = read(ONE);
    let mut waived = |checker, template, rule, resource| {
        waivers.reason(checker, template, &finding(rule, resource)).is_some()
    };
    assert!(waived(Checker::Checkov, "dev/a.template.json", "CKV_AWS_116", "Producer"));
    assert!(waived(Checker::CdkNag, "dev/a.template.json", "Serverless-LambdaDLQ", "Producer"));
    assert!(!waived(Checker::CfnLint, "dev/a.template.json", "CKV_AWS_116", "Producer"));
    assert!(!waived(Checker::Checkov, "prod/a.template.json", "CKV_AWS_116", "Producer"));
    assert!(!waived(Checker::Checkov, "dev/a.template.json", "CKV_AWS_1160", "Producer"));
    assert!(!waived(Checker::Checkov, "dev/a.template.json", "CKV_AWS_116", "ProducerRole"));
}

#[test]
fn what_is_used_and_in_time_is_no_fault() {
    let mut waivers = read(ONE);
    assert!(waivers.reason(Checker::Checkov, "dev/a", &finding("CKV_AWS_116", "Producer")).is_some());
    assert!(waivers.faults(TODAY, Checker::ALL).is_some(), "nothing of cdk-nag was waived yet");
    assert!(waivers.reason(Checker::CdkNag, "dev/a", &finding("Serverless-LambdaDLQ", "Producer")).is_some());
    assert_eq!(waivers.faults(TODAY, Checker::ALL), None);
    assert_eq!(waivers.faults(date(2027, 5, 31), Checker::ALL), None, "its last day is a day of it");
    let over = waivers.faults(date(2027, 6, 1), Checker::ALL).expect("it is over");
    assert_eq!(over.iter().map(|one| one.code().as_str()).collect::<Vec<_>>(), ["M1001"]);
}

#[test]
fn a_checker_that_did_not_run_leaves_no_waiver_unused() {
    let waivers = read(ONE);
    assert_eq!(waivers.faults(TODAY, &[Checker::CfnLint]), None);
    let unused = waivers.faults(TODAY, &[Checker::CfnLint, Checker::Checkov]).expect("its rule is unused");
    assert_eq!(unused.len(), 1, "its places may be of use to cdk-nag: {unused}");
    assert_eq!(waivers.faults(TODAY, Checker::ALL).expect("unused").len(), 4);
}

#[test]
fn the_waivers_of_the_project_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("waivers.yaml");
    let bytes = fs::read(&path).expect("it is there");
    if let Err(wrong) = Waivers::read(&path, &bytes) {
        panic!("{wrong}");
    }
}
