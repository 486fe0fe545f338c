//! Publishing to librdkafka's own mock cluster: real protocol, brokers in this process.

use std::time::Duration;

use contract::{EventId, Record, Timestamp};
use publish::KafkaPublisher;
use rdkafka::{
    mocking::MockCluster,
    types::{RDKafkaApiKey, RDKafkaRespErr},
};
use runtime::{
    Settings,
    producer::{PublishError, Publisher},
};
use tokio::time::Instant;

use crate::support::{Brokers, read, switch};

const TOPIC: &str = "opened";

fn brokers() -> Brokers {
    let brokers = MockCluster::new(3).expect("brokers in this process");
    brokers.create_topic(TOPIC, 6, 3).expect("a topic");
    brokers
}

async fn publisher(brokers: &Brokers) -> KafkaPublisher {
    let servers = brokers.bootstrap_servers();
    let settings = Settings::from([
        ("KAFKA_BROKERS", servers.as_str()),
        ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"),
        ("KAFKA_TOPIC", TOPIC),
    ]);
    KafkaPublisher::connect(&settings).await.expect("a client")
}

fn record(key: &str, value: &[u8]) -> Record {
    let id = EventId::new(Timestamp::now());
    let headers = vec![("ce_id", id.to_string()), ("ce_type", "test.opened".into())];
    Record { topic: TOPIC, id, key: key.into(), value: value.into(), headers }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn a_record_arrives_with_its_key_and_headers() {
    let brokers = brokers();
    let record = record("c-1", b"{\"customerId\":\"c-1\"}");
    publisher(&brokers).await.publish(&record, soon()).await.expect("it is acknowledged");
    let found = read(&brokers, TOPIC, 1);
    assert_eq!(found.len(), 1);
    let (key, value, headers) = &found[0];
    assert_eq!((key.as_str(), value), ("c-1", &record.value));
    assert_eq!(headers["ce_id"], record.id.as_str());
    assert_eq!(headers["ce_type"], "test.opened");
}

#[tokio::test]
async fn records_of_one_key_keep_their_order() {
    let brokers = brokers();
    let publisher = publisher(&brokers).await;
    for number in 0..20_u8 {
        publisher.publish(&record("c-1", &[number]), soon()).await.expect("it is acknowledged");
    }
    let numbers: Vec<u8> = read(&brokers, TOPIC, 20).into_iter().map(|(_, value, _)| value[0]).collect();
    assert_eq!(numbers, (0..20).collect::<Vec<u8>>());
}

#[tokio::test]
async fn a_brokers_passing_fault_neither_loses_nor_doubles_a_record() {
    let brokers = brokers();
    let publisher = publisher(&brokers).await;
    let faults = [
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    ];
    brokers.request_errors(RDKafkaApiKey::Produce, &faults);
    publisher.publish(&record("c-1", b"{}"), soon()).await.expect("it is tried again");
    assert_eq!(read(&brokers, TOPIC, 1).len(), 1);
}

#[tokio::test]
async fn brokers_that_are_down_are_an_error_in_time_and_the_record_does_not_linger() {
    let brokers = brokers();
    let publisher = publisher(&brokers).await;
    publisher.publish(&record("c-1", b"before"), soon()).await.expect("it is acknowledged");
    switch(&brokers, false);
    for _ in 0..3 {
        let outcome =
            publisher.publish(&record("c-1", b"lost"), Instant::now() + Duration::from_millis(300)).await;
        assert!(matches!(outcome, Err(PublishError::Unreachable(_))), "{outcome:?}");
    }
    switch(&brokers, true);
    // The same publisher works again, and what was given up isn't sent behind the caller's back.
    publisher.publish(&record("c-1", b"after"), soon()).await.expect("it is acknowledged");
    let values: Vec<Vec<u8>> = read(&brokers, TOPIC, 2).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, [b"before".to_vec(), b"after".to_vec()]);
}

#[tokio::test]
async fn a_caller_that_waits_no_more_leaves_nothing_behind() {
    let brokers = brokers();
    let publisher = publisher(&brokers).await;
    publisher.publish(&record("c-1", b"before"), soon()).await.expect("it is acknowledged");
    switch(&brokers, false);
    let lost = record("c-1", b"lost");
    for _ in 0..2 {
        let dropped =
            tokio::time::timeout(Duration::from_millis(300), publisher.publish(&lost, soon())).await;
        assert!(dropped.is_err(), "{dropped:?}");
    }
    switch(&brokers, true);
    publisher.publish(&record("c-1", b"after"), soon()).await.expect("it is acknowledged");
    let values: Vec<Vec<u8>> = read(&brokers, TOPIC, 2).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, [b"before".to_vec(), b"after".to_vec()]);
}

#[tokio::test]
async fn a_function_starts_while_the_brokers_are_away() {
    let brokers = brokers();
    switch(&brokers, false);
    let publisher = publisher(&brokers).await;
    switch(&brokers, true);
    publisher.publish(&record("c-1", b"{}"), soon()).await.expect("it is acknowledged");
}

#[tokio::test]
async fn what_can_never_be_published_is_told_from_what_can_later() {
    let brokers = brokers();
    let publisher = publisher(&brokers).await;
    let outcome = publisher.publish(&record("c-1", &vec![b'x'; 2_000_000]), soon()).await;
    assert!(matches!(outcome, Err(PublishError::Refused(_))), "{outcome:?}");
    brokers
        .topic_error(TOPIC, RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        .expect("the topic is closed");
    let fresh = self::publisher(&brokers).await;
    let outcome = fresh.publish(&record("c-1", b"{}"), soon()).await;
    assert!(matches!(outcome, Err(PublishError::Refused(_))), "{outcome:?}");
}

#[tokio::test]
async fn what_is_missing_is_told_before_the_first_request() {
    let error = KafkaPublisher::connect(&Settings::from([("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")])).await;
    assert!(error.expect_err("there are no brokers").to_string().contains("KAFKA_BROKERS"));
    let error = KafkaPublisher::connect(&Settings::from([("KAFKA_BROKERS", "b-1:9096")])).await;
    assert!(error.expect_err("there is no user").to_string().contains("KAFKA_USERNAME"));
    let error = KafkaPublisher::connect(&Settings::from([("KAFKA_SECURITY_PROTOCOL", "SSL")])).await;
    assert!(error.expect_err("it isn't offered").to_string().contains("KAFKA_SECURITY_PROTOCOL"));
}
