//! Every variable that a function reads is set, and every one that is set is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use contract::calls::Program;
use model::Role;
use regex::Regex;

use crate::assembly::{Deployment, deployments};
use crate::code::code;
use crate::{finds, holds, members};

/// Variables that Lambda sets, that have defaults, or that are for other clusters and local runs alone, as
/// `runtime::Settings` says.
const NOT_IN_TEMPLATES: [&str; 18] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_LOG_LEVEL",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "KAFKA_CA_FILE",
    "KAFKA_PASSWORD",
    "KAFKA_SECURITY_PROTOCOL",
    "LOG_LEVEL",
    "SESSION_SECONDS",
    "SSL_CERT_FILE",
    "TOKEN_TTL_SECONDS",
    "ALERT_CHANNEL_ARN",
    "KAFKA_ERROR_TOPIC",
    "MARKER_SECONDS",
];

pub(crate) fn program(role: &Role) -> Program {
    match role {
        Role::Producer(_) => Program::Producer,
        Role::Consumer(_) => Program::Consumer,
        Role::Authorizer => Program::Authorizer,
        Role::Connect => Program::Connect,
        Role::Disconnect => Program::Disconnect,
        Role::Default => Program::Default,
        Role::BootstrapBrokers => Program::BootstrapBrokers,
    }
}

/// The variables that a program's code names.
fn read(program: Program) -> BTreeSet<String> {
    static READ: LazyLock<BTreeMap<Program, BTreeSet<String>>> = LazyLock::new(|| {
        let name =
            Regex::new(r#"\b(?:get|need|number|check_topic|text)\("([A-Z][A-Z0-9_]+)""#).expect("a pattern");
        let names = |program| {
            let reach = code().reach(program);
            let named = reach.iter().flat_map(|one| name.captures_iter(&one.text));
            named.map(|found| found[1].to_owned()).collect()
        };
        Program::ALL.into_iter().map(|program| (program, names(program))).collect()
    });
    READ[&program].clone()
}

/// Variables that are set for nobody, and those that nobody sets.
fn mismatches(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, resource) in deployment.of_type("AWS::Lambda::Function") {
        let name = deployment.text(stack, &resource["Properties"]["FunctionName"]);
        let function = deployment
            .model
            .functions
            .iter()
            .find(|one| deployment.model.function_name(one, &deployment.environment) == name);
        let Some(function) = function else {
            wrong.push(format!("{stack}/{id}: the model has no function {name}"));
            continue;
        };
        let set: BTreeSet<String> = members(&resource["Properties"]["Environment"]["Variables"])
            .map(|(name, _)| name.clone())
            .collect();
        let mut reads = read(program(&function.role));
        // The tables of rules and sinks are in generated constants, by their own variables.
        let tables = function.grants.iter().filter_map(|grant| deployment.model.table(grant.table()?));
        reads.extend(tables.map(model::Table::env_var));
        // Whose it is, told to every function alike; those that measure read it.
        reads.extend(["APP_NAME", "ENVIRONMENT"].map(str::to_owned));
        wrong.extend(set.difference(&reads).map(|name| format!("{stack}/{id}: nobody reads {name}")));
        let optional = |name: &&String| {
            // What a consumer without a push, and the authorizer without a broker, doesn't need.
            let part = match &function.role {
                Role::Consumer(topic) => {
                    let push = deployment.model.topic(topic).is_some_and(|topic| topic.push.is_some());
                    !push && matches!(name.as_str(), "WEBSOCKET_ENDPOINT" | "WEBSOCKET_TABLE")
                }
                _ => false,
            };
            part || NOT_IN_TEMPLATES.contains(&name.as_str())
        };
        let unset = reads.difference(&set).filter(|name| !optional(name));
        wrong.extend(unset.map(|name| format!("{stack}/{id}: {name} isn't set")));
    }
    wrong
}

#[test]
fn what_is_read_is_set_and_what_is_set_is_read() {
    assert!(!deployments().is_empty());
    holds(mismatches);
    finds(
        mismatches,
        |one| {
            let variables = &mut one.spoil("Edge", "Connect")["Properties"]["Environment"]["Variables"];
            variables.as_object_mut().expect("variables").remove("WEBSOCKET_TABLE");
        },
        "Edge/Connect: WEBSOCKET_TABLE isn't set",
    );
    finds(
        mismatches,
        |one| {
            one.spoil("Edge", "Connect")["Properties"]["Environment"]["Variables"]["USERS_TABLE"] =
                "x".into();
        },
        "Edge/Connect: nobody reads USERS_TABLE",
    );
}
