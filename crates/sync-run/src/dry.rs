//! A store that remembers for the length of one look and leaves the real one as it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use field_mapping::Checked;
use reconcile::{Failure, Observed, Seen};
use sync_model::{Cursor, Fingerprint, Kind, PairId, RecordKey, RunId, Schema, Side};

use crate::ports::{
    Change, Decided, EffectRecord, Intent, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store, StoreError,
    StoredFinding, TrailEntry,
};

/// Reads through to the real store and keeps what is observed to itself.
#[derive(Debug)]
pub(crate) struct DryStore {
    inner: Arc<dyn Store>,
    seen: Mutex<BTreeMap<(Side, RecordKey), Seen>>,
}

impl DryStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, seen: Mutex::default() }
    }

    fn overlay(&self) -> MutexGuard<'_, BTreeMap<(Side, RecordKey), Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for DryStore {
    async fn open_run(&self, pair: &PairId, run: &RunId, _: DateTime<Utc>, _: Duration) -> Result<Lease, StoreError> {
        Ok(Lease { pair: pair.clone(), run: run.clone(), epoch: 0 })
    }

    async fn renew(&self, _: &Lease, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        for change in changes {
            match change {
                Change::Observe { side, record, dirty } => {
                    let mut overlay = self.overlay();
                    let key = (*side, record.key());
                    let dirty = *dirty || overlay.get(&key).is_some_and(|seen| seen.dirty);
                    overlay.insert(key, Seen { record: (**record).clone(), deleted: false, dirty });
                }
                Change::Deleted { side, key } => {
                    let held = self.inner.seen(&lease.pair, *side, std::slice::from_ref(key)).await?;
                    if let Some(seen) = held.into_iter().next() {
                        self.overlay().insert((*side, key.clone()), Seen { deleted: true, dirty: true, ..seen });
                    }
                }
                Change::TakeUp { records, .. } => {
                    for (side, key) in records {
                        let known = (*side, key.clone());
                        if let Some(seen) = self.overlay().get_mut(&known) {
                            seen.dirty = true;
                            continue;
                        }
                        let held = self.inner.seen(&lease.pair, *side, std::slice::from_ref(key)).await?;
                        if let Some(seen) = held.into_iter().next() {
                            self.overlay().insert(known, Seen { dirty: true, ..seen });
                        }
                    }
                }
                // The rest is the outcome of planning, which a look does not keep.
                Change::Quiet { .. }
                | Change::Wake { .. }
                | Change::Tie(_)
                | Change::Patch { .. }
                | Change::Retire { .. }
                | Change::Cursor { .. }
                | Change::Schema { .. }
                | Change::Checked(_)
                | Change::Intend(_)
                | Change::Conclude { .. }
                | Change::Effect(_)
                | Change::Findings { .. }
                | Change::Unlink { .. }
                | Change::Release { .. }
                | Change::Begin { .. }
                | Change::Spend { .. }
                | Change::EarlierLife { .. }
                | Change::Failed(_)
                | Change::Mended { .. } => {}
            }
        }
        Ok(())
    }

    async fn close_run(&self, _: &Lease, _: &RunRecord) -> Result<(), StoreError> {
        Ok(())
    }

    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError> {
        let mut scope = scope.clone();
        scope.all |= !self.overlay().is_empty();
        let mut observed = self.inner.load(pair, &scope).await?;
        for ((side, key), seen) in self.overlay().iter() {
            if scope.kinds.get(*side).contains(&key.kind) {
                let dirty = seen.dirty || observed.records.get(*side).get(key).is_some_and(|held| held.dirty);
                let mut seen = Seen { dirty, ..seen.clone() };
                scope.narrow(*side, &mut seen.record);
                observed.records.get_mut(*side).insert(key.clone(), seen);
            }
        }
        Ok(observed)
    }

    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError> {
        let mut held: BTreeMap<RecordKey, Seen> =
            self.inner.seen(pair, side, keys).await?.into_iter().map(|seen| (seen.record.key(), seen)).collect();
        for key in keys {
            if let Some(seen) = self.overlay().get(&(side, key.clone())) {
                held.insert(key.clone(), seen.clone());
            }
        }
        Ok(held.into_values().collect())
    }

    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError> {
        self.inner.cursor(pair, side, kind).await
    }

    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError> {
        self.inner.schema(pair, side).await
    }

    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError> {
        self.inner.checked(pair).await
    }

    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError> {
        self.inner.unfinished(pair).await
    }

    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError> {
        self.inner.effects(pair).await
    }

    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError> {
        self.inner.has_links(pair).await
    }

    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError> {
        let seen = self.overlay().values().any(|seen| seen.record.mark.is_some());
        Ok(seen || self.inner.has_marks(pair).await?)
    }

    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError> {
        self.inner.findings(pair).await
    }

    async fn decide(&self, _: &PairId, _: &[Decided]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError> {
        self.inner.decisions(pair).await
    }

    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        self.inner.runs(pair, limit).await
    }

    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        self.inner.runs_named(pair, beginning, limit).await
    }

    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        self.inner.history(pair, side, key).await
    }

    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        self.inner.journal(pair, run, most).await
    }

    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        self.inner.trail(pair, run, after, most).await
    }

    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError> {
        self.inner.spent(pair, plan).await
    }

    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError> {
        self.inner.earlier_life(pair).await
    }

    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError> {
        self.inner.failures(pair).await
    }
}
