//! Customers who send their details at a steady rate, each with a browser that waits for the event.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Semaphore};

use super::{Plan, Times};
use crate::{Run, bus::Stage, clock};

/// Browsers that are open, one a customer.
const CUSTOMERS: u32 = 200;

/// Requests that are open at a time: a pipeline that falls behind shall not also run out of connections. Whatever waits
/// here is timed from when it was due.
const CONNECTIONS: usize = 256;

/// What came of a load.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) sent: u64,
    pub(super) acknowledged: usize,
    pub(super) publish: Times,
    pub(super) consume: Times,
    pub(super) push: Times,
    pub(super) end_to_end: Times,
    pub(super) targets: model::Targets,
    /// Events that were due and had not arrived, in the middle of the load and at its end.
    pub(super) open: [u64; 2],
}

/// What is known of each event, by its id; times in milliseconds since 1970.
#[derive(Debug, Default)]
struct Seen {
    sent: Option<f64>,
    answered: Option<f64>,
    applied: Option<f64>,
    arrived: Option<f64>,
}

type Events = Arc<Mutex<HashMap<String, Seen>>>;

fn note(events: &Events, id: &str, change: impl FnOnce(&mut Seen)) {
    let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
    change(events.entry(id.to_owned()).or_default());
}

/// Sends it, and waits until every acknowledged event has arrived or a minute has passed.
pub(super) async fn send(run: &Run, plan: Plan) -> Result<Outcome, String> {
    let deployment = run.deployment();
    let topic = deployment.model.topics.iter().find(|topic| topic.name.name == "user-info-submitted");
    let topic = topic.ok_or("the manifest has no topic user-info-submitted to measure")?;
    let producer = topic.producer.as_ref().ok_or("user-info-submitted has no producer")?;
    let url = format!("http://{}{}", deployment.endpoints.http, producer.path);
    let targets = topic.targets;
    let events = Events::default();
    let mut helpers = vec![watch(run, &events)];
    for number in 0..CUSTOMERS {
        helpers.push(browse(run, number, &events).await?);
    }
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let count = u64::from(plan.rate) * plan.lasting.as_secs();
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let due = AtomicU64::new(0);
    let open = || {
        let arrived = |seen: &&Seen| seen.arrived.is_some();
        let events = events.lock().unwrap_or_else(PoisonError::into_inner);
        due.load(Ordering::Relaxed).saturating_sub(events.values().filter(arrived).count() as u64)
    };
    let mut requests = tokio::task::JoinSet::new();
    let sending = async {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / plan.rate.max(1));
        for number in 0..count {
            // From the moment when it was due: a driver that falls behind must not hide it.
            let at = clock::precise_at(ticks.tick().await);
            due.fetch_add(1, Ordering::Relaxed);
            let customer = name(u32::try_from(number % u64::from(CUSTOMERS)).unwrap_or(0));
            let sent = post(client.clone(), url.clone(), customer, at, Arc::clone(&events));
            let connections = Arc::clone(&connections);
            requests.spawn(async move {
                // It is never closed.
                let _open = connections.acquire().await;
                sent.await
            });
        }
        open()
    };
    let halfway = async {
        tokio::time::sleep(plan.lasting / 2).await;
        open()
    };
    let (open_end, open_middle) = futures_util::future::join(sending, halfway).await;
    let mut acknowledged = 0;
    while let Some(answered) = requests.join_next().await {
        acknowledged += usize::from(answered.unwrap_or(false));
    }
    let end = Instant::now() + Duration::from_mins(1);
    let complete =
        |seen: &Seen| seen.answered.is_none() || (seen.arrived.is_some() && seen.applied.is_some());
    #[allow(clippy::iter_over_hash_type, reason = "all of them, in any order")]
    while Instant::now() < end
        && !events.lock().unwrap_or_else(PoisonError::into_inner).values().all(complete)
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for helper in helpers {
        helper.abort();
    }
    let events = events.lock().unwrap_or_else(PoisonError::into_inner);
    let times = |between: fn(&Seen) -> Option<f64>| Times::new(events.values().filter_map(between).collect());
    Ok(Outcome {
        sent: count,
        acknowledged,
        publish: times(|seen| Some(seen.answered? - seen.sent?)),
        // The consumer may be faster than the way of the answer.
        consume: times(|seen| Some((seen.applied? - seen.answered?).max(0.0))),
        push: times(|seen| seen.sent.and(Some(seen.arrived? - seen.applied?))),
        end_to_end: times(|seen| Some(seen.arrived? - seen.sent?)),
        targets,
        open: [open_middle, open_end],
    })
}

fn name(number: u32) -> String {
    format!("bench-{number}")
}

/// One request that was due at that time; `true` where it was acknowledged.
async fn post(
    client: Client<HttpConnector, Body>,
    url: String,
    customer: String,
    due: f64,
    events: Events,
) -> bool {
    let body =
        json!({ "customerId": customer, "email": "bench@example.com", "firstName": "Ada" }).to_string();
    let Ok(request) = Request::post(url).header("content-type", "application/json").body(Body::from(body))
    else {
        return false;
    };
    let Ok(response) = client.request(request).await else { return false };
    let answered = clock::precise();
    if response.status() != 202 {
        return false;
    }
    let Ok(body) = response.into_body().collect().await else { return false };
    let answer: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
    let Some(id) = answer["eventId"].as_str() else { return false };
    note(&events, id, |seen| (seen.sent, seen.answered) = (Some(due), Some(answered)));
    true
}

/// A browser that waits for a customer's events.
async fn browse(run: &Run, number: u32, events: &Events) -> Result<tokio::task::JoinHandle<()>, String> {
    let url = format!("{}?customerId={}", run.deployment().websocket_endpoint(), name(number));
    let address = run.deployment().endpoints.websocket;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let opened = tokio_tungstenite::client_async(url, stream).await;
    let (mut socket, _) = opened.map_err(|error| format!("a browser can't connect: {error}"))?;
    let events = Arc::clone(events);
    Ok(tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let arrived = clock::precise();
            let event: Value =
                message.to_text().ok().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            if let Some(id) = event["id"].as_str() {
                note(&events, id, |seen| seen.arrived = Some(arrived));
            }
        }
    }))
}

/// Takes down when each event was applied.
fn watch(run: &Run, events: &Events) -> tokio::task::JoinHandle<()> {
    let (_, mut happenings) = run.bus().watch(u64::MAX);
    let events = Arc::clone(events);
    tokio::spawn(async move {
        loop {
            let happening = match happenings.recv().await {
                Ok(happening) => happening,
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => continue,
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            };
            let Some(id) = &happening.event_id else { continue };
            if happening.stage == Stage::Applied {
                note(&events, id, |seen| seen.applied = Some(happening.at));
            }
        }
    })
}
