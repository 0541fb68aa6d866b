//! What a run did, counted and told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reconcile::{Action, Finding, Step, WriteChange};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fingerprint, Module, RecordKey, RunId, Side, Sides};

use crate::ports::{Effect, Spent, Usage};
use crate::undo::Undone;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The run.
    pub run: RunId,
    /// Whether it was about a part only: some modules, one record, or an undo.
    #[serde(default)]
    pub partial: bool,
    /// Records made, by the side they were made on.
    pub created: Sides<u64>,
    /// Records changed, by side.
    pub updated: Sides<u64>,
    /// Records deleted, by side.
    pub deleted: Sides<u64>,
    /// Existing records tied together.
    pub linked: u64,
    /// What waits for a person, by module.
    pub findings: Vec<(Module, Finding)>,
    /// Writes that failed for want of a connection.
    pub failed: u64,
    /// What happened to invoices for good.
    #[serde(default)]
    pub effects: EffectCounts,
    /// Requests made, by side.
    pub usage: Sides<Usage>,
    /// What was done, in order. The list of runs has none of it, because the journal does.
    #[serde(default)]
    pub done: Vec<(Module, Arc<Step>)>,
    /// All that was done, counted by module.
    #[serde(default)]
    pub written: BTreeMap<Module, Written>,
    /// Of a saved plan: what was not done, because its records moved on or were refused.
    #[serde(default)]
    pub moved_on: Vec<(Module, Arc<Step>)>,
    /// Of a saved plan: how much there is to do now that does not stand in it, by module.
    #[serde(default)]
    pub beyond_plan: BTreeMap<Module, u64>,
    /// Of a saved plan: the earlier run that carried it out. This one did nothing.
    #[serde(default)]
    pub spent: Option<Spent>,
    /// What an undo came to, besides its writes.
    #[serde(default)]
    pub undone: Option<Undone>,
    /// Digests of the steps that were done, for a saved plan.
    #[serde(skip)]
    pub(crate) performed: BTreeSet<Fingerprint>,
    /// Records of which a saved plan says nothing, although something is to be done: they stay in play.
    #[serde(skip)]
    pub(crate) left_alone: BTreeSet<(Side, RecordKey)>,
}

/// Writes of one module, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Records made.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Records deleted.
    pub deleted: u64,
    /// How often each field of a standing record was written.
    pub fields: BTreeMap<FieldName, u64>,
}

impl Written {
    /// Everything together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.created + self.updated + self.deleted
    }

    /// Counts what others counted, too.
    pub fn add(&mut self, more: &Self) {
        self.created += more.created;
        self.updated += more.updated;
        self.deleted += more.deleted;
        for (field, count) in &more.fields {
            *self.fields.entry(field.clone()).or_default() += count;
        }
    }

    /// Counts one more step.
    pub fn count(&mut self, step: &Step) {
        let Action::Write(write) = &step.action else { return };
        match write.change {
            WriteChange::Create { .. } => self.created += 1,
            WriteChange::Delete { .. } => self.deleted += 1,
            WriteChange::Update { .. } => {
                self.updated += 1;
                for why in step.why.iter().filter(|why| why.write.is_some()) {
                    *self.fields.entry(why.field.clone()).or_default() += 1;
                }
            }
        }
    }
}

/// Effects on invoices, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectCounts {
    /// Invoices booked.
    pub booked: u64,
    /// Invoices sent.
    pub sent: u64,
    /// Payments registered.
    pub paid: u64,
    /// Booked invoices credited by a draft of a credit note, because a person approved it.
    #[serde(default)]
    pub credited: u64,
}

impl Summary {
    pub(crate) fn new(run: RunId, partial: bool) -> Self {
        Self {
            run,
            partial,
            created: Sides::default(),
            updated: Sides::default(),
            deleted: Sides::default(),
            linked: 0,
            findings: Vec::new(),
            failed: 0,
            effects: EffectCounts::default(),
            usage: Sides::default(),
            done: Vec::new(),
            written: BTreeMap::new(),
            moved_on: Vec::new(),
            beyond_plan: BTreeMap::new(),
            spent: None,
            undone: None,
            performed: BTreeSet::new(),
            left_alone: BTreeSet::new(),
        }
    }

    /// Whether it was about everything that takes part.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.partial && self.spent.is_none()
    }

    /// How much more was done than stands in `done`.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        self.written.values().map(Written::total).sum::<u64>().saturating_sub(self.done.len() as u64)
    }

    /// Conflicts of values among the findings.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.count(|finding| finding.matter.is_conflict())
    }

    /// Findings that wait and are no conflicts of values.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.count(|finding| !finding.matter.is_conflict() && !finding.matter.is_notice())
    }

    /// Whether both sides agree and nothing waits.
    #[must_use]
    pub fn in_agreement(&self) -> bool {
        self.conflicts() == 0
            && self.held() == 0
            && self.failed == 0
            && self.moved_on.is_empty()
            && self.undone.as_ref().is_none_or(|undone| undone.kept.is_empty())
            && self.beyond_plan.values().all(|left| *left == 0)
    }

    pub(crate) fn wrote(&mut self, module: &Module, side: Side, change: &WriteChange, step: Arc<Step>) {
        match change {
            WriteChange::Create { .. } => *self.created.get_mut(side) += 1,
            WriteChange::Update { .. } => *self.updated.get_mut(side) += 1,
            WriteChange::Delete { .. } => *self.deleted.get_mut(side) += 1,
        }
        self.written.entry(module.clone()).or_default().count(&step);
        self.done.push((module.clone(), step));
    }

    pub(crate) fn happened(&mut self, effect: &Effect) {
        match effect {
            Effect::Book => self.effects.booked += 1,
            Effect::Send { .. } => self.effects.sent += 1,
            Effect::Pay { .. } => self.effects.paid += 1,
            Effect::Credit { .. } => self.effects.credited += 1,
        }
    }

    fn count(&self, wanted: impl Fn(&Finding) -> bool) -> u64 {
        self.findings.iter().filter(|(_, finding)| wanted(finding)).count() as u64
    }
}

/// What a run leaves in the list of runs.
pub(crate) fn run_summary(summary: &mut Summary, error: Option<&crate::RunError>) -> serde_json::Value {
    let done = std::mem::take(&mut summary.done);
    let mut value = serde_json::to_value(&*summary).unwrap_or_default();
    summary.done = done;
    if let (Some(error), Some(map)) = (error, value.as_object_mut()) {
        map.insert("error".to_owned(), error.to_string().into());
    }
    value
}
