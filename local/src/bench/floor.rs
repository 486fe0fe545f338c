//! What the broker itself takes: a bare librdkafka producer and consumer, with the pipeline's settings.

use std::time::{Duration, Instant};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    producer::{FutureProducer, FutureRecord},
};

use super::{Plan, Times};
use crate::Run;

/// The topic of dead letters: nobody else reads it.
pub(super) async fn measure(run: &Run, plan: Plan) -> Result<Times, String> {
    let client = run.observer();
    let topic = run.deployment().model.cluster.dead_letter_topic.clone();
    let mut config = client.clone();
    config.set("group.id", "floor").set("enable.auto.commit", "false");
    if run.is_embedded() {
        config.set("fetch.wait.max.ms", "10");
    }
    let consumer: StreamConsumer = config.create().map_err(|error| error.to_string())?;
    let mut all = TopicPartitionList::new();
    for number in 0..run.deployment().model.cluster.dead_letter_partitions {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        all.add_partition_offset(&topic, number, Offset::Beginning).map_err(|error| error.to_string())?;
    }
    consumer.assign(&all).map_err(|error| error.to_string())?;
    let mut config = client;
    config.set("acks", "all").set("enable.idempotence", "true").set("linger.ms", "0");
    let producer: FutureProducer = config.create().map_err(|error| error.to_string())?;

    let count = 10 * u64::from(plan.rate.min(200));
    let (began, body) = (Instant::now(), "x".repeat(600));
    // What was there before, and what connects, isn't measured.
    let own = uuid::Uuid::new_v4().to_string();
    let reading = async {
        let mut times = vec![];
        while (times.len() as u64) < count {
            let message = consumer.recv().await.map_err(|error| error.to_string())?;
            let arrived = began.elapsed();
            let key = message.key().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            if let Some(sent) = key.strip_prefix(&own).and_then(|sent| sent.parse::<f64>().ok()) {
                times.push(arrived.as_secs_f64() * 1000.0 - sent);
            }
        }
        Ok::<_, String>(times)
    };
    let writing = async {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / plan.rate.clamp(1, 200));
        let mut reports = vec![];
        for _ in 0..count {
            ticks.tick().await;
            let key = format!("{own}{}", began.elapsed().as_secs_f64() * 1000.0);
            let record = FutureRecord::to(&topic).key(&key).payload(&body);
            reports.push(producer.send_result(record).map_err(|(error, _)| error.to_string())?);
        }
        for report in reports {
            report.await.map_err(|error| error.to_string())?.map_err(|(error, _)| error.to_string())?;
        }
        Ok::<_, String>(())
    };
    let both = async { futures_util::future::try_join(reading, writing).await };
    let (times, ()) = tokio::time::timeout(plan.lasting + Duration::from_mins(2), both)
        .await
        .map_err(|_| "the floor's records don't arrive".to_owned())??;
    tokio::task::spawn_blocking(move || drop(consumer));
    // The first second is warming up.
    let warm = usize::try_from(plan.rate.min(200)).unwrap_or(0);
    Ok(Times::new(times.into_iter().skip(warm).collect()))
}
