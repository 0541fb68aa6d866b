//! What is remembered between runs: the port that `store-sqlite` and `store-postgres` implement.
//!
//! It is cut by transaction, not by table: everything that must stand or fall together is one [`Store::commit`].

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use field_mapping::Checked;
use reconcile::{Action, Failure, FieldWhy, Finding, Observed, Seen, Step, Write};
use serde::{Deserialize, Serialize};
use sync_model::{
    Cursor, FieldName, Fields, Fingerprint, Kind, Link, Module, PairId, Record, RecordKey, RunId, Schema, Side, Sides,
    Swings,
};
use uuid::Uuid;

use super::effect::EffectRecord;
use super::ledger::{Decided, Ledger};
use super::trail::TrailEntry;
use crate::lease::Permit;

/// What is remembered of many pairs. All methods may be called from several tasks and processes at once.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Opens a run and takes the pair's lease until `now + ttl`. A lease that ran out is taken over; the epoch grows with
    /// every taker, so that the former holder's commits are refused.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another run holds the lease.
    async fn open_run(
        &self,
        pair: &PairId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: Duration,
    ) -> Result<Lease, StoreError>;

    /// Extends the lease to `until`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it over.
    async fn renew(&self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError>;

    /// Makes all `changes`, in order, or none.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when the lease was taken over; then nothing was changed.
    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError>;

    /// Ends the run, writes its record and gives the lease back.
    async fn close_run(&self, lease: &Lease, record: &RunRecord) -> Result<(), StoreError>;

    /// What the planner needs to see of `scope`: every link with a dirty or touched record and both its records, every
    /// link in full when `scope.all` is set, and every record that has no link and is not deleted.
    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError>;

    /// What the mirror holds of `keys` on `side`; keys it does not hold are missing from the answer.
    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError>;

    /// Where the last complete walk of `kind` on `side` ended.
    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError>;

    /// What `side` last said of itself, and when.
    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError>;

    /// What the mapping was last checked against without anything held.
    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError>;

    /// Intents without an outcome, oldest first.
    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError>;

    /// All effects on invoices, with what came of them, by invoice and name.
    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError>;

    /// Whether any link was ever made for this pair.
    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError>;

    /// Whether any record that the mirror holds carries a mark of ours.
    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError>;

    /// The findings of the last planning, by module.
    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError>;

    /// Adds what a person decided or took back. It needs no lease and waits for no run: a person may decide while one is at
    /// work, and the next planning sees it. Nothing that stands is changed; the pair need not have run before.
    async fn decide(&self, pair: &PairId, decided: &[Decided]) -> Result<(), StoreError>;

    /// Everything that was decided or taken back, oldest first, and how much of it runs took up.
    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError>;

    /// The latest runs, newest first.
    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError>;

    /// The latest runs whose ids begin with `beginning`, newest first.
    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError>;

    /// All intents with their outcomes that concern `key` on `side`, or its linked partner, oldest first.
    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError>;

    /// The first `most` intents of `run` with their outcomes, oldest first.
    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError>;

    /// At most `most` entries of the trail that come after number `after`, of all runs or of one, in order.
    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError>;

    /// The run that carried out the saved plan with this hash, if one did.
    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError>;

    /// Whether it was proved that this pair ran before this database was made.
    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError>;

    /// The writes that failed when they were last tried.
    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError>;
}

/// The one use of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The run that carried it out.
    pub run: RunId,
    /// When it began to.
    pub at: DateTime<Utc>,
}

/// The right to change one pair's state, fenced by a growing epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The pair.
    pub pair: PairId,
    /// The run that holds it.
    pub run: RunId,
    /// Grows with every taker.
    pub epoch: i64,
}

/// Which part of a pair's state is loaded.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The kinds, by side.
    pub kinds: Sides<Vec<Kind>>,
    /// Records to treat as dirty besides those that are.
    pub touched: Vec<(Side, RecordKey)>,
    /// Load every link, not only those with a dirty record.
    pub all: bool,
    /// Which of a record's fields are wanted, by side, besides those that refer to another record; `None` means all.
    pub fields: Sides<Option<BTreeSet<FieldName>>>,
}

impl Scope {
    /// Leaves out of `record` what nobody wants of it: thousands are looked at together.
    pub fn narrow(&self, side: Side, record: &mut Record) {
        if let Some(wanted) = self.fields.get(side) {
            record.fields.retain(|name, value| wanted.contains(name) || value.refers());
        }
    }
}

