use std::collections::BTreeMap;

use model::Ident;
use serde_json::Value;

use super::facts::Place;
use super::*;
use crate::{cloudformation, hazards};

fn rendered(model: &Model, path: &str) -> String {
    let path = format!("cdk/{path}");
    let file = render(model).into_iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("{path} is rendered")).contents
}

fn first_manifest() -> Model {
    manifest::read_file("../../topics.yaml").expect("the first manifest is right")
}

/// The templates by path under `cloudformation/`.
fn templates(model: &Model) -> BTreeMap<String, Value> {
    let files = cloudformation::render(model).expect("it renders").files.into_iter();
    let json = |file: File| {
        let path = file.path.strip_prefix("cloudformation/").expect("its folder").to_owned();
        (path, serde_json::from_str(&file.contents).expect("JSON"))
    };
    files.map(json).collect()
}

#[test]
fn the_types_of_a_model_with_hazards() {
    insta::assert_snapshot!(rendered(&hazards::model(), "index.d.ts"));
}

#[test]
fn the_facts_of_a_model_with_hazards() {
    insta::assert_snapshot!(rendered(&hazards::model(), "facts.json"));
}

#[test]
fn the_example_of_a_model_with_hazards() {
    insta::assert_snapshot!(rendered(&hazards::model(), "example/app.js"));
}

#[test]
fn every_name_leads_to_its_resource_in_every_environment() {
    for model in [hazards::model(), first_manifest()] {
        let facts = Facts::new(&model);
        let templates = templates(&model);
        for environment in &model.environments {
            let stack = |id: &str| {
                let file = facts.stacks[id].as_str().expect("a file");
                &templates[&format!("{}/{file}.template.json", environment.name)]
            };
            let holds = |place: &Place, ty: &str| {
                let resource = &stack(&place.stack)["Resources"][&place.id];
                assert_eq!(resource["Type"], ty, "{} {}", environment.name, place.name);
            };
            facts.topics.iter().for_each(|place| holds(place, "AWS::MSK::Topic"));
            facts.functions.iter().for_each(|place| holds(place, "AWS::Lambda::Function"));
            for table in &facts.tables {
                holds(&table.place, "AWS::DynamoDB::Table");
                assert!(stack(&table.place.stack)["Outputs"][&table.output].is_object(), "{}", table.output);
            }
            for channel in &facts.channels {
                holds(&channel.place, "AWS::SNS::Topic");
                let output = &stack(&channel.place.stack)["Outputs"][&channel.output];
                assert!(output.is_object(), "{}", channel.output);
            }
            // What platform.js names itself.
            for (id, ty) in [
                ("Cluster", "AWS::MSK::Cluster"),
                ("Vpc", "AWS::EC2::VPC"),
                ("RouteTable", "AWS::EC2::RouteTable"),
            ] {
                assert_eq!(stack("Foundation")["Resources"][id]["Type"], ty);
            }
            for id in ["HttpApi", "WebSocketApi"] {
                assert_eq!(stack("Edge")["Resources"][id]["Type"], "AWS::ApiGatewayV2::Api");
            }
            let platform = rendered(&model, "platform.js");
            for (owner, output) in [
                ("Foundation", "ClusterArn"),
                ("Foundation", "BootstrapBrokers"),
                ("Foundation", "SubnetIds"),
                ("Foundation", "FunctionSecurityGroupId"),
                ("Foundation", "DataKeyArn"),
                ("Foundation", "CredentialsKeyArn"),
                ("Foundation", "ProducerSecretArn"),
                ("Foundation", "ConsumerSecretArn"),
                ("Edge", "HttpApiId"),
                ("Edge", "HttpApiEndpoint"),
                ("Edge", "WebSocketApiEndpoint"),
                ("Edge", "WebSocketConnectionsArn"),
            ] {
                assert!(platform.contains(&format!("'{output}'")), "platform.js uses {output}");
                assert!(stack(owner)["Outputs"][output].is_object(), "{owner} {output}");
            }
        }
    }
}

#[test]
fn stacks_and_parameters_are_those_of_the_root() {
    for model in [hazards::model(), first_manifest()] {
        let facts: Value = serde_json::from_str(&rendered(&model, "facts.json")).expect("JSON");
        let root = &templates(&model)[facts["template"].as_str().expect("a file")];
        let resources = root["Resources"].as_object().expect("resources");
        let nested =
            resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::CloudFormation::Stack");
        let known: Vec<&String> = facts["stacks"].as_object().expect("stacks").keys().collect();
        assert_eq!(nested.map(|(id, _)| id).collect::<Vec<_>>(), known);

        let mut parameters = root["Parameters"].as_object().expect("parameters").clone();
        parameters.remove("Environment").expect("the package gives it itself");
        for fact in facts["parameters"].as_array().expect("an array") {
            let name = fact["name"].as_str().expect("a name");
            let parameter = parameters.remove(name).unwrap_or_else(|| panic!("{name} is no parameter"));
            assert_eq!(fact["list"], parameter["Type"] == "CommaDelimitedList", "{name}");
            let allowed = parameter.get("AllowedValues").cloned().unwrap_or_else(|| Value::Array(vec![]));
            assert_eq!(fact["allowed"], allowed, "{name}");
            if let Some(functions) = facts["code"][name].as_array() {
                let key = |function: &Value| match function.as_str() {
                    Some(function) => format!("{}/functions/{function}.zip", model.app.name),
                    None => "none".into(),
                };
                let keys: Vec<String> = functions.iter().map(key).collect();
                assert_eq!(parameter["Default"], keys.join(","), "{name}");
            }
        }
        assert!(parameters.is_empty(), "unknown to the package: {parameters:?}");
    }
}

#[test]
fn an_app_may_be_called_like_anything() {
    for name in ["app", "stack", "error", "record", "construct", "iam", "class", "cfn-include"] {
        let mut parts = (*hazards::model()).clone();
        parts.app = Ident::new(name);
        parts.tables.retain(|table| table.role == TableRole::Domain);
        let model = Model::new(parts);
        let class = &model.app.pascal;
        assert!(rendered(&model, "index.js").contains(&format!("\nexports.{class} = platform(facts);")));
        let types = rendered(&model, "index.d.ts");
        assert_eq!(
            types.matches(&format!("export class {class} extends constructs.Construct {{")).count(),
            1
        );
        // Whatever the file imports starts with a small letter, and no global type is used.
        for global in ["Record<", "Readonly<", "Array<", "Partial<"] {
            assert!(!types.contains(global), "{global}");
        }
    }
}

#[test]
fn a_model_without_topics_has_a_package_all_the_same() {
    let mut parts = (*hazards::model()).clone();
    parts.topics.clear();
    parts.tables.retain(|table| table.role == TableRole::Domain);
    let model = Model::new(parts);
    assert!(rendered(&model, "index.d.ts").contains("export type ShopTopicName = never;"));
    assert!(!rendered(&model, "example/app.js").contains("connectProducer"));
}

#[test]
fn files_are_clean() {
    for file in render(&hazards::model()) {
        assert!(file.contents.ends_with('\n') && !file.contents.ends_with("\n\n"), "{}", file.path);
        assert!(file.contents.lines().all(|line| line == line.trim_end()), "{}", file.path);
        assert!(!file.contents.contains("\n\n\n"), "{}", file.path);
    }
}
