//! Stops what looks like an accident: deletions in heaps, or one side rewriting most of the other.
//!
//! Only the suspicious steps are held; everything else goes on. A first meeting fills empty records and is no storm.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sync_model::{LinkState, RecordKey, Side, Sides};

use crate::{Action, Deletion, Finding, Matter, Observed, Plan, Policy, Step, WriteChange};

/// From when on something looks like an accident. Both bounds must be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// More than so many records.
    pub records: u32,
    /// More than so many percent of the module's active links.
    pub percent: u32,
}

/// The guards of a run, and what a person knowingly lets through. They hold for each module and each side by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guards {
    /// When deletions on one side look like an accident.
    pub deletions: Bound,
    /// When edits from one side look like an accident.
    pub changes: Bound,
    /// So many deletions are let through knowingly; more are held again.
    pub allow_deletions: u32,
    /// So many updates are let through knowingly; more are held again.
    pub allow_changes: u32,
}

impl Default for Guards {
    /// More than 5 deletions and 10 %, more than 25 updates and 50 %, and nothing allowed beyond that.
    fn default() -> Self {
        Self {
            deletions: Bound { records: 5, percent: 10 },
            changes: Bound { records: 25, percent: 50 },
            allow_deletions: 0,
            allow_changes: 0,
        }
    }
}

/// What a guard watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guarded {
    /// Links that end, and records that go, because their counterparts were deleted.
    Deletions,
    /// Updates of linked records.
    Changes,
}

/// Takes out of `plan` what looks like an accident, and says so record by record.
pub(crate) fn hold_accidents(plan: &mut Plan, observed: &Observed, policy: &Policy) {
    let active = |link: &&sync_model::Link| link.module == plan.module && link.state == LinkState::Active;
    let links = observed.links.iter().map(|(_, link)| link).filter(active).count();
    for from in Side::BOTH {
        for what in [Guarded::Deletions, Guarded::Changes] {
            let concerned = |step: &Step| watched(step, observed) == Some((what, from));
            let count = plan.steps.iter().filter(|step| concerned(step)).count();
            if is_accident(what, count, links, &policy.guards) {
                let matter = Matter::Guarded { what, from, count, links };
                hold(plan, &matter, concerned);
            }
        }
    }
}

fn is_accident(what: Guarded, count: usize, links: usize, guards: &Guards) -> bool {
    let (bound, allowed) = match what {
        Guarded::Deletions => (guards.deletions, guards.allow_deletions),
        Guarded::Changes => (guards.changes, guards.allow_changes),
    };
    count > allowed as usize && count > bound.records as usize && count * 100 > links * bound.percent as usize
}

/// What guard watches this step, and where its cause comes from.
fn watched(step: &Step, observed: &Observed) -> Option<(Guarded, Side)> {
    match &step.action {
        Action::Retire { keys, deleted_on } => {
            let seen = |side: Side| observed.records.get(side).get(keys.get(side));
            let (left, right) = (seen(Side::Left)?, seen(Side::Right)?);
            // What went on both sides, or stays by a person's word, is nothing to guard.
            let deletion = Deletion::of(keys, *deleted_on, Sides::new(left, right));
            let known = (left.deleted && right.deleted) || observed.answers.contains_key(&deletion);
            (!known).then_some((Guarded::Deletions, *deleted_on))
        }
        Action::Write(write) => match &write.change {
            WriteChange::Delete { .. } => Some((Guarded::Deletions, write.side.other())),
            WriteChange::Update { .. } => {
                let edits = step.why.iter().any(|why| why.base.left.is_some() && why.base.right.is_some());
                edits.then_some((Guarded::Changes, write.side.other()))
            }
            WriteChange::Create { .. } => None,
        },
        Action::Tie(_) | Action::Settle { .. } => None,
    }
}

fn hold(plan: &mut Plan, matter: &Matter, concerned: impl Fn(&Step) -> bool) {
    let (held, rest): (Vec<Step>, Vec<Step>) = std::mem::take(&mut plan.steps).into_iter().partition(concerned);
    plan.steps = rest;
    let mut waiting: BTreeSet<(Side, RecordKey)> = BTreeSet::new();
    let mut findings = Vec::new();
    for step in held {
        let records = records(&step);
        waiting.extend(records.iter().cloned());
        findings.push(Finding { records, title: step.title, matter: matter.clone() });
    }
    plan.findings.retain(|finding| {
        let told_by_guard = finding.records.iter().any(|record| waiting.contains(record));
        !(told_by_guard && matches!(finding.matter, Matter::Deleted { .. }))
    });
    plan.findings.extend(findings);
    plan.quiet.retain(|record| !waiting.contains(record));
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
