//! `security.md`: the security checklist, each point with the resources that carry it and the tests that prove it.
//!
//! Which resources those are follows from the model alone; `tests/security.rs` holds them against the templates.

use model::{Auth, Environment, Model, Removal, Secret, TableRole};
use serde::Serialize;

use super::{variables, words};
use crate::template::escape::code_span as code;

mod proofs;

#[derive(Serialize)]
pub(super) struct Page {
    environments: Vec<String>,
    points: Vec<Point>,
}

/// One line of the checklist.
#[derive(Serialize)]
struct Point {
    title: &'static str,
    /// How it is met, in Markdown.
    how: String,
    rows: Vec<Row>,
    proofs: &'static [proofs::Proof],
}

/// Resources of one type in one stack, or in the stacks of several topics.
#[derive(Serialize)]
struct Row {
    stack: &'static str,
    kind: &'static str,
    ids: String,
    /// How many there are in each environment, in the environments' order.
    counts: Vec<usize>,
}

pub(super) fn page(model: &Model) -> Page {
    Page {
        environments: model.environments.iter().map(|environment| code(&environment.name)).collect(),
        points: vec![
            credentials(model),
            scram(model),
            tls(model),
            keys(model),
            roles(model),
            groups(model),
            connections(model),
            tables(model),
            audit(model),
            alarms(model),
        ],
    }
}

fn credentials(model: &Model) -> Point {
    let names = [Secret::ProducerCredentials, Secret::ConsumerCredentials, Secret::TokenKey];
    let names: Vec<String> = names.iter().map(|secret| code(&variables::secret(model, *secret))).collect();
    Point {
        title: "Kafka credentials stored in Secrets Manager",
        how: format!(
            "The stack makes them, {}, with passwords that nobody has seen, under a key of their own. A function is told \
             the secret's ARN, never a password.",
            words::and(&names)
        ),
        rows: vec![
            row(
                model,
                "Foundation",
                "AWS::SecretsManager::Secret",
                &["ProducerCredentials", "ConsumerCredentials", "TokenKey"],
            ),
            row(model, "Foundation", "AWS::MSK::BatchScramSecret", &["ScramUsers"]),
        ],
        proofs: proofs::CREDENTIALS,
    }
}

fn scram(model: &Model) -> Point {
    let consumers = model.topics.iter().filter(|topic| topic.consumer.is_some()).count();
    Point {
        title: "SCRAM-SHA-512 authentication enabled",
        how: "It is the only way in: the cluster refuses who is not authenticated. Producers and event source mappings \
              have a user each."
            .into(),
        rows: vec![
            row(model, "Foundation", "AWS::MSK::Cluster", &["Cluster"]),
            some(model, "each topic's", "AWS::Lambda::EventSourceMapping", "`<Group>Mapping`", |_| consumers),
        ],
        proofs: proofs::SCRAM,
    }
}

fn tls(model: &Model) -> Point {
    let policies: Vec<String> =
        model.channels.iter().map(|channel| format!("{}ChannelPolicy", channel.name.pascal)).collect();
    let policies: Vec<&str> = policies.iter().map(String::as_str).collect();
    Point {
        title: "TLS encryption in transit enabled",
        how: "Between clients and brokers, and among brokers. Channels and the bucket of the audit trail refuse what \
              comes without TLS."
            .into(),
        rows: vec![
            row(model, "Foundation", "AWS::MSK::Cluster", &["Cluster"]),
            row(model, "Foundation", "AWS::SNS::TopicPolicy", &policies),
            where_audited(model, "AWS::S3::BucketPolicy", "AuditBucketPolicy"),
        ],
        proofs: proofs::TLS,
    }
}

fn keys(model: &Model) -> Point {
    Point {
        title: "KMS encryption at rest enabled",
        how: "Keys of the stack's own, one each for data, secrets, logs and the audit trail, rotated yearly."
            .into(),
        rows: vec![
            row(model, "Foundation", "AWS::KMS::Key", &["DataKey", "SecretsKey", "LogsKey"]),
            where_audited(model, "AWS::KMS::Key", "AuditKey"),
        ],
        proofs: proofs::KEYS,
    }
}

fn roles(model: &Model) -> Point {
    let functions = model.functions.len();
    Point {
        title: "IAM roles follow least privilege principle",
        how: "Each function has a role of its own that allows what [its code calls](architecture.md#functions-and-what-they-may-do) \
              and nothing else."
            .into(),
        rows: vec![
            row(model, "Foundation", "AWS::IAM::Role", &["BootstrapBrokersRole", "FlowLogRole"]),
            row(
                model,
                "Edge",
                "AWS::IAM::Role",
                &["AuthorizerRole", "ConnectRole", "DisconnectRole", "DefaultRole", "ApiGatewayLogRole"],
            ),
            some(model, "each topic's", "AWS::IAM::Role", "`ProducerRole`, `ConsumerRole`", move |_| {
                functions - OUTSIDE_TOPICS
            }),
        ],
        proofs: proofs::ROLES,
    }
}

/// Functions that belong to no topic: four of the edge, and the one that finds the brokers.
const OUTSIDE_TOPICS: usize = 5;

