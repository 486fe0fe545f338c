//! From a function's grants to IAM statements: the edges of the manifest and nothing else.

use std::collections::BTreeMap;

use cfn::iam::{Condition, PolicyDocument, Statement};
use cfn::{Attr, Val, join, kms, logs, msk, select, split, sub};
use model::{Function, Grant, Model, Network};

use super::function::{Needs, known};

/// What Lambda itself does with a function's network interfaces, and a mapping's pollers with theirs. None of
/// these can be narrowed to a resource
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>).
const INTERFACES: [&str; 4] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
];

/// The inline policy of a function's role.
pub(super) fn policy(
    model: &Model,
    function: &Function,
    name: &str,
    log_group: &Attr<logs::log_group::Arn>,
    needs: &Needs,
) -> PolicyDocument {
    let mut policy = PolicyDocument::new()
        .statement(
            Statement::allow()
                .sid("Logs")
                .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
                .on([log_group.text()]),
        )
        .statement(
            // https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html: neither can be narrowed.
            Statement::allow()
                .sid("Traces")
                .actions(["xray:PutTraceSegments", "xray:PutTelemetryRecords"])
                .on_any(),
        )
        .statement(own_variables(name, &known(needs.data_key.as_ref())));
    for grant in function.grants.iter().filter(|grant| grant.table().is_none()) {
        for statement in statements(model, function, name, grant, needs) {
            policy = policy.statement(statement);
        }
    }
    let tables = tables(function);
    for (table, actions) in &tables {
        let on = needs.tables[*table].arn.clone();
        policy = policy.statement(Statement::allow().actions(actions.clone()).on([on]));
    }
    if !tables.is_empty() {
        policy = policy.statement(through(
            "Tables",
            "dynamodb",
            &["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            &known(needs.data_key.as_ref()),
        ));
    }
    if function.grants.iter().any(|grant| matches!(grant, Grant::Publish(_))) {
        policy = policy.statement(through(
            "Channels",
            "sns",
            &["kms:Decrypt", "kms:GenerateDataKey*"],
            &known(needs.data_key.as_ref()),
        ));
    }
    policy
}

fn statements(
    model: &Model,
    function: &Function,
    name: &str,
    grant: &Grant,
    needs: &Needs,
) -> Vec<Statement> {
    match grant {
        Grant::NetworkInterfaces => interfaces(function, name),
        Grant::BootstrapBrokers => {
            vec![
                Statement::allow().actions(["kafka:GetBootstrapBrokers"]).on([known(needs.cluster.as_ref())]),
            ]
        }
        Grant::PollCluster => vec![
            // https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html
            Statement::allow()
                .sid("Poll")
                .actions([
                    "kafka:DescribeCluster",
                    "kafka:DescribeClusterV2",
                    "kafka:GetBootstrapBrokers",
                    "kafka:ListScramSecrets",
                ])
                .on([known(needs.cluster.as_ref())]),
        ],
        Grant::DeadLetters => {
            // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
            let cluster = known(needs.cluster.as_ref());
            vec![
                Statement::allow()
                    .sid("DeadLetters")
                    .actions([
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ])
                    .on([cluster.text(), topic_arn(&cluster, &model.cluster.dead_letter_topic)]),
            ]
        }
        Grant::ReadSecret(secret) => {
            let secret = &needs.secrets[secret];
            vec![
                Statement::allow().actions(["secretsmanager:GetSecretValue"]).on([secret.arn.clone()]),
                through("", "secretsmanager", &["kms:Decrypt"], &secret.key),
            ]
        }
        // All grants of a table are one statement.
        Grant::GetItems(_)
        | Grant::BatchGetItems(_)
        | Grant::QueryItems(_)
        | Grant::PutItems(_)
        | Grant::UpdateItems(_) => vec![],
        Grant::Publish(channel) => {
            vec![Statement::allow().actions(["sns:Publish"]).on([needs.channels[channel].clone()])]
        }
        Grant::PostToConnections => vec![
            Statement::allow()
                .actions(["execute-api:ManageConnections"])
                .on([known(needs.connections_arn.as_ref())]),
        ],
    }
}

/// What may be done with each table.
fn tables(function: &Function) -> BTreeMap<&str, Vec<&'static str>> {
    let mut tables = BTreeMap::<&str, Vec<&'static str>>::new();
    for grant in &function.grants {
        let (table, action) = match grant {
            Grant::GetItems(table) => (table, "dynamodb:GetItem"),
            Grant::BatchGetItems(table) => (table, "dynamodb:BatchGetItem"),
            Grant::QueryItems(table) => (table, "dynamodb:Query"),
            Grant::PutItems(table) => (table, "dynamodb:PutItem"),
            Grant::UpdateItems(table) => (table, "dynamodb:UpdateItem"),
            _ => continue,
        };
        tables.entry(table).or_default().push(action);
    }
    tables
}

/// Network interfaces are for Lambda to handle, not for the function's own code.
fn interfaces(function: &Function, name: &str) -> Vec<Statement> {
    let mut actions: Vec<&str> = INTERFACES.into();
    actions.extend(match function.network {
        Network::Vpc => ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
        // The pollers of a mapping look at the cluster's network first.
        Network::Lambda => ["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"],
    });
    vec![
        Statement::allow().sid("Interfaces").actions(actions.clone()).on_any(),
        // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        Statement::deny()
            .sid("NotFromItsCode")
            .actions(actions)
            .on_any()
            .when(Condition::arn_equals("lambda:SourceFunctionArn", function_arn(name))),
    ]
}

/// Lambda decrypts a function's variables as the function's role
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>).
fn own_variables(name: &str, key: &Attr<kms::key::Arn>) -> Statement {
    Statement::allow()
        .sid("Variables")
        .actions(["kms:Decrypt"])
        .on([key])
        .when(Condition::string_equals("kms:EncryptionContext:aws:lambda:FunctionArn", function_arn(name)))
}

/// The use of a key through one service alone.
fn through(sid: &str, service: &str, actions: &[&str], key: &Attr<kms::key::Arn>) -> Statement {
    let statement = Statement::allow().actions(actions.to_vec()).on([key]).when(Condition::string_equals(
        "kms:ViaService",
        sub!("${service}.${AWS::Region}.amazonaws.com", service = service),
    ));
    if sid.is_empty() { statement } else { statement.sid(sid) }
}

fn function_arn(name: &str) -> Val<String> {
    sub!("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${name}", name = name)
}

/// `arn:aws:kafka:region:account:cluster/NAME/UUID` -> `arn:aws:kafka:region:account:topic/NAME/UUID/TOPIC`.
fn topic_arn(cluster: &Attr<msk::cluster::Arn>, topic: &str) -> Val<String> {
    let part = |index| select::<Val<String>>(index, split("/", cluster));
    join(
        "/",
        [
            sub!("arn:${AWS::Partition}:kafka:${AWS::Region}:${AWS::AccountId}:topic"),
            part(1),
            part(2),
            cfn::text(topic),
        ],
    )
}
