//! A store in memory: the contract in its plainest form, for tests that kill a run and go on from what was kept.

mod pair;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use field_mapping::Checked;
use reconcile::{Observed, Seen};
use sync_model::{Cursor, Fingerprint, Kind, PairId, RecordKey, RunId, Schema, Side};

use self::pair::Pair;
use crate::{
    Change, Decided, EffectRecord, Failure, Intent, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store, StoreError,
    StoredFinding, TrailEntry,
};

/// A store in memory. Clones share one state, as two connections share one database.
///
/// ```
/// use sync_run::conformance::MemoryStore;
///
/// let store = MemoryStore::default();
/// let before = store.snapshot();
/// // … a run is killed …
/// store.restore(before);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<MemoryState>>,
}

/// All that a [`MemoryStore`] remembers, at one moment.
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    pairs: BTreeMap<PairId, Pair>,
}

impl MemoryState {
    /// Takes over where the walks of `other` ended.
    pub fn take_cursors(&mut self, other: &Self) {
        for (id, pair) in &mut self.pairs {
            pair.cursors = other.pairs.get(id).map(|other| other.cursors.clone()).unwrap_or_default();
        }
    }

    /// Whether `other` remembers the same, but for the runs and who holds the lease.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let without_runs = |state: &Self| -> BTreeMap<PairId, Pair> {
            let quiet = |pair: &Pair| Pair { epoch: 0, holder: None, runs: Vec::new(), ..pair.clone() };
            state.pairs.iter().map(|(id, pair)| (id.clone(), quiet(pair))).collect()
        };
        without_runs(self) == without_runs(other)
    }
}

impl MemoryStore {
    /// A copy of everything remembered now, as a disk would hold it if the process died here.
    #[must_use]
    pub fn snapshot(&self) -> MemoryState {
        self.state().clone()
    }

    /// Forgets everything since `state` was taken.
    pub fn restore(&self, state: MemoryState) {
        *self.state() = state;
    }