/// One change of the state.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A record was seen. The mirror takes it over; it becomes dirty when `dirty`, and stays as it was otherwise.
    Observe {
        /// Where.
        side: Side,
        /// The record.
        record: Box<Record>,
        /// Whether the planner must look at it.
        dirty: bool,
    },
    /// A record's system said that it was deleted. The mirror keeps its last sight and marks it deleted and dirty.
    /// A record that the mirror never held is ignored.
    Deleted {
        /// Where.
        side: Side,
        /// The record.
        key: RecordKey,
    },
    /// Nothing is to be done about a record until it changes again.
    Quiet {
        /// Where.
        side: Side,
        /// The record.
        key: RecordKey,
    },
    /// A record that was put aside has to be looked at, although it did not change.
    Wake {
        /// Where.
        side: Side,
        /// The record.
        key: RecordKey,
    },
    /// A link is made, or replaced when both its records are linked with each other already.
    Tie(Link),
    /// An existing link's baseline takes over `patch`, field by field.
    Patch {
        /// The link.
        keys: Sides<RecordKey>,
        /// Canonical values.
        patch: Sides<Fields>,
        /// What is remembered of those of these fields that were written.
        swings: Swings,
        /// The mapping they were translated with.
        mapping: Fingerprint,
    },
    /// A link ended; its records stay known and are not made again.
    Retire {
        /// The link.
        keys: Sides<RecordKey>,
        /// Where the record was deleted.
        deleted_on: Side,
        /// When that was learned.
        at: DateTime<Utc>,
    },
    /// A link ended because the run that made one of its records was undone. Both records stay as they are.
    Unlink {
        /// The link.
        keys: Sides<RecordKey>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A link ended because its booked invoice was credited and is made anew from the CRM's: both records are free again, and
    /// the link is forgotten.
    Release {
        /// The link.
        keys: Sides<RecordKey>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The first `decisions` entries of the ledger were taken up: what they are about must be looked at again. Records
    /// that the mirror never held are passed over.
    TakeUp {
        /// How many, counted from the first one ever.
        decisions: u64,
        /// The records they are about.
        records: Vec<(Side, RecordKey)>,
    },
    /// A complete walk ended here.
    Cursor {
        /// Where.
        side: Side,
        /// Of this kind.
        kind: Kind,
        /// Here.
        cursor: Cursor,
    },
    /// What a side said of itself.
    Schema {
        /// Which side.
        side: Side,
        /// What it said.
        schema: Box<Schema>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The mapping fits this; what differs from it later is held.
    Checked(Box<Checked>),
    /// A write is about to happen.
    Intend(Box<Intent>),
    /// What came of it.
    Conclude {
        /// The intent.
        intent: IntentId,
        /// What came of it.
        outcome: Outcome,
        /// When.
        at: DateTime<Utc>,
    },
    /// An effect on an invoice is about to happen, or this came of it. There is one for each invoice and effect.
    Effect(Box<EffectRecord>),
    /// The module's findings are these, and no others.
    Findings {
        /// The module.
        module: Module,
        /// All of them.
        findings: Vec<Finding>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A run is about to make its first change that the trail tells of. It changes nothing else.
    Begin {
        /// Who asked for it, where that is known.
        by: Option<String>,
        /// What was asked for.
        purpose: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A saved plan is about to be carried out; it cannot be again.
    Spend {
        /// The plan's hash.
        plan: Fingerprint,
        /// When.
        at: DateTime<Utc>,
    },
    /// Marks prove that this pair ran before this database was made. That stays true for as long as the database lives.
    EarlierLife {
        /// When it was learned.
        at: DateTime<Utc>,
    },
    /// A write failed. What was remembered of an earlier failure of the same record on the same side is replaced.
    Failed(Box<Failure>),
    /// The write of a record succeeded, or is not wanted any more: its failures are forgotten.
    Mended {
        /// The system that was written to.
        side: Side,
        /// The record of the other side that was carried over.
        source: RecordKey,
    },
}

/// An intent's id. It is a guid, so that a system which lets the caller choose a new record's guid gets this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(pub Uuid);

/// A write that is about to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Its id, and the guid of the record it makes where the system allows a choice.
    pub id: IntentId,
    /// The run it belongs to.
    pub run: RunId,
    /// What will be written.
    pub write: Write,
    /// The written record as it was before, for undo and for systems that replace whole objects.
    pub before: Option<Record>,
    /// Why, field by field.
    pub why: Vec<FieldWhy>,
    /// The record's name for a person.
    pub title: String,
    /// When it was journaled, by our clock.
    pub at: DateTime<Utc>,
    /// Up to where records of its kind had been read before, in its system's own terms. What it makes comes later than
    /// that, whatever our clock does meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Cursor>,
}

impl Intent {
    /// The step of a plan that it carries out.
    #[must_use]
    pub fn step(&self) -> Step {
        Step { action: Action::Write(self.write.clone()), why: self.why.clone(), title: self.title.clone() }
    }
}

/// An intent that certainly stands in the journal. Only this crate can make one, and only after the store said so:
/// a write without a journaled intent does not compile.
#[derive(Debug, Clone)]
pub struct Journaled {
    intent: Intent,
    permit: Permit,
}

impl Journaled {
    pub(crate) fn new(intent: Intent, permit: Permit) -> Self {
        Self { intent, permit }
    }

    /// The intent.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// What has to hold when the request leaves.
    #[must_use]
    pub fn permit(&self) -> &Permit {
        &self.permit
    }
}

/// What came of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done, to this record.
    Done {
        /// The record.
        key: RecordKey,
    },
    /// The system refused.
    Refused {
        /// Its words.
        message: String,
        /// The field it named.
        field: Option<String>,
    },
    /// The record had changed; nothing was written.
    Stale,
    /// It certainly had no effect.
    NotSent,
    /// Nobody knows, and a person has to look.
    Unresolved,
}

/// A run, for the list of runs and the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run.
    pub run: RunId,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended, or `None` if it never did.
    pub ended: Option<DateTime<Utc>>,
    /// Its summary as JSON, in the form the command line prints.
    pub summary: serde_json::Value,
}

/// A finding as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// The module.
    pub module: Module,
    /// What waits.
    pub finding: Finding,
    /// Since when it has waited without a break.
    pub since: DateTime<Utc>,
}

/// The store cannot do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another run holds the lease.
    #[error("another run ({run}) is at work on this pair until {until}")]
    Busy {
        /// That run.
        run: RunId,
        /// When its lease runs out, in UTC.
        until: DateTime<Utc>,
    },
    /// The lease was taken over by somebody else.
    #[error("the lease of this run was taken over; nothing more is written by it")]
    Fenced,
    /// The database failed or holds something unreadable.
    #[error("database: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}
