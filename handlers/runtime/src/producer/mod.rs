//! Publishes a topic's event over HTTP: request in, event into Kafka, answer out.

mod caller;
mod failure;
mod problem;
mod publisher;
mod request;

use std::panic::AssertUnwindSafe;

use contract::{Event, EventContext, EventId, Record, RequestBody, Rule, Tables, Timestamp, is_traceparent};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

pub use failure::ErrorTopic;
pub use publisher::{Connect, PublishError, Publisher};

use caller::{Caller, Callers};
use problem::{Problem, reply};
use request::HttpRequest;

use crate::{
    Answer, Aws, Error, Fault, Function, Invocation, Settings, log,
    metrics::{Metric, Metrics},
    serve,
    tables::DynamoTables,
};

/// The longest body, in bytes: no event of a longer one would fit into a DynamoDB item, which holds 400 KB.
const MOST_BYTES: usize = 400 * 1024;

/// The longest record of an event that goes into an item whole, in bytes. What grows most on the way is a list of
/// digits: two bytes an element as JSON, three in DynamoDB
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>). That makes
/// 384 KiB, and the rest of the 400 is for marks, expiry and version, or for what else is on the event's marker.
const MOST_ITEM_BYTES: usize = 256 * 1024;

/// The longest record, in bytes: what Kafka takes unless a topic says otherwise, less its own overhead.
const MOST_RECORD_BYTES: usize = 1_000_000;

/// Who may call a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone; whoever isn't a customer yet becomes one.
    Open,
    /// The customer, by token.
    Customer,
}

/// Runs a producer in Lambda.
pub async fn run<R: Rule>(
    rule: R,
    access: Access,
    errors: ErrorTopic,
    connect: impl Connect,
) -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    let publisher = connect.connect(&settings).await?;
    let metrics = Metrics::embedded(&settings);
    serve(Producer::new(rule, access, errors, publisher, &settings, metrics)?).await
}

/// A producer.
#[derive(Debug)]
pub struct Producer<R, P, T = DynamoTables> {
    rule: R,
    publisher: P,
    tables: T,
    callers: Callers,
    errors: ErrorTopic,
    metrics: Metrics,
    websocket: Option<String>,
}

impl<R: Rule, P: Publisher> Producer<R, P> {
    /// As `settings` say.
    pub fn new(
        rule: R,
        access: Access,
        errors: ErrorTopic,
        publisher: P,
        settings: &Settings,
        metrics: Metrics,
    ) -> Result<Self, Error> {
        settings.check_topic("KAFKA_TOPIC", R::Event::TOPIC)?;
        errors.check(settings)?;
        let aws = Aws::new(settings)?;
        Ok(Self {
            tables: DynamoTables::new(aws.dynamodb(), settings.clone()),
            callers: Callers::new(access, &aws, settings)?,
            websocket: settings.get("WEBSOCKET_ENDPOINT").map(str::to_owned),
            rule,
            publisher,
            errors,
            metrics,
        })
    }
}

/// What is known of a request so far; what a failure is told with.
#[derive(Debug, Default)]
struct Progress {
    caller: Option<Caller>,
    event_id: Option<EventId>,
    idempotency_key: Option<String>,
}

impl<R: Rule, P: Publisher, T: Tables> Producer<R, P, T> {
    async fn handle(&self, request: &HttpRequest, invocation: &Invocation) -> Value {
        let start = Instant::now();
        // What is left after that is for telling of a failure.
        let until =
            invocation.work_until() - (invocation.remaining() / 5).min(std::time::Duration::from_secs(2));
        let mut progress = Progress::default();
        let outcome = timeout_at(until, self.publish(request, invocation, until, &mut progress)).await;
        let topic = R::Event::TOPIC;
        match outcome.unwrap_or(Err(Problem::TooSlow)) {
            Ok((id, customer_id)) => {
                let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.metrics.observe(topic, Some(id.as_str()), Metric::PublishLatency, millis);
                tracing::info!(event_id = %id, topic, "published");
                self.accepted(&id, &customer_id, invocation.work_until()).await
            }
            Err(problem) => {
                self.fail(&problem, &progress, invocation).await;
                problem.answer(progress.idempotency_key.as_deref())
            }
        }
    }

