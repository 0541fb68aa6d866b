//! The tie between two records that are the same thing, and what both were last seen to hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{FieldName, Fields, Fingerprint, Module, RecordKey, Side, Sides, Value};

/// A link's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(pub i64);

/// This left record and that right record are the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which module it belongs to.
    pub module: Module,
    /// The two records.
    pub keys: Sides<RecordKey>,
    /// How we know.
    pub evidence: Evidence,
    /// Whether it still holds.
    pub state: LinkState,
    /// Whether fields that never settled wait for a person instead of being decided by priority: the link was made while
    /// marks of an earlier life showed that a database had been lost.
    pub review: bool,
    /// What both sides were last seen to hold, once they were settled.
    pub baseline: Option<Baseline>,
}

/// How we know that two records are the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// We made the record on this side from the other one.
    Created(Side),
    /// A mark of an earlier life names the other record.
    Mark(Side),
    /// A match rule found exactly one partner.
    Rule {
        /// The rule's name, such as `cvr`.
        rule: String,
        /// What both sides held.
        value: String,
        /// How sure the rule was, in percent.
        #[serde(default = "certain")]
        score: u8,
    },
    /// A person said so.
    Person,
}

/// Whether a link still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Both records are kept in agreement.
    Active,
    /// It ended; its records are left alone and not made again.
    Retired(Retired),
    /// The run that made one of its records was undone: both records stay as they are, and neither is made again.
    Undone {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a link ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The side whose record was deleted there.
    pub deleted_on: Side,
    /// When we learned of it.
    pub at: DateTime<Utc>,
}

/// What both sides were last seen to hold, in the mapping's canonical names and normal forms.
///
/// The two sides are kept apart on purpose: a field may be settled with different values, for instance where one side
/// cuts or rounds what it is given. A side changed a field when it now differs from *its own* baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Canonical values by side.
    pub values: Sides<Fields>,
    /// The mapping these values were translated with.
    pub mapping: Fingerprint,
    /// What is remembered of fields that we wrote, to notice when they are only changed back and forth.
    #[serde(default, skip_serializing_if = "Swings::is_empty")]
    pub swings: Swings,
}

/// The last write of each field.
pub type Swings = BTreeMap<FieldName, Swing>;

/// The last write of one field: enough to tell whether it was undone, and how often that happened in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swing {
    /// The side that was written.
    pub to: Side,
    /// What stood there before, in canonical form.
    pub before: Value,
    /// How many writes in a row, up to this one, followed the undoing of the write before.
    pub undone: u8,
}

/// Links of the time before scores were kept were made by equal values only.
fn certain() -> u8 {
    100
}
