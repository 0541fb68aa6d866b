//! Apply: carries out a plan's writes. It decides nothing; it performs, checks and records.
//!
//! # Expected flow, for each batch on one side
//! 1. Records to be updated are checked against the revision the plan was made from; what changed is planned again.
//! 2. The intents are journaled together.
//! 3. The writes are sent, one by one.
//! 4. What the system kept is read back where its answers did not show it.
//! 5. Outcomes, records, links and baselines are committed together.
//!
//! # Guarantees
//! Killed between any two of these, the next run finds every intent without an outcome and clears it up first.

use std::collections::BTreeMap;
use std::sync::Arc;

use field_mapping::{EntityMapping, ModuleMapping};
use reconcile::{Action, FailureClass, Finding, Matter, Plan, Step, Write, WriteChange};
use sync_model::{
    Baseline, Cursor, Evidence, Fingerprint, Kind, Link, LinkState, Presence, Record, RecordKey, Revision, Side, Sides,
};
use tokio::time::Instant;

use crate::applied::{Applied, concerned};
use crate::event::{Event, Miss};
use crate::gather::Fresh;
use crate::kept::{Looked, as_sent, patch_after};
use crate::lease::Permit;
use crate::ports::{
    Change, ConnectorError, ErrorClass, Intent, IntentId, Journaled, Outcome, Receipt, Refusal, WriteError,
};
use crate::{Run, RunError};

/// What came of one write.
enum Written {
    Done(Receipt),
    Refused(Refusal),
    Stale(Presence),
    NotSent(String),
    Stopped,
    Unknown(String),
}

