//! What was done of a plan, what came to nothing, and what has to be looked at again.

use std::collections::BTreeSet;

use reconcile::{Finding, Matter, Write};
use sync_model::{RecordKey, Side, Sides};

/// What applying a plan left behind.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Records that the systems refused or whose fate is unknown.
    pub(crate) findings: Vec<Finding>,
    /// Whether records changed under our hands, so that the module has to be planned again.
    pub(crate) again: bool,
    /// Links that got a write and whose written record is known as it now is.
    pub(crate) done: Vec<Sides<RecordKey>>,
    /// Records of which something came to nothing: they are looked at again, whatever else was done for them.
    pub(crate) missed: BTreeSet<(Side, RecordKey)>,
    /// Records that were to be written and had changed under our hands.
    pub(crate) edited: BTreeSet<(Side, RecordKey)>,
}

impl Applied {
    /// Whether a record that `finding` waits for got its counterpart.
    pub(crate) fn made_what_is_needed(&self, finding: &Finding) -> bool {
        let Matter::Needs { records } = &finding.matter else { return false };
        records.iter().any(|(side, key)| self.done.iter().any(|keys| keys.get(*side) == key))
    }

    pub(crate) fn miss(&mut self, write: &Write) {
        self.missed.extend(concerned(write));
    }

    /// What both lanes left behind.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.again |= other.again;
        self.done.extend(other.done);
        self.missed.extend(other.missed);
        self.edited.extend(other.edited);
        self
    }
}

/// The record that a write carries over, and the one that it changes.
pub(crate) fn concerned(write: &Write) -> Vec<(Side, RecordKey)> {
    let target = write.target().map(|key| (write.side, key.clone()));
    [(write.side.other(), write.counterpart().clone())].into_iter().chain(target).collect()
}
