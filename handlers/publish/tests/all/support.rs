//! Brokers in this process, and what is in their topics.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    ClientConfig, Message,
    consumer::{BaseConsumer, Consumer},
    message::Headers,
    mocking::MockCluster,
    producer::DefaultProducerContext,
};

/// Three brokers.
pub(crate) type Brokers = MockCluster<'static, DefaultProducerContext>;

/// Takes the brokers down, or brings them up again.
pub(crate) fn switch(brokers: &Brokers, up: bool) {
    for broker in 1..=3 {
        let outcome = if up { brokers.broker_up(broker) } else { brokers.broker_down(broker) };
        outcome.expect("it obeys");
    }
}

/// Key, value and headers of one message.
pub(crate) type Read = (String, Vec<u8>, BTreeMap<String, String>);

/// Everything in the topic, once `want` records are there and none follows.
pub(crate) fn read(brokers: &Brokers, topic: &str, want: usize) -> Vec<Read> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers.bootstrap_servers())
        .set("group.id", "test")
        .set("auto.offset.reset", "earliest")
        .set("fetch.wait.max.ms", "10")
        .create()
        .expect("a consumer");
    consumer.subscribe(&[topic]).expect("a subscription");
    let mut found = Vec::new();
    // Patience until all are there; then a moment for one too many. A poll may return early with nothing.
    let patience = std::time::Instant::now() + Duration::from_mins(1);
    while found.len() >= want || std::time::Instant::now() < patience {
        let Some(message) = consumer.poll(Duration::from_millis(500)) else {
            if found.len() >= want {
                break;
            }
            continue;
        };
        let message = message.expect("a message");
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let headers = message.headers().map(|headers| {
            headers.iter().map(|header| (header.key.to_owned(), text(header.value))).collect()
        });
        found.push((
            text(message.key()),
            message.payload().unwrap_or_default().to_vec(),
            headers.unwrap_or_default(),
        ));
    }
    found
}
