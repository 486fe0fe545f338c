//! A real Apache Kafka and the runner, killed hard in the middle of a load, and started again with the same data:
//! `tests/full/kafka.sh` runs this.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    message::{Headers, OwnedHeaders, OwnedMessage},
    producer::{FutureProducer, FutureRecord},
};
use serde_json::{Value, json};
use support::Local;

const TOPIC: &str = "user-info-submitted";

/// Customers who send their details one after the other, until it is enough.
struct Load {
    stop: Arc<AtomicBool>,
    /// The acknowledged event of each customer.
    acknowledged: Arc<Mutex<BTreeMap<String, String>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(http: &str, round: &str) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::default()));
        let next = Arc::new(AtomicUsize::new(0));
        let tasks = (0..6).map(|_| {
            let (stop, acknowledged, next) =
                (Arc::clone(&stop), Arc::clone(&acknowledged), Arc::clone(&next));
            let (url, round) = (format!("{http}/user-info"), round.to_owned());
            tokio::spawn(async move {
                let client: Client<HttpConnector, Body> =
                    Client::builder(TokioExecutor::new()).build(HttpConnector::new());
                while !stop.load(Ordering::Acquire) {
                    let customer = format!("{round}-{}", next.fetch_add(1, Ordering::AcqRel));
                    match post(&client, &url, &customer).await {
                        Some(event) => {
                            let mut acknowledged: std::sync::MutexGuard<'_, BTreeMap<String, String>> =
                                acknowledged.lock().expect("nobody panics with it");
                            acknowledged.insert(customer, event);
                        }
                        // The broker or the runner is away.
                        None => tokio::time::sleep(Duration::from_millis(50)).await,
                    }
                }
            })
        });
        let tasks = tasks.collect();
        Self { stop, acknowledged, tasks }
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().expect("nobody panics with it").len()
    }

    async fn reach(&self, count: usize) {
        let wait = async {
            while self.count() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = tokio::time::timeout(2 * support::PATIENCE, wait).await;
        assert!(reached.is_ok(), "only {} of {count} events were acknowledged", self.count());
    }

    async fn end(self) -> BTreeMap<String, String> {
        self.stop.store(true, Ordering::Release);
        for task in self.tasks {
            task.await.expect("no client panics");
        }
        self.acknowledged.lock().expect("nobody panics with it").clone()
    }
}

/// The event's id where it was acknowledged; whatever else happens is no acknowledgement.
async fn post(client: &Client<HttpConnector, Body>, url: &str, customer: &str) -> Option<String> {
    let body = json!({ "customerId": customer, "email": "a@example.com", "firstName": "Ada" }).to_string();
    let request = Request::post(url).header("content-type", "application/json").body(Body::from(body));
    let response = client.request(request.expect("the request is valid")).await.ok()?;
    let status = response.status();
    let bytes = response.into_body().collect().await.ok()?.to_bytes();
    let answer: Value = serde_json::from_slice(&bytes).ok()?;
    (status == 202).then(|| answer["eventId"].as_str().expect("an event has an id").to_owned())
}

/// The Java process of the broker with this data.
fn broker(data: &Path) -> String {
    let pattern = format!("^[^ ]*java .*{}/kafka/server.properties", data.display());
    let output = Command::new("pgrep").args(["-f", &pattern]).output().expect("pgrep runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let pids: Vec<&str> = text.lines().collect();
    assert_eq!(pids.len(), 1, "one broker: {text}");
    pids[0].to_owned()
}

/// The configuration of a client that may do everything.
fn client(local: &Local) -> ClientConfig {
    let mut config = ClientConfig::new();
    let text = std::fs::read_to_string(local.address("kcatConfig")).expect("it is written");
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        config.set(name, value);
    }
    config
}

/// Writes a record of ours.
async fn send(local: &Local, topic: &str, record: &OwnedMessage) {
    let producer: FutureProducer = client(local).create().expect("a client");
    let headers = record.headers().cloned().unwrap_or_else(OwnedHeaders::new);
    let mut copy = FutureRecord::<[u8], [u8]>::to(topic).headers(headers);
    (copy.key, copy.payload) = (record.key(), record.payload());
    producer.send(copy, support::PATIENCE).await.expect("the broker takes it");
}

/// Every event in the topic, each with its records.
async fn published(local: &Local) -> BTreeMap<String, Vec<OwnedMessage>> {
    let config = client(local);
    tokio::task::spawn_blocking(move || read(config)).await.expect("it reads")
}

