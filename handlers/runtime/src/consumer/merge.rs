//! How events meet in one item: the later event wins, attribute by attribute, in whatever order they come.
//!
//! Several topics write into one table, each with a consumer of its own, so Kafka's order doesn't hold across
//! them; and a record that was quarantined or dead-lettered comes back late. So every item remembers which
//! event set what, in three attributes of its own:
//!
//! - `_version`: the greatest version that was applied ([`contract::EventContext::version`]).
//! - `_base`: the version of the last whole write, where later merges followed it.
//! - `_setBy`: for merges, which version last set which attributes.
//!
//! This module only thinks; [`super::apply`] reads and writes.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Item, Write};
use serde_json::Value;

use super::TableWrite;

pub(crate) const VERSION: &str = "_version";
pub(crate) const BASE: &str = "_base";
pub(crate) const SET_BY: &str = "_setBy";

/// What to do to an item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plan {
    /// Later events have said everything already.
    Nothing,
    /// Set and remove these attributes.
    Update {
        /// Names and values; never of key attributes.
        set: Item,
        /// Names.
        remove: Vec<String>,
    },
}

/// What an item says of its own history.
#[derive(Debug, Default)]
struct History {
    /// Versions of attributes that merges set.
    set_by: BTreeMap<String, BTreeSet<String>>,
    /// The version of everything else.
    base: String,
    /// The greatest of all.
    greatest: String,
}

