//! A store behind a gate: whoever tests decides at every call whether time passes, the process dies or the disk is full.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use field_mapping::Checked;
use reconcile::{Observed, Seen};
use sync_model::{Cursor, Fingerprint, Kind, PairId, RecordKey, RunId, Schema, Side};

use crate::{
    Change, Decided, EffectRecord, Failure, Intent, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store, StoreError,
    StoredFinding, TrailEntry,
};

/// What is asked of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The lease is taken, extended or given back.
    Lease,
    /// Something is changed for good.
    Commit,
    /// Something is looked up.
    Look,
}

/// Lets calls pass, late or not at all. One that never comes back is where the process died.
#[async_trait]
pub trait Gate: fmt::Debug + Send + Sync {
    /// Before the store does anything.
    ///
    /// # Errors
    /// Whatever the store is to fail with; then it does nothing.
    async fn before(&self, call: Call) -> Result<(), StoreError>;

    /// After it did, and before anybody knows.
    async fn after(&self, call: Call);
}

/// `inner` behind a gate.
#[derive(Debug, Clone)]
pub struct Gated<S> {
    /// The store.
    pub inner: S,
    /// The gate.
    pub gate: Arc<dyn Gate>,
}

impl<S: Store> Gated<S> {
    async fn pass<T>(&self, call: Call, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.gate.before(call).await?;
        let done = work.await?;
        self.gate.after(call).await;
        Ok(done)
    }
}

#[async_trait]
impl<S: Store> Store for Gated<S> {
    async fn open_run(
        &self,
        pair: &PairId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        self.pass(Call::Lease, self.inner.open_run(pair, run, now, ttl)).await
    }

    async fn renew(&self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.pass(Call::Lease, self.inner.renew(lease, until)).await
    }

    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        self.pass(Call::Commit, self.inner.commit(lease, changes)).await
    }

    async fn close_run(&self, lease: &Lease, record: &RunRecord) -> Result<(), StoreError> {
        self.pass(Call::Commit, self.inner.close_run(lease, record)).await
    }

    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError> {
        self.pass(Call::Look, self.inner.load(pair, scope)).await
    }

    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError> {
        self.pass(Call::Look, self.inner.seen(pair, side, keys)).await
    }

    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError> {
        self.pass(Call::Look, self.inner.cursor(pair, side, kind)).await
    }

    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError> {
        self.pass(Call::Look, self.inner.schema(pair, side)).await
    }

    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError> {
        self.pass(Call::Look, self.inner.checked(pair)).await
    }

    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError> {
        self.pass(Call::Look, self.inner.unfinished(pair)).await
    }

    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError> {
        self.pass(Call::Look, self.inner.effects(pair)).await
    }

    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError> {
        self.pass(Call::Look, self.inner.has_links(pair)).await
    }

    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError> {
        self.pass(Call::Look, self.inner.has_marks(pair)).await
    }

    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError> {
        self.pass(Call::Look, self.inner.findings(pair)).await
    }

    async fn decide(&self, pair: &PairId, decided: &[Decided]) -> Result<(), StoreError> {
        self.pass(Call::Commit, self.inner.decide(pair, decided)).await
    }

    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError> {
        self.pass(Call::Look, self.inner.decisions(pair)).await
    }

    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        self.pass(Call::Look, self.inner.runs(pair, limit)).await
    }

    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        self.pass(Call::Look, self.inner.runs_named(pair, beginning, limit)).await
    }

    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        self.pass(Call::Look, self.inner.history(pair, side, key)).await
    }

    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        self.pass(Call::Look, self.inner.journal(pair, run, most)).await
    }

    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        self.pass(Call::Look, self.inner.trail(pair, run, after, most)).await
    }

    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError> {
        self.pass(Call::Look, self.inner.spent(pair, plan)).await
    }

    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError> {
        self.pass(Call::Look, self.inner.earlier_life(pair)).await
    }

    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError> {
        self.pass(Call::Look, self.inner.failures(pair)).await
    }
}