    /// All the way from the body to the broker's acknowledgement.
    async fn publish(
        &self,
        request: &HttpRequest,
        invocation: &Invocation,
        until: Instant,
        progress: &mut Progress,
    ) -> Result<(EventId, String), Problem> {
        let now = Timestamp::now();
        let bytes = request.bytes().map_err(|_| Problem::NotBase64)?;
        if bytes.len() > MOST_BYTES {
            return Err(Problem::TooLong("body", MOST_BYTES));
        }
        let key =
            request.header("idempotency-key").map_or_else(|| EventId::new(now).to_string(), str::to_owned);
        let parts = [R::Event::TOPIC.as_bytes(), &bytes];
        let id = EventId::of_request(key.trim(), parts).ok_or(Problem::IdempotencyKey)?;
        progress.event_id = Some(id.clone());
        progress.idempotency_key = Some(key);
        let mut body = RequestBody::parse(&bytes)?;
        let named = body.key::<R::Event>().cloned();
        let caller = self.callers.identify(request, named.as_ref(), &id, now).await?;
        progress.caller.clone_from(&caller);
        let customer = caller.map(|caller| caller.customer_id);
        // What was named stays as it was written: a key that is a number must not become text.
        if let (Some(customer), None) = (&customer, &named) {
            body.set_key::<R::Event>(customer);
        }
        let decoded = body.decode::<R::Event>().map_err(Problem::Invalid)?;
        let context = EventContext {
            id,
            time: now,
            source: format!("/{}", invocation.function),
            traceparent: invocation.traceparent.clone(),
        };
        let event = self.decide(decoded, &context).await?;
        // A customer id that is a UUID may have been sent in capitals.
        if event.key().is_empty()
            || !customer.is_some_and(|customer| customer.eq_ignore_ascii_case(&event.customer_id()))
        {
            return Err(Problem::Inside("the rule made an event of another customer".into()));
        }
        let record = Record::new(&event, &context);
        // The marker has the push.
        let in_an_item = R::Event::SINK.is_some() || R::Event::PUSH.is_some();
        let most = if in_an_item { MOST_ITEM_BYTES } else { MOST_RECORD_BYTES };
        if record.value.len() > most {
            return Err(Problem::TooLong("event", most));
        }
        self.publisher.publish(&record, until).await?;
        Ok((context.id, record.key))
    }

    /// The rule's event, checked. A rule that panics is a failure like any other.
    async fn decide(
        &self,
        request: <R::Event as Event>::Request,
        context: &EventContext,
    ) -> Result<R::Event, Problem> {
        let decision = AssertUnwindSafe(self.rule.decide(request, context, &self.tables)).catch_unwind();
        let event = decision
            .await
            .map_err(|_| Problem::Inside("the rule panicked".into()))?
            .map_err(Problem::Refused)?;
        event.validate().map_err(|faults| {
            Problem::Inside(format!("the rule made an event against its schema: {faults}"))
        })?;
        Ok(event)
    }

    async fn accepted(&self, id: &EventId, customer_id: &str, until: Instant) -> Value {
        let mut body = json!({ "eventId": id, "customerId": customer_id });
        // The event is in its topic: a caller who is told too late, or nothing, would send it again as another.
        let token = timeout_at(until, self.callers.token(customer_id)).await.unwrap_or_else(|_| {
            tracing::error!("no token could be signed in time");
            None
        });
        if let Some(endpoint) = &self.websocket {
            let mut url = format!("{endpoint}?customerId={}", percent_encode(customer_id, b""));
            if let Some(token) = &token {
                // Base64url, dots and the id of a secret's version need no escaping.
                url = format!("{url}&token={}", token.text);
            }
            body["websocketUrl"] = url.into();
        }
        if let Some(token) = &token {
            body["token"] = token.text.as_str().into();
            body["tokenExpiresAt"] = token.expires_at.to_string().into();
        }
        reply(202, &json!({ "content-type": "application/json", "cache-control": "no-store" }), &body)
    }

    async fn fail(&self, problem: &Problem, progress: &Progress, invocation: &Invocation) {
        let topic = R::Event::TOPIC;
        let event_id = progress.event_id.as_ref().map(EventId::as_str);
        let broker = matches!(problem, Problem::Broker(_));
        let metric = if broker { Metric::PublishFailures } else { Metric::Refused };
        self.metrics.count(topic, event_id, metric);
        let (code, reason) = (problem.code(), problem.line());
        if problem.status() >= 500 {
            tracing::error!(code, reason, event_id, topic, "the step failed");
        } else {
            tracing::info!(code, reason, event_id, topic, "the request was refused");
        }
        self.errors.tell::<R::Event>(problem, progress, &self.publisher, invocation).await;
    }
}

impl<R: Rule, P: Publisher, T: Tables + 'static> Function for Producer<R, P, T> {
    fn call(&self, event: Value, invocation: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let request: HttpRequest =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("an HTTP request"))?;
            // The caller's own trace goes on.
            let trace = request.header("traceparent").filter(|trace| is_traceparent(trace));
            let traceparent = trace.map(str::to_owned).or(invocation.traceparent);
            let span = tracing::info_span!("request", traceparent = traceparent.as_deref().unwrap_or("-"));
            let invocation = Invocation { traceparent, ..invocation };
            let answer = self.handle(&request, &invocation).instrument(span).await;
            self.metrics.flush();
            Ok(answer)
        })
    }
}

/// Everything but RFC 3986's unreserved characters and those in `also`.
fn percent_encode(text: &str, also: &[u8]) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