fn groups(model: &Model) -> Point {
    Point {
        title: "Security groups restrict port access",
        how: format!(
            "{} lets in 9096 from producers and from the pollers, and nothing else. Producers reach 9096 and, for AWS's own \
             endpoints, 443; the subnets have no route to the internet.",
            code(&format!("{}-kafka-sg-{}", model.app.name, super::ENVIRONMENT))
        ),
        rows: vec![
            row(
                model,
                "Foundation",
                "AWS::EC2::SecurityGroup",
                &["KafkaSecurityGroup", "FunctionSecurityGroup", "EndpointSecurityGroup"],
            ),
            row(
                model,
                "Foundation",
                "AWS::EC2::SecurityGroupIngress",
                &["PollersIngress", "ProducersIngress", "EndpointsIngress"],
            ),
            row(
                model,
                "Foundation",
                "AWS::EC2::SecurityGroupEgress",
                &["PollersEgress", "ProducersEgress", "EndpointsEgress", "GatewayEndpointEgress"],
            ),
        ],
        proofs: proofs::GROUPS,
    }
}

fn connections(model: &Model) -> Point {
    let table = model.system_table(TableRole::Connections);
    let ttl = table.ttl.as_ref().map_or(0, |ttl| ttl.seconds);
    let guarded = names(model, |environment| environment.auth == Auth::Token);
    let guarded = if guarded.is_empty() {
        String::new()
    } else {
        format!(" In {} a token binds each to one customer.", words::and(&guarded))
    };
    Point {
        title: "WebSocket connections have TTL",
        how: format!(
            "A connection is forgotten after {}, or when it closes.{guarded}",
            words::duration(ttl * 1000)
        ),
        rows: vec![row(model, "Data", "AWS::DynamoDB::Table", &[&format!("{}Table", table.name.pascal)])],
        proofs: proofs::CONNECTIONS,
    }
}

fn tables(model: &Model) -> Point {
    let ids: Vec<String> = model.tables.iter().map(|table| format!("{}Table", table.name.pascal)).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let kept = names(model, |environment| environment.removal == Removal::Retain);
    let kept = if kept.is_empty() {
        String::new()
    } else {
        format!(" In {} they stay when the stack goes.", words::and(&kept))
    };
    Point {
        title: "DynamoDB encrypted at rest",
        how: format!("With the data key, and with point-in-time recovery.{kept}"),
        rows: vec![row(model, "Data", "AWS::DynamoDB::Table", &ids)],
        proofs: proofs::TABLES,
    }
}

fn audit(model: &Model) -> Point {
    Point {
        title: "Audit logging enabled",
        how: "A trail of what was managed and of every read and write of the tables, with its own key and bucket, which \
              stay. Logs of the brokers, of the network and of both APIs besides."
            .into(),
        rows: vec![
            where_audited(model, "AWS::CloudTrail::Trail", "AuditTrail"),
            row(model, "Foundation", "AWS::EC2::FlowLog", &["FlowLog"]),
            row(
                model,
                "Foundation",
                "AWS::Logs::LogGroup",
                &["BrokerLogGroup", "FlowLogGroup", "BootstrapBrokersLogGroup"],
            ),
            row(
                model,
                "Edge",
                "AWS::Logs::LogGroup",
                &[
                    "HttpAccessLog",
                    "WebSocketAccessLog",
                    "AuthorizerLogGroup",
                    "ConnectLogGroup",
                    "DisconnectLogGroup",
                    "DefaultLogGroup",
                ],
            ),
        ],
        proofs: proofs::AUDIT,
    }
}

fn alarms(model: &Model) -> Point {
    use model::AlarmSource::{Cluster, Edge, Topic};
    let of = |pick: fn(&model::AlarmSource) -> bool| {
        move |environment: &Environment| {
            let own =
                model.alarms.iter().filter(|alarm| pick(&alarm.source) && alarm.applies_to(environment));
            own.count()
        }
    };
    let kind = "AWS::CloudWatch::Alarm";
    let ids = "`<Alarm>Alarm`, by the names in the [runbook](runbook.md)";
    Point {
        title: "CloudWatch alarms configured",
        how: format!(
            "They go to channel {}. What to do is in the [runbook](runbook.md).",
            code(&model.alarm_channel().name.name)
        ),
        rows: vec![
            some(model, "Foundation", kind, ids, of(|source| *source == Cluster)),
            some(model, "Edge", kind, ids, of(|source| *source == Edge)),
            some(model, "each topic's", kind, ids, of(|source| matches!(source, Topic(_)))),
        ],
        proofs: proofs::ALARMS,
    }
}

/// These resources, in every environment.
fn row(model: &Model, stack: &'static str, kind: &'static str, ids: &[&str]) -> Row {
    let codes: Vec<String> = ids.iter().map(|id| code(id)).collect();
    Row { stack, kind, ids: codes.join(", "), counts: vec![ids.len(); model.environments.len()] }
}

/// One resource in each environment that has an audit trail.
fn where_audited(model: &Model, kind: &'static str, id: &str) -> Row {
    some(model, "Data", kind, &code(id), |environment| usize::from(environment.audit))
}

fn some(
    model: &Model,
    stack: &'static str,
    kind: &'static str,
    ids: &str,
    count: impl Fn(&Environment) -> usize,
) -> Row {
    Row { stack, kind, ids: ids.into(), counts: model.environments.iter().map(count).collect() }
}

fn names(model: &Model, holds: impl Fn(&Environment) -> bool) -> Vec<String> {
    let those = model.environments.iter().filter(|environment| holds(environment));
    those.map(|environment| code(&environment.name)).collect()
}
