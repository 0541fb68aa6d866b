//! What a run did, counted and told.

use reconcile::{Finding, Step, WriteChange};
use serde::{Deserialize, Serialize};
use sync_model::{Module, RunId, Side, Sides};

use crate::ports::Usage;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The run.
    pub run: RunId,
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
    /// Requests made, by side.
    pub usage: Sides<Usage>,
    /// What was done, in order.
    pub done: Vec<(Module, Step)>,
}

impl Summary {
    pub(crate) fn new(run: RunId) -> Self {
        Self {
            run,
            created: Sides::default(),
            updated: Sides::default(),
            deleted: Sides::default(),
            linked: 0,
            findings: Vec::new(),
            failed: 0,
            usage: Sides::default(),
            done: Vec::new(),
        }
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
        self.conflicts() == 0 && self.held() == 0 && self.failed == 0
    }

    pub(crate) fn wrote(&mut self, module: &Module, side: Side, change: &WriteChange, step: Step) {
        match change {
            WriteChange::Create { .. } => *self.created.get_mut(side) += 1,
            WriteChange::Update { .. } => *self.updated.get_mut(side) += 1,
            WriteChange::Delete { .. } => *self.deleted.get_mut(side) += 1,
        }
        self.done.push((module.clone(), step));
    }

    fn count(&self, wanted: impl Fn(&Finding) -> bool) -> u64 {
        self.findings.iter().filter(|(_, finding)| wanted(finding)).count() as u64
    }
}
