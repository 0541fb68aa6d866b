//! Recover: what became of writes whose outcome is not in the journal.
//!
//! An update is looked at: where the record shows what was to be written, it is done; otherwise what the record holds now
//! decides at the next planning, and of what it shows in part that part is agreed. A create is probed by the guid we chose or the mark we left, a deletion by asking for the
//! record. Only when it left no trace, and long enough after it was sent, does it count as not done: what of ours arrived later
//! would look like a person's edit.

use std::collections::BTreeSet;

use field_mapping::{Mapping, ModuleMapping};
use futures::future::BoxFuture;
use reconcile::WriteChange;
use sync_model::{FieldName, Presence, Record, RecordKey, Side, Sides};
use tokio::time::Instant;

use crate::event::Event;
use crate::gather::Fresh;
use crate::kept::Looked;
use crate::ports::{Change, ConnectorError, Intent, Outcome, Probed};
use crate::{Run, RunError};

impl Run<'_> {
    /// Clears up what earlier runs left unfinished.
    pub(crate) async fn recover(&self, mapping: &Mapping) -> Result<(), RunError> {
        let unfinished = self.store.unfinished(&self.engine.pair).await?;
        if unfinished.is_empty() {
            return Ok(());
        }
        self.engine.events.take(Event::Recovering { intents: unfinished.len() });
        for intent in &unfinished {
            let module = mapping.modules.iter().find(|module| module.module == intent.write.module);
            self.clear_up(module, intent, self.dead_would_have_waited()).await?;
        }
        Ok(())
    }

    /// Until when one who died would have waited for an answer: no later than this run began it was still alive, and what it
    /// sent then is on its way as long as if it waited.
    pub(crate) fn dead_would_have_waited(&self) -> Instant {
        self.began + self.engine.pace.answer.to_std().unwrap_or_default()
    }

    /// Finds out what became of `intent`. `false` means that it stays unknown and its source has to wait.
    ///
    /// Nobody waits for an answer any more since `given_up`. A look-up that fails ends the run: nothing is made while nobody
    /// can say whether it is there already.
    pub(crate) async fn clear_up(
        &self,
        module: Option<&ModuleMapping>,
        intent: &Intent,
        given_up: Instant,
    ) -> Result<bool, RunError> {
        let connector = self.engine.connectors.get(intent.write.side);
        match &intent.write.change {
            WriteChange::Update { key, .. } => {
                let shown_by = |seen: &[Presence]| -> BTreeSet<FieldName> {
                    seen.iter().filter_map(Presence::record).flat_map(|record| shown(module, intent, record)).collect()
                };
                let all = intent.write.patch.get(intent.write.side).len();
                let took_effect = |shown: &BTreeSet<FieldName>| !shown.is_empty() && shown.len() == all;
                let look = || connector.read(std::slice::from_ref(key));
                let seen = self.look_until(given_up, look, |seen| took_effect(&shown_by(seen))).await?;
                let shown = shown_by(&seen);
                let mut changes = self.observe(intent.write.side, seen, Fresh::Asked).await?;
                if took_effect(&shown) {
                    changes.extend(self.settled_by(module, intent, key));
                } else {
                    changes.extend(module.and_then(|module| agreed(module, intent, key, &shown)));
                    changes.push(self.concluded(intent, Outcome::Stale));
                }
                self.commit(&changes).await?;
                Ok(true)
            }
            WriteChange::Delete { key, .. } => {
                let look = || connector.probe(intent);
                match self.look_until(given_up, look, |found| !matches!(found, Probed::Found(_))).await? {
                    Probed::Found(record) => {
                        let seen = vec![Presence::Present(record)];
                        let mut changes = self.observe(intent.write.side, seen, Fresh::Asked).await?;
                        changes.push(self.concluded(intent, Outcome::Stale));
                        self.commit(&changes).await?;
                        Ok(true)
                    }
                    Probed::Absent => {
                        self.commit(&self.done(module, intent, key, None).0).await?;
                        Ok(true)
                    }
                    Probed::Ambiguous(_) => Ok(false),
                }
            }
            WriteChange::Create { .. } => {
                let look = || connector.probe(intent);
                match self.look_until(given_up, look, |found| *found != Probed::Absent).await? {
                    Probed::Found(record) => {
                        let (changes, _) = self.done(module, intent, &record.key(), Some((record, Looked::Later)));
                        self.commit(&changes).await?;
                        Ok(true)
                    }
                    Probed::Absent => {
                        self.commit(&[self.concluded(intent, Outcome::NotSent)]).await?;
                        Ok(true)
                    }
                    Probed::Ambiguous(_) => Ok(false),
                }
            }
        }
    }

    /// An update took effect: what it was to settle is settled. The record itself was looked at, and is planned anew.
    fn settled_by(&self, module: Option<&ModuleMapping>, intent: &Intent, key: &RecordKey) -> Vec<Change> {
        let of_the_link = |change: &Change| !matches!(change, Change::Observe { .. });
        self.done(module, intent, key, None).0.into_iter().filter(of_the_link).collect()
    }

    /// What `look` shows. Where that leaves open whether a request had its effect, it is looked at once more when the request,
    /// which nobody waits for any more since `given_up`, can no longer have it; unless the first look began no sooner. However
    /// long a look takes, what it asks for first may be answered before.
    ///
    /// Counted from when it was given up and not from when it was journaled, and by no clock that anybody sets.
    pub(crate) async fn look_until<'f, T>(
        &self,
        given_up: Instant,
        look: impl Fn() -> BoxFuture<'f, Result<T, ConnectorError>>,
        is_clear: impl Fn(&T) -> bool,
    ) -> Result<T, ConnectorError> {
        let looked = Instant::now();
        let found = look().await?;
        if is_clear(&found) {
            return Ok(found);
        }
        let settled = given_up + self.engine.pace.settle.to_std().unwrap_or_default();
        tokio::time::sleep_until(settled).await;
        if looked < settled { look().await } else { Ok(found) }
    }
}

/// Which of the fields that `intent` meant to write `record` shows as it meant them, in canonical form.
fn shown(module: Option<&ModuleMapping>, intent: &Intent, record: &Record) -> Vec<FieldName> {
    let write = &intent.write;
    let kinds = match write.side {
        Side::Left => Sides::new(&record.kind, &write.counterpart().kind),
        Side::Right => Sides::new(&write.counterpart().kind, &record.kind),
    };
    let Some(entity) = module.and_then(|module| module.entity_for(kinds)) else { return Vec::new() };
    let shown = entity.project(write.side, &record.fields).values;
    // What a reference means on the other side only links say; such a write is looked at and planned anew.
    let wanted = write.patch.get(write.side).iter();
    wanted.filter(|(name, value)| shown.get(name.as_str()) == Some(value)).map(|(name, _)| name.clone()).collect()
}

/// What both sides agreed on with an update of which only these fields are `shown`. Whoever wrote them there, what somebody
/// typed on the other side since is newer: their values must not pass for an edit that has priority over it.
fn agreed(module: &ModuleMapping, intent: &Intent, key: &RecordKey, shown: &BTreeSet<FieldName>) -> Option<Change> {
    let write = &intent.write;
    let mut patch = write.patch.clone();
    for side in Side::BOTH {
        patch.get_mut(side).retain(|name, _| shown.contains(name));
    }
    let mut swings = write.swings.clone();
    swings.retain(|name, _| shown.contains(name));
    let mapping = module.fingerprint.clone();
    (!shown.is_empty()).then(|| Change::Patch { keys: write.keys(key.clone()), patch, swings, mapping })
}
