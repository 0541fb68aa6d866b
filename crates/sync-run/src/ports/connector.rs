//! One system seen as records: the port that `dinero-connector` and `simplycrm-connector` implement.

use std::fmt;

use async_trait::async_trait;
use reconcile::FailureClass;
use serde::{Deserialize, Serialize};
use sync_model::{Cursor, Kind, Presence, Record, RecordKey, Revision, Schema};

use super::effect::{EffectFound, JournaledEffect};
use super::store::{Intent, Journaled};

/// One system as records.
///
/// # Expected flow
/// 1. [`schema`](Self::schema), unless the store holds a recent one.
/// 2. [`changes`](Self::changes) page by page, until it gives [`Next::End`].
/// 3. For each batch of writes: [`stale`](Self::stale) for its updates, then [`write`](Self::write) one by one, then
///    [`read_back`](Self::read_back) for those whose receipt shows no record.
/// 4. After a crash or a lost answer: [`probe`](Self::probe).
///
/// # Guarantees an implementation gives
/// - A field that was not returned is missing from the record, never empty.
/// - A record missing from a list is not mentioned, never reported as deleted.
/// - `write` sends at most one request that changes the system, unless repeating it is harmless by a chosen guid.
#[async_trait]
pub trait Connector: fmt::Debug + Send + Sync {
    /// The system's name in settings and summaries: `dinero`, `simplycrm`.
    fn name(&self) -> &'static str;

    /// Whether the system answers, knows us and lets us in.
    async fn check(&self) -> Result<Health, ConnectorError>;

    /// What the system says of `kinds`. A kind that it does not offer is missing from the answer.
    async fn schema(&self, kinds: &[Kind]) -> Result<Schema, ConnectorError>;

    /// Takes over what the system said of itself earlier, so that it need not be asked again in this run.
    fn recall(&self, schema: &Schema);

    /// A page of what was created, changed or deleted since `since`, or of everything. `page` counts from 0.
    ///
    /// The walk ends with a cursor that overlaps it, so that nothing slips between two walks.
    async fn changes(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> Result<ChangePage, ConnectorError>;

    /// Whether a list shows too little of `kind` to plan by, such as an invoice without its lines: what changed is then read
    /// in full before it is looked at.
    fn lists_in_part(&self, _kind: &Kind) -> bool {
        false
    }

    /// Fresh and complete sights of `keys`, in any order. What cannot be told is [`Presence::Unseen`].
    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError>;

    /// Those of `expected` that are no longer at the revision named, as they are now. One request for many records
    /// where the system allows it; empty where [`write`](Self::write) itself checks the revision.
    async fn stale(&self, expected: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError>;

    /// Performs the one write that `intent` describes.
    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError>;

    /// What the system kept of records that were just written, in as few requests as possible.
    async fn read_back(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError>;

    /// What became of a create or delete whose answer was lost. It never guesses: a look-up that fails is an error.
    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError>;

    /// Performs the one effect that was journaled, on the invoice as it was just `seen`. The invoice as it is then, where the
    /// answer shows it. At most one request is sent that changes the system, and none that is not known to be the first.
    async fn perform(&self, _effect: &JournaledEffect, _seen: &Record) -> Result<Option<Record>, WriteError> {
        Err(WriteError::NotSent(format!("{} has no effects", self.name())))
    }

    /// Whether an effect whose answer was lost happened. It only reads.
    async fn probe_effect(&self, _effect: &JournaledEffect) -> Result<EffectFound, ConnectorError> {
        Ok(EffectFound::NoTrace)
    }

    /// The requests made so far by this connector, sign-in included.
    fn usage(&self) -> Usage;

    /// Milliseconds that `requests` more requests will wait for the system's rate limit.
    fn wait_for(&self, requests: u64) -> u64;
}

/// Requests made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All of them.
    pub requests: u64,
    /// Those that changed the system.
    pub writes: u64,
}

impl Usage {
    /// What was asked since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let requests = self.requests.saturating_sub(before.requests);
        Self { requests, writes: self.writes.saturating_sub(before.writes) }
    }
}

/// A system that answers, and who it says we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The account: the organisation's or the user's name.
    pub account: String,
    /// What else is worth knowing, such as the version.
    pub detail: String,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// What was seen.
    pub seen: Vec<Presence>,
    /// How to go on.
    pub next: Next,
}

/// How a walk goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// There is more: ask for this page.
    Page(u32),
    /// That was all; the next walk begins here.
    End(Cursor),
}

/// What a write gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The record that was written.
    pub key: RecordKey,
    /// What the system kept, where its answer shows it completely.
    pub after: Option<Record>,
}

/// What is there after a create or delete whose answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed {
    /// The record is there: it was made, or is still there.
    Found(Record),
    /// It is certainly not there.
    Absent,
    /// Several records could be it.
    Ambiguous(Vec<RecordKey>),
}

/// A system's refusal of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The system's words, without secrets.
    pub message: String,
    /// The system's field, if it named one.
    pub field: Option<String>,
    /// Who can help.
    #[serde(default)]
    pub class: FailureClass,
}

/// Why a write did not succeed, cut by what has to follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The system refused this record: hold it and show it.
    #[error("refused: {}", .0.message)]
    Refused(Refusal),
    /// The record changed since it was planned, and this is what it is now: plan again.
    #[error("the record changed in the meantime")]
    Stale(Box<Presence>),
    /// It certainly had no effect: it may be tried again.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have had an effect: probe, never repeat blindly.
    #[error("no answer: {0}")]
    Unknown(String),
    /// The connection as a whole is of no use any more: stop the run.
    #[error(transparent)]
    Down(#[from] ConnectorError),
}

/// A system cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{system}: {message}")]
pub struct ConnectorError {
    /// The system's name.
    pub system: &'static str,
    /// What kind of trouble it is.
    pub class: ErrorClass,
    /// What happened, without secrets.
    pub message: String,
}

/// Kinds of trouble, cut by what a person has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// The host cannot be reached.
    Unreachable,
    /// The key, user or secret is wrong.
    Credentials,
    /// The subscription gives no access to the API.
    Subscription,
    /// The user lacks rights.
    Permission,
    /// The system is too busy or limits us.
    Busy,
    /// It answers, but not as this API does.
    Protocol,
}
