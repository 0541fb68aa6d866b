//! Runs that start by themselves: every three hours or as often as the settings say, each a little off the hour, made up
//! for after a pause, and sooner when a webhook hints that something changed.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tenancy::{Actor, Connection, Digest};

use super::{Desk, Job, Office, began};
use crate::AppError;
use crate::due::due_after;

/// How often the clock looks.
const TICK: Duration = Duration::from_secs(5);
/// How long webhooks have to be quiet before their hint is acted on.
const QUIET: chrono::Duration = chrono::Duration::seconds(10);
/// How soon after a run a hint starts another.
const APART: chrono::Duration = chrono::Duration::minutes(2);
/// Connections whose time passed while the server was down begin within this time, and not all at once.
const CATCH_UP: chrono::Duration = chrono::Duration::minutes(5);

impl Office {
    /// Keeps the time until the task is ended.
    pub async fn keep_time(self: Arc<Self>) {
        let woke = Utc::now();
        loop {
            if let Err(error) = self.tick(woke, Utc::now()).await {
                tracing::error!(%error, "the clock could not look at the connections");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Starts what is due. `woke` is when the server started.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn tick(self: &Arc<Self>, woke: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), AppError> {
        for connection in self.registry().connections().await? {
            if connection.entries.get("sync.mode").is_none_or(|mode| mode != "auto") {
                continue;
            }
            let desk = self.desk(&connection.id);
            if desk.is_busy() {
                continue;
            }
            let actor = match self.due(&connection, &desk, woke).await {
                Ok(Some(due)) if due <= now => Actor::Clock,
                Ok(Some(_)) if self.hint_is_ripe(&connection, &desk, now).await? => Actor::Hook,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(connection = connection.id.as_str(), %error, "not ready to run by itself");
                    continue;
                }
            };
            match self.begin(&connection, Job::Sync(Vec::new()), actor) {
                Ok(()) | Err(AppError::Busy) => {}
                Err(error) => tracing::warn!(connection = connection.id.as_str(), %error, "could not run by itself"),
            }
        }
        Ok(())
    }

    /// When a connection runs by itself the next time. Never, before a person started its first run.
    ///
    /// # Errors
    /// When the settings or the database cannot be used.
    pub async fn next_run(&self, connection: &Connection) -> Result<Option<DateTime<Utc>>, AppError> {
        if self.settings(connection)?.sync.auto {
            self.due(connection, &self.desk(&connection.id), Utc::now()).await
        } else {
            Ok(None)
        }
    }

    async fn due(
        &self,
        connection: &Connection,
        desk: &Desk,
        woke: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, AppError> {
        let app = self.app(connection)?;
        if let Some(due) = *desk.due.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Some(due));
        }
        let Some(last) = app.last_whole_run().await? else { return Ok(None) };
        let due = spread(connection.id.as_str(), last, app.settings().sync.every, woke);
        *desk.due.lock().unwrap_or_else(PoisonError::into_inner) = Some(due);
        Ok(Some(due))
    }

    async fn hint_is_ripe(&self, connection: &Connection, desk: &Desk, now: DateTime<Utc>) -> Result<bool, AppError> {
        let Some(hinted) = desk.hinted().filter(|hinted| now - *hinted >= QUIET) else { return Ok(false) };
        let last = began(&self.runs(connection, 1).await?);
        Ok(last.is_none_or(|last| last < hinted && now - last >= APART))
    }
}

/// When the run after `last` is due: `every` later and up to a tenth more; after a pause, within some minutes.
fn spread(id: &str, last: DateTime<Utc>, every: Duration, woke: DateTime<Utc>) -> DateTime<Utc> {
    let tenth = chrono::Duration::from_std(every / 10).unwrap_or_default();
    let due = due_after(last, every).checked_add_signed(share(id, last, tenth)).unwrap_or(DateTime::<Utc>::MAX_UTC);
    if due < woke { woke + share(id, last, CATCH_UP) } else { due }
}

/// Some part of `whole`, the same for the same connection and run, and different for others.
fn share(id: &str, last: DateTime<Utc>, whole: chrono::Duration) -> chrono::Duration {
    let digest = Digest::of(&format!("{id} {}", last.timestamp_micros()));
    let part = i64::from_str_radix(&digest.as_str()[..4], 16).unwrap_or_default();
    chrono::Duration::milliseconds(whole.num_milliseconds() / 0x1_0000 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + chrono::Duration::minutes(minutes)
    }

    #[test]
    fn runs_are_every_three_hours_and_a_little_apart_from_each_other() {
        let every = Duration::from_secs(3 * 3600);
        let due: Vec<_> = (0..100).map(|n| spread(&format!("connection {n}"), at(0), every, at(0))).collect();
        assert!(due.iter().all(|due| *due >= at(180) && *due < at(198)));
        let different: std::collections::BTreeSet<_> = due.iter().collect();
        assert!(different.len() > 90, "they do not all begin at once");
    }

    #[test]
    fn what_was_due_while_the_server_was_down_is_made_up_for_soon() {
        let every = Duration::from_secs(3 * 3600);
        let due = spread("c", at(0), every, at(600));
        assert!(due >= at(600) && due < at(605));
        assert_eq!(spread("c", at(500), every, at(600)), spread("c", at(500), every, at(0)), "not due yet");
    }
}
