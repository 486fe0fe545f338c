//! A cloud on this machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    },
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use contract::Item;
use runtime::{Aws, Settings};
use serde_json::{Value, json};

/// A message that SNS took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) channel: String,
    pub(crate) dedupe_id: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// What the servers remember and are told to do.
#[derive(Debug, Default)]
pub(crate) struct Inside {
    pub(crate) told: Vec<Told>,
    /// Connection and message, in order.
    pub(crate) sent: Vec<(String, Value)>,
    /// Connections that answer with this status and error.
    pub(crate) broken: BTreeMap<String, (u16, &'static str)>,
    /// Connections whose next so many messages are too many.
    pub(crate) throttled: BTreeMap<String, usize>,
    /// The next so many messages to SNS fail.
    pub(crate) sns_fails: usize,
    /// Secrets by name and stage: version and text.
    pub(crate) secrets: BTreeMap<(String, String), (String, String)>,
    pub(crate) secret_reads: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    pub(crate) dynamodb: Client,
    pub(crate) settings: Settings,
    inside: Arc<Mutex<Inside>>,
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let inside = Arc::<Mutex<Inside>>::default();
        let services = Router::new().fallback(serve).with_state(inside.clone());
        let (listener, address) = listen().await;
        tokio::spawn(async move { axum::serve(listener, services).await });
        let (listener, dynamo_address) = listen().await;
        let database = dynoxide::Database::memory().expect("a database in memory");
        tokio::spawn(dynoxide::server::serve_on(listener, database));

        let variables = [
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{dynamo_address}")),
            ("AWS_ENDPOINT_URL_SNS", format!("http://{address}/sns")),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("http://{address}/secrets")),
            ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", format!("http://{address}/dev")),
            ("WEBSOCKET_ENDPOINT", format!("ws://{address}/dev")),
            ("TOKEN_SECRET_ARN", "token-key".into()),
            ("ALERT_CHANNEL_ARN", "arn:aws:sns:eu-west-1:1:alerts".into()),
            ("QUARANTINE_CHANNEL_ARN", "arn:aws:sns:eu-west-1:1:support".into()),
            ("ACCOUNTS_TABLE", "accounts-test".into()),
            ("APPLICATIONS_TABLE", "applications-test".into()),
            ("ERROR_LOGS_TABLE", "error-logs-test".into()),
            ("KAFKA_EVENTS_TABLE", "kafka-events-test".into()),
            ("WEBSOCKET_TABLE", "websocket-connections-test".into()),
        ];
        let settings: Settings =
            variables.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let cloud = Self { dynamodb: Aws::new(&settings).expect("all is told").dynamodb(), settings, inside };
        cloud.rotate("key-1", "first key");
        for (table, keys) in [
            ("accounts-test", &["customerId"][..]),
            ("applications-test", &["customerId", "applicationId"]),
            ("error-logs-test", &["errorId"]),
            ("kafka-events-test", &["customerId", "eventId"]),
            ("websocket-connections-test", &["customerId"]),
        ] {
            cloud.create(table, keys).await;
        }
        cloud
    }

    /// The same cloud, but one setting is different.
    pub(crate) fn setting(&self, name: &str, value: &str) -> Settings {
        let names = [
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_SNS",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "WEBSOCKET_ENDPOINT",
            "TOKEN_SECRET_ARN",
            "ALERT_CHANNEL_ARN",
            "QUARANTINE_CHANNEL_ARN",
            "ACCOUNTS_TABLE",
            "APPLICATIONS_TABLE",
            "ERROR_LOGS_TABLE",
            "KAFKA_EVENTS_TABLE",
            "WEBSOCKET_TABLE",
        ];
        let same =
            names.into_iter().filter_map(|name| Some((name.to_owned(), self.settings.get(name)?.to_owned())));
        same.chain([(name.to_owned(), value.to_owned())]).collect()
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes this the current token key; the one before is the previous one.
    pub(crate) fn rotate(&self, version: &str, key: &str) {
        let secrets = &mut self.inside().secrets;
        let stage = |stage: &str| ("token-key".to_owned(), stage.to_owned());
        if let Some(current) = secrets.remove(&stage("AWSCURRENT")) {
            secrets.insert(stage("AWSPREVIOUS"), current);
        }
        secrets.insert(stage("AWSCURRENT"), (version.into(), key.into()));
    }

    async fn create(&self, table: &str, keys: &[&str]) {
        let attribute = |name: &&str| {
            let kind = ScalarAttributeType::S;
            AttributeDefinition::builder()
                .attribute_name(*name)
                .attribute_type(kind)
                .build()
                .expect("complete")
        };
        let kinds = [KeyType::Hash, KeyType::Range];
        let key = |(name, kind): (&&str, KeyType)| {
            KeySchemaElement::builder().attribute_name(*name).key_type(kind).build().expect("complete")
        };
        self.dynamodb
            .create_table()
            .table_name(table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(keys.iter().map(attribute).collect()))
            .set_key_schema(Some(keys.iter().zip(kinds).map(key).collect()))
            .send()
            .await
            .expect("the table is made");
    }

    /// Every item of a table as JSON, sorted by its text.
    pub(crate) async fn items(&self, table: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let scan = self.dynamodb.scan().table_name(table).set_exclusive_start_key(from);
            let page = scan.send().await.expect("the table is there");
            items.extend(page.items().iter().map(to_json));
            from = page.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        items.sort_by_key(|item| Value::Object(item.clone()).to_string());
        items
    }

    /// The texts of an attribute that is a set.
    pub(crate) async fn connections(&self, customer: &str) -> BTreeSet<String> {
        let items = self.items("websocket-connections-test").await;
        let item = items.iter().find(|item| item["customerId"] == customer);
        let ids = item.and_then(|item| item.get("connectionIds")).and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

fn to_json(item: &std::collections::HashMap<String, AttributeValue>) -> Item {
    let sorted: BTreeMap<&String, &AttributeValue> = item.iter().collect();
    sorted.into_iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect()
}

fn value_to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.as_str().into(),
        AttributeValue::Bool(truth) => (*truth).into(),
        AttributeValue::L(items) => items.iter().map(value_to_json).collect(),
        AttributeValue::M(object) => Value::Object(to_json(object)),
        AttributeValue::Ss(texts) => texts.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        other => panic!("no test has {other:?}"),
    }
}

