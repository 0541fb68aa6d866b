//! A store in memory: the contract in its plainest form, for tests that kill a run and go on from what was kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use field_mapping::Checked;
use reconcile::{Observed, Seen};
use sync_model::{
    Cursor, Fingerprint, Kind, Link, LinkId, LinkState, Module, PairId, RecordKey, Retired, RunId, Schema, Side, Sides,
};

use crate::{
    Change, Decided, EffectRecord, Failure, Intent, IntentId, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store,
    StoreError, StoredFinding, TrailEntry, keeping, trail,
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

#[derive(Debug, Clone, Default, PartialEq)]
struct Pair {
    epoch: i64,
    holder: Option<(RunId, DateTime<Utc>)>,
    records: Sides<BTreeMap<RecordKey, Arc<Seen>>>,
    links: BTreeMap<LinkId, Arc<Link>>,
    linked: Sides<BTreeMap<RecordKey, LinkId>>,
    cursors: BTreeMap<(Side, Kind), Cursor>,
    schemas: BTreeMap<Side, Arc<(Schema, DateTime<Utc>)>>,
    checked: Option<Arc<Checked>>,
    journal: Vec<Arc<(Intent, Option<Outcome>)>>,
    findings: BTreeMap<Module, Vec<StoredFinding>>,
    ledger: Ledger,
    effects: BTreeMap<(RecordKey, String), EffectRecord>,
    runs: Vec<Arc<RunRecord>>,
    trail: Vec<Arc<TrailEntry>>,
    spent: BTreeMap<Fingerprint, Spent>,
    earlier_life: bool,
    failures: BTreeMap<(Side, RecordKey), Failure>,
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

impl Pair {
    fn commit(&mut self, run: &RunId, changes: &[Change]) -> Result<(), StoreError> {
        let mut told = trail::bodies(changes).map_err(|error| broken(error.to_string()))?;
        if self.trail.is_empty() && !told.is_empty() {
            let links: Vec<Link> = self.links.values().map(|link| link.as_ref().clone()).collect();
            told.splice(0..0, trail::snapshot(&links).map_err(|error| broken(error.to_string()))?);
        }
        changes.iter().try_for_each(|change| self.apply(run, change))?;
        for body in told {
            let last = self.trail.last().map(|last| (last.n, last.hash.clone()));
            self.trail.push(Arc::new(TrailEntry::after(last, run, body)));
        }
        Ok(())
    }

    fn apply(&mut self, run: &RunId, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::Observe { side, record, dirty } => {
                let mirror = self.records.get_mut(*side);
                let dirty = *dirty || mirror.get(&record.key()).is_some_and(|seen| seen.dirty);
                let seen = Seen { record: (**record).clone(), deleted: false, dirty };
                mirror.insert(record.key(), Arc::new(seen));
            }
            Change::Deleted { side, key } => self.mark(*side, key, |seen| (seen.deleted, seen.dirty) = (true, true)),
            Change::Quiet { side, key } => self.mark(*side, key, |seen| seen.dirty = false),
            Change::Wake { side, key } => self.mark(*side, key, |seen| seen.dirty = true),
            Change::TakeUp { decisions, records } => {
                self.ledger.taken_up = *decisions;
                records.iter().for_each(|(side, key)| self.mark(*side, key, |seen| seen.dirty = true));
            }
            Change::Tie(link) => self.tie(link)?,
            Change::Patch { keys, patch, swings, mapping } => {
                let link = self.link(keys)?;
                link.baseline = Some(keeping::settled(link.baseline.take(), patch, swings, mapping));
            }
            Change::Retire { keys, deleted_on, at } => {
                self.link(keys)?.state = LinkState::Retired(Retired { deleted_on: *deleted_on, at: *at });
            }
            Change::Cursor { side, kind, cursor } => {
                self.cursors.insert((*side, kind.clone()), cursor.clone());
            }
            Change::Schema { side, schema, at } => {
                self.schemas.insert(*side, Arc::new(((**schema).clone(), *at)));
            }
            Change::Checked(checked) => self.checked = Some(Arc::new((**checked).clone())),
            Change::Intend(intent) => {
                if self.entry(intent.id).is_some() {
                    return Err(broken(format!("intent {} stands in the journal already", intent.id.0)));
                }
                self.journal.push(Arc::new(((**intent).clone(), None)));
            }
            Change::Conclude { intent, outcome, at: _ } => {
                let missing = || broken(format!("intent {} was never journaled", intent.0));
                self.entry(*intent).ok_or_else(missing)?.1 = Some(outcome.clone());
            }
            Change::Effect(record) => {
                self.effects.insert((record.invoice.clone(), record.effect.name()), (**record).clone());
            }
            Change::Findings { module, findings, at } => {
                let kept = self.findings.entry(module.clone()).or_default();
                *kept = keeping::waiting(kept, module, findings, *at);
            }
            Change::Unlink { keys, at } => self.link(keys)?.state = LinkState::Undone { at: *at },
            Change::Release { keys, .. } => {
                self.link(keys)?;
                let id = self.linked.left.remove(&keys.left);
                self.linked.right.remove(&keys.right);
                id.and_then(|id| self.links.remove(&id));
            }
            Change::Begin { .. } => {}
            Change::Spend { plan, at } => {
                if self.spent.insert(plan.clone(), Spent { run: run.clone(), at: *at }).is_some() {
                    return Err(broken(format!("the plan {plan} was spent already")));
                }
            }
            Change::EarlierLife { .. } => self.earlier_life = true,
            Change::Failed(failure) => {
                self.failures.insert((failure.side, failure.source.clone()), (**failure).clone());
            }
            Change::Mended { side, source } => drop(self.failures.remove(&(*side, source.clone()))),
        }
        Ok(())
    }

    fn mark(&mut self, side: Side, key: &RecordKey, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.records.get_mut(side).get_mut(key) {
            change(Arc::make_mut(seen));
        }
    }

    fn entry(&mut self, intent: IntentId) -> Option<&mut (Intent, Option<Outcome>)> {
        self.journal.iter_mut().find(|entry| entry.0.id == intent).map(Arc::make_mut)
    }

    fn tie(&mut self, link: &Link) -> Result<(), StoreError> {
        let id = match (self.linked.left.get(&link.keys.left), self.linked.right.get(&link.keys.right)) {
            (None, None) => LinkId(self.links.keys().map(|id| id.0).max().unwrap_or(0) + 1),
            (Some(left), Some(right)) if left == right => *left,
            (Some(_), None | Some(_)) | (None, Some(_)) => {
                return Err(broken(format!("{} or {} has another partner", link.keys.left, link.keys.right)));
            }
        };
        for (side, key) in link.keys.iter() {
            self.linked.get_mut(side).insert(key.clone(), id);
        }
        self.links.insert(id, Arc::new(link.clone()));
        Ok(())
    }

    fn link(&mut self, keys: &Sides<RecordKey>) -> Result<&mut Link, StoreError> {
        let id = self.linked.left.get(&keys.left);
        id.and_then(|id| self.links.get_mut(id))
            .filter(|link| link.keys == *keys)
            .map(Arc::make_mut)
            .ok_or_else(|| broken(format!("{} and {} are not linked", keys.left, keys.right)))
    }

    fn load(&self, scope: &Scope) -> Observed {
        let touched: BTreeSet<_> = scope.touched.iter().map(|(side, key)| (*side, key)).collect();
        let see = |side: Side, key: &RecordKey| {
            let mut seen = self.records.get(side).get(key)?.as_ref().clone();
            seen.dirty |= touched.contains(&(side, key));
            scope.narrow(side, &mut seen.record);
            Some(seen)
        };
        let in_scope = |side: Side, key: &RecordKey| scope.kinds.get(side).contains(&key.kind);
        let mut observed = Observed::default();

        for (id, link) in &self.links {
            if !link.keys.iter().all(|(side, key)| in_scope(side, key)) {
                continue;
            }
            let both = Sides::from_fn(|side| see(side, link.keys.get(side)));
            if scope.all || both.iter().any(|(_, seen)| seen.as_ref().is_some_and(|seen| seen.dirty)) {
                for (side, seen) in [(Side::Left, both.left), (Side::Right, both.right)] {
                    observed.records.get_mut(side).extend(seen.map(|seen| (seen.record.key(), seen)));
                }
                observed.links.push((*id, link.as_ref().clone()));
            }
        }

        let unlinked = Side::BOTH.map(|side| {
            let keys = self.records.get(side).keys();
            let free = keys.filter(|key| in_scope(side, key) && !self.linked.get(side).contains_key(*key));
            (side, free.filter_map(|key| see(side, key)).filter(|seen| !seen.deleted).collect::<Vec<_>>())
        });
        if scope.all || unlinked.iter().any(|(_, free)| free.iter().any(|seen| seen.dirty)) {
            for (side, free) in unlinked {
                observed.records.get_mut(side).extend(free.into_iter().map(|seen| (seen.record.key(), seen)));
            }
        }
        observed
    }
}

fn broken(what: String) -> StoreError {
    StoreError::Database(what.into())
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
