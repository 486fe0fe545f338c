//! Consumes a topic: applies each event once, tells whom it concerns, sets aside what can't be used.

mod apply;
mod change;
mod effects;
mod engine;
mod kafka;
mod merge;
mod notify;
mod push;
mod quarantine;
mod run;

use std::marker::PhantomData;

use contract::Event;
use serde_json::Value;

pub use apply::Store;
pub use change::{Change, NoKey, Step, TableWrite};
pub use effects::{Applied, EffectError, Effects, Pushed};
pub use engine::consume;
pub use kafka::{BatchItemFailure, BatchReply, ItemIdentifier, KafkaEvent, KafkaRecord};
pub use notify::{Channels, Notice};
pub use push::Sockets;
pub(crate) use push::{Post, post};
pub use quarantine::{Poison, Quarantine, restore};

use crate::{
    Answer, Aws, Error, Fault, Function, Invocation, Metrics, Settings, SettingsError, log, serve,
    websocket::{Connections, management_endpoint},
};

/// Runs the consumer of `E`'s topic in Lambda.
pub async fn run<E: Event>() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    let metrics = Metrics::embedded(&settings);
    serve(Consumer::<E>::new(&settings, metrics)?).await
}

/// The consumer of `E`'s topic.
#[derive(Debug)]
pub struct Consumer<E, F = Cloud> {
    effects: F,
    metrics: Metrics,
    event: PhantomData<fn() -> E>,
}

impl<E: Event> Consumer<E> {
    /// With the effects that `settings` name.
    pub fn new(settings: &Settings, metrics: Metrics) -> Result<Self, Error> {
        settings.check_topic("KAFKA_TOPIC", E::TOPIC)?;
        Ok(Self::with(Cloud::new::<E>(settings)?, metrics))
    }
}

impl<E: Event, F: Effects> Consumer<E, F> {
    /// With these effects.
    pub fn with(effects: F, metrics: Metrics) -> Self {
        Self { effects, metrics, event: PhantomData }
    }

    /// Works through one batch.
    pub async fn handle(&self, event: KafkaEvent, invocation: &Invocation) -> BatchReply {
        let reply = consume::<E>(event, &self.effects, &self.metrics, invocation.work_until()).await;
        self.metrics.flush();
        reply
    }
}

impl<E: Event, F: Effects> Function for Consumer<E, F> {
    fn call(&self, event: Value, invocation: Invocation) -> Answer<'_> {
        Box::pin(async move {
            // serde's own text would quote the record.
            let event =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("a batch of Kafka records"))?;
            let reply = self.handle(event, &invocation).await;
            serde_json::to_value(reply).map_err(|error| Fault::Failed(error.to_string()))
        })
    }
}

/// The effects of a consumer in AWS.
#[derive(Debug, Clone)]
pub struct Cloud {
    store: Store,
    channels: Channels,
    alerts: Option<String>,
    sockets: Option<Sockets>,
    quarantine: Quarantine,
}

impl Cloud {
    /// Makes every client that `E`'s consumer needs.
    pub fn new<E: Event>(settings: &Settings) -> Result<Self, SettingsError> {
        if let Some(sink) = E::SINK {
            settings.table(&sink.table)?;
        }
        let aws = Aws::new(settings)?;
        let channels = Channels::new(aws.sns());
        let sockets = match E::PUSH {
            Some(_) => {
                let endpoint = management_endpoint(settings.need("WEBSOCKET_ENDPOINT")?);
                Some(Sockets::new(aws.connections(&endpoint), Connections::new(aws.dynamodb(), settings)?))
            }
            None => None,
        };
        Ok(Self {
            store: Store::new(aws.dynamodb(), settings)?,
            quarantine: Quarantine::new(aws.dynamodb(), channels.clone(), settings)?,
            alerts: settings.get("ALERT_CHANNEL_ARN").map(str::to_owned),
            channels,
            sockets,
        })
    }
}

impl Effects for Cloud {
    async fn apply(&self, change: &Change) -> Result<Applied, EffectError> {
        self.store.apply(change).await
    }

    async fn apply_together(&self, changes: &[&Change]) -> Result<(), EffectError> {
        self.store.apply_together(changes).await
    }

    async fn alert(&self, change: &Change, text: &str) -> Result<(), EffectError> {
        let Some(channel) = &self.alerts else {
            return Err(EffectError::Again("ALERT_CHANNEL_ARN is not set".into()));
        };
        let (id, kind) = (change.context.id.as_str(), change.event_type);
        self.channels.tell(Notice { channel, id, kind, subject: kind, text }).await
    }

    async fn connections_together(&self, changes: &[&Change]) -> Result<Vec<Vec<String>>, EffectError> {
        let customers: Vec<&str> = changes.iter().map(|change| change.customer_id.as_str()).collect();
        match &self.sockets {
            Some(sockets) => sockets.connections_of(&customers).await,
            None => Ok(vec![vec![]; changes.len()]),
        }
    }

    async fn push(
        &self,
        change: &Change,
        text: &str,
        known: Option<&[String]>,
    ) -> Result<Pushed, EffectError> {
        match &self.sockets {
            Some(sockets) => sockets.push(&change.customer_id, text, known).await,
            None => Ok(Pushed::default()),
        }
    }

    async fn done(&self, change: &Change, steps: &[Step]) -> Result<(), EffectError> {
        self.store.done(change, steps).await
    }

    async fn done_together(&self, done: &[(&Change, &[Step])]) -> Result<(), EffectError> {
        self.store.done_together(done).await
    }

    async fn quarantine(&self, poison: &Poison<'_>) -> Result<(), EffectError> {
        self.quarantine.keep(poison).await
    }
}
