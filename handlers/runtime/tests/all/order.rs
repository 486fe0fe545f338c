//! Events that meet in tables: any order, any repetition and any fault end in the same items as one clean run.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use contract::{Event, EventContext, Item};
use proptest::{prelude::*, test_runner::TestRunner};
use runtime::{
    Invocation, Metrics,
    consumer::{Consumer, KafkaEvent},
};

use crate::support::{
    cloud::Cloud,
    events::{Closed, Noted, Opened, Replaced, context, record},
};

/// An event of one of four topics, for one of two customers.
#[derive(Debug, Clone)]
struct Planned {
    kind: usize,
    customer: usize,
    status: Option<u8>,
    note: Option<u8>,
}

fn planned() -> impl Strategy<Value = Planned> {
    (0..4_usize, 0..2_usize, prop::option::of(0..3_u8), prop::option::of(0..3_u8))
        .prop_map(|(kind, customer, status, note)| Planned { kind, customer, status, note })
}

/// A cloud and its consumers.
struct Deployment {
    cloud: Cloud,
    opened: Consumer<Opened>,
    noted: Consumer<Noted>,
    closed: Consumer<Closed>,
    replaced: Consumer<Replaced>,
}

impl Deployment {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        Self {
            opened: consumer(&cloud),
            noted: consumer(&cloud),
            closed: consumer(&cloud),
            replaced: consumer(&cloud),
            cloud,
        }
    }

    async fn deliver(&self, case: usize, planned: &Planned, context: &EventContext) {
        match planned.kind {
            0 => self.opened.take(case, planned, context).await,
            1 => self.noted.take(case, planned, context).await,
            2 => self.closed.take(case, planned, context).await,
            _ => self.replaced.take(case, planned, context).await,
        }
    }

    /// The items of this case's customers.
    async fn items(&self, table: &str, case: usize) -> Vec<Item> {
        let mut items = self.cloud.items(table).await;
        let prefix = format!("c-{case}-");
        items.retain(|item| item["customerId"].as_str().is_some_and(|id| id.starts_with(&prefix)));
        items
    }
}

fn consumer<E: Event>(cloud: &Cloud) -> Consumer<E> {
    Consumer::new(&cloud.settings, Metrics::none()).expect("all is told")
}

trait Take {
    async fn take(&self, case: usize, planned: &Planned, context: &EventContext);
}

macro_rules! take {
    ($($event:ident),*) => {$(
        impl Take for Consumer<$event> {
            async fn take(&self, case: usize, planned: &Planned, context: &EventContext) {
                let mut event = $event::new(&format!("c-{case}-{}", planned.customer), "a");
                event.status = planned.status.map(|status| format!("S{status}"));
                event.note = planned.note.map(|note| format!("N{note}"));
                let records = BTreeMap::from([("p".to_owned(), vec![record(&event, context, 0, 0)])]);
                let batch = KafkaEvent { event_source: String::new(), records };
                let invocation = Invocation::within("f", "1", Duration::from_mins(1));
                let reply = self.handle(batch, &invocation).await;
                assert!(reply.batch_item_failures.is_empty(), "{reply:?}");
            }
        }
    )*};
}
take!(Opened, Noted, Closed, Replaced);

/// The plan's numbers in another order, some of them twice.
fn shuffled(length: usize) -> impl Strategy<Value = Vec<usize>> {
    let numbers: Vec<usize> = (0..length).chain(0..length / 2).collect();
    Just(numbers).prop_shuffle()
}

#[test]
fn any_order_ends_in_the_same_tables() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (clean, other) = runtime.block_on(async { tokio::join!(Deployment::start(), Deployment::start()) });
    let plans = prop::collection::vec(planned(), 2..9).prop_flat_map(|plan| {
        let length = plan.len();
        (Just(plan), shuffled(length))
    });
    let case = Cell::new(0);
    let outcome = TestRunner::new(ProptestConfig { cases: 16, ..ProptestConfig::default() }).run(
        &plans,
        |(plan, order)| {
            // Shrinking runs more cases; each has customers of its own.
            case.set(case.get() + 1);
            let case = case.get();
            runtime.block_on(async {
                let contexts: Vec<EventContext> = (0..).take(plan.len()).map(context).collect();
                for (planned, context) in plan.iter().zip(&contexts) {
                    clean.deliver(case, planned, context).await;
                }
                for number in &order {
                    other.deliver(case, &plan[*number], &contexts[*number]).await;
                }
                for table in ["accounts-test", "applications-test"] {
                    prop_assert_eq!(
                        clean.items(table, case).await,
                        other.items(table, case).await,
                        "{}",
                        table
                    );
                }
                let events = "kafka-events-test";
                prop_assert_eq!(clean.items(events, case).await.len(), plan.len());
                prop_assert_eq!(other.items(events, case).await.len(), plan.len());
                Ok(())
            })
        },
    );
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
