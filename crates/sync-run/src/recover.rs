//! Recover: what became of writes whose outcome is not in the journal.
//!
//! An update is simply looked at: what the record holds now decides at the next planning. A create is probed by the guid
//! we chose or the mark we left, a deletion by asking for the record. Only when it left no trace, and long enough after it was sent, does it count as not made.

use chrono::{DateTime, Utc};
use field_mapping::{Mapping, ModuleMapping};
use reconcile::WriteChange;
use sync_model::Presence;
use tokio::time::Instant;

use crate::event::Event;
use crate::gather::Fresh;
use crate::ports::{Intent, Outcome, Probed};
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
            // The one who sent it died no later than this run began.
            self.clear_up(module, intent, self.began).await?;
        }
        Ok(())
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
                let seen = connector.read(std::slice::from_ref(key)).await?;
                let mut changes = self.observe(intent.write.side, seen, Fresh::Asked).await?;
                changes.push(self.concluded(intent, Outcome::Stale));
                self.commit(&changes).await?;
                Ok(true)
            }
            WriteChange::Delete { key, .. } => {
                let mut found = connector.probe(intent).await?;
                if matches!(found, Probed::Found(_)) && self.wait_out(given_up).await {
                    found = connector.probe(intent).await?;
                }
                match found {
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
                let mut found = connector.probe(intent).await?;
                if found == Probed::Absent && self.wait_out(given_up).await {
                    found = connector.probe(intent).await?;
                }
                match found {
                    Probed::Found(record) => {
                        let (changes, _) = self.done(module, intent, &record.key(), Some(record));
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

    /// Waits until `settled`. `false` when that was already.
    pub(crate) async fn wait_until(&self, settled: DateTime<Utc>) -> bool {
        let wait = settled - self.engine.clock.now();
        match wait.to_std() {
            Ok(wait) if !wait.is_zero() => {
                tokio::time::sleep(wait).await;
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    /// Waits until a request that was given up then can no longer have its effect. `false` when it was so long ago already.
    ///
    /// Counted from when it was given up and not from when it was journaled, and by no clock that anybody sets.
    async fn wait_out(&self, given_up: Instant) -> bool {
        let settled = given_up + self.engine.pace.settle.to_std().unwrap_or_default();
        let waits = Instant::now() < settled;
        tokio::time::sleep_until(settled).await;
        waits
    }
}
