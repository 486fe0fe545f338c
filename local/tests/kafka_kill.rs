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
    message::Headers,
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

fn kill_hard(pid: &str) {
    assert!(Command::new("kill").args(["-KILL", pid]).status().expect("kill runs").success());
}

/// Every event in the topic, and how often it is there.
fn published(kcat: &str) -> BTreeMap<String, usize> {
    let mut config = ClientConfig::new();
    let text = std::fs::read_to_string(kcat).expect("it is written");
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        config.set(name, value);
    }
    config.set("group.id", "look").set("enable.partition.eof", "true").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("a client");
    let wait = Duration::from_secs(30);
    let metadata = consumer.fetch_metadata(Some(TOPIC), wait).expect("the topic is there");
    let mut all = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        all.add_partition_offset(TOPIC, partition.id(), Offset::Beginning).expect("an offset");
    }
    consumer.assign(&all).expect("it reads");
    let (mut ends, mut ids) = (BTreeSet::new(), BTreeMap::new());
    while ends.len() < all.count() {
        match consumer.poll(wait).expect("something comes") {
            Ok(message) => {
                let headers = message.headers().expect("an event has headers");
                let id = headers.iter().find(|header| header.key == "ce_id").and_then(|header| header.value);
                let id = String::from_utf8_lossy(id.expect("an event has an id")).into_owned();
                *ids.entry(id).or_default() += 1;
            }
            Err(rdkafka::error::KafkaError::PartitionEOF(partition)) => {
                ends.insert(partition);
            }
            Err(error) => panic!("{error}"),
        }
    }
    ids
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
    kill_hard(&broker(&data));
    let before = load.count();
    // The runner starts it again, and the producers find it.
    load.reach(before + 60).await;
    let pid = broker(&data);
    kill_hard(&local.pid().to_string());
    kill_hard(&pid);
    local.kill();
    let mut acknowledged = load.end().await;

    let local = Local::start(&arguments);
    let load = Load::start(&local.address("http"), "second");
    load.reach(60).await;
    acknowledged.extend(load.end().await);

    let kcat = local.address("kcatConfig");
    let published = tokio::task::spawn_blocking(move || published(&kcat)).await.expect("it reads");
    for (customer, event) in &acknowledged {
        assert!(published.contains_key(event), "{event} of {customer} was acknowledged and is lost");
    }
    assert!(published.values().all(|times| *times == 1), "a record is there twice");
    let rows = local
        .until("every record is applied", async |local| {
            let rows = local.rows("kafka-events-dev").await;
            (rows.len() >= published.len()).then_some(rows)
        })
        .await;
    let applied: BTreeSet<&str> = rows.iter().filter_map(|row| row["eventId"]["S"].as_str()).collect();
    assert_eq!(rows.len(), applied.len(), "an event was applied twice");
    assert_eq!(applied, published.keys().map(String::as_str).collect(), "applied is what was published");
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
    assert!(local.stop().success());
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