impl Run<'_> {
    /// Carries out the writes of `plan`, and puts aside the records for which everything was done.
    pub(crate) async fn apply(&self, module: &ModuleMapping, plan: &Plan) -> Result<Applied, RunError> {
        let mut applied = self.perform(module, plan).await?;
        applied.missed.extend(plan.findings.iter().flat_map(|it| it.records.iter().cloned()));
        self.tally(|summary| applied.missed.extend(summary.left_alone.iter().cloned()));
        if of_invoices(module) {
            // What an invoice shows after a write is planned by once more: the other system may have to hear of it.
            applied.again |= !applied.done.is_empty();
        } else {
            self.rest(&applied).await?;
        }
        Ok(applied)
    }

    /// Carries out the writes of `plan`, both sides at once.
    pub(crate) async fn perform(&self, module: &ModuleMapping, plan: &Plan) -> Result<Applied, RunError> {
        if plan.writes_nothing() {
            return Ok(Applied::default());
        }
        let wait = self.wait_for(plan.write_counts());
        let (name, writes) = (module.module.clone(), plan.write_counts());
        self.engine.events.take(Event::Applying { module: name, writes, wait });
        let steps = Sides::from_fn(|side| {
            let here = |step: &&Arc<Step>| matches!(&step.action, Action::Write(write) if write.side == side);
            plan.steps.iter().filter(here).cloned().collect::<Vec<_>>()
        });
        let (left, right) =
            futures::join!(self.lane(module, Side::Left, &steps.left), self.lane(module, Side::Right, &steps.right));
        Ok(left?.and(right?))
    }

    /// Puts aside the records for which everything was done, on both sides.
    async fn rest(&self, applied: &Applied) -> Result<(), RunError> {
        let waits = |side: Side, key: &RecordKey| applied.missed.contains(&(side, key.clone()));
        let all_done = applied.done.iter().filter(|keys| !keys.iter().any(|(side, key)| waits(side, key)));
        let quiet: Vec<Change> =
            all_done.flat_map(|keys| keys.iter().map(|(side, key)| Change::Quiet { side, key: key.clone() })).collect();
        self.commit_in_parts(&quiet).await
    }

    async fn lane(&self, module: &ModuleMapping, side: Side, steps: &[Arc<Step>]) -> Result<Applied, RunError> {
        let mut applied = Applied::default();
        let (mut rest, mut size) = (steps, self.engine.pace.batch.max(1));
        while !rest.is_empty() {
            self.go_on()?;
            let (batch, after) = rest.split_at(size.min(rest.len()));
            let began = Instant::now();
            let fresh = self.drop_stale(side, batch, &mut applied).await?;
            let journaled = self.intend(fresh).await?;
            let (written, down) = self.send(side, &journaled, after.len()).await?;
            let stopped = written.iter().any(|it| matches!(it, Written::Stopped));
            self.conclude(module, side, &journaled, written, &mut applied).await?;
            if let Some(error) = down {
                return Err(error.into());
            }
            if stopped {
                return Err(RunError::Stopped);
            }
            (rest, size) = (after, self.engine.pace.next_batch(size, began.elapsed()));
        }
        Ok(applied)
    }

    /// Takes out the writes whose record changed since it was planned.
    async fn drop_stale(
        &self,
        side: Side,
        batch: &[Arc<Step>],
        applied: &mut Applied,
    ) -> Result<Vec<Arc<Step>>, RunError> {
        let expected: Vec<(RecordKey, Revision)> = batch.iter().filter_map(|step| precondition(step)).collect();
        if expected.is_empty() {
            return Ok(batch.to_vec());
        }
        let stale = self.engine.connectors.get(side).stale(&expected).await?;
        if stale.is_empty() {
            return Ok(batch.to_vec());
        }
        let keys: Vec<RecordKey> = stale.iter().map(Presence::key).collect();
        let changes = self.observe(side, stale, Fresh::Asked).await?;
        self.commit(&changes).await?;
        applied.again = true;
        let (old, fresh): (Vec<_>, Vec<_>) =
            batch.iter().cloned().partition(|step| precondition(step).is_some_and(|(key, _)| keys.contains(&key)));
        for step in old {
            if let Action::Write(write) = &step.action {
                applied.miss(write);
                applied.edited.extend(write.target().map(|key| (side, key.clone())));
            }
            self.engine.events.take(Event::Missed { step, miss: Miss::Stale });
        }
        Ok(fresh)
    }

    /// Journals what is about to be written.
    async fn intend(&self, steps: Vec<Arc<Step>>) -> Result<Vec<(Journaled, Arc<Step>)>, RunError> {
        let mut intents = Vec::new();
        let mut places: BTreeMap<Kind, Option<Cursor>> = BTreeMap::new();
        for step in steps {
            let Action::Write(write) = &step.action else { continue };
            // What is made may have to be looked for, from where its kind had been read to.
            let made = matches!(write.change, WriteChange::Create { .. }).then(|| write.kind());
            if let Some(kind) = made
                && !places.contains_key(kind)
            {
                places.insert(kind.clone(), self.store.cursor(&self.engine.pair, write.side, kind).await?);
            }
            let intent = Intent {
                id: IntentId(self.engine.guids.next()),
                run: self.lease.run.clone(),
                write: write.clone(),
                before: self.before(write).await?,
                why: step.why.clone(),
                title: step.title.clone(),
                at: self.engine.clock.now(),
                since: made.and_then(|kind| places.get(kind).cloned().flatten()),
            };
            intents.push((intent, step));
        }
        let changes: Vec<Change> = intents.iter().map(|(intent, _)| Change::Intend(Box::new(intent.clone()))).collect();
        if !changes.is_empty() {
            self.commit(&changes).await?;
        }
        Ok(intents.into_iter().map(|(intent, step)| (Journaled::new(intent, Permit::of(&self.hold)), step)).collect())
    }

    async fn before(&self, write: &Write) -> Result<Option<Record>, RunError> {
        let Some(key) = write.target() else { return Ok(None) };
        let seen = self.store.seen(&self.engine.pair, write.side, std::slice::from_ref(key)).await?;
        Ok(seen.into_iter().next().map(|seen| seen.record))
    }

    /// Sends the writes. When the system as a whole is of no use any more, the rest of the batch is not sent.
    async fn send(
        &self,
        side: Side,
        batch: &[(Journaled, Arc<Step>)],
        after: usize,
    ) -> Result<(Vec<Written>, Option<ConnectorError>), RunError> {
        let connector = self.engine.connectors.get(side);
        let mut written = Vec::new();
        let mut down: Option<ConnectorError> = None;
        for (at, (journaled, step)) in batch.iter().enumerate() {
            if self.halt.is_asked() {
                written.push(Written::Stopped);
                continue;
            }
            if let Some(error) = &down {
                written.push(Written::NotSent(error.message.clone()));
                continue;
            }
            self.hold.still_holds().await?;
            let left = (batch.len() - at - 1 + after) as u64;
            match connector.write(journaled).await {
                Ok(receipt) => {
                    let wait = connector.wait_for(left);
                    self.engine.events.take(Event::Wrote { step: Arc::clone(step), side, wait });
                    written.push(Written::Done(receipt));
                }
                Err(WriteError::Refused(refusal)) => written.push(Written::Refused(refusal)),
                Err(WriteError::Stale(now)) => written.push(Written::Stale(*now)),
                Err(WriteError::Unknown(message)) => written.push(Written::Unknown(message)),
                Err(WriteError::NotSent(message)) => {
                    // Where it waited until the lease was lost, that is what has to be said.
                    self.hold.still_holds().await?;
                    down = Some(ConnectorError {
                        system: connector.name(),
                        class: ErrorClass::Unreachable,
                        message: message.clone(),
                    });
                    written.push(Written::NotSent(message));
                }
                Err(WriteError::Down(error)) => {
                    written.push(Written::NotSent(error.message.clone()));
                    down = Some(error);
                }
            }
        }
        Ok((written, down))
    }

    /// Records what came of a batch, in one commit.
    async fn conclude(
        &self,
        module: &ModuleMapping,
        side: Side,
        batch: &[(Journaled, Arc<Step>)],
        written: Vec<Written>,
        applied: &mut Applied,
    ) -> Result<(), RunError> {
        let kept = self.kept(side, batch, &written).await;
        let mut changes = Vec::new();
        let mut lost = Vec::new();
        for ((journaled, step), written) in batch.iter().zip(written) {
            let intent = journaled.intent();
            if !matches!(written, Written::Done(_)) {
                applied.miss(&intent.write);
            }
            match written {
                Written::Done(receipt) => {
                    let after = receipt.after.or_else(|| kept.get(&receipt.key).cloned());
                    if after.is_some() || matches!(intent.write.change, WriteChange::Delete { .. }) {
                        applied.done.push(intent.write.keys(receipt.key.clone()));
                    }
                    let after = after.map(|record| (record, Looked::AtOnce));
                    let (follows, edited) = self.done(Some(module), intent, &receipt.key, after);
                    changes.extend(follows);
                    if edited {
                        applied.miss(&intent.write);
                        applied.again = true;
                    }
                    let (name, change) = (&module.module, &intent.write.change);
                    self.tally(|summary| summary.wrote(name, side, change, step.clone()));
                    self.performed(step);
                }
                Written::Refused(Refusal { message, field, class }) => {
                    let matter = Matter::Refused { side, message: message.clone(), field: field.clone() };
                    self.missed(step, Miss::Held(matter.clone()));
                    let finding = finding(intent, matter);
                    self.refused(&intent.write, finding.clone());
                    applied.findings.push(finding);
                    changes.push(self.failed(&intent.write, (class, message.clone(), field.clone())));
                    changes.push(self.concluded(intent, Outcome::Refused { message, field }));
                }
                Written::Stale(now) => {
                    applied.edited.insert((side, now.key()));
                    changes.extend(self.observe(side, vec![now], Fresh::Asked).await?);
                    changes.push(self.concluded(intent, Outcome::Stale));
                    applied.again = true;
                    self.missed(step, Miss::Stale);
                }
                Written::NotSent(message) => {
                    self.tally(|summary| summary.failed += 1);
                    changes.push(self.concluded(intent, Outcome::NotSent));
                    self.missed(step, Miss::NotSent(message));
                }
                Written::Stopped => changes.push(self.concluded(intent, Outcome::NotSent)),
                Written::Unknown(message) => {
                    changes.push(self.failed(&intent.write, (FailureClass::Transient, message, None)));
                    lost.push((intent, step));
                }
            }
        }
        // Like goes with like, so that a store takes many at once.
        changes.sort_by_key(|change| match change {
            Change::Conclude { .. } => 0,
            Change::Observe { .. } => 1,
            Change::Tie(_) => 2,
            _ => 3,
        });
        self.commit(&changes).await?;
        // All of them were given up by now, so that they are waited for together.
        let given_up = Instant::now();
        for (intent, step) in lost {
            self.clear_up_lost(module, (intent, step), given_up, applied).await?;
        }
        Ok(())
    }

    async fn clear_up_lost(
        &self,
        module: &ModuleMapping,
        (intent, step): (&Intent, &Arc<Step>),
        given_up: Instant,
        applied: &mut Applied,
    ) -> Result<(), RunError> {
        if self.clear_up(Some(module), intent, given_up).await? {
            applied.again = true;
        } else {
            let matter = Matter::OutcomeUnknown { side: intent.write.side };
            self.missed(step, Miss::Held(matter.clone()));
            applied.findings.push(finding(intent, matter));
        }
        Ok(())
    }

    /// What the system kept of the records whose receipts did not show it. If that cannot be read now, or is still shown as it
    /// was before, the records are noted as they were sent and looked at again in the next run.
    async fn kept(
        &self,
        side: Side,
        batch: &[(Journaled, Arc<Step>)],
        written: &[Written],
    ) -> BTreeMap<RecordKey, Record> {
        let deletes = |it: &Journaled| matches!(it.intent().write.change, WriteChange::Delete { .. });
        let keys: Vec<RecordKey> = batch
            .iter()
            .zip(written)
            .filter_map(|((journaled, _), it)| match it {
                Written::Done(receipt) if receipt.after.is_none() && !deletes(journaled) => Some(receipt.key.clone()),
                Written::Done(_)
                | Written::Refused(_)
                | Written::Stale(_)
                | Written::NotSent(_)
                | Written::Stopped
                | Written::Unknown(_) => None,
            })
            .collect();
        if keys.is_empty() {
            return BTreeMap::new();
        }
        let read = self.engine.connectors.get(side).read_back(&keys).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was written could not be read back; it is looked at again in the next run");
            Vec::new()
        });
        let writes = batch.iter().map(|(journaled, _)| &journaled.intent().write);
        let before: BTreeMap<_, _> = writes.filter_map(|write| write.target().zip(write.expected())).collect();
        let shown = read.into_iter().filter_map(|presence| match presence {
            Presence::Present(record) => Some((record.key(), record)),
            Presence::Deleted(_) | Presence::Unseen(_) => None,
        });
        shown.filter(|(key, record)| before.get(key) != Some(&&record.revision)).collect()
    }

    /// The changes that follow from a write that was done, and whether somebody edited the record before we looked.
    pub(crate) fn done(
        &self,
        module: Option<&ModuleMapping>,
        intent: &Intent,
        key: &RecordKey,
        after: Option<(Record, Looked)>,
    ) -> (Vec<Change>, bool) {
        let write = &intent.write;
        let side = write.side;
        let keys = write.keys(key.clone());
        let mut changes = vec![self.concluded(intent, Outcome::Done { key: key.clone() })];
        changes.extend(self.mended(write));
        if let WriteChange::Delete { .. } = &write.change {
            changes.push(Change::Deleted { side, key: key.clone() });
            changes.push(Change::Retire { keys, deleted_on: side.other(), at: self.engine.clock.now() });
            return (changes, false);
        }
        let looked = after.as_ref().map_or(Looked::AtOnce, |(_, looked)| *looked);
        let after = after.map(|(record, _)| record);
        let (patch, edited) = patch_after(module, intent, after.as_ref(), looked);
        let seen = after.is_some() && !edited;
        let record = after.unwrap_or_else(|| as_sent(intent, key));
        let dirty = !seen || module.is_some_and(of_invoices);
        changes.push(Change::Observe { side, record: Box::new(record), dirty });
        let mapping = module.map_or_else(|| Fingerprint::of([b"unmapped"]), |it| it.fingerprint.clone());
        match &write.change {
            WriteChange::Create { .. } => changes.push(Change::Tie(Link {
                module: write.module.clone(),
                keys,
                evidence: Evidence::Created(side),
                state: LinkState::Active,
                review: false,
                baseline: Some(Baseline { values: patch, mapping, swings: write.swings.clone() }),
            })),
            WriteChange::Update { .. } | WriteChange::Delete { .. } => {
                changes.push(Change::Patch { keys, patch, swings: write.swings.clone(), mapping });
            }
        }
        (changes, edited)
    }

    pub(crate) fn concluded(&self, intent: &Intent, outcome: Outcome) -> Change {
        Change::Conclude { intent: intent.id, outcome, at: self.engine.clock.now() }
    }

    fn missed(&self, step: &Arc<Step>, miss: Miss) {
        self.engine.events.take(Event::Missed { step: Arc::clone(step), miss });
    }

    fn wait_for(&self, writes: Sides<usize>) -> u64 {
        let wait = |side| self.engine.connectors.get(side).wait_for(*writes.get(side) as u64);
        wait(Side::Left).max(wait(Side::Right))
    }
}

/// Whether the module is about invoices. What was written of one is looked at once more in the same run: only then do both
/// systems say what it comes to.
fn of_invoices(module: &ModuleMapping) -> bool {
    module.entities.iter().any(EntityMapping::is_of_invoices)
}

fn precondition(step: &Step) -> Option<(RecordKey, Revision)> {
    match &step.action {
        Action::Write(write) => Some((write.target()?.clone(), write.expected()?.clone())),
        Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => None,
    }
}

fn finding(intent: &Intent, matter: Matter) -> Finding {
    Finding { records: concerned(&intent.write), title: intent.title.clone(), matter }
}
