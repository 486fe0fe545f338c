//! Publishes with librdkafka: TLS, SCRAM-SHA-512, idempotence, every in-sync replica.
//!
//! A Lambda function is frozen between calls, so nothing is left to the client's threads: each record's delivery
//! report is awaited within its call, and what isn't acknowledged when the call's time is over is taken out of the
//! client's queue again.
//!
//! ```ignore
//! runtime::producer::run(rules::PerformKyc, Access::Customer, errors, publish::Kafka).await
//! ```

mod client;
mod config;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use contract::Record;
use futures_util::{FutureExt, future::BoxFuture};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use runtime::{
    Aws, Error, Settings,
    producer::{Connect, PublishError, Publisher},
    secrets::{SecretError, Secrets, Stage},
};
use tokio::time::{Duration, Instant, timeout, timeout_at};

use client::Client;
use config::{Credentials, Protocol};

/// How long each of secret and brokers is waited for while the function starts: Lambda gives it ten seconds.
const TO_START: Duration = Duration::from_secs(3);

/// Connects to the cluster of `KAFKA_BROKERS` as the user of `KAFKA_SECRET_ARN`.
#[derive(Debug, Clone, Copy)]
pub struct Kafka;

impl Connect for Kafka {
    type Publisher = KafkaPublisher;

    fn connect(self, settings: &Settings) -> impl Future<Output = Result<KafkaPublisher, Error>> + Send {
        KafkaPublisher::connect(settings).boxed()
    }
}

/// Publishes to one cluster. Made once per sandbox.
pub struct KafkaPublisher {
    settings: Settings,
    user: User,
    /// None until the secret could be read.
    client: Mutex<Option<Client>>,
    /// The client gave up on a record, and is to be replaced before the next.
    spent: AtomicBool,
    waiting: AtomicUsize,
}

impl std::fmt::Debug for KafkaPublisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaPublisher").finish_non_exhaustive()
    }
}

/// Where the credentials come from.
enum User {
    /// There are none: brokers on this machine.
    None,
    /// A secret, which rotates.
    Secret { secrets: Secrets, arn: String },
    /// `KAFKA_USERNAME` and `KAFKA_PASSWORD`: clusters other than ours.
    Fixed(Credentials),
}

impl User {
    fn of(settings: &Settings) -> Result<Self, Error> {
        if Protocol::of(settings)? == Protocol::Plaintext {
            return Ok(Self::None);
        }
        if let Some(arn) = settings.get("KAFKA_SECRET_ARN") {
            return Ok(Self::Secret {
                secrets: Secrets::new(Aws::new(settings)?.secrets()),
                arn: arn.to_owned(),
            });
        }
        let text = |name: &str| settings.need(name).map(str::to_owned);
        Ok(Self::Fixed(Credentials { username: text("KAFKA_USERNAME")?, password: text("KAFKA_PASSWORD")? }))
    }

    /// As whom to connect.
    async fn credentials(&self) -> Result<Option<Credentials>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(credentials) => Ok(Some(credentials.clone())),
            Self::Secret { secrets, arn } => {
                let secret = secrets.get(arn, Stage::Current).await?;
                Ok(Some(parse(arn, &secret.text)?))
            }
        }
    }

    /// As whom to try to connect after `refused` was, in order.
    ///
    /// MSK takes a new password within ten minutes, and until then the old one alone
    /// (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-users.html>). So one of the secret's two
    /// versions opens the door at any time, whether this sandbox is older than the rotation or newer.
    async fn others(&self, refused: Option<&Credentials>) -> Result<Vec<Option<Credentials>>, Error> {
        let Self::Secret { secrets, arn } = self else { return Ok(vec![self.credentials().await?]) };
        let current = parse(arn, &secrets.refresh(arn, Stage::Current).await?.text)?;
        // A secret that was never rotated has no previous version.
        let previous = secrets.refresh(arn, Stage::Previous).await.ok();
        let previous = previous.and_then(|previous| parse(arn, &previous.text).ok());
        Ok(in_order(current, previous, refused))
    }
}

/// First what was not refused just now, and what is current before what was.
fn in_order(
    current: Credentials,
    previous: Option<Credentials>,
    refused: Option<&Credentials>,
) -> Vec<Option<Credentials>> {
    let mut all: Vec<Option<Credentials>> = std::iter::once(current).chain(previous).map(Some).collect();
    all.sort_by_key(|credentials| credentials.as_ref() == refused);
    all
}

fn parse(arn: &str, text: &str) -> Result<Credentials, Error> {
    let malformed = |detail| SecretError::Malformed { arn: arn.to_owned(), detail };
    let body: serde_json::Value = serde_json::from_str(text).map_err(|_| malformed("is not JSON"))?;
    let text = |name: &str| body.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    match (text("username"), text("password")) {
        (Some(username), Some(password)) => Ok(Credentials { username, password }),
        _ => Err(malformed("has no username and password").into()),
    }
}

