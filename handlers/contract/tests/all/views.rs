//! What the browser sees, and what alerts say.

use contract::{Event, Item, Key, MemoryTables, Show, Table, Tables, view};
use serde_json::{Value, json};

use crate::sample::ordered;

#[test]
fn only_what_is_listed_is_shown() {
    assert_eq!(ordered().browser(), json!({ "customerId": "c-1", "price": "12.50" }));
    let value = json!({
        "a": { "b": 1, "c": { "d": 2 } },
        "list": [{ "x": 1, "y": 2 }, { "y": 3 }],
        "odd/name": 4,
        "words": ["p", "q"],
    });
    let shown = |pointers: &[&str]| view(&value, pointers);
    assert_eq!(shown(&[]), json!({}));
    assert_eq!(shown(&["/a"]), json!({ "a": { "b": 1, "c": { "d": 2 } } }));
    assert_eq!(shown(&["/a/c"]), json!({ "a": { "c": { "d": 2 } } }));
    assert_eq!(shown(&["/list/*/x"]), json!({ "list": [{ "x": 1 }, {}] }));
    assert_eq!(shown(&["/words"]), json!({ "words": ["p", "q"] }));
    assert_eq!(shown(&["/odd~1name", "/missing/x"]), json!({ "odd/name": 4 }));
}

#[test]
fn values_in_alerts() {
    assert_eq!(vec!["a".to_owned(), "b".to_owned()].show(), "a, b");
    assert_eq!(None::<String>.show(), "-");
    assert_eq!(Some(7_i64).show(), "7");
    assert_eq!(ordered().price.show(), "12.50");
}

#[test]
fn rules_are_tested_with_tables_in_memory() {
    const TABLE: Table = Table { name: "t", env: "T_TABLE", key: "id", sort: Some("n"), ttl: None };
    fn item(n: i64) -> Item {
        json!({ "id": "x", "n": n }).as_object().cloned().unwrap_or_default()
    }
    fn now<T>(future: impl Future<Output = T>) -> T {
        let mut future = Box::pin(future);
        match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("memory never waits"),
        }
    }
    let tables = MemoryTables::default().with(&TABLE, item(2)).with(&TABLE, item(1));
    assert_eq!(now(tables.get(&TABLE, Key::new("x").sort(2))), Ok(Some(item(2))));
    assert_eq!(now(tables.get(&TABLE, Key::new("y").sort(2))), Ok(None));
    let found = now(tables.query(&TABLE, "x", 9)).expect("it is memory");
    assert_eq!(found.iter().map(|item| item["n"].clone()).collect::<Vec<Value>>(), [1, 2]);
}