fn read(mut config: ClientConfig) -> BTreeMap<String, Vec<OwnedMessage>> {
    config.set("group.id", "look").set("enable.partition.eof", "true").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("a client");
    let wait = Duration::from_secs(30);
    let metadata = consumer.fetch_metadata(Some(TOPIC), wait).expect("the topic is there");
    let mut all = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        all.add_partition_offset(TOPIC, partition.id(), Offset::Beginning).expect("an offset");
    }
    consumer.assign(&all).expect("it reads");
    let (mut ends, mut ids) = (BTreeSet::new(), BTreeMap::<String, Vec<OwnedMessage>>::new());
    while ends.len() < all.count() {
        match consumer.poll(wait).expect("something comes") {
            Ok(message) => {
                let headers = message.headers().expect("an event has headers");
                let id = headers.iter().find(|header| header.key == "ce_id").and_then(|header| header.value);
                let id = String::from_utf8_lossy(id.expect("an event has an id")).into_owned();
                ids.entry(id).or_default().push(message.detach());
            }
            Err(rdkafka::error::KafkaError::PartitionEOF(partition)) => {
                ends.insert(partition);
            }
            Err(error) => panic!("{error}"),
        }
    }
    ids
}

/// Records that were ever written to the topic, as the runner's state has it.
fn end(state: &Value) -> usize {
    let ends = state["topics"][TOPIC]["end"].as_object().expect("every topic has ends");
    ends.values().filter_map(Value::as_u64).sum::<u64>().try_into().expect("so many fit")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java and Maven: tests/full/kafka.sh"]
async fn every_acknowledged_event_is_applied_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().canonicalize().expect("it is there");
    let arguments = ["--broker", "kafka", "--data", data.to_str().expect("its name is text")];

    let local = Local::start(&arguments);
    let load = Load::start(&local.address("http"), "first");
    load.reach(60).await;
    support::signal("-KILL", &broker(&data));
    let before = load.count();
    // The runner starts it again, and the producers find it.
    load.reach(before + 60).await;
    let letter = OwnedMessage::new(
        Some(b"{}".to_vec()),
        Some(b"k".to_vec()),
        String::new(),
        rdkafka::Timestamp::NotAvailable,
        0,
        0,
        None,
    );
    send(&local, "onboard-ai-dead-letters", &letter).await;
    let pid = broker(&data);
    support::signal("-KILL", &local.pid().to_string());
    support::signal("-KILL", &pid);
    let mut happened = local.kill();
    let mut acknowledged = load.end().await;

    let local = Local::start(&arguments);
    let records: usize = published(&local).await.values().map(Vec::len).sum();
    let state = local.get("/_local/state").await;
    assert_eq!(end(&state), records, "what was there before is known: {state}");
    assert_eq!(state["deadLetters"], 1, "{state}");
    let load = Load::start(&local.address("http"), "second");
    load.reach(60).await;
    let second = load.end().await;
    acknowledged.extend(second.clone());

    let published = published(&local).await;
    for (customer, event) in &acknowledged {
        assert!(published.contains_key(event), "{event} of {customer} was acknowledged and is lost");
    }
    assert!(published.values().all(|records| records.len() == 1), "a record is there twice");
    let rows = local
        .until("every record is applied", async |local| {
            let rows = local.rows("kafka-events-dev").await;
            (rows.len() >= published.len()).then_some(rows)
        })
        .await;
    let applied: BTreeSet<&str> = rows.iter().filter_map(|row| row["eventId"]["S"].as_str()).collect();
    assert_eq!(applied, published.keys().map(String::as_str).collect(), "applied is what was published");

    // A record that comes once more is known to be done.
    let again = second.values().next().expect("the load was acknowledged");
    send(&local, TOPIC, &published[again][0]).await;
    local
        .until("no partition lags", async |local| {
            let state = local.get("/_local/state").await;
            let topics = state["topics"].as_object()?;
            let none = topics.values().all(|topic| topic["totalLag"] == 0);
            (none && end(&state) == published.len() + 1).then_some(())
        })
        .await;
    let users: BTreeSet<String> = local
        .rows("users-dev")
        .await
        .iter()
        .filter_map(|row| row["customerId"]["S"].as_str().map(str::to_owned))
        .collect();
    for customer in acknowledged.keys() {
        assert!(users.contains(customer), "{customer} has no row");
    }
    assert!(local.rows("error-logs-dev").await.is_empty());
    let (status, more) = local.stop_and_tell();
    assert!(status.success());
    happened.extend(more);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for happening in happened.iter().filter(|happening| happening["stage"] == "applied") {
        *times.entry(happening["eventId"].as_str().expect("an event has an id")).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "applied more than once: {twice:?}");
    // Of the first run's, the last may be applied and not told.
    for event in second.values() {
        assert!(times.contains_key(event.as_str()), "nothing told that {event} was applied");
    }
    let left = || {
        let found = Command::new("pgrep").args(["-f", data.to_str().expect("its name is text")]).output();
        !found.expect("pgrep runs").stdout.is_empty()
    };
    // What watches the broker looks a few times a second.
    let gone = async {
        while left() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(support::PATIENCE, gone).await.is_ok(), "a process is left behind");
}
