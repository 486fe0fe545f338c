//! One librdkafka client and what it reports.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rdkafka::{
    ClientConfig, ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    producer::FutureProducer,
};
use tokio::sync::Notify;

use crate::config::Credentials;

/// Takes librdkafka's log and errors.
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

/// A client; a clone is the same client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) producer: FutureProducer<Reports>,
    pub(crate) reports: Reports,
    /// As whom it connects.
    pub(crate) credentials: Option<Credentials>,
}

impl Client {
    pub(crate) fn new(config: &ClientConfig, credentials: Option<Credentials>) -> Result<Self, KafkaError> {
        let reports = Reports::default();
        Ok(Self { producer: config.create_with_context(reports.clone())?, reports, credentials })
    }
}
