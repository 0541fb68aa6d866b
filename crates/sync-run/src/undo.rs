//! Undo as a run of its own: journaled, and undone like any other.
//!
//! What changed is gathered first, so that an edit since is known before anything goes back. Whether it may is decided by
//! `reconcile::plan_undo`; here the journal is read, and what was planned is carried out as every write is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use field_mapping::ModuleMapping;
use reconcile::{Action, Kept, KeptWhy, Plan, Step, Undoing, WriteChange, plan_undo};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fingerprint, LinkState, RecordKey, RunId, Side, Sides};

use crate::applied::Applied;
use crate::ports::trail::Recorded;
use crate::ports::{Change, Intent, Outcome, Scope};
use crate::{Run, RunError};

/// What is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// Everything that a run wrote.
    Run(RunId),
    /// What the last run that wrote to a record or its partner wrote there.
    Record(Side, RecordKey),
    /// The last write of one field.
    Field(Side, RecordKey, FieldName),
}

/// What an undo came to, besides its writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// What stays as it is, and why.
    pub kept: Vec<Kept>,
    /// Links that end, because the run that is undone had made one of their records.
    pub unlinked: Vec<Sides<RecordKey>>,
    /// Links that hold again, because the run that is undone had ended them.
    pub relinked: Vec<Sides<RecordKey>>,
}

/// What an undo will do.
#[derive(Debug, Default)]
pub(crate) struct UndoPlanned {
    pub(crate) plans: Vec<Plan>,
    pub(crate) undone: Undone,
}

type Entry = (Intent, Option<Outcome>);

