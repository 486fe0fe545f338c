//! The documents of the repository's own `topics.yaml`.

mod own;

use std::path::Path;

use own::files;
use serde_json::Value;

#[test]
fn the_topics_page_has_the_table_that_the_project_started_from() {
    let files = files();
    let page = &files["docs/topics.md"];
    for row in [
        "| # | Topic Name | Producer Lambda | Consumer Handler | DynamoDB Update | SNS Alert |",
        "| 1 | user-info-submitted | submitUserInfoWithKafka | handleUserInfoSubmitted | users table | No |",
        "| 2 | documents-processed | processDocumentsWithKafka | handleDocumentsProcessed | applications table | No |",
        "| 3 | kyc-verified | performKYCWithKafka | handleKYCVerified | kyc-results table | Yes (if review) |",
        "| 4 | policy-recommended | generateRecommendationsWithKafka | handlePolicyRecommended | recommendations table | No |",
        "| 5 | workflow-completed | submitPolicySelectionWithKafka | handleWorkflowCompleted | applications table | Yes (email) |",
        "| 6 | workflow-errors | Any Lambda (catch block) | handleWorkflowError | error-logs table | Yes (support) |",
    ] {
        assert!(page.lines().any(|line| line == row), "{row}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let files = files();
    let mut links = 0;
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("docs/")) {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.starts_with("https://") {
                continue;
            }
            if let Some(written) = file.strip_prefix("../../") {
                let project = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
                let text = std::fs::read_to_string(project.join(written));
                let text = text.unwrap_or_else(|error| panic!("{path}: {target}: {error}"));
                assert!(anchor.is_empty() || has_anchor(&text, anchor), "{path}: {target}");
                continue;
            }
            let file = match file.strip_prefix("../") {
                _ if file.is_empty() => path.clone(),
                Some(above) => above.to_owned(),
                None => format!("docs/{file}"),
            };
            // A folder's page is its README.
            let text = files.get(&file).or_else(|| files.get(&format!("{file}/README.md")));
            let text = text.unwrap_or_else(|| panic!("{path}: {target}"));
            assert!(anchor.is_empty() || has_anchor(text, anchor), "{path}: {target}");
            links += 1;
        }
    }
    assert!(links > 50, "{links} links were found");
}

/// Whether a page has this anchor: one of its own, or that which GitHub makes of a heading.
fn has_anchor(page: &str, anchor: &str) -> bool {
    page.contains(&format!("<a id=\"{anchor}\">"))
        || page.lines().filter(|line| line.starts_with('#')).any(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).eq(anchor.chars())
        })
}

#[test]
fn fixtures_conform_to_the_schemas_beside_them() {
    let files = files();
    let mut checked = 0;
    for (path, schema) in files {
        let Some((folder, name)) = path.strip_prefix("schema/").and_then(|path| path.split_once('/')) else {
            continue;
        };
        let topic = name.rsplit_once(".v").expect("the name has a version").0;
        let suffix = if folder == "requests" { ".request" } else { "" };
        let json = |text: &String| -> Value { serde_json::from_str(text).expect("it is JSON") };
        let validator =
            jsonschema::options().should_validate_formats(true).build(&json(schema)).expect("a schema");
        let fixture = json(&files[&format!("fixtures/{topic}{suffix}.json")]);
        let faults: Vec<String> = validator.iter_errors(&fixture).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{path}: {faults:?}");
        checked += 1;
    }
    let events = files.keys().filter(|path| path.starts_with("schema/events/")).count();
    assert!(events >= 6 && checked > events, "{checked} of {events} events and the requests among them");
}

#[test]
fn no_document_names_the_wrong_port_or_a_command_that_is_not_there() {
    let makefile = include_str!("../../../Makefile");
    let known: Vec<&str> = makefile
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0))
        .filter(|name| !name.is_empty())
        .collect();
    let mut commands = 0;
    for (path, text) in files().iter().filter(|(path, _)| path.starts_with("docs/")) {
        // A table may say what that port would be for.
        let named = text.lines().find(|line| line.contains("9094") && !line.ends_with(": off |"));
        assert!(named.is_none(), "{path}: SCRAM is on 9096: {named:?}");
        // In a line of a block, or in a line of prose between backticks.
        for rest in ["\nmake ", "`make "].into_iter().flat_map(|start| text.split(start).skip(1)) {
            let target = rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
            assert!(known.contains(&target), "{path}: make {target}");
            commands += 1;
        }
    }
    assert!(commands > 30, "{commands} commands were found");
}
