//! Isolation: one record that fails costs a bounded number of requests, and nothing else.
//!
//! What a system refuses is not sent again in the same run; what fails time and again is given up by the planner, until
//! the record or the mapping makes another write of it. The attempts are remembered with the outcomes, in one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use reconcile::{Action, Failure, FailureClass, Finding, Plan, Step, Write};
use sync_model::{Fingerprint, RecordKey, Side};

use crate::ports::Change;
use crate::{Run, RunError};

/// What is known of writes that failed.
#[derive(Debug, Default)]
pub(crate) struct Failing(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// What is remembered, by the system written to and the record carried over.
    remembered: BTreeMap<(Side, RecordKey), Failure>,
    /// What was refused in this run.
    refused: BTreeMap<Fingerprint, Finding>,
    /// What failed in this run: however often it is tried in one run, that is one attempt.
    counted: BTreeSet<Fingerprint>,
}

impl Failing {
    fn with<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Run<'_> {
    /// Reads what earlier runs remembered.
    pub(crate) async fn recall_failures(&self) -> Result<(), RunError> {
        let failures = self.store.failures(&self.engine.pair).await?;
        let by_record = failures.into_iter().map(|failure| ((failure.side, failure.source.clone()), failure));
        self.failing.with(|known| known.remembered = by_record.collect());
        Ok(())
    }

    /// What the planner has to know of them. A person who asks for one record wants it to be tried.
    pub(crate) fn failures(&self, asked_for: Option<&(Side, RecordKey)>) -> Vec<Failure> {
        let asked = |failure: &&Failure| {
            asked_for.is_some_and(|(side, key)| *side == failure.side.other() && *key == failure.source)
        };
        self.failing.with(|known| known.remembered.values().filter(|it| !asked(it)).cloned().collect())
    }

    /// `write` failed once more.
    pub(crate) fn failed(&self, write: &Write, told: (FailureClass, String, Option<String>)) -> Change {
        let at = self.engine.clock.now();
        let key = (write.side, write.counterpart().clone());
        let failure = self.failing.with(|known| {
            let earlier = known.remembered.get(&key);
            let mut failure = Failure::again(earlier, write, told, at);
            if let (Some(earlier), false) = (earlier, known.counted.insert(failure.write.clone())) {
                failure.attempts = earlier.attempts;
            }
            known.remembered.insert(key, failure.clone());
            failure
        });
        Change::Failed(Box::new(failure))
    }

    /// What a success of `write` changes in what is remembered.
    pub(crate) fn mended(&self, write: &Write) -> Option<Change> {
        let (side, source) = (write.side, write.counterpart().clone());
        let known = self.failing.with(|known| known.remembered.remove(&(side, source.clone())).is_some());
        known.then_some(Change::Mended { side, source })
    }

    /// `write` was refused, and waits as `finding` says.
    pub(crate) fn refused(&self, write: &Write, finding: Finding) {
        self.failing.with(|known| drop(known.refused.insert(write.digest(), finding)));
    }

    /// Takes out of `plan` what was refused in this run already.
    pub(crate) fn spare_refused(&self, plan: &mut Plan) {
        let refused = self.failing.with(|known| known.refused.clone());
        if refused.is_empty() {
            return;
        }
        let finding = |step: &Step| match &step.action {
            Action::Write(write) => refused.get(&write.digest()).cloned(),
            Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => None,
        };
        let findings: Vec<Finding> = plan.steps.iter().filter_map(|step| finding(step)).collect();
        plan.steps.retain(|step| finding(step).is_none());
        plan.findings.extend(findings);
    }
}
