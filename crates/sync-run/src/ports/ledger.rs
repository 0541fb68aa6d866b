//! What persons decided about a pair, as it is kept: entries that are only ever added, and how far runs have read.

use chrono::{DateTime, Utc};
use reconcile::{Decision, Decisions};
use serde::{Deserialize, Serialize};
use sync_model::Module;

/// A person's decision, or its withdrawal, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The module it is about.
    pub module: Module,
    /// What was decided.
    pub decision: Decision,
    /// Whether it was given; otherwise it was taken back.
    pub given: bool,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// All that persons decided about a pair, in the order in which it was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Oldest first.
    pub entries: Vec<Decided>,
    /// So many of them were taken up by a run.
    pub taken_up: u64,
}

impl Ledger {
    /// What of it is in force for `module`.
    #[must_use]
    pub fn in_force(&self, module: &Module) -> Decisions {
        let mut decisions = Decisions::default();
        for entry in self.entries.iter().filter(|entry| entry.module == *module) {
            if entry.given {
                decisions.give(entry.decision.clone());
            } else {
                decisions.withdraw(&entry.decision);
            }
        }
        decisions
    }

    /// What no run took up yet.
    #[must_use]
    pub fn news(&self) -> &[Decided] {
        let known = usize::try_from(self.taken_up).unwrap_or(usize::MAX);
        self.entries.get(known..).unwrap_or_default()
    }
}
