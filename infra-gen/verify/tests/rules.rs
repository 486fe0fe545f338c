//! Every rule of ours has tests of its own: one that passes, and one that fails on its mistake. `tests/full/verify.sh` has
//! CloudFormation Guard run them.

use std::{collections::BTreeSet, fs, path::Path};

use verify::guard;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_rule_is_tested_with_and_without_its_mistake() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut number = 0;
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".guard") else { continue };
        let text = read(&name);
        let tests = read(&format!("tests/{stem}_tests.yaml"));
        let tested: BTreeSet<_> = tests
            .lines()
            .filter_map(|line| line.strip_prefix("  expectations: { rules: { ")?.strip_suffix(" } }"))
            .collect();
        for rule in guard::names(&text) {
            number += 1;
            for outcome in ["PASS", "FAIL"] {
                let expectation = format!("{rule}: {outcome}");
                assert!(tested.contains(expectation.as_str()), "{name}: no test says `{expectation}`");
            }
        }
    }
    assert!(number > 30, "only {number} rules were found");
}

#[test]
fn the_checklist_has_rules_for_each_of_its_lines() {
    let text = read("checklist.guard");
    for line in [
        "Kafka credentials stored in Secrets Manager",
        "SCRAM-SHA-512 authentication enabled",
        "TLS encryption in transit enabled",
        "KMS encryption at rest enabled",
        "IAM roles follow least privilege principle",
        "Security groups restrict port access",
        "WebSocket connections have TTL",
        "DynamoDB encrypted at rest",
        "Audit logging enabled",
        "CloudWatch alarms configured",
    ] {
        let (_, after) =
            text.split_once(&format!("\n# {line}")).unwrap_or_else(|| panic!("no group for `{line}`"));
        let group = after.split("\n# ").next().unwrap_or_default();
        assert!(guard::names(group).count() > 0, "no rule for `{line}`");
    }
}