impl History {
    fn read(item: &Item) -> Self {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let greatest = text(VERSION);
        let Some(Value::Object(set_by)) = item.get(SET_BY) else {
            // Only whole writes so far.
            return Self { set_by: BTreeMap::new(), base: greatest.clone(), greatest };
        };
        let names = |value: &Value| -> BTreeSet<String> {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let set_by = set_by.iter().map(|(version, value)| (version.clone(), names(value))).collect();
        Self { set_by, base: text(BASE), greatest }
    }

    fn version_of(&self, attribute: &str) -> &str {
        let merged = self.set_by.iter().find(|(_, names)| names.contains(attribute));
        merged.map_or(self.base.as_str(), |(version, _)| version)
    }

    /// `version` set these attributes.
    fn note(&mut self, version: &str, attributes: BTreeSet<String>) {
        for names in self.set_by.values_mut() {
            names.retain(|name| !attributes.contains(name));
        }
        if !attributes.is_empty() {
            self.set_by.entry(version.to_owned()).or_default().extend(attributes);
        }
        self.set_by.retain(|_, names| !names.is_empty());
        if self.greatest.as_str() < version {
            version.clone_into(&mut self.greatest);
        }
    }

    fn write(self, set: &mut Item) {
        set.insert(VERSION.into(), self.greatest.into());
        set.insert(BASE.into(), self.base.into());
        let set_by = self.set_by.into_iter().map(|(version, names)| (version, names.into_iter().collect()));
        set.insert(SET_BY.into(), Value::Object(set_by.collect()));
    }
}

/// What `write` does to the item as it is now; `None` where there is none.
pub(crate) fn plan(write: &TableWrite, now: Option<&Item>) -> Plan {
    let empty = Item::new();
    let now = now.unwrap_or(&empty);
    let mut history = History::read(now);
    let version = write.version.as_str();
    let keys = [Some(write.sink.table.key), write.sink.table.sort];
    let is_key = |name: &str| keys.contains(&Some(name));
    // Strictly later: the same event again changes nothing.
    let wins = |history: &History, name: &str| history.version_of(name) < version;

    if version <= history.base.as_str() {
        return Plan::Nothing;
    }
    let mut set: Item = write
        .item
        .iter()
        .filter(|(name, _)| !is_key(name) && wins(&history, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut remove = Vec::new();
    match write.sink.write {
        Write::Merge => {
            // An item must exist even where the event has nothing but keys.
            if set.is_empty() && !now.is_empty() && version <= history.greatest.as_str() {
                return Plan::Nothing;
            }
            history.note(version, set.keys().cloned().collect());
        }
        Write::Put => {
            // Whatever earlier events set and this one doesn't goes.
            let goes = now.keys().filter(|name| !is_key(name) && !name.starts_with(crate::item::OWN));
            remove
                .extend(goes.filter(|name| !write.item.contains_key(*name) && wins(&history, name)).cloned());
            history.set_by.retain(|other, _| other.as_str() > version);
            version.clone_into(&mut history.base);
            history.note(version, BTreeSet::new());
        }
    }
    history.write(&mut set);
    Plan::Update { set, remove }
}

#[cfg(test)]
mod tests {
    use contract::{Key, Sink, Table};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TABLE: Table = Table { name: "t", env: "T_TABLE", key: "id", sort: None, ttl: None };

    fn write(write: Write, version: &str, fields: &Value) -> TableWrite {
        let mut item = fields.as_object().expect("an object").clone();
        item.insert("id".into(), "1".into());
        let sink = Sink { table: TABLE, write, marks: &[] };
        TableWrite { sink, key: Key::new("1"), item, version: version.into() }
    }

    /// What DynamoDB makes of a write, by the same steps as [`super::super::Store`].
    fn apply(now: Option<Item>, write: &TableWrite) -> Option<Item> {
        let greatest = now.as_ref().map(|item| History::read(item).greatest).unwrap_or_default();
        if write.sink.write == Write::Put && greatest < write.version {
            let mut item = write.item.clone();
            item.insert(VERSION.into(), write.version.as_str().into());
            return Some(item);
        }
        match plan(write, now.as_ref()) {
            Plan::Nothing => now,
            Plan::Update { set, remove } => {
                let mut item = now.unwrap_or_else(|| Item::from_iter([("id".to_owned(), Value::from("1"))]));
                item.extend(set);
                item.retain(|name, _| !remove.contains(name));
                Some(item)
            }
        }
    }

    fn sorted(item: Option<Item>) -> Option<BTreeMap<String, Value>> {
        item.map(|item| item.into_iter().collect())
    }

    #[test]
    fn a_later_event_wins_attribute_by_attribute() {
        let early = write(Write::Merge, "1", &json!({ "status": "A", "note": "n" }));
        let late = write(Write::Merge, "2", &json!({ "status": "B" }));
        let item = apply(apply(None, &late), &early).expect("it is there");
        assert_eq!((&item["status"], &item["note"]), (&json!("B"), &json!("n")));
        assert_eq!(item[SET_BY], json!({ "1": ["note"], "2": ["status"] }));
    }

    #[test]
    fn an_item_that_someone_wrote_by_hand_is_older_than_every_event() {
        let by_hand = json!({ "id": "1", "status": "X", "mine": true }).as_object().cloned();
        let item = apply(by_hand, &write(Write::Merge, "1", &json!({ "status": "A" }))).expect("it is there");
        assert_eq!((&item["status"], &item["mine"]), (&json!("A"), &json!(true)));
    }

    #[test]
    fn the_same_event_again_changes_nothing() {
        let event = write(Write::Merge, "1", &json!({ "status": "A" }));
        let item = apply(None, &event);
        assert_eq!(plan(&event, item.as_ref()), Plan::Nothing);
    }

    fn writes() -> impl Strategy<Value = Vec<TableWrite>> {
        let fields = prop::collection::btree_map("[a-d]", 0..5_i32, 0..4);
        let one = (prop::bool::ANY, fields);
        prop::collection::vec(one, 1..8).prop_map(|all| {
            let numbered = all.into_iter().enumerate().map(|(number, (put, fields))| {
                let kind = if put { Write::Put } else { Write::Merge };
                write(kind, &format!("{number:02}"), &json!(fields))
            });
            numbered.collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn every_order_ends_in_the_same_item(
            (writes, order) in writes().prop_flat_map(|writes| {
                let numbers: Vec<usize> = (0..writes.len()).chain(0..writes.len()).collect();
                (Just(writes), Just(numbers).prop_shuffle())
            }),
        ) {
            let clean = writes.iter().fold(None, apply);
            let other = order.iter().fold(None, |item, number| apply(item, &writes[*number]));
            prop_assert_eq!(sorted(clean), sorted(other));
        }

        /// The plain meaning, without any history: in order, a put replaces and a merge sets.
        #[test]
        fn in_order_it_is_what_it_says(writes in writes()) {
            let mut plain = Item::new();
            for write in &writes {
                if write.sink.write == Write::Put {
                    plain.clear();
                }
                plain.extend(write.item.clone());
            }
            let mut item = writes.iter().fold(None, apply).expect("it is there");
            item.retain(|name, _| !name.starts_with('_'));
            prop_assert_eq!(sorted(Some(item)), sorted(Some(plain)));
        }
    }
}
