//! What the code in Lambda asks of AWS: the one declaration that the roles of the templates are held to.
//!
//! It stands beside the contract, so that whoever renders roles needs no SDK to read it. Tests of the `render` crate
//! tie it to both sides: every call that the sources make is here and none besides, each program reaches exactly the
//! calls that name it, and each rendered role allows what follows from them and nothing more.

use crate::Write;

/// One call of an AWS API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The source file, below `handlers/`.
    pub file: &'static str,
    /// The function that makes it: `Store::marker`.
    pub by: &'static str,
    /// The SDK client's method; for an item of a transaction `transaction.put` and the like.
    pub operation: &'static str,
    /// The IAM actions that it takes
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).
    pub actions: &'static [&'static str],
    /// What it is made on.
    pub on: &'static [On],
    /// The programs that can make it.
    pub programs: &'static [Program],
}

/// What a call is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// What this environment variable names. A function that isn't told it can't make the call.
    Variable(&'static str),
    /// The table that the topic's events are written to, if they are written in this way; `None` is any.
    Sink(Option<Write>),
    /// Each table that the business rule reads.
    RulesTables,
    /// The connections of the WebSocket stage. A consumer has them where it is told the table of connections.
    Connections,
    /// The cluster that CloudFormation asks about.
    Cluster,
}

/// A program that runs in Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// Publishes a topic's events.
    Producer,
    /// Applies a topic's events.
    Consumer,
    /// Lets callers in.
    Authorizer,
    /// `$connect`.
    Connect,
    /// `$disconnect`.
    Disconnect,
    /// `$default`.
    Default,
    /// The custom resource.
    BootstrapBrokers,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Producer,
        Self::Consumer,
        Self::Authorizer,
        Self::Connect,
        Self::Disconnect,
        Self::Default,
        Self::BootstrapBrokers,
    ];
}

const GET: &[&str] = &["dynamodb:GetItem"];
const BATCH_GET: &[&str] = &["dynamodb:BatchGetItem"];
const QUERY: &[&str] = &["dynamodb:Query"];
const PUT: &[&str] = &["dynamodb:PutItem"];
const UPDATE: &[&str] = &["dynamodb:UpdateItem"];

const APPLY: &str = "runtime/src/consumer/apply.rs";
const QUARANTINE: &str = "runtime/src/consumer/quarantine.rs";
const CONNECTIONS: &str = "runtime/src/websocket/connections.rs";
const HISTORY: &str = "runtime/src/websocket/default/history.rs";

const EVENTS: On = On::Variable("KAFKA_EVENTS_TABLE");
const ERRORS: On = On::Variable("ERROR_LOGS_TABLE");
const SOCKETS: On = On::Variable("WEBSOCKET_TABLE");
const TOKEN_KEY: On = On::Variable("TOKEN_SECRET_ARN");

use Program::{
    Authorizer, BootstrapBrokers, Connect, Consumer, Default as DefaultRoute, Disconnect, Producer,
};

const fn call(
    (file, by): (&'static str, &'static str),
    operation: &'static str,
    actions: &'static [&'static str],
    on: &'static [On],
    programs: &'static [Program],
) -> Call {
    Call { file, by, operation, actions, on, programs }
}

/// Every call, by file.
pub const CALLS: &[Call] = &[
    call((APPLY, "Store::replace"), "transaction.put", PUT, &[On::Sink(Some(Write::Put))], &[Consumer]),
    call((APPLY, "Store::update"), "get_item", GET, &[On::Sink(None)], &[Consumer]),
    call((APPLY, "Store::update"), "transaction.update", UPDATE, &[On::Sink(None)], &[Consumer]),
    // A transaction takes the actions of its items, and none of its own
    // (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
    call((APPLY, "Store::commit"), "transact_write_items", &[], &[], &[Consumer]),
    call((APPLY, "Store::apply_together"), "transact_write_items", &[], &[], &[Consumer]),
    call((APPLY, "Store::marker"), "transaction.put", PUT, &[EVENTS], &[Consumer]),
    call((APPLY, "Store::pending"), "get_item", GET, &[EVENTS], &[Consumer]),
    call((APPLY, "Store::done"), "update_item", UPDATE, &[EVENTS], &[Consumer]),
    call((APPLY, "Store::done_together"), "transaction.update", UPDATE, &[EVENTS], &[Consumer]),
    call((APPLY, "Store::done_together"), "transact_write_items", &[], &[], &[Consumer]),
    call((QUARANTINE, "Quarantine::put"), "put_item", PUT, &[ERRORS], &[Consumer]),
    call((QUARANTINE, "Quarantine::put_new"), "put_item", PUT, &[ERRORS], &[Consumer]),
    call((QUARANTINE, "Quarantine::failed_again"), "update_item", UPDATE, &[ERRORS], &[Consumer]),
    call((QUARANTINE, "Quarantine::done"), "update_item", UPDATE, &[ERRORS], &[Consumer]),
    call(
        ("runtime/src/consumer/notify.rs", "Channels::tell"),
        "publish",
        &["sns:Publish"],
        &[On::Variable("QUARANTINE_CHANNEL_ARN"), On::Variable("ALERT_CHANNEL_ARN")],
        &[Consumer],
    ),
    call(
        ("runtime/src/consumer/push.rs", "post"),
        "post_to_connection",
        &["execute-api:ManageConnections"],
        &[On::Connections],
        &[Consumer, DefaultRoute],
    ),
    call((CONNECTIONS, "Connections::put"), "update_item", UPDATE, &[SOCKETS], &[Connect, DefaultRoute]),
    call((CONNECTIONS, "Connections::take"), "update_item", UPDATE, &[SOCKETS], &[Consumer, Disconnect]),
    call((CONNECTIONS, "Connections::read"), "get_item", GET, &[SOCKETS], &[Consumer]),
    call((CONNECTIONS, "Connections::read_all"), "batch_get_item", BATCH_GET, &[SOCKETS], &[Consumer]),
    call((HISTORY, "History::page"), "query", QUERY, &[EVENTS], &[DefaultRoute]),
    call((HISTORY, "History::shortly_before"), "get_item", GET, &[EVENTS], &[DefaultRoute]),
    call(
        ("runtime/src/secrets.rs", "Secrets::read"),
        "get_secret_value",
        &["secretsmanager:GetSecretValue"],
        &[TOKEN_KEY, On::Variable("KAFKA_SECRET_ARN")],
        &[Producer, Authorizer, DefaultRoute],
    ),
    call(("runtime/src/tables.rs", "DynamoTables::item"), "get_item", GET, &[On::RulesTables], &[Producer]),
    call(("runtime/src/tables.rs", "DynamoTables::items"), "query", QUERY, &[On::RulesTables], &[Producer]),
    call(
        ("bootstrap/src/brokers.rs", "find"),
        "get_bootstrap_brokers",
        &["kafka:GetBootstrapBrokers"],
        &[On::Cluster],
        &[BootstrapBrokers],
    ),
];
