//! A role allows what its function's code calls and what Lambda needs to run it, and nothing besides.
//!
//! What the code calls is declared beside the code, in `contract::calls`. From that, each function's role is computed
//! here and compared with the one that is rendered, with resources and conditions.

use std::collections::BTreeSet;

use contract::Write;
use contract::calls::{CALLS, Call, On};
use model::{EnvValue, Function, Role, Secret, Write as ModelWrite};
use serde_json::{Value, json};

use crate::assembly::Deployment;
use crate::environment::program;
use crate::{finds, holds, members};

/// One action on one resource under one condition, as text.
type Allowed = BTreeSet<(String, String, String)>;

/// Actions that IAM knows no resources for
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>: describing takes none, and
/// Lambda refuses a role that narrows the rest,
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>).
const UNSCOPED: [&str; 10] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:UnassignPrivateIpAddresses",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

const DATA_KEY: &str = "Foundation/DataKey.Arn";
const CLUSTER: &str = "if(CreateCluster ? Foundation/Cluster.Arn : $ExistingClusterArn)";

/// The role of one function, computed.
struct Expected<'a> {
    deployment: &'a Deployment,
    function: &'a Function,
    /// The stack of the function, and what its logical ids start with.
    stack: &'a str,
    id: &'a str,
    allowed: Allowed,
}

impl Expected<'_> {
    fn add(&mut self, actions: &[&str], on: &str, when: &str) {
        self.allowed.extend(actions.iter().map(|action| ((*action).into(), on.into(), when.into())));
    }

    fn compute(mut self) -> Allowed {
        let function = self.function;
        let name = self.deployment.model.function_name(function, &self.deployment.environment);
        let arn =
            format!("arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}");
        let group = format!("{}/{}LogGroup.Arn", self.stack, self.id);
        self.add(&["logs:CreateLogStream", "logs:PutLogEvents"], &group, "");
        self.add(&["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*", "");
        // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
        let own = json!({ "StringEquals": { "kms:EncryptionContext:aws:lambda:FunctionArn": arn } });
        self.add(&["kms:Decrypt"], DATA_KEY, &own.to_string());
        for call in CALLS.iter().filter(|call| call.programs.contains(&program(&function.role))) {
            self.call(call);
        }
        match function.role {
            Role::Producer(_) => {
                self.interfaces(&["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]);
            }
            Role::Consumer(_) => self.mapping(),
            _ => {}
        }
        self.allowed
    }

    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>
    fn interfaces(&mut self, more: &[&str]) {
        let actions = [
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ];
        self.add(&actions, "*", "");
        self.add(more, "*", "");
    }

    /// What Lambda's pollers do as the function's role
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html>,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html>).
    fn mapping(&mut self) {
        self.interfaces(&["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"]);
        let poll = [
            "kafka:DescribeCluster",
            "kafka:DescribeClusterV2",
            "kafka:GetBootstrapBrokers",
            "kafka:ListScramSecrets",
        ];
        self.add(&poll, CLUSTER, "");
        self.secret(&["secretsmanager:GetSecretValue"], Secret::ConsumerCredentials);
        let letters = [
            "kafka-cluster:Connect",
            "kafka-cluster:DescribeTopic",
            "kafka-cluster:ReadData",
            "kafka-cluster:WriteData",
        ];
        self.add(&letters, CLUSTER, "");
        let part = |at: usize| format!("split(/, {CLUSTER})[{at}]");
        let topic = format!(
            "arn:${{AWS::Partition}}:kafka:${{AWS::Region}}:${{AWS::AccountId}}:topic/{}/{}/{}",
            part(1),
            part(2),
            self.deployment.model.cluster.dead_letter_topic
        );
        self.add(&letters, &topic, "");
    }

    fn call(&mut self, call: &Call) {
        for on in call.on {
            match on {
                On::Variable(name) => {
                    let variable = self.function.environment.iter().find(|one| one.name == *name);
                    match variable.map(|one| one.value.clone()) {
                        Some(EnvValue::TableName(table)) => self.table(call.actions, &table),
                        Some(EnvValue::ChannelArn(channel)) => self.channel(call.actions, &channel),
                        Some(EnvValue::SecretArn(secret)) => self.secret(call.actions, secret),
                        Some(other) => panic!("{name} names nothing that can be called: {other:?}"),
                        None => {}
                    }
                }
                On::Sink(write) => {
                    let Role::Consumer(topic) = &self.function.role else { panic!("{call:?}") };
                    let topic = self.deployment.model.topic(topic).expect("its topic");
                    let consumer = topic.consumer.as_ref().expect("its consumer");
                    let own = match consumer.write {
                        ModelWrite::Put => Write::Put,
                        ModelWrite::Merge => Write::Merge,
                    };
                    if write.is_none_or(|write| write == own) {
                        self.table(call.actions, &consumer.table);
                    }
                }
                On::RulesTables => {
                    let Role::Producer(topic) = &self.function.role else { panic!("{call:?}") };
                    let topic = self.deployment.model.topic(topic).expect("its topic");
                    for table in &topic.producer.as_ref().expect("its producer").reads {
                        self.table(call.actions, table);
                    }
                }
                On::Connections => self.connections(call.actions),
                On::Cluster => self.add(call.actions, CLUSTER, ""),
            }
        }
    }

    /// Encrypted with our key, through the service alone.
    fn key(&mut self, actions: &[&str], key: &str, service: &str) {
        let via = json!({ "StringEquals": { "kms:ViaService": format!("{service}.${{AWS::Region}}.amazonaws.com") } });
        self.add(actions, key, &via.to_string());
    }

    fn table(&mut self, actions: &[&str], table: &str) {
        let pascal = &self.deployment.model.table(table).expect("a table").name.pascal;
        self.add(actions, &format!("Data/{pascal}Table.Arn"), "");
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        let kms = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
        self.key(&kms, DATA_KEY, "dynamodb");
    }

    fn channel(&mut self, actions: &[&str], channel: &str) {
        let pascal = &self.deployment.model.channel(channel).expect("a channel").name.pascal;
        self.add(actions, &format!("Foundation/{pascal}Channel"), "");
        // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        self.key(&["kms:Decrypt", "kms:GenerateDataKey*"], DATA_KEY, "sns");
    }

    fn secret(&mut self, actions: &[&str], secret: Secret) {
        let user = |own: &str| format!("if(CreateCluster ? Foundation/{own} : $ExistingSecretArn)");
        let users_key = "if(CreateCluster ? Foundation/SecretsKey.Arn : $ExistingSecretKeyArn)";
        let (arn, key) = match secret {
            Secret::ProducerCredentials => (user("ProducerCredentials"), users_key),
            Secret::ConsumerCredentials => (user("ConsumerCredentials"), users_key),
            Secret::TokenKey => ("Foundation/TokenKey".into(), "Foundation/SecretsKey.Arn"),
        };
        self.add(actions, &arn, "");
        self.key(&["kms:Decrypt"], key, "secretsmanager");
    }

    fn connections(&mut self, actions: &[&str]) {
        let told = self.function.environment.iter().any(|one| one.name == "WEBSOCKET_TABLE");
        if matches!(self.function.role, Role::Consumer(_)) && !told {
            return;
        }
        let stage = &self.deployment.environment.name;
        let arn = format!(
            "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:Edge/WebSocketApi.ApiId/{stage}/POST/@connections/*"
        );
        self.add(actions, &arn, "");
    }
}

/// What the statements of a role say, by their effect.
fn rendered(deployment: &Deployment, stack: &str, role: &Value, effect: &str) -> Allowed {
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        Value::Null => vec![],
        one => vec![one.clone()],
    };
    let mut allowed = Allowed::new();
    for policy in list(&role["Properties"]["Policies"]) {
        for statement in list(&policy["PolicyDocument"]["Statement"]) {
            if statement["Effect"] != effect {
                continue;
            }
            let when = condition(deployment, stack, &statement["Condition"]);
            // What says more than actions, resources and conditions is not understood here.
            let odd = members(&statement).find(|(name, _)| {
                !["Sid", "Effect", "Action", "Resource", "Condition"].contains(&name.as_str())
            });
            if let Some((name, _)) = odd {
                allowed.insert((format!("something by the key {name}"), String::new(), String::new()));
            }
            for action in list(&statement["Action"]) {
                for on in list(&statement["Resource"]) {
                    let action = deployment.text(stack, &action);
                    allowed.insert((action, deployment.text(stack, &on), when.clone()));
                }
            }
        }
    }
    allowed
}