impl KafkaPublisher {
    /// Connects as `settings` say. Brokers that can't be reached now, or a secret that can't be read, are no error:
    /// they may be, later, and until then callers are told so.
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        let user = User::of(settings)?;
        let client = match timeout(TO_START, user.credentials()).await {
            Ok(Ok(credentials)) => Some(make(settings, credentials)?),
            Ok(Err(error)) => {
                tracing::error!(%error, "there is no Kafka client yet; the next request tries again");
                None
            }
            Err(_) => {
                tracing::error!("the secret is not read in time; the next request tries again");
                None
            }
        };
        if let Some(client) = &client {
            warm(client, settings.get("KAFKA_TOPIC")).await;
        }
        Ok(Self {
            settings: settings.clone(),
            user,
            client: Mutex::new(client),
            spent: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
        })
    }

    fn client(&self) -> Option<Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The client, fit for the next record.
    async fn ready(&self) -> Result<Client, PublishError> {
        let Some(client) = self.client() else { return self.reconnect().await };
        // After a fatal error, a client takes no more records.
        if let Some((code, reason)) = client.fatal_error() {
            tracing::error!(%code, reason, "the Kafka client broke; a new one is made");
            return self.reconnect().await;
        }
        if self.spent.swap(false, Ordering::AcqRel) {
            return self.reconnect().await;
        }
        Ok(client)
    }

    /// A new client in place of one that is of no more use.
    async fn reconnect(&self) -> Result<Client, PublishError> {
        let credentials = self.user.credentials().await.map_err(|error| unreachable(&error))?;
        self.reconnect_as(credentials)
    }

    fn reconnect_as(&self, credentials: Option<Credentials>) -> Result<Client, PublishError> {
        let client = make(&self.settings, credentials).map_err(|error| unreachable(&error))?;
        let mut current = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let old = current.replace(client.clone());
        drop(current);
        // It waits for the old client's threads, and no request should.
        tokio::task::spawn_blocking(move || drop(old));
        Ok(client)
    }

    async fn send(&self, record: &Record) -> Result<(), PublishError> {
        let client = self.ready().await?;
        tokio::select! {
            outcome = deliver(&client, record) => return outcome,
            () = client.reports.credentials_refused() => {}
        }
        tracing::warn!("the brokers refused the credentials; they are read anew");
        let others =
            self.user.others(client.credentials.as_ref()).await.map_err(|error| unreachable(&error))?;
        for credentials in others {
            let client = self.reconnect_as(credentials)?;
            tokio::select! {
                outcome = deliver(&client, record) => return outcome,
                () = client.reports.credentials_refused() => {}
            }
        }
        Err(PublishError::Unreachable("the brokers refuse the credentials".into()))
    }
}

fn unreachable(error: &Error) -> PublishError {
    PublishError::Unreachable(error.to_string())
}

impl Publisher for KafkaPublisher {
    async fn publish(&self, record: &Record, until: Instant) -> Result<(), PublishError> {
        self.boxed_publish(record, until).await
    }
}

impl KafkaPublisher {
    fn boxed_publish<'a>(
        &'a self,
        record: &'a Record,
        until: Instant,
    ) -> BoxFuture<'a, Result<(), PublishError>> {
        self.send_until(record, until).boxed()
    }

    async fn send_until(&self, record: &Record, until: Instant) -> Result<(), PublishError> {
        let mut waiting = Waiting::new(self);
        let outcome = timeout_at(until, self.send(record)).await;
        waiting.answered = outcome.is_ok();
        outcome.unwrap_or_else(|_| Err(PublishError::Unreachable("no acknowledgement in time".into())))
    }
}

/// A record that is waited for, until it is answered or its caller waits no more.
struct Waiting<'a> {
    publisher: &'a KafkaPublisher,
    answered: bool,
}

impl<'a> Waiting<'a> {
    fn new(publisher: &'a KafkaPublisher) -> Self {
        publisher.waiting.fetch_add(1, Ordering::AcqRel);
        Self { publisher, answered: false }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let others = self.publisher.waiting.fetch_sub(1, Ordering::AcqRel) - 1;
        // What is left in the queue would be sent when the sandbox is thawed for another request, perhaps hours
        // later. In Lambda there is never another request's record among it.
        if !self.answered
            && others == 0
            && let Some(client) = self.publisher.client()
        {
            client.purge();
            // An idempotent client that lost records in flight first has to agree on a new epoch, and it waits longer
            // after each failed connection. A new one is there as soon as the brokers are.
            self.publisher.spent.store(true, Ordering::Release);
        }
    }
}

/// One record, until its delivery report is there.
async fn deliver(client: &Client, record: &Record) -> Result<(), PublishError> {
    client.deliver(record).await.map_err(|error| publish_error(&error))
}

