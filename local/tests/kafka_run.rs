//! The local run on a real Apache Kafka, over `SASL_SSL` and SCRAM-SHA-512: `tests/full/kafka.sh` runs this.

mod support;

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rdkafka::{
    ClientConfig, ClientContext,
    consumer::{BaseConsumer, Consumer},
    error::{KafkaError, RDKafkaErrorCode},
    producer::{BaseProducer, FutureProducer, FutureRecord, Producer},
};
use serde_json::json;
use support::Local;

/// Longest wait of one client for an answer.
const WAIT: Duration = Duration::from_secs(30);

/// Keeps what librdkafka says of a connection.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<KafkaError>>>);

impl ClientContext for Said {
    fn error(&self, error: KafkaError, _reason: &str) {
        self.0.lock().expect("nobody panics with it").push(error);
    }
}

impl rdkafka::producer::ProducerContext for Said {
    type DeliveryOpaque = ();
    fn delivery(&self, _: &rdkafka::producer::DeliveryResult<'_>, (): ()) {}
}

fn client(local: &Local, (user, password): &(String, String)) -> ClientConfig {
    let kcat = local.address("kcatConfig");
    let ca = Path::new(&kcat).with_file_name("ca.pem");
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", local.address("brokers"))
        .set("security.protocol", "SASL_SSL")
        .set("sasl.mechanisms", "SCRAM-SHA-512")
        .set("sasl.username", user)
        .set("sasl.password", password)
        .set("ssl.ca.location", ca.display().to_string())
        .set("message.timeout.ms", "20000")
        .set_log_level(rdkafka::config::RDKafkaLogLevel::Critical);
    config
}

async fn send(config: &ClientConfig, topic: &str) -> Result<(), KafkaError> {
    let producer: FutureProducer = config.create().expect("a client");
    let record = FutureRecord::to(topic).key("k").payload("{}");
    producer.send(record, WAIT).await.map(|_| ()).map_err(|(error, _)| error)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java and Maven: tests/full/kafka.sh"]
async fn the_whole_journey_and_who_is_kept_out() {
    let local = Local::start(&["--broker", "kafka"]);
    assert_eq!(local.ready["embeddedBroker"], false);
    support::journey::many_customers(&local, 25).await;
    support::failure::refused_step(&local, "nobody-yet").await;

    let producer = local.credentials("AmazonMSK_onboard-ai-producer-dev").await;
    let consumer = local.credentials("AmazonMSK_onboard-ai-consumer-dev").await;
    let blocking = tokio::task::spawn_blocking({
        let (right, wrong) = (client(&local, &producer), client(&local, &(producer.0.clone(), "no".into())));
        let mut plain = ClientConfig::new();
        plain.set("bootstrap.servers", local.address("brokers"));
        plain.set_log_level(rdkafka::config::RDKafkaLogLevel::Emerg);
        move || {
            let look = |config: &ClientConfig| {
                let said = Said::default();
                let client: BaseProducer<Said> = config.create_with_context(said.clone()).expect("a client");
                let seen = client.client().fetch_metadata(None, Duration::from_secs(10));
                client.poll(Duration::from_millis(100));
                let said = said.0.lock().expect("nobody panics with it").clone();
                (seen.map(|seen| seen.topics().len()), said)
            };
            let (seen, _) = look(&right);
            assert!(seen.expect("the right password is let in") > 0, "and sees its topics");
            let (seen, said) = look(&wrong);
            assert!(seen.is_err(), "a wrong password is refused");
            let refused =
                |error: &KafkaError| error.rdkafka_error_code() == Some(RDKafkaErrorCode::Authentication);
            assert!(said.iter().any(refused), "for that reason: {said:?}");
            let (seen, _) = look(&plain);
            assert!(seen.is_err(), "a plaintext client is refused");
        }
    });
    blocking.await.expect("the clients were told");

    // The edges: a producer's user writes what producers publish, and a consumer's reads what consumers take.
    let (writes, reads) = (client(&local, &producer), client(&local, &consumer));
    send(&writes, "user-info-submitted").await.expect("inside its edges");
    let denied = |outcome: Result<(), KafkaError>, what: &str| {
        let code = outcome.err().and_then(|error| error.rdkafka_error_code());
        assert_eq!(code, Some(RDKafkaErrorCode::TopicAuthorizationFailed), "{what}");
    };
    let dead = "onboard-ai-dead-letters";
    denied(send(&writes, dead).await, "a producer writes no dead letters");
    denied(send(&reads, "user-info-submitted").await, "a consumer publishes nothing");
    send(&reads, dead).await.expect("a mapping writes dead letters");
    denied(send(&writes, "nowhere").await, "what doesn't exist is not made");

    let group = |name: &str| {
        let mut config = reads.clone();
        config.set("group.id", name);
        config
    };
    let refused = tokio::task::spawn_blocking({
        let foreign = group("somebody-else");
        move || {
            let consumer: BaseConsumer = foreign.create().expect("a client");
            consumer.subscribe(&["user-info-submitted"]).expect("it asks");
            loop {
                if let Some(Err(error)) = consumer.poll(WAIT) {
                    return error.rdkafka_error_code();
                }
            }
        }
    });
    let code = tokio::time::timeout(support::PATIENCE, refused).await.expect("it is told").expect("it ends");
    assert_eq!(code, Some(RDKafkaErrorCode::GroupAuthorizationFailed), "another group");

    // Nobody made a topic by asking for it, not even who may do everything.
    let mut admin = kcat(&local);
    admin.set("message.timeout.ms", "5000");
    assert!(send(&admin, "nowhere").await.is_err(), "no topic is made by itself");
    let topics = tokio::task::spawn_blocking(move || {
        let consumer: BaseConsumer = admin.set("group.id", "look").create().expect("a client");
        let seen = consumer.fetch_metadata(None, WAIT).expect("the administrator sees everything");
        seen.topics().iter().map(|topic| topic.name().to_owned()).collect::<Vec<_>>()
    });
    let topics = topics.await.expect("it ends");
    assert!(
        topics.iter().any(|name| name == dead) && !topics.iter().any(|name| name == "nowhere"),
        "{topics:?}"
    );

    // Another run on this cluster: it publishes there, and tells people how to log in.
    let administrator = kcat(&local);
    let login = |name: &str| administrator.get(name).expect("it is written");
    let mut other = support::command();
    other
        .env("KAFKA_BROKERS", local.address("brokers"))
        .env("KAFKA_USERNAME", login("sasl.username"))
        .env("KAFKA_PASSWORD", login("sasl.password"))
        .env("KAFKA_CA_FILE", login("ssl.ca.location"));
    let other = Local::run(&mut other);
    let body = json!({ "customerId": "other", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = other.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    send(&kcat(&other), dead).await.expect("what people are told lets them in");
    assert!(other.stop().success());
    assert!(local.stop().success());
}

/// What the runner tells people of its brokers.
fn kcat(local: &Local) -> ClientConfig {
    let text = std::fs::read_to_string(local.address("kcatConfig")).expect("it is written");
    let mut config = ClientConfig::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        config.set(name, value);
    }
    config
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java and Maven: tests/full/kafka.sh"]
async fn a_start_that_fails_or_is_broken_off_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let left = || std::fs::read_dir(folder.path()).expect("it is there").count();
    let command = || {
        let mut command = support::command();
        command.args(["--dynamodb-port", "0", "--broker", "kafka"]).env("TMPDIR", folder.path());
        command
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it listens").port().to_string();
    let output = command().args(["--kafka-port", &port]).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("--kafka-port"), "{text}");
    assert_eq!(left(), 0);

    let mut child = command().spawn().expect("it runs");
    let server_runs = || {
        let entries = std::fs::read_dir(folder.path()).expect("it is there");
        entries.flatten().any(|entry| entry.path().join("server.log").is_file())
    };
    while !server_runs() {
        assert!(child.try_wait().expect("it was started here").is_none(), "it ended by itself");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    support::signal("-INT", &child.id().to_string());
    assert!(child.wait().expect("it was started here").success());
    assert_eq!(left(), 0);

    let local = Local::run(&mut command());
    let entry = std::fs::read_dir(folder.path()).expect("it is there").next().expect("Kafka has a folder");
    let mode = entry.expect("it is readable").metadata().expect("it is there").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o700);
    assert!(local.stop().success());
    assert_eq!(left(), 0);
}