impl Run<'_> {
    /// Undoes what was asked for.
    pub(crate) async fn undo(&self, target: &Undo, modules: &[&ModuleMapping]) -> Result<(), RunError> {
        let UndoPlanned { plans, mut undone } = self.plan_undo(target, modules).await?;
        for plan in plans {
            let Some(module) = modules.iter().find(|module| module.module == plan.module) else { continue };
            let applied = self.perform(module, &plan).await?;
            let named = applied.findings.iter().cloned().map(|finding| (module.module.clone(), finding));
            self.tally(|summary| summary.findings.extend(named));
            let done = |step: &Step| self.tally_of(|summary| summary.done.iter().any(|(_, it)| **it == *step));
            undone.kept.extend(plan.steps.iter().filter(|step| !done(step)).flat_map(|step| left(step, &applied)));
        }
        let at = self.engine.clock.now();
        let mut changes: Vec<Change> =
            undone.unlinked.iter().map(|keys| Change::Unlink { keys: keys.clone(), at }).collect();
        for keys in &undone.relinked {
            changes.extend(self.relink(keys).await?);
        }
        if !changes.is_empty() {
            self.commit(&changes).await?;
        }
        self.tally(|summary| summary.undone = Some(undone));
        Ok(())
    }

    /// What undoing comes to, over what the mirror holds now.
    pub(crate) async fn plan_undo(&self, target: &Undo, modules: &[&ModuleMapping]) -> Result<UndoPlanned, RunError> {
        let (entries, only) = self.entries(target).await?;
        let mut planned = UndoPlanned::default();
        let mut plans: BTreeMap<usize, Vec<Step>> = BTreeMap::new();
        for undoing in self.undoings(entries, only.as_ref()).await? {
            let Some((at, module)) =
                modules.iter().enumerate().find(|(_, module)| module.module == undoing.write.module)
            else {
                continue;
            };
            let keys = undoing.write.keys(undoing.written.clone());
            let touched = keys.iter().map(|(side, key)| (side, key.clone())).collect();
            let observed = self.observed(module, &Scope { touched, ..self.scope(&[module]) }).await?;
            let plan = plan_undo(module, &observed, &undoing);
            plans.entry(at).or_default().extend(plan.step);
            planned.undone.kept.extend(plan.kept);
            planned.undone.unlinked.extend(plan.unlink);
        }
        for (at, steps) in plans.into_iter().filter(|(_, steps)| !steps.is_empty()) {
            let module = modules[at].module.clone();
            let basis = Fingerprint::of(steps.iter().filter_map(|step| serde_json::to_vec(step).ok()));
            planned.plans.push(Plan {
                module,
                steps: steps.into_iter().map(Arc::new).collect(),
                findings: Vec::new(),
                quiet: Vec::new(),
                basis,
            });
        }
        if let Undo::Run(run) = target {
            planned.undone.relinked = self.unlinked_by(run).await?;
        }
        Ok(planned)
    }

    /// The journal's entries that are to be undone, and the one field if it is about one.
    async fn entries(&self, target: &Undo) -> Result<(Vec<Entry>, Option<BTreeSet<FieldName>>), RunError> {
        let pair = &self.engine.pair;
        let done = |entry: &Entry| matches!(entry.1, Some(Outcome::Done { .. }));
        Ok(match target {
            Undo::Run(run) => {
                let mut entries = self.store.journal(pair, run, u32::MAX).await?;
                entries.retain(done);
                (entries, None)
            }
            Undo::Record(side, key) => {
                let mut entries = self.store.history(pair, *side, key).await?;
                entries.retain(done);
                let last = entries.last().map(|(intent, _)| intent.run.clone());
                entries.retain(|(intent, _)| Some(&intent.run) == last.as_ref());
                (entries, None)
            }
            Undo::Field(side, key, field) => {
                let history = self.store.history(pair, *side, key).await?;
                let last = history.into_iter().rev().find(|entry| done(entry) && writes(&entry.0).contains(field));
                (last.into_iter().collect(), Some(BTreeSet::from([field.clone()])))
            }
        })
    }

    /// One undoing for each record that was written: a record that one run wrote twice goes back to before the first time.
    async fn undoings(
        &self,
        entries: Vec<Entry>,
        only: Option<&BTreeSet<FieldName>>,
    ) -> Result<Vec<Undoing>, RunError> {
        let mut undoings: BTreeMap<(Side, RecordKey), Undoing> = BTreeMap::new();
        for (intent, outcome) in entries {
            let Some(Outcome::Done { key }) = outcome else { continue };
            let Intent { write, before, title, run, .. } = intent;
            match undoings.get_mut(&(write.side, key.clone())) {
                Some(first) => {
                    // The later write knows what stands there now, the first one what stood there before.
                    for side in Side::BOTH {
                        first.write.patch.get_mut(side).overlay(write.patch.get(side));
                    }
                    first.write.fields.overlay(&write.fields);
                    first.write.swings.extend(write.swings);
                }
                None => {
                    let later = self.written_later(write.side, &key, &run).await?;
                    let made = matches!(write.change, WriteChange::Create { .. });
                    let before = before.filter(|_| !made);
                    let undoing = Undoing { written: key.clone(), before, fields: only.cloned(), later, title, write };
                    undoings.insert((undoing.write.side, key), undoing);
                }
            }
        }
        Ok(undoings.into_values().collect())
    }

    /// The fields of a record or its partner that were written by runs after `run`.
    async fn written_later(&self, side: Side, key: &RecordKey, run: &RunId) -> Result<BTreeSet<FieldName>, RunError> {
        let history = self.store.history(&self.engine.pair, side, key).await?;
        let last = history.iter().rposition(|(intent, _)| intent.run == *run).map_or(0, |at| at + 1);
        let done = history[last..].iter().filter(|(_, outcome)| matches!(outcome, Some(Outcome::Done { .. })));
        Ok(done.flat_map(|(intent, _)| writes(intent)).collect())
    }

    /// The links that `run`, an undo itself, had ended.
    async fn unlinked_by(&self, run: &RunId) -> Result<Vec<Sides<RecordKey>>, RunError> {
        let trail = self.store.trail(&self.engine.pair, Some(run), 0, u32::MAX).await?;
        let recorded = trail.iter().filter_map(|entry| entry.changes().ok()).flatten();
        Ok(recorded.filter_map(|it| if let Recorded::Unlinked { keys, .. } = it { Some(keys) } else { None }).collect())
    }

    /// The link holds again, and what happened to its records meanwhile is looked at.
    async fn relink(&self, keys: &Sides<RecordKey>) -> Result<Vec<Change>, RunError> {
        let touched = keys.iter().map(|(side, key)| (side, key.clone())).collect();
        let scope = Scope { kinds: self.kinds.clone(), touched, ..Scope::default() };
        let observed = self.store.load(&self.engine.pair, &scope).await?;
        let ended = observed.links.into_iter().map(|(_, link)| link).find(|link| link.keys == *keys);
        let Some(link) = ended.filter(|link| matches!(link.state, LinkState::Undone { .. })) else {
            return Ok(Vec::new());
        };
        let seen = keys.iter().filter_map(|(side, key)| Some((side, observed.records.get(side).get(key)?)));
        let again = seen.filter(|(_, seen)| !seen.deleted).map(|(side, seen)| Change::Observe {
            side,
            record: Box::new(seen.record.clone()),
            dirty: true,
        });
        let tie = Change::Tie(sync_model::Link { state: LinkState::Active, ..link });
        Ok([tie].into_iter().chain(again).collect())
    }
}

/// The canonical fields that an intent writes.
fn writes(intent: &Intent) -> BTreeSet<FieldName> {
    intent.write.patch.get(intent.write.side).iter().map(|(name, _)| name.clone()).collect()
}

/// What a step that came to nothing leaves as it is: its record changed under our hands, or it could not be written.
fn left(step: &Step, applied: &Applied) -> Vec<Kept> {
    let Action::Write(write) = &step.action else { return Vec::new() };
    let Some(record) = write.target() else { return Vec::new() };
    let is_edited = applied.edited.contains(&(write.side, record.clone()));
    let kept = |why: &reconcile::FieldWhy| Kept {
        side: write.side,
        record: record.clone(),
        title: step.title.clone(),
        field: Some(why.field.clone()),
        why: if is_edited { KeptWhy::EditedSince(write.side) } else { KeptWhy::NotWritten },
    };
    step.why.iter().map(kept).collect()
}
