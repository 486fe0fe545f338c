//! What checkers said, as recorded in `reports/`, and what is no report.

use std::{fs, path::Path};

use verify::{
    guard,
    report::{Fault, Finding, Report},
};

fn recorded(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports").join(name);
    fs::read_to_string(path).expect("it is there")
}

fn found(report: &Report) -> Vec<(&str, &str, &str)> {
    let mut found = vec![];
    for Finding { rule, template, resource, .. } in &report.findings {
        found.push((rule.as_str(), template.as_str(), resource.as_str()));
    }
    found
}

#[test]
fn the_scripts_reports_are_read() {
    let nag = Report::parse(&recorded("cdk-nag.json")).expect("it is a report");
    assert_eq!((nag.version.as_str(), nag.rules), ("3.0.2", Some(393)));
    let template = "/t/dev/topic-workflow-completed.template.json";
    assert_eq!(
        found(&nag),
        [
            ("AwsSolutions-IAM5[Resource::*]", template, "ConsumerRole"),
            ("AwsSolutions-IAM5[Resource::*]", template, "ProducerRole"),
            ("AwsSolutions-IAM5[Resource::<KycResultsTableArn>/index/*]", template, "ProducerRole"),
        ]
    );
    let checkov = Report::parse(&recorded("checkov.json")).expect("it is a report");
    let template = "/t/staging/topic-kyc-verified.template.json";
    assert_eq!(
        found(&checkov),
        [("CKV_AWS_111", template, "ProducerRole"), ("CKV_AWS_116", template, "Producer")]
    );
    let l1 = Report::parse(&recorded("cdk-l1.json")).expect("it is a report");
    assert_eq!(l1.rules, None, "it doesn't tell how many rules it has");
    assert_eq!(l1.findings.len(), 2);
}

#[test]
fn guards_report_names_rule_template_resource_and_our_message() {
    let wanted = ["msk_clients_use_tls", "msk_has_scram", "roles_name_their_actions"];
    let report = guard::parse("3.1.1", &recorded("cfn-guard.json"), wanted).expect("it is a report");
    assert_eq!(report.rules, Some(3));
    assert_eq!(
        found(&report),
        [
            ("msk_clients_use_tls", "/t/bad.template.json", "Cluster"),
            ("msk_has_scram", "/t/bad.template.json", "Cluster"),
            ("roles_name_their_actions", "/t/bad.template.json", "ApiRole"),
        ]
    );
    let messages: Vec<_> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        ["ClientBroker is TLS", "clients must log in", "a role must not have a whole service"]
    );
    let both = ["/t/bad.template.json".to_owned(), "/t/good.template.json".to_owned()];
    report.of_all(&both).expect("a template that no rule is for was seen as well");
}

#[test]
fn a_rule_of_ours_that_guard_has_not_read_is_a_fault() {
    let fault = guard::parse("3.1.1", &recorded("cfn-guard.json"), ["msk_has_scram", "msk_is_not_public"]);
    assert_eq!(fault, Err(Fault::Unread(vec!["msk_is_not_public".into()])));
}

#[test]
fn a_template_that_was_passed_over_is_a_fault() {
    let report = Report::parse(&recorded("checkov.json")).expect("it is a report");
    let mut given: Vec<_> = report.templates.iter().cloned().collect();
    assert!(report.clone().of_all(&given).is_ok());
    given.push("/t/prod/edge.template.json".into());
    let fault = report.of_all(&given).expect_err("one is missing");
    assert_eq!(fault.to_string(), "it looked at 2 of 3 templates; it passed over /t/prod/edge.template.json");
}

#[test]
fn a_checker_without_rules_or_without_a_report_is_a_fault() {
    let without = r#"{"version": "1", "rules": 0, "templates": [], "findings": []}"#;
    assert_eq!(Report::parse(without).and_then(|report| report.of_all(&[])), Err(Fault::NoRules));
    for output in ["", "Traceback (most recent call last):", "{}", r#"{"version": "1", "templates": []}"#] {
        assert!(matches!(Report::parse(output), Err(Fault::NoReport(_))), "{output}");
        assert!(matches!(guard::parse("3.1.1", output, []), Err(Fault::NoReport(_))), "{output}");
    }
}
