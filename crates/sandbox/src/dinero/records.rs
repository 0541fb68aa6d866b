//! Contacts or products by their guids, and in the order in which they last changed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use super::list;

type Record = Map<String, Value>;

/// Records of one kind. A list of them is ordered by their last change (fact sheet §6.3, of products; of contacts it is not
/// known), so that what is edited while somebody reads page by page moves the others.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    by_guid: BTreeMap<String, Record>,
    by_change: BTreeSet<(Option<NaiveDateTime>, String)>,
}

impl Records {
    /// The record, also a deleted one.
    pub(super) fn get(&self, guid: &str) -> Option<&Record> {
        self.by_guid.get(guid)
    }

    pub(super) fn contains_key(&self, guid: &str) -> bool {
        self.by_guid.contains_key(guid)
    }

    /// Keeps it in place of what stood there.
    pub(super) fn insert(&mut self, guid: &str, record: Record) {
        let changed = list::changed(&record);
        if let Some(before) = self.by_guid.insert(guid.to_owned(), record) {
            self.by_change.remove(&(list::changed(&before), guid.to_owned()));
        }
        self.by_change.insert((changed, guid.to_owned()));
    }

    /// Changes these fields at this time. `false` when there is no such record.
    pub(super) fn edit(&mut self, guid: &str, changes: &[(&str, Value)], time: Value) -> bool {
        let Some(mut record) = self.by_guid.get(guid).cloned() else { return false };
        record.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        record.insert("UpdatedAt".to_owned(), time);
        self.insert(guid, record);
        true
    }

    /// Those that are not deleted, by guid.
    pub(super) fn live(&self) -> Vec<Value> {
        let live = self.by_guid.values().filter(|record| record["DeletedAt"].is_null());
        live.map(|record| Value::Object(record.clone())).collect()
    }

    /// All that changed at or after this time, from the one that changed first.
    pub(super) fn since(&self, since: Option<NaiveDateTime>) -> impl Iterator<Item = &Record> {
        self.by_change.range((since, String::new())..).map(|(_, guid)| &self.by_guid[guid])
    }
}
