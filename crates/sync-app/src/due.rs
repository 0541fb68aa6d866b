//! When a run that comes by itself is due: the period of the settings after the last run over everything began, whatever
//! became of that. A server adds its own spread to it; a timer of the machine asks with `sync --if-due`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sync_model::Sides;
use sync_run::{RunRecord, Summary};

use crate::past::MOST_RUNS;
use crate::report::by_system;
use crate::{App, AppError, Language};

/// Whether a run that comes by itself is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It is.
    Now,
    /// Not before this time.
    At(DateTime<Utc>),
    /// Never: the settings say that runs begin only when somebody asks.
    Manual,
}

impl App {
    /// Whether a run that comes by itself is due. No request is sent.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn due(&self) -> Result<Due, AppError> {
        let sync = &self.settings().sync;
        if !sync.auto {
            return Ok(Due::Manual);
        }
        let due = self.last_whole_run().await?.map(|last| seen_from_a_timer(last, sync.every));
        Ok(due.filter(|due| *due > self.now()).map_or(Due::Now, Due::At))
    }

    /// When the last run over everything began. A single record, some modules or an undo do not count.
    pub(crate) async fn last_whole_run(&self) -> Result<Option<DateTime<Utc>>, AppError> {
        // The last run nearly always is one, and what runs tell of themselves is long.
        for most in [1, 100, MOST_RUNS] {
            let runs = self.latest_runs(most).await?;
            if let Some(run) = runs.iter().find(|run| is_whole(run)) {
                return Ok(Some(run.started));
            }
        }
        Ok(None)
    }
}

/// A run that never ended counts, because nobody knows better.
fn is_whole(run: &RunRecord) -> bool {
    serde_json::from_value::<Summary>(run.summary.clone()).map_or(true, |summary| summary.is_whole())
}

/// When the run after the one that began at `last` is due.
pub(crate) fn due_after(last: DateTime<Utc>, every: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(every).ok().and_then(|every| last.checked_add_signed(every)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A timer that comes just as often is some seconds early now and then; it must not wait for its next time.
fn seen_from_a_timer(last: DateTime<Utc>, every: Duration) -> DateTime<Utc> {
    due_after(last, every - every / 100)
}

impl Due {
    /// Why nothing is done now; nothing when something is.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        match (self, language) {
            (Self::Now, _) => None,
            (Self::At(at), Language::Da) => Some(format!(
                "Det er ikke tid endnu: næste kørsel er {} UTC (`sync.every`). Intet er gjort.",
                at.format("%Y-%m-%d %H:%M:%S")
            )),
            (Self::At(at), Language::En) => Some(format!(
                "It is not time yet: the next run is at {} UTC (`sync.every`). Nothing was done.",
                at.format("%Y-%m-%d %H:%M:%S")
            )),
            (Self::Manual, Language::Da) => Some(
                "`sync.mode` er \"manual\": intet kører af sig selv, og intet er gjort. Sæt den til \"auto\", eller udelad \
                 `--if-due`."
                    .to_owned(),
            ),
            (Self::Manual, Language::En) => Some(
                "`sync.mode` is \"manual\": nothing runs by itself, and nothing was done. Set it to \"auto\", or leave out \
                 `--if-due`."
                    .to_owned(),
            ),
        }
    }

    /// What `afstem sync --if-due --json` prints when nothing is done: a run's document without a run.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let none = by_system(&Sides::<u64>::default());
        let next = if let Self::At(at) = self { Some(at) } else { None };
        json!({
            "run": null,
            "due": *self == Self::Now,
            "next": next,
            "created": none,
            "updated": none,
            "deleted": none,
            "linked": 0,
            "conflicts": 0,
            "held": 0,
            "failed": 0,
            "requests": none,
            "writes": none,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_that_is_a_little_early_is_not_sent_away() {
        let hour = TimeDelta::hours(1);
        let every = Duration::from_secs(3 * 3600);
        let last = DateTime::<Utc>::UNIX_EPOCH;
        assert_eq!(due_after(last, every), last + hour * 3);
        let early = last + hour * 3 - TimeDelta::seconds(90);
        assert!(seen_from_a_timer(last, every) <= early && seen_from_a_timer(last, every) > last + hour * 2);
        assert_eq!(due_after(last, Duration::MAX), DateTime::<Utc>::MAX_UTC, "no period is too long");
    }
}
