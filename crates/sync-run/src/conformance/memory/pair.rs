//! What a store in memory holds of one pair, and what each change does to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use field_mapping::Checked;
use reconcile::{Observed, Seen};
use sync_model::{
    Cursor, Fingerprint, Kind, Link, LinkId, LinkState, Module, RecordKey, Retired, RunId, Schema, Side, Sides,
};

use crate::{
    Change, EffectRecord, Failure, Intent, IntentId, Ledger, Outcome, RunRecord, Scope, Spent, StoreError,
    StoredFinding, TrailEntry, keeping, trail,
};

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pair {
    pub(super) epoch: i64,
    pub(super) holder: Option<(RunId, DateTime<Utc>)>,
    pub(super) records: Sides<BTreeMap<RecordKey, Arc<Seen>>>,
    pub(super) links: BTreeMap<LinkId, Arc<Link>>,
    pub(super) linked: Sides<BTreeMap<RecordKey, LinkId>>,
    pub(super) cursors: BTreeMap<(Side, Kind), Cursor>,
    pub(super) schemas: BTreeMap<Side, Arc<(Schema, DateTime<Utc>)>>,
    pub(super) checked: Option<Arc<Checked>>,
    pub(super) journal: Vec<Arc<(Intent, Option<Outcome>)>>,
    pub(super) findings: BTreeMap<Module, Vec<StoredFinding>>,
    pub(super) ledger: Ledger,
    pub(super) effects: BTreeMap<(RecordKey, String), EffectRecord>,
    pub(super) runs: Vec<Arc<RunRecord>>,
    pub(super) trail: Vec<Arc<TrailEntry>>,
    pub(super) spent: BTreeMap<Fingerprint, Spent>,
    pub(super) earlier_life: bool,
    pub(super) failures: BTreeMap<(Side, RecordKey), Failure>,
}

impl Pair {
    pub(super) fn commit(&mut self, run: &RunId, changes: &[Change]) -> Result<(), StoreError> {
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

    pub(super) fn load(&self, scope: &Scope) -> Observed {
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
