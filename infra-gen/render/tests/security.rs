//! The security checklist of the repository's own `topics.yaml`: what the page says is there, and what it says of it
//! holds for the templates.

mod own;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use own::files;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A resource of a nested stack.
struct Found {
    environment: String,
    /// `foundation`, `topic-kyc-verified`.
    stack: String,
    id: String,
    kind: String,
    properties: Value,
    body: Value,
}

fn resources() -> &'static [Found] {
    static RESOURCES: LazyLock<Vec<Found>> = LazyLock::new(|| {
        let nested = files().iter().filter_map(|(path, text)| {
            let name = path.strip_prefix("cloudformation/")?.strip_suffix(".template.json")?;
            Some((name.split_once('/')?, serde_json::from_str::<Value>(text).expect("a template is JSON")))
        });
        nested
            .flat_map(|((environment, stack), template)| {
                let resources = template["Resources"].as_object().expect("it has resources").clone();
                resources.into_iter().map(move |(id, body)| Found {
                    environment: environment.into(),
                    stack: stack.into(),
                    id,
                    kind: body["Type"].as_str().expect("a type").into(),
                    properties: body["Properties"].clone(),
                    body,
                })
            })
            .collect()
    });
    &RESOURCES
}

/// All of this type; there is at least one.
fn all(kind: &str) -> Vec<&'static Found> {
    let found: Vec<&Found> = resources().iter().filter(|found| found.kind == kind).collect();
    assert!(!found.is_empty(), "there is no {kind}");
    found
}

/// A line of a table of the page.
struct Row {
    point: String,
    stack: String,
    kind: String,
    /// In backticks: ids, or patterns with `<...>`.
    ids: Vec<String>,
    counts: Vec<usize>,
}

fn codes(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The page's environments and rows.
fn page() -> (Vec<String>, Vec<Row>) {
    let (mut point, mut environments, mut rows) = (String::new(), vec![], vec![]);
    for line in files()["docs/security.md"].lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut point);
        } else if line.starts_with("| Stack") {
            environments = cells[3..].iter().map(|cell| codes(cell).remove(0)).collect();
        } else if line.starts_with("| ") {
            rows.push(Row {
                point: point.clone(),
                stack: cells[0].to_owned(),
                kind: codes(cells[1]).remove(0),
                ids: codes(cells[2]),
                counts: cells[3..].iter().map(|cell| cell.parse().expect("a number")).collect(),
            });
        }
    }
    (environments, rows)
}

#[test]
fn the_resources_that_the_page_names_are_there() {
    let (environments, rows) = page();
    let points: BTreeSet<&str> = rows.iter().map(|row| row.point.as_str()).collect();
    assert_eq!(points.len(), 10, "{points:?}");
    for row in &rows {
        let (place, name) = (format!("{} {}", row.point, row.kind), row.stack.to_lowercase());
        for (environment, count) in environments.iter().zip(&row.counts) {
            let of_topic = |stack: &str| name == "each topic's" && stack.starts_with("topic-");
            let there = resources().iter().filter(|found| {
                let here = found.stack == name || of_topic(&found.stack);
                // Patterns stand for all.
                let named = row.ids.iter().any(|id| id.contains('<') || *id == found.id);
                found.environment == *environment && found.kind == row.kind && here && named
            });
            assert_eq!(there.count(), *count, "{place} in {environment}");
        }
    }
}

#[test]
fn the_page_leaves_no_resource_of_its_types_out() {
    let (environments, rows) = page();
    let kinds: BTreeSet<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    // The logs of topics' functions are named with their functions.
    for kind in kinds.into_iter().filter(|kind| *kind != "AWS::Logs::LogGroup") {
        for (index, environment) in environments.iter().enumerate() {
            let mut by_point: BTreeMap<&str, usize> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.kind == kind) {
                *by_point.entry(&row.point).or_default() += row.counts[index];
            }
            // Two points may share a row; one of them has all.
            let most = if kind == "AWS::KMS::Key" || kind == "AWS::S3::BucketPolicy" {
                by_point.values().sum()
            } else {
                by_point.values().copied().max().unwrap_or_default()
            };
            let there = all(kind).iter().filter(|found| found.environment == *environment).count();
            assert_eq!(most, there, "{kind} in {environment}: {by_point:?}");
        }
    }
}

