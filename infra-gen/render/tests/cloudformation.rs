//! What holds for every rendered template, whatever the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use cfn::ResourceInfo;
use model::{Model, quota};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The templates of one manifest by file name: `onboard-ai.template.json`, `dev/data.template.json`.
struct Templates {
    model: Model,
    json: BTreeMap<String, Value>,
    text: BTreeMap<String, String>,
}

impl Templates {
    fn of(manifest: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(manifest);
        let model = manifest::read_file(&path).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let text: BTreeMap<String, String> = render::render_cloudformation(&model)
            .expect("it renders")
            .into_iter()
            .filter_map(|file| Some((file.path.strip_prefix("cloudformation/")?.to_owned(), file.contents)))
            .collect();
        let json = text
            .iter()
            .filter(|(name, _)| name.ends_with(".template.json"))
            .map(|(name, text)| (name.clone(), serde_json::from_str(text).expect("a template is JSON")))
            .collect();
        Self { model, json, text }
    }

    fn resources(&self) -> impl Iterator<Item = (String, &Value)> {
        self.json.iter().flat_map(|(file, template)| {
            members(&template["Resources"]).map(move |(id, resource)| (format!("{file} {id}"), resource))
        })
    }

    /// The resources of one environment, nested stacks included.
    fn operation(&self, environment: &str) -> usize {
        self.json
            .iter()
            .filter(|(file, _)| !file.contains('/') || file.starts_with(&format!("{environment}/")))
            .map(|(_, template)| members(&template["Resources"]).count())
            .sum()
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn shipped() -> &'static Templates {
    static SHIPPED: LazyLock<Templates> = LazyLock::new(|| Templates::of("topics.yaml"));
    &SHIPPED
}

#[test]
fn all_environments_have_the_interface_that_the_one_root_passes() {
    let templates = shipped();
    let mut interfaces: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (file, template) in &templates.json {
        if let Some((_, name)) = file.split_once('/') {
            let names = |section: &str| {
                members(&template[section]).map(|(name, _)| name.as_str()).collect::<Vec<_>>()
            };
            interfaces.entry(name).or_default().insert(format!(
                "{:?} {:?}",
                names("Parameters"),
                names("Outputs")
            ));
        }
    }
    for (name, variants) in interfaces {
        assert_eq!(variants.len(), 1, "{name} differs from one environment to the next: {variants:#?}");
    }
}

#[test]
fn what_can_be_tagged_is_tagged() {
    let templates = shipped();
    for (place, resource) in templates.resources() {
        let info = ResourceInfo::of(resource["Type"].as_str().expect("a type"));
        let Some((property, _)) = info.and_then(|info| info.tags) else { continue };
        let tags = resource["Properties"][property].to_string();
        for tag in ["Application", "Environment"] {
            assert!(tags.contains(tag), "{place} lacks the tag {tag}: {tags}");
        }
    }
}

#[test]
fn what_holds_data_says_what_becomes_of_it() {
    let templates = shipped();
    for (place, resource) in templates.resources() {
        let type_name = resource["Type"].as_str().expect("a type");
        if !ResourceInfo::of(type_name).is_some_and(|info| info.stateful) {
            continue;
        }
        let audit = place.contains(" Audit");
        let stays = audit || place.starts_with("prod/");
        let (deleted, replaced) =
            if stays { ("RetainExceptOnCreate", "Retain") } else { ("Delete", "Delete") };
        assert_eq!(resource["DeletionPolicy"], deleted, "{place}");
        assert_eq!(resource["UpdateReplacePolicy"], replaced, "{place}");
    }
    let stateful: BTreeSet<&str> = templates
        .resources()
        .filter_map(|(_, resource)| resource["Type"].as_str())
        .filter(|name| ResourceInfo::of(name).is_some_and(|info| info.stateful))
        .collect();
    for expected in [
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::MSK::Cluster",
        "AWS::MSK::Topic",
        "AWS::SecretsManager::Secret",
    ] {
        assert!(stateful.contains(expected), "{expected} isn't known to hold data");
    }
}

#[test]
fn a_topic_and_the_rest_take_no_more_resources_than_the_quota_check_counts() {
    for manifest in ["topics.yaml", "infra-gen/manifest/tests/good/orders.yaml"] {
        let templates = Templates::of(manifest);
        let mut base = templates.operation(&templates.model.environments[0].name);
        for (file, template) in &templates.json {
            if file.contains("/topic-") {
                let count = members(&template["Resources"]).count() + 1;
                assert!(count <= quota::TOPIC_RESOURCES, "{file} makes {count} resources");
                if file.starts_with(&format!("{}/", templates.model.environments[0].name)) {
                    base -= count;
                }
            }
        }
        assert!(base <= quota::BASE_RESOURCES, "{manifest}: {base}");
    }
}

/// A manifest with these tables, channels and subscribers, whose one producer reads these tables.
fn large(tables: usize, channels: usize, subscribers: usize, reads: usize) -> String {
    let names: Vec<String> = (0..tables).map(|index| format!("t{index:02}")).collect();
    let entries: Vec<String> = names.iter().map(|name| format!("{name}: {{ key: id }}")).collect();
    let others: Vec<String> = (1..channels).map(|index| format!("c{index}: {{}}")).collect();
    let told: Vec<String> = (0..subscribers)
        .map(|index| format!("{{ protocol: email, endpoint: s{index}@example.com }}"))
        .collect();
    format!(
        "app: insurance-onboarding-platform\n\
         environments: {{ production: {{ brokers: {{ type: kafka.m7g.large, count: 3, storage_gib: 9 }} }} }}\n\
         cluster: {{ kafka: 3.9.x.kraft }}\n\
         tables: {{ {} }}\n\
         channels: {{ c0: {{ alarms: true, subscribers: [{}] }}, {} }}\n\
         topics:\n  placed:\n    key: id\n    fields: {{ id: {{ type: uuid }} }}\n    \
         producer: {{ function: submit-a-new-order, reads: [{}] }}\n",
        entries.join(", "),
        told.join(", "),
        others.join(", "),
        names[..reads].join(", ")
    )
}

#[test]
fn what_is_accepted_renders_and_one_more_is_refused() {
    let base = (quota::OUTPUTS / quota::TABLE_OUTPUTS) - Model::system_tables().len();
    let channels = quota::OUTPUTS - quota::FOUNDATION_OUTPUTS;
    let subscribers = quota::RESOURCES - quota::FOUNDATION_RESOURCES - 2;
    for (most, more) in [
        (large(base, 1, 0, 0), large(base + 1, 1, 0, 0)),
        (large(1, channels, 0, 0), large(1, channels + 1, 0, 0)),
        (large(1, 1, subscribers, 0), large(1, 1, subscribers + 1, 0)),
    ] {
        let model = manifest::read("x", &most).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        render::render_cloudformation(&model).expect("it renders");
        let refused = manifest::read("x", &more).expect_err("it is one too many");
        let codes: Vec<_> = refused.iter().map(manifest::Diagnostic::code).collect();
        assert_eq!(codes, [manifest::Code::TooManyResources]);
    }
}

#[test]
fn a_template_that_is_too_large_is_an_error() {
    let name = |index: usize| format!("{}{index:02}", "n".repeat(*quota::TABLE_NAME.end() - 2));
    let key = "k".repeat(quota::KEY_ATTRIBUTE_NAME);
    let indexes: Vec<String> =
        (0..quota::TABLE_INDEXES).map(|index| format!("{}: {{ key: {key} }}", name(index))).collect();
    let table = format!("{{ key: id, indexes: {{ {} }} }}", indexes.join(", "));
    let manifest = large(97, 1, 0, 0).replace("{ key: id }", &table);
    let model = manifest::read("x", &manifest).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let error = render::render_cloudformation(&model).expect_err("it has more than a megabyte").to_string();
    assert!(error.starts_with("the template data is wrong: ") && error.contains("bytes"), "{error}");
}

#[test]
fn the_foundation_has_no_more_than_is_counted_for_it() {
    for manifest in ["topics.yaml", "infra-gen/manifest/tests/good/orders.yaml"] {
        let templates = Templates::of(manifest);
        let channels = templates.model.channels.len();
        for (file, template) in
            templates.json.iter().filter(|(file, _)| file.ends_with("/foundation.template.json"))
        {
            let subscribers = members(&template["Resources"])
                .filter(|(_, resource)| resource["Type"] == "AWS::SNS::Subscription")
                .count();
            let resources = members(&template["Resources"]).count() - 2 * channels - subscribers;
            assert!(resources <= quota::FOUNDATION_RESOURCES, "{file} has {resources} resources");
            let outputs = members(&template["Outputs"]).count() - channels;
            assert_eq!(outputs, quota::FOUNDATION_OUTPUTS, "{file}");
        }
    }
}

/// A value as AWS would see it, with everything that is only known there as long as it gets.
fn longest(value: &Value, model: &Model) -> Value {
    let Some(object) = value.as_object() else {
        let items = value.as_array().map(|items| items.iter().map(|item| longest(item, model)).collect());
        return items.map_or_else(|| value.clone(), Value::Array);
    };
    if let Some(text) = object.get("Fn::Sub").and_then(Value::as_str) {
        let text =
            text.replace("${AWS::Partition}", "aws-us-gov").replace("${AWS::Region}", "ap-northeast-1");
        return text.replace("${AWS::AccountId}", "123456789012").into();
    }
    if object.contains_key("Fn::GetAtt") {
        return "x".repeat(150).into();
    }
    if let Some(name) = object.get("Ref").and_then(Value::as_str) {
        let tables = model.tables.iter().find(|table| format!("{}TableArn", table.name.pascal) == name);
        return tables
            .map_or_else(
                || "x".repeat(150),
                |table| {
                    let name = model.table_name(table, &model.environments[0]);
                    format!("arn:aws-us-gov:dynamodb:ap-northeast-1:123456789012:table/{name}")
                },
            )
            .into();
    }
    object.iter().map(|(key, value)| (key.clone(), longest(value, model))).collect()
}

#[test]
fn a_producers_policy_is_no_longer_than_is_counted_for_it() {
    let read = |reads| manifest::read("x", &large(60, 1, 0, reads));
    let most = (0..60).rev().find(|reads| read(*reads).is_ok()).expect("without tables it is short");
    let refused = read(most + 1).expect_err("it is one too many");
    assert_eq!(
        refused.iter().map(manifest::Diagnostic::code).collect::<Vec<_>>(),
        [manifest::Code::PolicyTooLong]
    );
    let model = read(most).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let files = render::render_cloudformation(&model).expect("it renders");
    let file =
        files.iter().find(|file| file.path.ends_with("/topic-placed.template.json")).expect("it is there");
    let template: Value = serde_json::from_str(&file.contents).expect("JSON");
    let policy = &template["Resources"]["ProducerRole"]["Properties"]["Policies"][0]["PolicyDocument"];
    let length = longest(policy, &model).to_string().len();
    assert!((9_500..=10_240).contains(&length), "{length} characters with {most} tables");
}

#[test]
fn the_shipped_root_can_be_given_to_create_stack_without_a_bucket() {
    let templates = shipped();
    let root = &templates.text["onboard-ai.template.json"];
    assert!(root.len() <= cfn::quota::INLINE_BODY_BYTES, "{} bytes", root.len());
}

#[test]
fn the_assembly_names_every_template_by_its_bytes() {
    let templates = shipped();
    let manifest: Value = serde_json::from_str(&templates.text["manifest.json"]).expect("JSON");
    let root = &templates.text["onboard-ai.template.json"];
    for environment in &templates.model.environments {
        let stack = templates.model.stack_name(environment);
        assert_eq!(
            manifest["artifacts"][&stack]["properties"]["parameters"]["Environment"],
            *environment.name
        );
        let assets: Value =
            serde_json::from_str(&templates.text[&format!("{stack}.assets.json")]).expect("JSON");
        let mut named = BTreeSet::new();
        for (hash, asset) in members(&assets["files"]) {
            let path = asset["source"]["path"].as_str().expect("a path");
            let digest = Sha256::digest(templates.text[path].as_bytes());
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(*hash, digest, "{path}");
            let key =
                asset["destinations"]["current_account-current_region"]["objectKey"].as_str().expect("a key");
            assert!(path == "onboard-ai.template.json" || root.contains(key), "the root doesn't know {key}");
            named.insert(path.to_owned());
        }
        let expected: BTreeSet<String> = templates
            .json
            .keys()
            .filter(|file| !file.contains('/') || file.starts_with(&format!("{}/", environment.name)))
            .cloned()
            .collect();
        assert_eq!(named, expected);
    }
}

#[test]
fn an_existing_cluster_leaves_out_the_network_the_cluster_and_its_users() {
    let templates = shipped();
    for environment in &templates.model.environments {
        let foundation = &templates.json[&format!("{}/foundation.template.json", environment.name)];
        for (id, resource) in members(&foundation["Resources"]) {
            let type_name = resource["Type"].as_str().expect("a type");
            if type_name.starts_with("AWS::EC2::") || type_name.starts_with("AWS::MSK::") {
                assert_eq!(resource["Condition"], "CreateCluster", "{id}");
            }
        }
    }
}

#[test]
fn what_pushes_to_browsers_is_outside_the_vpc() {
    let templates = shipped();
    for (place, resource) in templates.resources() {
        if resource["Type"] != "AWS::Lambda::Function" || resource["Properties"]["VpcConfig"].is_null() {
            continue;
        }
        let (file, id) = place.split_once(' ').expect("file and id");
        let role = &templates.json[file]["Resources"][format!("{id}Role")];
        assert!(role.is_object(), "{place} has no role beside it");
        assert!(
            !role.to_string().contains("execute-api:ManageConnections"),
            "{place} pushes from inside the VPC"
        );
    }
}

#[test]
fn every_function_is_sealed() {
    let templates = shipped();
    let mut count = 0;
    for (place, resource) in templates.resources() {
        if resource["Type"] != "AWS::Lambda::Function" {
            continue;
        }
        count += 1;
        let (file, id) = place.split_once(' ').expect("file and id");
        let log_group = &templates.json[file]["Resources"][format!("{id}LogGroup")]["Properties"];
        assert!(
            !log_group["KmsKeyId"].is_null() && !log_group["RetentionInDays"].is_null(),
            "{place}: {log_group}"
        );
        assert_eq!(
            resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"],
            format!("{id}LogGroup"),
            "{place}"
        );
        for (name, value) in members(&resource["Properties"]["Environment"]["Variables"]) {
            assert!(!name.contains("PASSWORD"), "{place} has {name}");
            assert!(!value.to_string().contains("resolve:secretsmanager"), "{place} has a secret in {name}");
        }
    }
    assert_eq!(count, templates.model.functions.len() * templates.model.environments.len());
}

#[test]
fn a_role_grants_no_wildcard_but_where_iam_has_nothing_narrower() {
    // https://docs.aws.amazon.com/service-authorization/latest/reference/: these take no resource.
    const UNSCOPED: [&str; 3] = ["xray:PutTelemetryRecords", "xray:PutTraceSegments", "ec2:"];
    let templates = shipped();
    for (place, resource) in templates.resources() {
        if resource["Type"] != "AWS::IAM::Role" {
            continue;
        }
        for policy in resource["Properties"]["Policies"].as_array().into_iter().flatten() {
            for statement in policy["PolicyDocument"]["Statement"].as_array().expect("statements") {
                let actions: Vec<&str> = statement["Action"]
                    .as_array()
                    .expect("actions")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                assert!(!actions.contains(&"*"), "{place}: {statement}");
                if statement["Resource"].as_array().is_some_and(|on| on.iter().any(|one| one == "*")) {
                    for action in actions {
                        assert!(
                            UNSCOPED.iter().any(|known| action.starts_with(known)),
                            "{place}: {action} on *"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_names_of_the_seed_are_there() {
    let templates = shipped();
    let all: String = templates.text.values().map(String::as_str).collect();
    for name in [
        "onboard-ai-submit-user-info-dev",
        "onboard-ai-consumer-user-info-submitted-dev",
        "\"onboard-ai-consumer-user-info\"",
        "users-dev",
        "applications-dev",
        "kyc-results-dev",
        "recommendations-dev",
        "error-logs-dev",
        "kafka-events-dev",
        "websocket-connections-dev",
        "onboard-ai-kafka-sg-dev",
        "onboard-ai-websocket-dev",
        "/aws/lambda/onboard-ai-submit-user-info-dev",
        "AmazonMSK_onboard-ai-producer-dev",
    ] {
        assert!(all.contains(name), "{name} is nowhere");
    }
    let outputs = &templates.json["onboard-ai.template.json"]["Outputs"];
    for output in ["KafkaBootstrapServers", "WebSocketApiEndpoint"] {
        assert!(outputs[output].is_object(), "no output {output}");
    }
}
