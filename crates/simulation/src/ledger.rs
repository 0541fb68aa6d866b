//! What people did: every thing there is, and every value that anybody ever typed.

use std::collections::BTreeSet;

use sync_model::Side;

/// Something that stands, or stood, in one or both systems.
#[derive(Debug)]
pub(crate) struct Thing {
    /// Which of the subjects.
    pub(crate) subject: usize,
    /// What its records are known by.
    pub(crate) tag: String,
    /// Whether a person deleted a record of it.
    pub(crate) deleted: bool,
    /// Whether it holds what cannot be carried over.
    pub(crate) poisoned: bool,
    /// Whether two records of one side carry its tag, so that nobody can tell which is meant.
    pub(crate) twins: bool,
    /// Records that people made, by side.
    pub(crate) by_people: [u32; 2],
    /// Records that we made, by side.
    pub(crate) by_us: [u32; 2],
}

/// A value that a person typed.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) thing: usize,
    pub(crate) side: Side,
    pub(crate) attribute: &'static str,
    /// In normal form; empty when it was cleared.
    pub(crate) value: String,
    /// Milliseconds into the history.
    pub(crate) at: u64,
    /// The record's id.
    pub(crate) record: String,
    /// Whether we wrote over it without having been able to see it: it came between our last look and our write, and the
    /// system has no compare-and-set.
    pub(crate) in_the_window: bool,
}

/// Whether somebody emptied this field while our value was just arriving there: that looks as if the system had not taken it.
pub(crate) fn emptied_on_arrival(ledger: &[Edit], thing: usize, attribute: &str) -> bool {
    let of_the_field = |edit: &&Edit| edit.thing == thing && edit.attribute == attribute;
    ledger.iter().filter(of_the_field).any(|edit| edit.in_the_window && edit.value.is_empty())
}

/// Whether somebody put the same value into this field on one side twice, as one does who will not have what we write there.
pub(crate) fn put_back(ledger: &[Edit], thing: usize, attribute: &str) -> bool {
    let of_the_field = |edit: &&Edit| edit.thing == thing && edit.attribute == attribute;
    let mut seen = BTreeSet::new();
    ledger.iter().filter(of_the_field).any(|edit| !seen.insert((edit.side, edit.value.as_str())))
}