fn condition(deployment: &Deployment, stack: &str, value: &Value) -> String {
    let resolved: serde_json::Map<String, Value> = members(value)
        .map(|(operator, keys)| {
            let keys: serde_json::Map<String, Value> = members(keys)
                .map(|(key, value)| (key.clone(), deployment.text(stack, value).into()))
                .collect();
            (operator.clone(), keys.into())
        })
        .collect();
    if resolved.is_empty() { String::new() } else { Value::Object(resolved).to_string() }
}

/// What roles allow and needn't, and what they don't allow and should.
pub(crate) fn differences(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, resource) in deployment.of_type("AWS::Lambda::Function") {
        let name = deployment.text(stack, &resource["Properties"]["FunctionName"]);
        let functions = &deployment.model.functions;
        let known =
            functions.iter().find(|one| deployment.model.function_name(one, &deployment.environment) == name);
        let Some(function) = known else {
            wrong.push(format!("{stack}/{id}: the model has no function {name}"));
            continue;
        };
        let role_arn = deployment.text(stack, &resource["Properties"]["Role"]);
        let role_id = format!("{id}Role");
        if role_arn != format!("{stack}/{role_id}.Arn") {
            wrong.push(format!("{stack}/{id} has another's role: {role_arn}"));
            continue;
        }
        let role = deployment.resource(stack, &role_id);
        if !role["Properties"]["ManagedPolicyArns"].is_null() {
            wrong.push(format!("{stack}/{role_id} has managed policies"));
        }
        let rendered = rendered(deployment, stack, role, "Allow");
        let expected = Expected { deployment, function, stack, id, allowed: Allowed::new() }.compute();
        wrong.extend(rendered.difference(&expected).map(|(action, on, when)| {
            format!("{stack}/{role_id} allows {action} on {on} {when}, and needn't")
        }));
        wrong.extend(
            expected
                .difference(&rendered)
                .map(|(action, on, when)| format!("{stack}/{role_id} should allow {action} on {on} {when}")),
        );
        for (action, _, _) in rendered.iter().filter(|(_, on, _)| on == "*") {
            if !UNSCOPED.contains(&action.as_str()) {
                wrong.push(format!("{stack}/{role_id} allows {action} on everything"));
            }
        }
        wrong.extend(undenied(deployment, stack, &role_id, &name, &rendered));
    }
    wrong
}

