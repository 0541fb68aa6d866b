//! Contacts or products by their guids, and in the order in which they last changed.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use super::list;

type Record = Map<String, Value>;

/// When a record last changed.
type Changed = Option<NaiveDateTime>;

/// Records of one kind. A list of them is ordered by their last change (fact sheet §6.3, of products; of contacts it is not
/// known), so that what is edited while somebody reads page by page moves the others.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    by_guid: BTreeMap<String, Changed>,
    by_change: BTreeMap<(Changed, String), Record>,
}

impl Records {
    /// The record, also a deleted one.
    pub(super) fn get(&self, guid: &str) -> Option<&Record> {
        let changed = *self.by_guid.get(guid)?;
        self.by_change.get(&(changed, guid.to_owned()))
    }

    pub(super) fn contains_key(&self, guid: &str) -> bool {
        self.by_guid.contains_key(guid)
    }

    /// Keeps it in place of what stood there.
    pub(super) fn insert(&mut self, guid: &str, record: Record) {
        let changed = list::changed(&record);
        if let Some(before) = self.by_guid.insert(guid.to_owned(), changed) {
            self.by_change.remove(&(before, guid.to_owned()));
        }
        self.by_change.insert((changed, guid.to_owned()), record);
    }

    /// Changes these fields at this time. `false` when there is no such record.
    pub(super) fn edit(&mut self, guid: &str, changes: &[(&str, Value)], time: Value) -> bool {
        let Some(mut record) = self.get(guid).cloned() else { return false };
        record.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        record.insert("UpdatedAt".to_owned(), time);
        self.insert(guid, record);
        true
    }

    /// Those that are not deleted, by guid.
    pub(super) fn live(&self) -> Vec<Value> {
        let all = self.by_guid.keys().filter_map(|guid| self.get(guid));
        all.filter(|record| record["DeletedAt"].is_null()).map(|record| Value::Object(record.clone())).collect()
    }

    /// All that changed at or after this time, from the one that changed first.
    pub(super) fn since(&self, since: Changed) -> impl Iterator<Item = &Record> {
        self.by_change.range((since, String::new())..).map(|(_, record)| record)
    }
}