async fn listen() -> (tokio::net::TcpListener, std::net::SocketAddr) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

async fn serve(
    State(inside): State<Arc<Mutex<Inside>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    match uri.path() {
        path if path.starts_with("/sns") => sns(&mut inside, &body),
        path if path.starts_with("/secrets") => secrets(&mut inside, &headers, &body),
        path => match path
            .strip_prefix("/dev/@connections/")
            .or_else(|| path.strip_prefix("/dev/%40connections/"))
        {
            Some(id) => socket(&mut inside, &decode(id), &body),
            None => (StatusCode::NOT_FOUND, path.to_owned()).into_response(),
        },
    }
}

fn sns(inside: &mut Inside, body: &[u8]) -> Response {
    if inside.sns_fails > 0 {
        inside.sns_fails -= 1;
        return (StatusCode::INTERNAL_SERVER_ERROR, "no").into_response();
    }
    let form: BTreeMap<String, String> = String::from_utf8_lossy(body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
        .collect();
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let entry = (1..=2).find(|n| get(&format!("MessageAttributes.entry.{n}.Name")) == "dedupeId");
    let id = entry.map(|n| get(&format!("MessageAttributes.entry.{n}.Value.StringValue")));
    inside.told.push(Told {
        channel: get("TopicArn"),
        dedupe_id: id.unwrap_or_default(),
        subject: get("Subject"),
        text: get("Message"),
    });
    "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId>\
     </PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>"
        .into_response()
}

fn secrets(inside: &mut Inside, headers: &HeaderMap, body: &[u8]) -> Response {
    assert_eq!(headers["x-amz-target"], "secretsmanager.GetSecretValue");
    inside.secret_reads += 1;
    let request: Value = serde_json::from_slice(body).expect("the SDK sends JSON");
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let Some((version, secret)) = inside.secrets.get(&(text("SecretId"), text("VersionStage"))) else {
        let error = json!({ "__type": "ResourceNotFoundException", "Message": "no such version" });
        return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
    };
    axum::Json(json!({ "ARN": "arn", "Name": "n", "VersionId": version, "SecretString": secret }))
        .into_response()
}

fn socket(inside: &mut Inside, id: &str, body: &[u8]) -> Response {
    if let Some((status, error)) = inside.broken.get(id) {
        let status = StatusCode::from_u16(*status).expect("a status");
        return (status, [("x-amzn-errortype", *error)], "{}").into_response();
    }
    if let Some(left) = inside.throttled.get_mut(id).filter(|left| **left > 0) {
        *left -= 1;
        return (StatusCode::TOO_MANY_REQUESTS, [("x-amzn-errortype", "LimitExceededException")], "{}")
            .into_response();
    }
    let message = serde_json::from_slice(body).expect("messages are JSON");
    inside.sent.push((id.to_owned(), message));
    StatusCode::OK.into_response()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        if let (b'%', Some(byte)) = (first, tail.get(..2).and_then(hex)) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