#[test]
fn the_tests_that_the_page_names_are_there() {
    let mut tests = 0;
    for line in files()["docs/security.md"].lines().filter(|line| line.starts_with("- ")) {
        let names = codes(line);
        let (test, file, script) = match names.as_slice() {
            [script] => (None, script, Some(script)),
            [test, file] => (Some(test), file, None),
            [test, file, script] => (Some(test), file, Some(script)),
            _ => panic!("{line}"),
        };
        let source = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        if let Some(test) = test {
            named(&source, file, test, script).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
        if let Some(script) = script {
            let name = script.strip_prefix("tests/full/").and_then(|name| name.strip_suffix(".sh"));
            let makefile = fs::read_to_string(root().join("Makefile")).expect("there is a Makefile");
            let full = makefile.lines().find(|line| line.starts_with("FULL ")).expect("it has a list");
            let name = name.unwrap_or_else(|| panic!("{script} is no script of tests/full"));
            assert!(full.split(' ').any(|one| one == name), "make test-full does not run {script}");
        }
        tests += 1;
    }
    assert!(tests > 40, "{tests} tests are named");
}

#[test]
fn every_point_names_a_rule_for_guard() {
    let page = &files()["docs/security.md"];
    for point in page.split("\n## ").skip(1) {
        let title = point.lines().next().unwrap_or_default();
        assert!(point.contains(".guard`, run by `tests/full/verify.sh`"), "{title} names none");
    }
}

/// Whether a file has this test or rule, run by this script or else by `make test`.
fn named(source: &str, file: &str, test: &str, script: Option<&String>) -> Result<(), String> {
    if file.ends_with(".guard") {
        let there = source.contains(&format!("\nrule {test} "));
        return there.then_some(()).ok_or_else(|| format!("{file} has no rule {test}"));
    }
    let at = source.find(&format!("fn {test}(")).ok_or_else(|| format!("{file} has no test {test}"))?;
    let marks = source[..at].rsplit("\n\n").next().unwrap_or_default();
    if !marks.contains("test]") && !marks.contains("test(") {
        return Err(format!("{test} in {file} is no test"));
    }
    let ignored = marks.lines().find(|line| line.starts_with("#[ignore"));
    match (ignored, script) {
        (None, None) => Ok(()),
        (Some(why), Some(script)) if why.contains(script.as_str()) => Ok(()),
        (Some(why), _) => Err(format!("`make test` does not run {test} in {file}: {why}")),
        (None, Some(script)) => Err(format!("{test} in {file} is run by `make test`, not only by {script}")),
    }
}

#[test]
fn an_ignored_test_does_not_pass_for_one_that_runs() {
    let source = "use a;\n\n#[test]\nfn one() {}\n\n#[test]\n#[ignore = \"tests/full/x.sh\"]\nfn two() {}\n\nfn three() {}\n";
    let script = "tests/full/x.sh".to_owned();
    let other = "tests/full/y.sh".to_owned();
    assert_eq!(named(source, "a.rs", "one", None), Ok(()));
    assert_eq!(named(source, "a.rs", "two", Some(&script)), Ok(()));
    for (test, by) in
        [("two", None), ("two", Some(&other)), ("one", Some(&script)), ("three", None), ("four", None)]
    {
        assert!(named(source, "a.rs", test, by).is_err(), "{test} by {by:?}");
    }
}

#[test]
fn brokers_network_and_apis_write_logs() {
    let to_a_group = |value: &Value, id: &str| {
        let named = value["Ref"].as_str().or(value["Fn::GetAtt"][0].as_str()).unwrap_or_default();
        let group = all("AWS::Logs::LogGroup").into_iter().any(|found| found.id == named);
        assert!(group, "{id} writes to no log group of the stack: {value}");
    };
    for cluster in all("AWS::MSK::Cluster") {
        let logs = &cluster.properties["LoggingInfo"]["BrokerLogs"]["CloudWatchLogs"];
        assert_eq!(logs["Enabled"], true, "{}", cluster.environment);
        to_a_group(&logs["LogGroup"], &cluster.id);
    }
    let networks: Vec<_> = all("AWS::EC2::VPC").iter().map(|found| &found.environment).collect();
    let logged: Vec<_> = all("AWS::EC2::FlowLog").iter().map(|found| &found.environment).collect();
    assert_eq!(networks, logged);
    for flow in all("AWS::EC2::FlowLog") {
        assert_eq!(flow.properties["TrafficType"], "ALL", "{}", flow.environment);
        to_a_group(&flow.properties["LogGroupName"], &flow.id);
    }
    for stage in all("AWS::ApiGatewayV2::Stage") {
        let settings = &stage.properties["AccessLogSettings"];
        assert!(settings["Format"].as_str().is_some_and(|format| !format.is_empty()), "{}", stage.id);
        to_a_group(&settings["DestinationArn"], &stage.id);
    }
}

#[test]
fn secrets_are_under_a_key_of_the_stack() {
    for secret in all("AWS::SecretsManager::Secret") {
        let id = &secret.id;
        assert_eq!(secret.properties["KmsKeyId"]["Fn::GetAtt"][0], "SecretsKey", "{id}");
        assert!(secret.properties["SecretString"].is_null(), "{id} has a value in the template");
        let length = secret.properties["GenerateSecretString"]["PasswordLength"].as_u64();
        assert!(length.is_some_and(|length| length >= 40), "{id}: {length:?} characters");
    }
    for users in all("AWS::MSK::BatchScramSecret") {
        for secret in users.properties["SecretArnList"].as_array().expect("a list") {
            let named = secret["Ref"].as_str().expect("a secret of the stack");
            let mut stack = all("AWS::SecretsManager::Secret").into_iter();
            let name =
                stack.find(|found| found.id == named).expect("it is there").properties["Name"].as_str();
            assert!(name.is_some_and(|name| name.starts_with("AmazonMSK_")), "MSK does not take {name:?}");
        }
    }
}

#[test]
fn scram_over_tls_is_the_only_way_in() {
    for cluster in all("AWS::MSK::Cluster") {
        let (ways, encryption) =
            (&cluster.properties["ClientAuthentication"], &cluster.properties["EncryptionInfo"]);
        assert_eq!(ways["Sasl"]["Scram"]["Enabled"], true);
        assert_eq!(ways["Unauthenticated"]["Enabled"], false);
        assert!(ways["Sasl"]["Iam"].is_null() && ways["Tls"].is_null(), "{ways}");
        assert_eq!(encryption["EncryptionInTransit"]["ClientBroker"], "TLS");
        assert_eq!(encryption["EncryptionInTransit"]["InCluster"], true);
        assert_eq!(encryption["EncryptionAtRest"]["DataVolumeKMSKeyId"]["Fn::GetAtt"][0], "DataKey");
    }
    for mapping in all("AWS::Lambda::EventSourceMapping") {
        let access = &mapping.properties["SourceAccessConfigurations"];
        assert_eq!(access.as_array().map(Vec::len), Some(1), "{access}");
        assert_eq!(access[0]["Type"], "SASL_SCRAM_512_AUTH", "{}", mapping.id);
    }
}

#[test]
fn what_comes_without_tls_is_denied() {
    let policies = all("AWS::SNS::TopicPolicy").into_iter().chain(all("AWS::S3::BucketPolicy"));
    for policy in policies {
        let statements = policy.properties["PolicyDocument"]["Statement"].as_array().expect("statements");
        let denies = statements.iter().any(|statement| {
            statement["Effect"] == "Deny"
                && statement["Principal"] == "*"
                && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        });
        assert!(denies, "{} lets in what comes without TLS", policy.id);
    }
    let buckets: usize = all("AWS::S3::Bucket").len();
    assert_eq!(all("AWS::S3::BucketPolicy").len(), buckets, "each bucket has a policy");
    assert_eq!(all("AWS::SNS::TopicPolicy").len(), all("AWS::SNS::Topic").len(), "each channel has a policy");
}

#[test]
fn keys_are_rotated() {
    for key in all("AWS::KMS::Key") {
        assert_eq!(key.properties["EnableKeyRotation"], true, "{}", key.id);
    }
    for channel in all("AWS::SNS::Topic") {
        assert!(channel.properties["KmsMasterKeyId"].is_object(), "{} has no key", channel.id);
    }
    for group in all("AWS::Logs::LogGroup") {
        assert!(group.properties["KmsKeyId"].is_object(), "{} has no key", group.id);
    }
}

#[test]
fn brokers_are_reached_on_one_port_and_from_groups_alone() {
    for rule in all("AWS::EC2::SecurityGroupIngress") {
        let (id, properties) = (&rule.id, &rule.properties);
        assert!(properties["CidrIp"].is_null() && properties["CidrIpv6"].is_null(), "{id} lets in addresses");
        assert!(properties["SourceSecurityGroupId"].is_object(), "{id} lets in anybody");
        assert_eq!(properties["FromPort"], properties["ToPort"], "{id} lets in more than one port");
        let brokers = properties["GroupId"]["Fn::GetAtt"][0] == "KafkaSecurityGroup";
        assert_eq!(properties["ToPort"], if brokers { 9096 } else { 443 }, "{id}");
    }
    for group in all("AWS::EC2::SecurityGroup") {
        assert!(group.properties["SecurityGroupIngress"].is_null(), "{} has rules of its own", group.id);
        // Without a rule a group lets everything out.
        let out = group.properties["SecurityGroupEgress"].as_array().expect("rules");
        assert!(out.iter().all(|rule| rule["CidrIp"] == "255.255.255.255/32"), "{}: {out:?}", group.id);
    }
    assert!(!resources().iter().any(|found| {
        ["AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"]
            .contains(&found.kind.as_str())
    }));
}

#[test]
fn connections_expire_and_tables_are_encrypted() {
    for table in all("AWS::DynamoDB::Table") {
        let (id, encryption) = (&table.id, &table.properties["SSESpecification"]);
        assert_eq!(encryption["SSEEnabled"], true, "{id}");
        assert_eq!(encryption["KMSMasterKeyId"]["Ref"], "DataKeyArn", "{id}");
        let recovery = &table.properties["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], true, "{id}");
        if id == "WebsocketConnectionsTable" {
            assert_eq!(table.properties["TimeToLiveSpecification"]["Enabled"], true);
            assert_eq!(table.properties["TimeToLiveSpecification"]["AttributeName"], "expiresAt");
        }
    }
}

#[test]
fn the_audit_trail_sees_every_table() {
    for trail in all("AWS::CloudTrail::Trail") {
        assert_eq!(trail.properties["IsLogging"], true);
        assert_eq!(trail.properties["EnableLogFileValidation"], true);
        assert!(trail.properties["KMSKeyId"].is_object(), "the trail is not encrypted");
        let selectors = trail.properties["AdvancedEventSelectors"].to_string();
        let tables = all("AWS::DynamoDB::Table").into_iter();
        for table in tables.filter(|table| table.environment == trail.environment) {
            assert!(selectors.contains(&format!("[\"{}\",\"Arn\"]", table.id)), "{} is not seen", table.id);
        }
    }
    for kept in ["AuditKey", "AuditBucket"] {
        for found in resources().iter().filter(|found| found.id == kept) {
            assert_eq!(
                found.body["DeletionPolicy"], "RetainExceptOnCreate",
                "{kept} in {}",
                found.environment
            );
        }
    }
}

#[test]
fn every_alarm_tells_somebody_and_leads_to_its_section() {
    let runbook = &files()["docs/runbook.md"];
    for alarm in all("AWS::CloudWatch::Alarm") {
        let id = format!("{} {}", alarm.stack, alarm.id);
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm.properties[actions].as_array().map(Vec::len), Some(1), "{id}: {actions}");
        }
        let name = alarm.properties["AlarmName"].as_str().expect("a name");
        let kind = alarm.id.strip_suffix("Alarm").expect("its id");
        let place = format!(" See generated/docs/runbook.md#{}", kind.to_lowercase());
        let description = alarm.properties["AlarmDescription"].as_str().expect("a description");
        assert!(description.ends_with(&place), "{id}: {description}");
        let section = runbook.split("\n## ").find(|section| section.starts_with(&format!("{kind}\n")));
        let section = section.unwrap_or_else(|| panic!("the runbook has no section {kind}"));
        let general = name.replacen(&format!("-{}-", alarm.environment), "-$ENVIRONMENT-", 1);
        assert!(section.contains(&format!("| `{general}` |")), "section {kind} does not name {general}");
        assert!(section.contains("```sh ") && section.contains("Mend"), "section {kind} helps nobody");
    }
}