    fn state(&self) -> MutexGuard<'_, MemoryState> {
        self.state.lock().expect("no holder of the state panics")
    }

    fn read<T>(&self, pair: &PairId, look: impl FnOnce(&Pair) -> T) -> T {
        look(self.state().pairs.get(pair).unwrap_or(&Pair::default()))
    }

    /// Changes the pair's state as the holder of `lease`; when `change` fails, nothing was changed.
    fn write(&self, lease: &Lease, change: impl FnOnce(&mut Pair) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut state = self.state();
        let pair = state.pairs.get_mut(&lease.pair).ok_or(StoreError::Fenced)?;
        let holds = pair.holder.as_ref().is_some_and(|(run, _)| *run == lease.run);
        if !holds || pair.epoch != lease.epoch {
            return Err(StoreError::Fenced);
        }
        let mut changed = pair.clone();
        change(&mut changed)?;
        *pair = changed;
        Ok(())
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn open_run(
        &self,
        pair: &PairId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let mut state = self.state();
        let known = state.pairs.entry(pair.clone()).or_default();
        if let Some((holder, until)) = &known.holder
            && *until > now
        {
            return Err(StoreError::Busy { run: holder.clone(), until: *until });
        }
        known.epoch += 1;
        known.holder = Some((run.clone(), now + ttl));
        if !known.runs.iter().any(|record| record.run == *run) {
            known.runs.push(Arc::new(RunRecord {
                run: run.clone(),
                started: now,
                ended: None,
                summary: serde_json::Value::Null,
            }));
        }
        Ok(Lease { pair: pair.clone(), run: run.clone(), epoch: known.epoch })
    }

    async fn renew(&self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(lease, |pair| {
            pair.holder = Some((lease.run.clone(), until));
            Ok(())
        })
    }

    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        self.write(lease, |pair| pair.commit(&lease.run, changes))
    }

    async fn close_run(&self, lease: &Lease, record: &RunRecord) -> Result<(), StoreError> {
        self.write(lease, |pair| {
            pair.holder = None;
            for kept in pair.runs.iter_mut().filter(|kept| kept.run == lease.run) {
                *kept = Arc::new(RunRecord { run: lease.run.clone(), ..record.clone() });
            }
            Ok(())
        })
    }

    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError> {
        Ok(self.read(pair, |pair| pair.load(scope)))
    }

    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError> {
        Ok(self.read(pair, |pair| {
            let mirror = pair.records.get(side);
            let keys: BTreeSet<_> = keys.iter().collect();
            keys.into_iter().filter_map(|key| mirror.get(key)).map(|seen| seen.as_ref().clone()).collect()
        }))
    }

    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError> {
        Ok(self.read(pair, |pair| pair.cursors.get(&(side, kind.clone())).cloned()))
    }

    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError> {
        Ok(self.read(pair, |pair| pair.schemas.get(&side).map(|told| told.as_ref().clone())))
    }

    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError> {
        Ok(self.read(pair, |pair| pair.checked.as_deref().cloned()))
    }

    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError> {
        Ok(self.read(pair, |pair| {
            pair.journal.iter().filter(|entry| entry.1.is_none()).map(|entry| entry.0.clone()).collect()
        }))
    }

    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError> {
        Ok(self.read(pair, |pair| pair.effects.values().cloned().collect()))
    }

    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(self.read(pair, |pair| !pair.links.is_empty() || !pair.effects.is_empty()))
    }

    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError> {
        let marked = |records: &BTreeMap<RecordKey, Arc<Seen>>| records.values().any(|it| it.record.mark.is_some());
        Ok(self.read(pair, |pair| marked(&pair.records.left) || marked(&pair.records.right)))
    }

    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError> {
        Ok(self.read(pair, |pair| pair.findings.values().flatten().cloned().collect()))
    }

    async fn decide(&self, pair: &PairId, decided: &[Decided]) -> Result<(), StoreError> {
        self.state().pairs.entry(pair.clone()).or_default().ledger.entries.extend_from_slice(decided);
        Ok(())
    }

    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError> {
        Ok(self.read(pair, |pair| pair.ledger.clone()))
    }

    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self.read(pair, |pair| pair.runs.iter().rev().take(limit).map(|run| run.as_ref().clone()).collect()))
    }

    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        let mut named = self.runs(pair, u32::MAX).await?;
        named.retain(|it| it.run.as_str().starts_with(beginning));
        named.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(named)
    }

    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        Ok(self.read(pair, |pair| {
            let partner = pair.linked.get(side).get(key).map(|id| pair.links[id].keys.get(side.other()));
            pair.journal
                .iter()
                .filter(|entry| {
                    concerns(entry, side, key) || partner.is_some_and(|key| concerns(entry, side.other(), key))
                })
                .map(|entry| entry.as_ref().clone())
                .collect()
        }))
    }

    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(self.read(pair, |pair| {
            let of_the_run = pair.journal.iter().filter(|entry| entry.0.run == *run);
            of_the_run.take(most).map(|entry| entry.as_ref().clone()).collect()
        }))
    }

    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(self.read(pair, |pair| {
            let wanted = pair.trail.iter().filter(|it| it.n > after && run.is_none_or(|run| it.run == *run));
            wanted.take(most).map(|entry| entry.as_ref().clone()).collect()
        }))
    }

    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError> {
        Ok(self.read(pair, |pair| pair.spent.get(plan).cloned()))
    }

    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(self.read(pair, |pair| pair.earlier_life))
    }

    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError> {
        Ok(self.read(pair, |pair| pair.failures.values().cloned().collect()))
    }
}

/// Whether a journaled write was made to `key` on `side`, or carried it over.
fn concerns((intent, outcome): &(Intent, Option<Outcome>), side: Side, key: &RecordKey) -> bool {
    let write = &intent.write;
    if write.side != side {
        return write.counterpart() == key;
    }
    let made = matches!(outcome, Some(Outcome::Done { key: done }) if done == key);
    made || write.target() == Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::store::Database;

    #[async_trait]
    impl Database for MemoryStore {
        async fn open(&self) -> Arc<dyn Store> {
            Arc::new(self.clone())
        }
    }

    crate::store_conformance!(async { MemoryStore::default() });
}
