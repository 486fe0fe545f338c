//! One librdkafka client, its thread and what it reports.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use contract::Record;
use rdkafka::{
    ClientConfig, ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    message::{DeliveryResult, Header, OwnedHeaders},
    producer::{BaseProducer, BaseRecord, NoCustomPartitioner, Producer, ProducerContext, PurgeConfig},
};
use tokio::sync::{Notify, oneshot};

use crate::config::Credentials;

/// How long the client's thread waits at a time, and so how long its end may take.
const WAIT: Duration = Duration::from_millis(500);

/// Takes librdkafka's log, errors and delivery reports.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reports(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    refused: AtomicBool,
    told: Notify,
}

impl Reports {
    /// Waits until the brokers refuse the credentials.
    pub(crate) async fn credentials_refused(&self) {
        while !self.0.refused.load(Ordering::Acquire) {
            self.0.told.notified().await;
        }
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        // librdkafka's log has names of brokers and states, never a password or a record.
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => {
                tracing::error!(facility, "librdkafka: {message}");
            }
            RDKafkaLogLevel::Warning => tracing::warn!(facility, "librdkafka: {message}"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                tracing::info!(facility, "librdkafka: {message}");
            }
            RDKafkaLogLevel::Debug => tracing::debug!(facility, "librdkafka: {message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(%error, "librdkafka: {reason}");
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Authentication) {
            self.0.refused.store(true, Ordering::Release);
            // A permit stays for whoever begins to wait after this.
            self.0.told.notify_one();
        }
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<oneshot::Sender<Result<(), KafkaError>>>;

    fn delivery(&self, report: &DeliveryResult<'_>, waiting: Self::DeliveryOpaque) {
        // Whoever waited may have given up.
        let _ = waiting.send(report.as_ref().map(|_| ()).map_err(|(error, _)| error.clone()));
    }
}

/// A client; a clone is the same client.
#[derive(Clone)]
pub(crate) struct Client {
    served: Arc<Served>,
    pub(crate) reports: Reports,
    /// As whom it connects.
    pub(crate) credentials: Option<Credentials>,
}

/// A producer whose reports are taken by a thread of its own, which ends with it.
///
/// Not `FutureProducer`: its thread waits for a tenth of a second at a time and spins through the last millisecond of
/// each (rust-rdkafka 0.39), so that every sandbox keeps a hundredth of a core busy with nothing.
struct Served {
    producer: Arc<BaseProducer<Reports>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It has said already what it panicked about.
            let _ = thread.join();
        }
    }
}

impl Client {
    pub(crate) fn new(config: &ClientConfig, credentials: Option<Credentials>) -> Result<Self, KafkaError> {
        let reports = Reports::default();
        let producer: Arc<BaseProducer<Reports>> = Arc::new(config.create_with_context(reports.clone())?);
        let stopped = Arc::new(AtomicBool::new(false));
        let (served, is_over) = (Arc::clone(&producer), Arc::clone(&stopped));
        let serve = move || {
            while !is_over.load(Ordering::Acquire) {
                served.poll(WAIT);
            }
        };
        let thread = thread::Builder::new()
            .name("kafka-reports".into())
            .spawn(serve)
            .map_err(|error| KafkaError::ClientCreation(error.to_string()))?;
        let served = Served { producer, stopped, thread: Some(thread) };
        Ok(Self { served: Arc::new(served), reports, credentials })
    }

    /// Sends one record; returns when its delivery report is there.
    pub(crate) async fn deliver(&self, record: &Record) -> Result<(), KafkaError> {
        let headers = record
            .headers
            .iter()
            .fold(OwnedHeaders::new_with_capacity(record.headers.len()), |all, header| {
                all.insert(Header { key: header.0, value: Some(header.1.as_bytes()) })
            });
        let (waiting, report) = oneshot::channel();
        let message = BaseRecord::with_opaque_to(record.topic, Box::new(waiting))
            .key(&record.key)
            .payload(&record.value)
            .headers(headers);
        self.served.producer.send(message).map_err(|(error, _)| error)?;
        // Reports end only with their client, which lives until this returns.
        report.await.unwrap_or(Err(KafkaError::Canceled))
    }

    /// Takes what isn't acknowledged out of the queue.
    pub(crate) fn purge(&self) {
        self.served.producer.purge(PurgeConfig::default().queue().inflight());
    }

    /// The error after which the client takes no more records.
    pub(crate) fn fatal_error(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.client().fatal_error()
    }

    /// Asks for the topic's metadata, or all topics'; the number of brokers. Waits in C.
    pub(crate) fn look(&self, topic: Option<&str>, most: Duration) -> Result<usize, KafkaError> {
        self.client().fetch_metadata(topic, most).map(|metadata| metadata.brokers().len())
    }

    fn client(&self) -> &rdkafka::client::Client<Reports> {
        Producer::<Reports, NoCustomPartitioner>::client(&*self.served.producer)
    }
}