fn publish_error(error: &KafkaError) -> PublishError {
    use RDKafkaErrorCode as Code;
    let refused = matches!(
        error.rdkafka_error_code(),
        Some(
            Code::MessageSizeTooLarge
                | Code::InvalidMessageSize
                | Code::InvalidRecord
                | Code::MessageBatchTooLarge
                | Code::InvalidTopic
                | Code::UnknownTopic
                | Code::UnknownTopicOrPartition
                | Code::TopicAuthorizationFailed
                | Code::ClusterAuthorizationFailed
                | Code::PolicyViolation
        )
    );
    // Whatever isn't known to be final may be better next time.
    if refused {
        PublishError::Refused(error.to_string())
    } else {
        PublishError::Unreachable(error.to_string())
    }
}

fn make(settings: &Settings, credentials: Option<Credentials>) -> Result<Client, Error> {
    let config = config::client(settings, credentials.as_ref())?;
    Client::new(&config, credentials).map_err(|error| Error::Kafka(error.to_string()))
}

/// Connects while the function starts, when Lambda gives it a whole processor, instead of in the first request.
async fn warm(client: &Client, topic: Option<&str>) {
    let (asked, topic) = (client.clone(), topic.map(str::to_owned));
    let look = tokio::task::spawn_blocking(move || asked.look(topic.as_deref(), TO_START));
    let looked = tokio::select! {
        looked = timeout(TO_START, look) => looked,
        // The first record tries others.
        () = client.reports.credentials_refused() => {
            tracing::warn!("the brokers refuse the credentials");
            return;
        }
    };
    match looked {
        Ok(Ok(Ok(brokers))) => tracing::info!(brokers, "connected to Kafka"),
        Ok(Ok(Err(error))) => tracing::warn!(%error, "Kafka can't be reached yet"),
        Ok(Err(_)) | Err(_) => tracing::warn!("Kafka can't be reached yet"),
    }
}

#[cfg(test)]
mod tests {
    use contract::{EventId, Timestamp};
    use rdkafka::{ClientContext, mocking::MockCluster};

    use super::*;

    /// The mock cluster knows no SASL, so what librdkafka would report is reported here.
    #[tokio::test]
    async fn refused_credentials_are_read_anew_and_the_record_is_sent_again() {
        let brokers = MockCluster::new(1).expect("a broker in this process");
        brokers.create_topic("opened", 1, 1).expect("a topic");
        let servers = brokers.bootstrap_servers();
        let settings =
            Settings::from([("KAFKA_BROKERS", servers.as_str()), ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")]);
        let publisher = KafkaPublisher::connect(&settings).await.expect("a client");
        let refused = publisher.client().expect("there are no credentials to wait for");
        refused.reports.error(KafkaError::Global(RDKafkaErrorCode::Authentication), "the password is old");
        let id = EventId::new(Timestamp::now());
        let record = Record { topic: "opened", id, key: "c-1".into(), value: b"{}".into(), headers: vec![] };
        let soon = Instant::now() + Duration::from_secs(30);
        publisher.publish(&record, soon).await.expect("the new client publishes");
        // The new client was made and stays.
        let client = publisher.client().expect("a new client");
        let outcome = timeout(Duration::from_millis(50), client.reports.credentials_refused()).await;
        assert!(outcome.is_err(), "nobody has refused the new client");
    }

    #[test]
    fn after_a_rotation_each_version_of_the_password_is_tried() {
        let user = |password: &str| Credentials { username: "producer".into(), password: password.into() };
        let (old, new) = (user("old"), user("new"));
        let others = |previous, refused| in_order(new.clone(), previous, Some(refused));
        // A sandbox from before the rotation, when the brokers have taken it.
        assert!(others(Some(old.clone()), &old) == [Some(new.clone()), Some(old.clone())]);
        // A sandbox from after it, before the brokers have.
        assert!(others(Some(old.clone()), &new) == [Some(old.clone()), Some(new.clone())]);
        // A secret that was never rotated, and brokers that don't know the user yet.
        assert!(others(None, &new) == [Some(new.clone())]);
        // A sandbox that slept through two rotations.
        assert!(others(Some(old.clone()), &user("oldest")) == [Some(new.clone()), Some(old)]);
    }

    #[test]
    fn what_is_not_known_to_be_final_may_be_better_next_time() {
        let of = |code| publish_error(&KafkaError::MessageProduction(code));
        for code in
            [RDKafkaErrorCode::MessageTimedOut, RDKafkaErrorCode::PurgeQueue, RDKafkaErrorCode::QueueFull]
        {
            assert!(matches!(of(code), PublishError::Unreachable(_)), "{code}");
        }
        for code in [RDKafkaErrorCode::MessageSizeTooLarge, RDKafkaErrorCode::TopicAuthorizationFailed] {
            assert!(matches!(of(code), PublishError::Refused(_)), "{code}");
        }
    }
}
