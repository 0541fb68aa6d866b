//! The past of a pair: its runs, why its records are as they are, undoing, the trail and the audit.

use serde_json::{Value, json};
use sync_model::{FieldName, RunId};
use sync_run::trail::{Replay, TrailError};
use sync_run::{Audit, Explanation, Order, Outcome, Preview, RunRecord, Summary, TrailEntry, Undo};

use crate::office::UndoTarget;
use crate::reference::{ModuleName, RecordReference};
use crate::runs::RunDetail;
use crate::{App, AppError};

/// Runs that are looked through for one that was named.
pub(crate) const MOST_RUNS: u32 = 10_000;

/// Steps that are read of a run to show it: more than anybody reads, and little beside a mirror of thousands.
const MOST_STEPS: u32 = 500;

/// Entries of the trail that are read together.
const PAGE: u32 = 1000;

impl App {
    /// The run that `text` names: its id, enough of its beginning, or `last` for the last one that wrote something.
    async fn run_named(&self, text: &str) -> Result<RunRecord, AppError> {
        let engine = self.engine().await?;
        let (store, pair) = (&engine.store, &engine.pair);
        if text == "last" {
            for run in store.runs(pair, MOST_RUNS).await? {
                if !store.journal(pair, &run.run, 1).await?.is_empty() {
                    return Ok(run);
                }
            }
            return Err(AppError::NoSuchRun(text.to_owned()));
        }
        let mut runs = store.runs_named(pair, text, 2).await?;
        match (runs.pop(), runs.is_empty()) {
            (Some(run), true) => Ok(run),
            (Some(_), false) | (None, _) => Err(AppError::NoSuchRun(text.to_owned())),
        }
    }

    /// The run of this id, and in its summary the first of what it did; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn run(&self, id: &str) -> Result<Option<RunRecord>, AppError> {
        let engine = self.engine().await?;
        let named = engine.store.runs_named(&engine.pair, id, 2).await?;
        let Some(mut run) = named.into_iter().find(|it| it.run.as_str() == id) else { return Ok(None) };
        let journal = engine.store.journal(&engine.pair, &run.run, MOST_STEPS).await?;
        // A run of an earlier version has kept its steps itself.
        if let Some(done) = run.summary.get_mut("done").and_then(Value::as_array_mut).filter(|it| it.is_empty()) {
            let steps = journal.iter().filter(|(_, outcome)| matches!(outcome, Some(Outcome::Done { .. })));
            done.extend(steps.map(|(intent, _)| json!([intent.write.module, intent.step()])));
        }
        Ok(Some(run))
    }

    /// One run, with what it wrote.
    ///
    /// # Errors
    /// [`AppError::NoSuchRun`], or when the store cannot be used.
    pub async fn run_detail(&self, text: &str) -> Result<RunDetail, AppError> {
        let record = self.run_named(text).await?;
        let engine = self.engine().await?;
        let journal = engine.store.journal(&engine.pair, &record.run, u32::MAX).await?;
        let trail = engine.store.trail(&engine.pair, Some(&record.run), 0, u32::MAX).await?;
        Ok(RunDetail { record, journal, trail })
    }

    /// Why a record is as it is, and what the next run would do. Nothing is written anywhere.
    ///
    /// # Errors
    /// [`AppError::NoSuchRecord`]; otherwise as [`plan`](Self::plan).
    pub async fn why(&self, record: &RecordReference) -> Result<Explanation, AppError> {
        let order = self.order(&self.modules_of(record)?);
        let told = self.engine().await?.why(self.rules(), &order, record.side, &record.key).await?;
        told.ok_or_else(|| AppError::NoSuchRecord(record.to_string()))
    }

    /// As [`why`](Self::why), over what was seen last: neither system is asked for its records.
    ///
    /// # Errors
    /// When the store cannot be used, or the mapping does not fit.
    pub async fn recall(&self, record: &RecordReference) -> Result<Option<Explanation>, AppError> {
        let order = self.order(&self.modules_of(record)?);
        Ok(self.engine().await?.recall(self.rules(), &order, record.side, &record.key).await?)
    }

    /// Whether `target` names something that could be undone.
    ///
    /// # Errors
    /// [`AppError::NoSuchRun`] or [`AppError::NoSuchReference`], or when the store cannot be used.
    pub async fn may_undo(&self, target: &UndoTarget) -> Result<(), AppError> {
        self.undoing(&target.what, target.field.as_deref()).await.map(|_| ())
    }

    /// What undoing `target` would do: a run, a record, or one field of a record.
    ///
    /// # Errors
    /// [`AppError::NoSuchRun`] or [`AppError::NoSuchRecord`]; otherwise as [`plan`](Self::plan).
    pub async fn undo_preview(&self, target: &str, field: Option<&str>) -> Result<Preview, AppError> {
        let order = self.undoing(target, field).await?;
        Ok(self.engine().await?.plan(self.rules(), &order).await?)
    }

    /// Undoes `target`, as far as nobody edited it since.
    ///
    /// # Errors
    /// As [`undo_preview`](Self::undo_preview) and [`sync`](Self::sync).
    pub async fn undo(&self, target: &str, field: Option<&str>) -> Result<Summary, AppError> {
        let order = self.undoing(target, field).await?;
        Ok(self.engine().await?.sync(self.rules(), &order).await?)
    }

    async fn undoing(&self, target: &str, field: Option<&str>) -> Result<Order, AppError> {
        let undo = match (target.contains('/'), field) {
            (false, None) => Undo::Run(self.run_of(target).await?),
            (false, Some(_)) => return Err(AppError::NoSuchReference(target.to_owned())),
            (true, field) => {
                let RecordReference { side, key } = RecordReference::parse(target)?;
                match field {
                    Some(field) => Undo::Field(side, key, FieldName::new(field)),
                    None => Undo::Record(side, key),
                }
            }
        };
        Ok(Order { undo: Some(undo), ..self.order(&[]) })
    }

    async fn run_of(&self, text: &str) -> Result<RunId, AppError> {
        Ok(self.run_named(text).await?.run)
    }

    /// Compares both sides in full, without cursors or baselines. Nothing is written anywhere.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub async fn audit(&self, modules: &[ModuleName]) -> Result<Audit, AppError> {
        Ok(self.engine().await?.audit(self.rules(), &self.order(modules)).await?)
    }

    /// A page of the trail, after entry `after`.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn trail(&self, after: i64) -> Result<Vec<TrailEntry>, AppError> {
        let engine = self.engine().await?;
        Ok(engine.store.trail(&engine.pair, None, after, PAGE).await?)
    }

    /// Replays the whole trail, and compares what comes out with the links as they stand.
    ///
    /// # Errors
    /// [`AppError::Trail`] where an entry does not follow, or something else stands than the trail gives.
    pub async fn verify_trail(&self) -> Result<Replay, AppError> {
        let engine = self.engine().await?;
        let mut replay = Replay::default();
        loop {
            let entries = engine.store.trail(&engine.pair, None, replay.entries, PAGE).await?;
            if entries.is_empty() {
                break;
            }
            entries.iter().try_for_each(|entry| replay.take(entry)).map_err(AppError::Trail)?;
        }
        let scope = sync_run::Scope { kinds: self.kinds(), all: true, ..sync_run::Scope::default() };
        for (_, link) in engine.store.load(&engine.pair, &scope).await?.links {
            if replay.links.get(&link.keys) != Some(&link) {
                let reason = format!("{} and {} stand otherwise than the trail gives", link.keys.left, link.keys.right);
                return Err(AppError::Trail(TrailError::Unreplayable { n: replay.entries, reason }));
            }
        }
        Ok(replay)
    }
}
