//! A record as one system shows it, and what is known of its being there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fields, Kind, Mark, RecordId, RecordKey, Revision};

/// One thing as one system shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The kind, in its system's words.
    pub kind: Kind,
    /// The id, in its system's form.
    pub id: RecordId,
    /// What is known of its fields, under the system's own names.
    pub fields: Fields,
    /// Whether fields may exist that this sight of the record does not show, as in a list that gives a part of them.
    pub partial: bool,
    /// Which version was seen.
    pub revision: Revision,
    /// When the system says it was last changed, for display and for the policy "newest".
    pub changed_at: Option<DateTime<Utc>>,
    /// The sign of an earlier creation by us, if it carries one.
    pub mark: Option<Mark>,
    /// Whether it may still be changed.
    pub lock: Lock,
}

impl Record {
    /// A complete, open record without revision, time or mark.
    pub fn new(kind: Kind, id: RecordId, fields: Fields) -> Self {
        Self {
            kind,
            id,
            fields,
            partial: false,
            revision: Revision::new(""),
            changed_at: None,
            mark: None,
            lock: Lock::Open,
        }
    }

    /// The record's kind and id.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        RecordKey { kind: self.kind.clone(), id: self.id.clone() }
    }
}

/// Whether a record may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lock {
    /// It may.
    Open,
    /// It is final, as a booked invoice is.
    Frozen,
}

/// What a look at one record found. Absence from a list is [`Presence::Unseen`], never a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It is there.
    Present(Record),
    /// Its system says that it was deleted.
    Deleted(RecordKey),
    /// Nobody looked, or the look gave no answer either way.
    Unseen(RecordKey),
}

impl Presence {
    /// The record, where it is there.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Present(record) => Some(record),
            Self::Deleted(_) | Self::Unseen(_) => None,
        }
    }

    /// The key of the record that was looked for.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Present(record) => record.key(),
            Self::Deleted(key) | Self::Unseen(key) => key.clone(),
        }
    }
}
