//! Entries in the books (fact sheet §6.11).

use chrono::{DateTime, Utc};

use super::operations;
use crate::model::Entry;

operations! {
    /// Entries of a period within one accounting year; a longer period is refused (fact sheet §9 P18).
    ListEntries {
        /// From when.
        from: Option<DateTime<Utc>>,
        /// Until when.
        to: Option<DateTime<Utc>>,
        /// Whether opening balances count.
        include_primo: bool,
    }
    "entries.list": Read,
    GET "v1" ["entries"].time("fromDate", *from).time("toDate", *to).query("includePrimo", Some(include_primo))
        => json Vec<Entry>;

    /// Entries that changed within 31 days at most.
    ListEntryChanges {
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        to: DateTime<Utc>,
        /// Whether opening balances count.
        include_primo: bool,
    }
    "entries.changes": Read,
    GET "v1" ["entries", "changes"]
        .time("changesFrom", Some(*from)).time("changesTo", Some(*to)).query("includePrimo", Some(include_primo))
        => json Vec<Entry>;
}
