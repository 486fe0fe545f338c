//! What gets into the log, and what must not.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use contract::EventContext;
use runtime::log;
use serde_json::{Value, json};

use crate::{
    consumer::{connect, send},
    support::{
        cloud::Cloud,
        events::{Opened, context, record},
    },
};

const TRACE: &str = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

/// The lines that are logged on this thread meanwhile.
async fn logged(cloud: &Cloud, work: impl Future<Output = ()>) -> Vec<Value> {
    let lines = Arc::<Mutex<Vec<Value>>>::default();
    let seen = lines.clone();
    let out = move |line: &str| {
        let line = serde_json::from_str(line).expect("a line is JSON");
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    };
    // While there is only one subscriber, whether a line is wanted is asked of the thread that comes first by it, which
    // may be another test's.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let log = tracing::subscriber::set_default(log::lines(&cloud.settings, out));
    work.await;
    drop(log);
    std::mem::take(&mut *lines.lock().unwrap_or_else(PoisonError::into_inner))
}

fn opened(customer: &str) -> Opened {
    Opened { email: Some("jo@example.com".into()), ..Opened::new(customer, "a-1").note("a private note") }
}

fn holds_nothing_personal(lines: &[Value]) {
    for line in lines {
        let text = line.to_string();
        assert!(!text.contains("jo@example.com") && !text.contains("private"), "{text}");
    }
}

#[tokio::test]
async fn a_record_that_fails_tells_its_event_and_trace_and_nothing_personal() {
    let cloud = Cloud::start().await;
    let broken = ["one", "two"].map(|id| (id.to_owned(), (500, "InternalServerError")));
    // Both by themselves, and in one run.
    for count in 1..=2_i64 {
        connect(&cloud, "c-1", &["one"]).await;
        connect(&cloud, "c-2", &["two"]).await;
        cloud.inside().broken = BTreeMap::from(broken.clone());
        let contexts: Vec<EventContext> = (0..count)
            .map(|number| EventContext { traceparent: Some(TRACE.into()), ..context(10 * count + number) })
            .collect();
        let records = contexts.iter().zip(["c-1", "c-2"]).enumerate();
        let records = records
            .map(|(offset, (context, customer))| {
                record(&opened(customer), context, 0, i64::try_from(offset).unwrap_or_default())
            })
            .collect();
        let lines = logged(&cloud, async {
            let reply = send::<Opened>(&cloud, records).await;
            assert_eq!(reply.batch_item_failures.len(), contexts.len());
        })
        .await;
        let failed: Vec<&Value> =
            lines.iter().filter(|line| line["message"] == "a record is left for the next try").collect();
        assert_eq!(failed.len(), contexts.len(), "{lines:?}");
        for (line, context) in failed.into_iter().zip(&contexts) {
            assert_eq!((&line["event_id"], &line["traceparent"]), (&json!(context.id), &json!(TRACE)));
        }
        holds_nothing_personal(&lines);
    }
}

#[tokio::test]
async fn what_is_no_trace_does_not_get_into_the_log() {
    let cloud = Cloud::start().await;
    connect(&cloud, "c-1", &["one"]).await;
    cloud.inside().broken = BTreeMap::from([("one".into(), (500, "InternalServerError"))]);
    let odd = EventContext { traceparent: Some("jo@example.com".into()), ..context(1) };
    let lines = logged(&cloud, async {
        send::<Opened>(&cloud, vec![record(&opened("c-1"), &odd, 0, 0)]).await;
    })
    .await;
    assert!(lines.iter().any(|line| line["event_id"] == json!(odd.id) && line["traceparent"] == "-"));
    holds_nothing_personal(&lines);
}