/// Network interfaces are Lambda's business: the function's own code is denied them
/// (<https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>).
fn undenied(deployment: &Deployment, stack: &str, role: &str, name: &str, allowed: &Allowed) -> Vec<String> {
    let denied = rendered(deployment, stack, deployment.resource(stack, role), "Deny");
    let own = format!("function:{name}\"");
    let is_denied = |action: &String| {
        denied.iter().any(|(other, on, when)| {
            other == action && on == "*" && when.contains("lambda:SourceFunctionArn") && when.contains(&own)
        })
    };
    let interfaces = allowed.iter().map(|(action, _, _)| action).filter(|action| action.starts_with("ec2:"));
    interfaces
        .filter(|action| !is_denied(action))
        .map(|action| format!("{stack}/{role}: {action} isn't denied to the function's own code"))
        .collect()
}

/// Roles besides the functions' own, each with the policies that it may have.
fn other_roles(deployment: &Deployment) -> Vec<String> {
    let mut wrong = vec![];
    for (stack, id, role) in deployment.of_type("AWS::IAM::Role") {
        let function = id.strip_suffix("Role").map(|id| deployment.resource(stack, id));
        if function.is_some_and(|one| one["Type"] == "AWS::Lambda::Function") {
            continue;
        }
        let actions: BTreeSet<String> = rendered(deployment, stack, role, "Allow")
            .into_iter()
            .map(|(action, on, _)| format!("{action} on {on}"))
            .collect();
        let expected: BTreeSet<String> = match id {
            // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
            "FlowLogRole" => [
                "logs:CreateLogStream",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ]
            .iter()
            .map(|action| format!("{action} on Foundation/FlowLogGroup.Arn"))
            .collect(),
            // The policy that AWS keeps for it; it has no other way.
            "ApiGatewayLogRole" => BTreeSet::new(),
            _ => {
                wrong.push(format!("{stack}/{id} is a role that nobody has thought about"));
                continue;
            }
        };
        if actions != expected {
            wrong.push(format!("{stack}/{id} allows {actions:?}"));
        }
    }
    wrong
}

#[test]
fn roles_allow_what_the_code_calls_and_nothing_besides() {
    holds(differences);
    holds(other_roles);
}

#[test]
fn a_role_that_allows_too_much_or_too_little_is_found() {
    let statement = |stack: &'static str, role: &'static str, change: fn(&mut Value)| {
        move |one: &mut Deployment| {
            change(&mut one.spoil(stack, role)["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]);
        }
    };
    let topic = "UserInfoSubmittedTopic";
    let more = |statements: &mut Value| {
        statements.as_array_mut().expect("statements").push(json!({
            "Effect": "Allow", "Action": ["dynamodb:DeleteItem"], "Resource": ["*"]
        }));
    };
    finds(
        differences,
        statement(topic, "ConsumerRole", more),
        "allows dynamodb:DeleteItem on * , and needn't",
    );
    finds(differences, statement(topic, "ConsumerRole", more), "allows dynamodb:DeleteItem on everything");
    finds(
        differences,
        statement("Edge", "ConnectRole", |statements| {
            statements
                .as_array_mut()
                .expect("statements")
                .retain(|one| !one.to_string().contains("dynamodb:Up"));
        }),
        "Edge/ConnectRole should allow dynamodb:UpdateItem on Data/WebsocketConnectionsTable.Arn",
    );
    finds(
        differences,
        statement(topic, "ProducerRole", |statements| {
            for one in statements.as_array_mut().expect("statements") {
                one.as_object_mut().expect("a statement").remove("Condition");
            }
        }),
        "UserInfoSubmittedTopic/ProducerRole should allow kms:Decrypt",
    );
    finds(
        differences,
        statement(topic, "ProducerRole", |statements| {
            statements.as_array_mut().expect("statements").retain(|one| one["Effect"] == "Allow");
        }),
        "isn't denied to the function's own code",
    );
    finds(
        differences,
        |one| one.spoil("Edge", "ConnectRole")["Properties"]["ManagedPolicyArns"] = json!(["arn:x"]),
        "has managed policies",
    );
    finds(other_roles, statement("Foundation", "FlowLogRole", more), "Foundation/FlowLogRole allows");
}
