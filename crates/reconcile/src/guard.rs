//! Stops what looks like an accident: deletions in heaps, one side rewriting most of the other, new records in masses.
//!
//! Only the suspicious steps are held; everything else goes on. A first meeting fills empty records and is no storm.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sync_model::{Fingerprint, LinkState, RecordKey, Side, Sides};

use crate::{Action, Answer, Deletion, Finding, GuardedStep, Matter, Observed, Plan, Policy, Rule, Step, WriteChange};

/// From when on something looks like an accident. Both bounds must be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// More than so many records.
    pub records: u32,
    /// More than so many percent of the module's active links.
    pub percent: u32,
}

/// The guards of a run. They hold for each module and each side by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guards {
    /// When deletions on one side look like an accident.
    pub deletions: Bound,
    /// When edits from one side look like an accident.
    pub changes: Bound,
    /// So many new records are made on one side at most.
    pub creates: u32,
}

impl Default for Guards {
    /// More than 5 deletions and 10 %, more than 25 updates and 50 %, more than 1000 new records.
    fn default() -> Self {
        Self {
            deletions: Bound { records: 5, percent: 10 },
            changes: Bound { records: 25, percent: 50 },
            creates: 1000,
        }
    }
}

/// What a guard watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guarded {
    /// Links that end because their records were deleted on one side.
    Deletions,
    /// Updates of linked records.
    Changes,
    /// New records.
    Creates,
}

/// Why a guard watches a step.
struct Cause {
    what: Guarded,
    /// Where it comes from.
    from: Side,
    deletion: Option<Deletion>,
}

/// What the guards make of one step.
struct Watched {
    what: Guarded,
    /// Where its cause comes from.
    from: Side,
    step: GuardedStep,
    answer: Option<Answer>,
}

/// Takes out of `plan` what looks like an accident, and says so record by record. What a person let through passes and is
/// not counted; what a person held back stays back.
pub(crate) fn hold_accidents(plan: &mut Plan, observed: &Observed, policy: &Policy) {
    let active = |link: &&sync_model::Link| link.module == plan.module && link.state == LinkState::Active;
    let links = observed.links.iter().map(|(_, link)| link).filter(active).count();
    let accidents = |counted: &mut dyn Iterator<Item = (Guarded, Side)>| {
        let mut counts: BTreeMap<(Guarded, Side), usize> = BTreeMap::new();
        counted.for_each(|cause| *counts.entry(cause).or_default() += 1);
        counts.retain(|(what, _), count| is_accident(*what, *count, links, &policy.guards));
        counts
    };
    let causes = plan.steps.iter().filter_map(|step| cause(step, observed));
    if accidents(&mut causes.map(|it| (it.what, it.from))).is_empty() && !observed.decisions.are_about_guards() {
        // What nobody has to be asked about needs no digest, and there may be thousands.
        return;
    }
    let steps: Vec<_> =
        std::mem::take(&mut plan.steps).into_iter().map(|step| (watched(&step, observed), step)).collect();
    let unanswered = steps.iter().filter_map(|(watched, _)| watched.as_ref()).filter(|it| it.answer.is_none());
    let counts = accidents(&mut unanswered.map(|it| (it.what, it.from)));
    let mut held = Vec::new();
    for (watched, step) in steps {
        match watched {
            Some(Watched { what, from, answer: Some(Answer::Rejected), step: it }) => {
                let (records, title) = (it.records, step.title.clone());
                held.push(Finding { records, title, matter: Matter::HeldBack { what, from } });
            }
            Some(Watched { what, from, answer: None, step: it }) if counts.contains_key(&(what, from)) => {
                let (count, records) = (counts[&(what, from)], it.records.clone());
                let matter = Matter::Guarded { what, from, count, links, step: Some(it) };
                held.push(Finding { records, title: step.title.clone(), matter });
            }
            Some(_) | None => plan.steps.push(step),
        }
    }
    hold(plan, held);
}

fn is_accident(what: Guarded, count: usize, links: usize, guards: &Guards) -> bool {
    let passes = |bound: Bound| count > bound.records as usize && count * 100 > links * bound.percent as usize;
    match what {
        Guarded::Deletions => passes(guards.deletions),
        Guarded::Changes => passes(guards.changes),
        Guarded::Creates => count > guards.creates as usize,
    }
}

/// What guard watches this step, and what was said about it.
fn watched(step: &Step, observed: &Observed) -> Option<Watched> {
    let Cause { what, from, deletion } = cause(step, observed)?;
    let digest =
        Fingerprint::of([serde_json::to_vec(&step.action), serde_json::to_vec(&deletion)].into_iter().flatten());
    let step = GuardedStep { records: records(step), digest };
    Some(Watched { what, from, answer: observed.decisions.guarded(&step), step })
}

fn cause(step: &Step, observed: &Observed) -> Option<Cause> {
    let (what, from, deletion) = match &step.action {
        Action::Retire { keys, deleted_on } => {
            let seen = |side: Side| observed.records.get(side).get(keys.get(side));
            let (left, right) = (seen(Side::Left)?, seen(Side::Right)?);
            // What went on both sides, or stays by a person's word, is nothing to guard.
            let deletion = Deletion::of(keys, *deleted_on, Sides::new(left, right));
            if (left.deleted && right.deleted) || observed.decisions.answers(&deletion) {
                return None;
            }
            (Guarded::Deletions, *deleted_on, Some(deletion))
        }
        Action::Write(write) => match &write.change {
            WriteChange::Update { .. } => {
                let edits = step.why.iter().any(|why| why.base.left.is_some() && why.base.right.is_some());
                let decided = step.why.iter().all(|why| matches!(why.rule, Rule::Person(_)));
                if !edits || decided {
                    return None;
                }
                (Guarded::Changes, write.side.other(), None)
            }
            WriteChange::Create { .. } => (Guarded::Creates, write.side.other(), None),
            // Each was shown to a person and approved.
            WriteChange::Delete { .. } => return None,
        },
        Action::Tie(_) | Action::Settle { .. } => return None,
    };
    Some(Cause { what, from, deletion })
}

/// Says what was taken out. What is left alone is told by the guard only; what a person held back rests until it changes.
fn hold(plan: &mut Plan, held: Vec<Finding>) {
    let waiting: BTreeSet<(Side, RecordKey)> =
        held.iter().flat_map(|finding| finding.records.iter().cloned()).collect();
    let back = held.iter().filter(|finding| matches!(finding.matter, Matter::HeldBack { .. }));
    let resting: Vec<_> = back.flat_map(|finding| finding.records.iter().cloned()).collect();
    plan.findings.retain(|finding| {
        let told_by_guard = finding.records.iter().any(|record| waiting.contains(record));
        !(told_by_guard && matches!(finding.matter, Matter::Deleted { .. }))
    });
    plan.findings.extend(held);
    plan.quiet.retain(|record| !waiting.contains(record));
    plan.quiet.extend(resting);
}

fn records(step: &Step) -> Vec<(Side, RecordKey)> {
    match &step.action {
        Action::Retire { keys, .. } | Action::Settle { keys, .. } => {
            keys.iter().map(|(side, key)| (side, key.clone())).collect()
        }
        Action::Tie(link) => link.keys.iter().map(|(side, key)| (side, key.clone())).collect(),
        Action::Write(write) => {
            let target = write.target().map(|key| (write.side, key.clone()));
            [(write.side.other(), write.counterpart().clone())].into_iter().chain(target).collect()
        }
    }
}
